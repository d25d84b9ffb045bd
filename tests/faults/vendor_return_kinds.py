"""Goods that go back to suppliers in a fault run."""

from decimal import Decimal
from functools import partial
from typing import Any

from tests.builders.purchase_orders import PATH, SUPPLIER, a_purchase_order
from tests.builders.vendor_returns import DEBIT_NOTES, RETURNS
from tests.faults import looks
from tests.faults.company import BACK_ON, ITEMS
from tests.faults.procure_to_pay_kinds import billed, ordered, paid, received
from tests.faults.registering import kind
from tests.faults.stories import Story

TEN = a_purchase_order((ITEMS[0], "10", "4.00"))
FOUR = Decimal("19.04")


async def sent_back(story: Story, order: Any, quantity: int) -> str:
    """Apples have gone back; gives the return's id."""
    lines = [{"line_number": 1, "quantity": str(quantity)}]
    asked = {"returned_on": BACK_ON, "reason": "damaged", "lines": lines}
    path = f"{PATH}/{order['order_id']}/returns"
    returned = await story.ask(path, asked, look=partial(looks.at_vendor_return, story))
    story.books.note("vendor return", returned["return_id"], returned["return_number"])
    story.books.on_hand[ITEMS[0]] -= quantity
    return str(returned["return_id"])


async def claimed(story: Story, return_id: str) -> str:
    """The debit note that stands for a return; gives its path."""
    found = await story.desks.clerk.get(f"{DEBIT_NOTES}?return_id={return_id}")
    (note,) = [note for note in found["items"] if note["reversed_by"] is None]
    story.books.note("supplier debit note", note["debit_note_id"], note["debit_note_number"])
    return f"{DEBIT_NOTES}/{note['debit_note_id']}"


@kind(
    "inventory.send_goods_back",
    "payables.post_debit_note",
    at_the_door=(
        *("inventory.reverse_vendor_return", "payables.reverse_debit_note"),
        *("payables.confirm_debit_note", "payables.print_debit_note"),
        *("payables.set_off_debit_note", "payables.reverse_set_off"),
    ),
    documents=("vendor return", "supplier debit note", "set-off"),
    records=(("suppliers", SUPPLIER),),
)
async def sent_back_to_the_supplier(story: Story) -> None:
    """Some go back before they are billed, and are here after all; some when they are billed, are claimed,
    claimed anew, credited by the supplier, and set off against what is owed for other goods.
    """
    order = await ordered(story, TEN)
    await received(story, order, (1, 10))
    mistaken = await sent_back(story, order, 3)
    await story.reverse(f"{RETURNS}/{mistaken}")
    story.books.on_hand[ITEMS[0]] += 3
    invoice_id = await billed(story, order, Decimal("47.60"))
    return_id = await sent_back(story, order, 4)
    await story.reverse(await claimed(story, return_id))
    again = {"posted_on": BACK_ON, "reason": "damaged"}
    await story.ask(f"{RETURNS}/{return_id}/debit-note", again)
    note = await claimed(story, return_id)
    came = {
        "supplier_number": f"GS {order['order_number']}",
        "credited_on": BACK_ON,
        "total_amount": str(FOUR),
    }
    await story.ask(f"{note}/confirmation", came)
    clerk = story.desks.clerk
    first, printed = [await clerk.get(f"{note}/pdf") for _ in range(2)]
    assert first == printed, f"{note} is not as it was printed"
    await paid(story, invoice_id, Decimal("47.60") - FOUR)
    await set_off_twice(story)


async def set_off_twice(story: Story) -> None:
    """What was paid goes back: what is claimed for it pays another invoice, at the second try."""
    other = await ordered(story, TEN)
    await received(story, other, (1, 10))
    invoice_id = await billed(story, other, Decimal("47.60"))
    await paid(story, invoice_id, Decimal("47.60"))
    note = await claimed(story, await sent_back(story, other, 4))
    third = await ordered(story, TEN)
    await received(story, third, (1, 10))
    owed = await billed(story, third, Decimal("47.60"))
    asked = {"invoice_id": owed, "set_off_on": BACK_ON}
    for is_mistaken in (True, False):
        answer = await story.ask(f"{note}/set-offs", asked)
        story.books.note("set-off", answer["set_off_id"], answer["set_off_number"])
        if is_mistaken:
            await story.reverse(f"/v1/set-offs/{answer['set_off_id']}")
    await paid(story, owed, Decimal("47.60") - FOUR)
