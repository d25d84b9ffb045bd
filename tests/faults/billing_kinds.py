"""Orders that are billed together at the end of a month, or whose customer must be reminded."""

import asyncio
import time
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.faults.company import PAID_ON, SHIPPED_ON, a_customer
from tests.faults.kinds_of_lines import some
from tests.faults.patience import PATIENCE_SECONDS, NotAnswered, Refused
from tests.faults.registering import kind
from tests.faults.stories import Story


@kind(
    *("receivables.list_months_to_bill", "receivables.list_billing_due", "receivables.find_billing_due"),
    *("receivables.post_collective_invoice", "receivables.tell_orders_of_invoice", "run.work_chunk"),
    at_the_door=("master_data.put_customer", "ledger.post_payment"),
)
async def billed_together(story: Story) -> None:
    """Billed with a month's run, and paid onto its collective invoice; cancelled when no month is left."""
    customer = await own_customer(story, "TOGETHER")
    await story.place(some(story, 2), customer=customer, invoicing="collective")
    await story.ship([(1, 1)])
    await story.ship()
    # Two invoices, or one for a part of it, when somebody else had the month billed between the shipments.
    if not await is_billed(story):
        await comes_back(story)
        await invoices_noted(story, customer)
        return
    for invoice in await invoices_noted(story, customer):
        amount = Decimal(invoice["total_amount"])
        await pay_onto(story, customer, amount, invoice_id=invoice["invoice_id"])
    await story.until("closed")
    story.left()
    story.ends("closed")


@kind(
    *("receivables.withdraw_billing_due", "receivables.take_off_billing", "sales.take_fulfilment_back"),
    *("inventory.check_shipment_back", "inventory.reverse_shipment"),
)
async def taken_back_unbilled(story: Story) -> None:
    """Delivered, though a shipment had not left at first, to be billed with its month, and wanted no more
    before; unless somebody's run was first.
    """
    customer = await own_customer(story, "UNBILLED")
    await story.place(some(story, 2), customer=customer, invoicing="collective")
    await story.ship([(1, 1)])
    (shipment,) = (await story.desks.clerk.get(f"/v1/shipments?order={story.order_id}"))["items"]
    shipments = 1
    try:
        await story.reverse(f"/v1/shipments/{shipment['shipment_id']}", on=SHIPPED_ON)
    except Refused as refusal:
        if refusal.status != 409:  # Somebody's run has billed it.
            raise
        shipments = 2
    await story.ship([(1, 3 - shipments)])
    await comes_back(story)
    invoices = await invoices_noted(story, customer)
    assert len(invoices) <= shipments, f"of {shipments} shipments there are {len(invoices)} invoices"


@kind(
    *("receivables.list_overdue", "receivables.remind_customer"),
    at_the_door=(
        *("receivables.put_dunning_procedure", "receivables.dispute_dunning", "receivables.end_dunning"),
        *("receivables.promise_dunning", "receivables.resume_dunning"),
    ),
)
async def reminded(story: Story) -> None:
    """Not paid in time: reminded, disputed, promised; paid in the end, or left alone."""
    dunning = await reminded_of_an_order(story, "SLOW", fee="0")
    path = f"/v1/dunning/{dunning['dunning_id']}"
    await story.ask(f"{path}/dispute", {"reason": "says that it was broken"})
    await story.ask(f"{path}/resume", {"reason": "it was not"})
    later = date.fromisoformat(dunning["begun_on"]) + timedelta(days=400)
    await story.ask(f"{path}/promise", {"until": str(later)})
    if is_left_alone := story.chance.random() < 0.5:
        await story.ask(f"{path}/stop", {"reason": "a good customer"})
    await story.pay(story.total)
    if not is_left_alone:  # A later run finds that it has paid; or somebody else's has found it already.
        try:
            await story.ask(f"{path}/resume", {"reason": "has paid"})
        except Refused as refusal:
            if refusal.status != 409:
                raise
    story.left()
    story.ends("closed")


@kind(at_the_door=("receivables.print_dunning_letter",))
async def charged_for_a_reminder(story: Story) -> None:
    """The letter charges a fee, which is taken back; the letter stays as it was printed."""
    dunning = await reminded_of_an_order(story, "CHARGED", fee="5.00")
    clerk = story.desks.clerk
    (letter,) = (await clerk.get(f"/v1/dunning-letters?customer={dunning['customer_code']}"))["items"]
    path = f"/v1/dunning-letters/{letter['letter_id']}"
    printed = await clerk.get(f"{path}/pdf")
    await story.reverse(path, on=letter["written_on"])
    assert await clerk.get(f"{path}/pdf") == printed, f"{path} is not as it was printed"
    await story.pay(story.total)
    story.left()
    story.ends("closed")


async def reminded_of_an_order(story: Story, name: str, *, fee: str) -> Any:
    """The dunning of a customer of the story's own, which has not paid an order."""
    customer = await own_customer(story, name)
    await own_procedure(story, customer, fee)
    await story.place(some(story), customer=customer)
    await story.ship()
    on = next(story.books.reminding)
    await story.ask("/v1/dunning-runs", {"on": str(on)})
    dunning = await reminded_now(story, customer)
    for letter in (await story.desks.clerk.get(f"/v1/dunning-letters?customer={customer}"))["items"]:
        story.books.note("dunning letter", customer, letter["letter_number"])
    return dunning


async def own_customer(story: Story, name: str) -> str:
    """A customer whom no other story has."""
    code = f"{name}-{story.number}"
    await story.ask("/v1/customers", a_customer(code, "NET30", None))
    return code


async def own_procedure(story: Story, customer: str, fee: str) -> None:
    """Reminds this customer, and charges the fee for it."""
    text = {"language": "en", "title": "Reminder", "text": "Please pay by {pay_by}."}
    level = {"days_overdue": 14, "fee_amount": fee, "interest_percent": "0", "texts": [text]}
    procedure = {"code": customer, "name": customer, "customers": [customer], "levels": [level]}
    await story.ask("/v1/dunning-procedures", procedure)


async def reminded_now(story: Story, customer: str) -> Any:
    """The customer's dunning, once its letter is written. Raises: NotAnswered."""
    began = time.monotonic()
    found: list[Any] = []
    while time.monotonic() - began < PATIENCE_SECONDS:
        found = (await story.desks.clerk.get(f"/v1/dunning?customer={customer}"))["items"]
        if found and found[0]["level"] == 1:
            return found[0]
        await asyncio.sleep(0.2)
    raise NotAnswered(f"{customer} was not reminded: {found}")


async def is_billed(story: Story) -> bool:
    """Have the next month billed, unless somebody else has had this order billed with one meanwhile."""
    async with story.books.billing:
        if await story.stage_now() != "waiting for payment":
            if not story.books.months:
                return False
            month = story.books.months.pop(0)
            await story.ask("/v1/collective-invoice-runs", {"month": month})
        await story.until("waiting for payment")
    return True


async def invoices_noted(story: Story, customer: str) -> list[Any]:
    """The order's invoices, which others may have had made."""
    invoices: list[Any] = (await story.desks.clerk.get(f"/v1/invoices?order_id={story.order_id}"))["items"]
    for invoice in invoices:
        story.books.note("invoice", customer, invoice["invoice_number"])
    return invoices


async def pay_onto(story: Story, customer: str, amount: Decimal, **more: str) -> Any:
    """Money of a customer that names no order."""
    money = {"customer_code": customer, "received_on": PAID_ON, "amount": str(amount), "currency": "EUR"}
    answer = await story.ask("/v1/payments", money | more)
    story.books.note("payment", answer["payment_id"], answer["payment_number"])
    story.books.bank += amount
    return answer


async def comes_back(story: Story) -> None:
    """Cancelled after goods have left: all of them come back."""
    return_id = await story.cancel()
    assert return_id is not None, "goods have left and are not asked back"
    await story.inspect(return_id, [])
    await story.until("cancelled")
    story.ends("cancelled")
