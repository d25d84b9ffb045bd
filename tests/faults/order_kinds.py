"""Orders that are billed on demand, or end otherwise than they were wanted; and what is printed of them."""

from decimal import Decimal
from uuid import UUID

from tests.faults.company import BACK_ON, CUSTOMERS, PAID_ON, SHIPPED_ON
from tests.faults.correction_kinds import closed
from tests.faults.invoice_kinds import take_back
from tests.faults.kinds_of_lines import some
from tests.faults.patience import Refused
from tests.faults.registering import kind
from tests.faults.stories import Story

SERVICE = "SERVICE"
ONE_PIECE = Decimal("11.90")


@kind(
    "ledger.check_entries",
    records=(("items", {"code": SERVICE, "name": SERVICE, "kind": "service", "tax_code": "S19"}),),
)
async def served(story: Story) -> None:
    """A service: nothing leaves the house, and it is billed and paid."""
    await story.place([(SERVICE, 3)], customer=story.chance.choice(CUSTOMERS))
    await story.ship()
    await story.pay(story.total)
    story.ends("closed")


@kind()
async def billed_on_demand(story: Story) -> None:
    """To be billed once, and a part is billed before the rest has left."""
    await story.place(some(story, 2), customer=story.chance.choice(CUSTOMERS), invoicing="order")
    await story.ship([(1, 1)])
    billed = await story.ask(f"{story.path}/billing", {"invoiced_on": SHIPPED_ON})
    story.books.note("invoice", story.order_id, billed["invoice_number"])
    await story.ship()
    await story.pay(story.total)
    story.left()
    story.ends("closed")


@kind()
async def rest_not_wanted(story: Story) -> None:
    """A part is delivered, the rest is wanted no more: billed by then, as the order says, and paid."""
    invoicing = story.chance.choice(["shipment", "order"])
    await story.place(some(story, 2), customer=story.chance.choice(CUSTOMERS), invoicing=invoicing)
    await story.ship([(1, 1)])
    wanted = {"reason": "has enough", "closed_on": PAID_ON}
    answer = await story.ask(f"{story.path}/closing", wanted)
    if answer["invoice_number"] is not None:
        story.books.note("invoice", story.order_id, answer["invoice_number"])
    await story.pay(ONE_PIECE)
    story.books.on_hand[story.ordered[0][0]] -= 1
    story.ends("closed")


@kind()
async def cancellation_called_off(story: Story) -> None:
    """Cancelled when all has left; the customer keeps the goods after all, and pays."""
    await story.place(some(story), customer=story.chance.choice(CUSTOMERS))
    await story.ship()
    return_id = await story.cancel()
    assert return_id is not None, "goods have left and are not asked back"
    answer = await story.ask(f"/v1/returns/{return_id}/cancellation", {"reason": "they stay"})
    story.books.note("return", return_id, answer["return_number"])
    await story.until("waiting for payment")
    await story.pay(story.total)
    story.left()
    story.ends("closed")


@kind()
async def kept_but_cancelled(story: Story) -> None:
    """Cancelled when all has left, and the customer keeps the goods for nothing."""
    await story.place(some(story), customer=story.chance.choice(CUSTOMERS))
    await story.ship()
    await story.cancel(goods="stay")
    await story.until("cancelled")
    returns = (await story.desks.clerk.get(f"/v1/returns?order={story.order_id}"))["items"]
    for one in returns:
        story.books.note("return", UUID(one["return_id"]), one["return_number"])
    for note in (await story.desks.clerk.get(f"/v1/credit-notes?order_id={story.order_id}"))["items"]:
        story.books.note("credit note", story.order_id, note["credit_note_number"])
    story.left()
    story.ends("cancelled")


@kind(
    at_the_door=(
        *("sales.print_order_confirmation", "inventory.print_delivery_note", "receivables.print_invoice"),
        "receivables.print_credit_note",
    )
)
async def printed(story: Story) -> None:
    """Closed, and a piece comes back; whatever was printed of it is the same when it is asked for again."""
    await closed(story)
    item = story.ordered[0][0]
    return_id = await story.send_back([(1, 1)], "refund")
    await story.inspect(return_id, [(item, 1)])
    clerk, of_order = story.desks.clerk, f"order_id={story.order_id}"
    papers = [f"/v1/sales-orders/{story.order_id}"]
    for path, name, asked in (
        ("shipments", "shipment_id", f"order={story.order_id}"),
        ("invoices", "invoice_id", of_order),
        ("credit-notes", "credit_note_id", of_order),
    ):
        papers += [f"/v1/{path}/{one[name]}" for one in (await clerk.get(f"/v1/{path}?{asked}"))["items"]]
    for paper in papers:
        first, again = [await clerk.get(f"{paper}/pdf") for _ in range(2)]
        assert first == again, f"{paper} was printed twice"
        assert first.startswith(b"%PDF"), f"{paper} is {first[:20]!r}"


@kind()
async def billed_too_early(story: Story) -> None:
    """Nothing has left, and nothing is billed; refused by name, and the order goes its way."""
    await story.place(some(story), customer=story.chance.choice(CUSTOMERS), invoicing="order")
    try:
        await story.ask(f"{story.path}/billing", {"invoiced_on": SHIPPED_ON})
    except Refused as refusal:
        if refusal.status not in (409, 422):
            raise
    else:
        raise AssertionError("an order was billed of which nothing has left")
    await story.ship()
    await story.pay(story.total)
    story.left()
    story.ends("closed")


@kind("inventory.check_shipment_back", "inventory.reverse_shipment", "sales.take_fulfilment_back")
async def shipped_by_mistake(story: Story) -> None:
    """To be billed once; a shipment has not left after all: it is taken back, and leaves later."""
    await story.place(some(story, 2), customer=story.chance.choice(CUSTOMERS), invoicing="order")
    await story.ship([(1, 1)])
    (shipment,) = (await story.desks.clerk.get(f"/v1/shipments?order={story.order_id}"))["items"]
    await story.reverse(f"/v1/shipments/{shipment['shipment_id']}", on=SHIPPED_ON)
    await story.ship()
    await story.pay(story.total)
    story.left()
    story.ends("closed")


@kind("receivables.reverse_invoice")
async def billed_wrongly(story: Story) -> None:
    """Its invoice was wrong: credited in full, and billed again; then it is paid."""
    await story.place(some(story, 2), customer=story.chance.choice(CUSTOMERS))
    await story.ship([(1, 1)])
    (invoice,) = (await story.desks.clerk.get(f"/v1/invoices?order_id={story.order_id}"))["items"]
    await take_back(story, invoice["invoice_id"], str(story.order_id))
    billed = await story.ask(f"{story.path}/billing", {"invoiced_on": BACK_ON})
    story.books.note("invoice", story.order_id, billed["invoice_number"])
    await story.ship()
    await story.pay(story.total, on=BACK_ON)
    story.left()
    story.ends("closed")
