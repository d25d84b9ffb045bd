"""The kinds of stories in a fault run, each told to its end: those of orders, and of the modules beside."""

import importlib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from uuid import uuid5

from tests.faults.company import BACK_ON, CUSTOMERS, EARLY, ITEMS, SCARCE, TIGHT
from tests.faults.kinds_of_lines import some
from tests.faults.patience import Refused
from tests.faults.registering import AT_THE_DOOR, DOCUMENTS, KINDS, OPERATIONS, Kind, kind
from tests.faults.stories import Story

__all__ = ["ASK_AGAIN", "AT_THE_DOOR", "DOCUMENTS", "KINDS", "OPERATIONS", "Kind", "backordered"]
CENT = Decimal("0.01")


@kind(
    "sales.place_order",
    "receivables.check_credit",
    "inventory.reserve_stock",
    "sales.confirm_order",
    "inventory.post_goods_issue",
    "receivables.post_invoice",
    "sales.record_fulfilment",
    "ledger.post_payment",
    "ledger.allocate_payment",
    "sales.close_order",
    "process.record_stage",
)
async def paid(story: Story) -> None:
    """Ordered, shipped, paid."""
    await story.place(some(story), customer=story.chance.choice(CUSTOMERS))
    await story.ship()
    await story.pay(story.total)
    story.left()
    story.ends("closed")


@kind()
async def repeated(story: Story) -> None:
    """The same, and every request comes twice at once and once more."""
    story.repeats = True
    await paid(story)


@kind()
async def shipped_in_parts(story: Story) -> None:
    """Two shipments, two invoices, two payments."""
    await story.place(some(story, 2), customer=story.chance.choice(CUSTOMERS))
    await story.ship([(1, 1)])
    first = Decimal("11.90")
    await story.pay(first)
    await story.ship()
    await story.pay(story.total - first)
    story.left()
    story.ends("closed")


@kind()
async def billed_once(story: Story) -> None:
    """Two shipments, one invoice over both, one payment."""
    await story.place(some(story, 2), customer=story.chance.choice(CUSTOMERS), invoicing="order")
    await story.ship([(1, 1)])
    await story.ship()
    await story.pay(story.total)
    story.left()
    story.ends("closed")


@kind(at_the_door=("inventory.receive_stock",))
async def backordered(story: Story) -> None:
    """What is there is shipped; the rest when it has arrived."""
    quantity = story.chance.randint(1, 4)
    await story.place([*some(story), (SCARCE, quantity)], customer=story.chance.choice(CUSTOMERS))
    await story.ship()
    await story.receive(SCARCE, quantity)
    while story.stage != "waiting for payment":
        await story.until("waiting for shipment", "waiting for payment")
        if story.stage == "waiting for shipment":
            await story.ship()
    await story.pay(story.total)
    story.left()
    story.ends("closed")


@kind()
async def prepaid(story: Story) -> None:
    """Paid before there is an invoice."""
    await story.place(some(story), customer=story.chance.choice(CUSTOMERS))
    await story.pay(story.total)
    await story.ship()
    await story.until("closed")
    await story.see_allocations()
    story.left()
    story.ends("closed")


@kind()
async def discounted(story: Story) -> None:
    """Paid early, less two per cent."""
    await story.place([(story.chance.choice(ITEMS), 5)], customer=story.chance.choice(EARLY))
    await story.ship()
    await story.pay((story.total * Decimal("0.98")).quantize(CENT))
    story.left()
    story.ends("closed")


@kind("approval.find_levels", "sales.hold_order", "approval.decide", "process.decide")
async def approved(story: Story) -> None:
    """Over the credit limit, and approved."""
    await story.place(some(story), customer=TIGHT)
    await story.decide("approve")
    await story.until("waiting for shipment")
    await story.ship()
    await story.pay(story.total)
    story.left()
    story.ends("closed")


@kind()
async def rejected(story: Story) -> None:
    """Over the credit limit, and rejected."""
    await story.place(some(story), customer=TIGHT)
    await story.decide("reject")
    story.ends("rejected")


@kind("inventory.release_reservation", "receivables.release_credit", "sales.cancel_order")
async def cancelled(story: Story) -> None:
    """Wanted no more before anything has left; half of them have been paid for."""
    await story.place(some(story), customer=story.chance.choice(CUSTOMERS))
    prepays = story.chance.random() < 0.5
    if prepays:
        await story.pay(story.total)
    await story.cancel()
    if prepays:
        story.books.bank -= story.total
    story.ends("cancelled")


@kind("process.tell")
async def cancelled_after_delivery(story: Story) -> None:
    """Wanted no more when a part has left and was paid: the goods come back, the money is given back."""
    await story.place(some(story, 2), customer=story.chance.choice(CUSTOMERS))
    await story.ship([(1, 2)])
    if story.chance.random() < 0.5:
        await story.pay(Decimal("23.80"))
    return_id = await story.cancel()
    assert return_id is not None, "goods have left and are not asked back"
    await story.inspect(return_id, [])
    await story.until("cancelled")
    story.ends("cancelled")


@kind("sales.price_amendment", "sales.amend_order", "inventory.amend_reservation")
async def amended(story: Story) -> None:
    """Wanted otherwise before it is shipped."""
    await story.place(some(story), customer=story.chance.choice(CUSTOMERS))
    await story.amend(some(story))
    await story.ship()
    await story.pay(story.total)
    story.left()
    story.ends("closed")


@kind(
    "sales.authorise_return",
    "inventory.check_goods_back",
    "inventory.take_back_goods",
    "receivables.find_billed",
    "receivables.post_credit_note",
    "ledger.post_refund",
    "sales.close_return",
)
async def returned(story: Story) -> None:
    """Closed; then two pieces come back, and are refunded."""
    await paid(story)
    return_id = await story.send_back([(1, 2)], "refund")
    await story.inspect(return_id, [(story.ordered[0][0], 2)])


@kind("process.begin")
async def replaced(story: Story) -> None:
    """Closed; then two pieces come back, and are sent again free of charge."""
    await paid(story)
    item = story.ordered[0][0]
    return_id = await story.send_back([(1, 2)], "replace")
    await story.inspect(return_id, [(item, 2)])
    again = replace(
        story,
        order_id=uuid5(return_id, f"replacement of goods of {story.order_id}"),
        ordered=[(item, 2)],
        ships_on=BACK_ON,
    )
    await again.until("waiting for shipment")
    story.books.orders[again.order_id] = "under way"
    await again.ship()
    await again.until("closed")
    again.left()
    again.ends("closed")


@kind("sales.find_status")
async def not_sent_again(story: Story) -> None:
    """Closed; then two pieces come back and were to be sent again: they are wanted no more, and credited."""
    await paid(story)
    item = story.ordered[0][0]
    return_id = await story.send_back([(1, 2)], "replace")
    await story.inspect(return_id, [(item, 2)])
    again = replace(
        story, order_id=uuid5(return_id, f"replacement of goods of {story.order_id}"), ordered=[(item, 2)]
    )
    await again.until("waiting for shipment")
    story.books.orders[again.order_id] = "under way"
    await again.cancel()
    notes = (await story.desks.clerk.get(f"/v1/credit-notes?order_id={story.order_id}"))["items"]
    for note in notes:
        story.books.note("credit note", story.order_id, note["credit_note_number"])
        story.books.bank -= Decimal(note["total_amount"])
    again.ends("cancelled")


@kind()
async def refused(story: Story) -> None:
    """An item that there is not: refused each time, and nothing is left of it."""
    for _ in range(2):
        story.requests = 0  # The second time under the same key.
        try:
            await story.place([("NO SUCH ITEM", 1)], customer=story.chance.choice(CUSTOMERS))
        except Refused as refusal:
            if refusal.status not in (404, 409, 422):
                raise
        else:
            raise AssertionError("an order for what we do not have was taken")


for _module in sorted(Path(__file__).parent.glob("*_kinds.py")):
    importlib.import_module(f"{__package__}.{_module.stem}")

ASK_AGAIN = (repeated, refused)
"""What they tell of is a request that comes again."""
