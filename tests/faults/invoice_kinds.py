"""Invoices without an order, what corrects an invoice, and what is never paid."""

from decimal import Decimal
from typing import Any

from tests.faults.billing_kinds import own_customer, pay_onto
from tests.faults.company import BACK_ON, CUSTOMERS, ORDERED_ON, PAID_ON
from tests.faults.kinds_of_lines import some
from tests.faults.registering import kind
from tests.faults.stories import Story

CHARGED, ALLOWED, SURCHARGE = Decimal("119.00"), Decimal("11.90"), Decimal("2.38")
"""With tax: what an invoice without an order charges, what of it is credited, and what is charged more."""


@kind(
    at_the_door=(
        *("receivables.post_direct_invoice", "receivables.credit_invoice", "receivables.reverse_invoice"),
        "receivables.reverse_document",
    )
)
async def charged(story: Story) -> None:
    """Charged without an order; a value credited, more charged, partly paid; in the end all taken back."""
    customer = await own_customer(story, "ADVICE")
    invoice = await charge(story, customer)
    note = await allow(story, invoice["invoice_id"], customer, "10.00")
    await story.reverse(f"/v1/credit-notes/{note['credit_note_id']}")
    debit = await charge_more(story, invoice["invoice_id"], customer)
    await allow(story, invoice["invoice_id"], customer, "10.00", on=BACK_ON)
    await pay_onto(story, customer, Decimal("50.00"), invoice_id=invoice["invoice_id"])
    for one in (debit, invoice):
        await take_back(story, one["invoice_id"], customer)


@kind(at_the_door=("receivables.post_write_off",), documents=("write-off",))
async def written_off(story: Story) -> None:
    """Given up as a bad debt and owed again; then paid but for a small rest, which is written off."""
    customer = await own_customer(story, "INSOLVENT")
    invoice_id = (await charge(story, customer))["invoice_id"]
    bad_debt = await write_off(story, invoice_id, "bad_debt")
    await story.reverse(f"/v1/write-offs/{bad_debt['write_off_id']}")
    await pay_onto(story, customer, Decimal("107.10"), invoice_id=invoice_id)
    await allow(story, invoice_id, customer, "9.97", on=BACK_ON)
    await write_off(story, invoice_id, "small_difference")


@kind("receivables.find_debit_notes")
async def corrected_while_open(story: Story) -> None:
    """An order's invoice was too dear at one line and too cheap at another; then it is paid."""
    await story.place(some(story), customer=story.chance.choice(CUSTOMERS))
    await story.ship()
    (invoice,) = (await story.desks.clerk.get(f"/v1/invoices?order_id={story.order_id}"))["items"]
    invoice_id, customer = invoice["invoice_id"], invoice["customer_code"]
    await allow(story, invoice_id, str(story.order_id), "10.00")
    debit = await charge_more(story, invoice_id, customer)
    await pay_onto(story, customer, SURCHARGE, invoice_id=debit["invoice_id"])
    await story.pay(story.total - ALLOWED)
    await story.until("closed")
    story.left()
    story.ends("closed")


@kind("ledger.find_open", "process.find_coming")
async def paid_by_returned_debits(story: Story) -> None:
    """The bank takes back what was paid in part, and again what was paid in full; in the end it is paid."""
    customer = await own_customer(story, "DEBITED")
    await story.place(some(story), customer=customer)
    await story.ship()
    first = Decimal("10.00")
    await returned(story, await story.pay(first), first)
    await returned(story, await story.pay(story.total, on=BACK_ON), story.total)
    (invoice,) = (await story.desks.clerk.get(f"/v1/invoices?order_id={story.order_id}"))["items"]
    await pay_onto(story, customer, story.total, invoice_id=invoice["invoice_id"], received_on=BACK_ON)
    await story.until("closed")
    story.left()
    story.ends("closed")


@kind(documents=("allocation",))
async def used_for_the_wrong_invoice(story: Story) -> None:
    """Money on account is used for one invoice, taken back, and used for the order's."""
    customer = await own_customer(story, "MISTAKEN")
    wrong = await charge(story, customer)
    await story.place(some(story), customer=customer)
    payment = await pay_onto(story, customer, story.total)
    await story.ship()
    allocation = await use(story, payment, wrong["invoice_id"])
    await story.reverse(f"/v1/allocations/{allocation['allocation_id']}")
    (invoice,) = (await story.desks.clerk.get(f"/v1/invoices?order_id={story.order_id}"))["items"]
    await use(story, payment, invoice["invoice_id"])
    await story.until("closed")
    await take_back(story, wrong["invoice_id"], customer)
    story.left()
    story.ends("closed")


async def charge(story: Story, customer: str) -> Any:
    """100.00 and its tax without an order."""
    lines = [{"description": "Advice", "quantity": "2", "unit_price": "50.00", "tax_code": "S19"}]
    wanted = {"customer_code": customer, "invoiced_on": ORDERED_ON, "lines": lines}
    invoice = await story.ask("/v1/invoices", wanted)
    story.books.note("invoice", customer, invoice["invoice_number"])
    return invoice


async def charge_more(story: Story, invoice_id: str, customer: str) -> Any:
    """A debit note of 2.00 and its tax."""
    lines = [{"description": "Surcharge", "unit_price": "2.00", "tax_code": "S19"}]
    wanted = {"invoiced_on": PAID_ON, "reason": "forgotten", "lines": lines}
    debit = await story.ask(f"/v1/invoices/{invoice_id}/debit-notes", wanted)
    story.books.note("invoice", customer, debit["invoice_number"])
    return debit


async def allow(story: Story, invoice_id: str, belongs_to: str, net: str, *, on: str = PAID_ON) -> Any:
    """A value of the invoice's first line is credited."""
    lines = [{"line_number": 1, "net_amount": net}]
    wanted = {"credited_on": on, "reason": "too dear", "lines": lines}
    note = await story.ask(f"/v1/invoices/{invoice_id}/credit-notes", wanted)
    story.books.note("credit note", belongs_to, note["credit_note_number"])
    return note


async def take_back(story: Story, invoice_id: str, customer: str) -> None:
    """An invoice without an order is credited as a whole."""
    wanted = {"reversed_on": BACK_ON, "reason": "charged by mistake"}
    note = await story.ask(f"/v1/invoices/{invoice_id}/reversal", wanted)
    story.books.note("credit note", customer, note["credit_note_number"])


async def write_off(story: Story, invoice_id: str, why: str) -> Any:
    """What is open will not be paid."""
    wanted = {"kind": why, "invoice_id": invoice_id, "written_off_on": BACK_ON, "reason": "insolvent"}
    answer = await story.ask("/v1/write-offs", wanted)
    story.books.note("write-off", answer["write_off_id"], answer["write_off_number"])
    return answer


async def use(story: Story, payment: Any, invoice_id: str) -> Any:
    """Money on account is used for an invoice: the allocation."""
    wanted = {"invoice_id": invoice_id, "allocated_on": BACK_ON}
    await story.ask(f"/v1/payments/{payment['payment_id']}/allocations", wanted)
    (one,) = (await story.desks.clerk.get(f"/v1/allocations?document_id={invoice_id}"))["items"]
    story.books.note("allocation", one["allocation_id"], one["money_number"])
    return one


async def returned(story: Story, payment: Any, amount: Decimal) -> None:
    """The bank has taken a payment back."""
    await story.reverse(f"/v1/payments/{payment['payment_id']}")
    story.books.bank -= amount
