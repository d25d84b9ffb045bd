"""Step 5: what has left is billed, after each shipment, once for the order, or together with the customer's
other orders at the end of the month: as the customer's terms say, chosen once.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID, uuid5

from activities import sales
from activities.ledger import payments
from activities.receivables import billing_due, credit, invoices
from domains.inventory.messages import GoodsIssued
from domains.ledger.messages import AllocatePayment, PlannedEntry, ReopenedInvoice
from domains.master_data.messages import Invoicing
from domains.receivables.messages import InvoicePosted, OrderShare, ReleaseCredit, WithdrawFromBilling
from domains.receivables.rules.collective import last_day_of, month_of
from domains.sales.messages import CloseOrder, ConfirmShipment, LineQuantity, RecordFulfilment
from foundation.process.process import Process
from foundation.values.messages import Caller
from foundation.values.money import ZERO
from workflows.order_to_cash import answers, translation
from workflows.order_to_cash.facts import OrderFacts
from workflows.order_to_cash.order_state import Paid
from workflows.order_to_cash.translation import InvoiceFor


@dataclass(frozen=True)
class Shipped:
    """One shipment that is to be billed."""

    shipment: ConfirmShipment
    issued: GoodsIssued | None
    """None when nothing of it is kept in stock."""
    lines: tuple[LineQuantity, ...]
    by: Caller


class Billing(Protocol):
    """How an order is billed."""

    def planned(self, facts: OrderFacts, shipped_on: date) -> tuple[PlannedEntry, ...]:
        """What will be posted for a shipment of a day when it is billed."""
        ...

    async def bill(
        self, process: Process, facts: OrderFacts, shipped: Shipped
    ) -> tuple[InvoicePosted | None, tuple[LineQuantity, ...]]:
        """Bill what has left, or see to it that it will be; gives the invoice, if any, and its lines."""
        ...


class OfEachShipment:
    """An invoice for each shipment; money that came before is used for it."""

    def planned(self, facts: OrderFacts, shipped_on: date) -> tuple[PlannedEntry, ...]:
        """The invoice, of the first day on which all that is not billed can be."""
        on = max(facts.billable_from or shipped_on, shipped_on)
        return (translation.planned_invoice(facts.placed, on),)

    async def bill(
        self, process: Process, facts: OrderFacts, shipped: Shipped
    ) -> tuple[InvoicePosted | None, tuple[LineQuantity, ...]]:
        """Bill what has left and is not billed."""
        shipment, issued = shipped.shipment, shipped.issued
        delivery = InvoiceFor(
            invoice_id=uuid5(shipment.shipment_id, "invoice"),
            shipment_id=shipment.shipment_id,
            shipment_number=issued.shipment_number if issued else None,
        )
        return await bill_delivered(
            process, facts, delivery, facts.to_be_billed_on, per=shipment.shipment_id, by=shipped.by
        )


class OfTheOrder(OfEachShipment):
    """One invoice, when everything has left."""

    async def bill(
        self, process: Process, facts: OrderFacts, shipped: Shipped
    ) -> tuple[InvoicePosted | None, tuple[LineQuantity, ...]]:
        """Bill the whole order with its last shipment."""
        if not facts.fulfilment.is_delivered:
            return None, ()
        return await super().bill(process, facts, shipped)


class OfTheMonth:
    """What leaves is put on finance's list of what is to be billed at the end of its month. The month's
    collective invoice tells the order its share.
    """

    def planned(self, facts: OrderFacts, shipped_on: date) -> tuple[PlannedEntry, ...]:
        """The collective invoice of the last day of the month."""
        billed_on = last_day_of(month_of(shipped_on))
        invoice = translation.planned_invoice(facts.placed, billed_on)
        return PlannedEntry(posted_on=shipped_on), invoice.model_copy(update={"is_later": True})

    async def bill(
        self, process: Process, facts: OrderFacts, shipped: Shipped
    ) -> tuple[InvoicePosted | None, tuple[LineQuantity, ...]]:
        """Put it on the list."""
        to_bill = translation.lines_to_bill(facts.placed, shipped.lines, with_freight=not facts.was_listed)
        listed = translation.billing_due(
            facts.placed,
            shipped.shipment,
            shipped.issued,
            to_bill,
            process_id=process.id,
            completes_order=facts.fulfilment.is_delivered,
        )
        per = shipped.shipment.shipment_id
        await process.step(billing_due.list_billing_due, listed, per=per, by=shipped.by, must=True)
        facts.was_listed = True
        facts.freight_is_due = facts.freight_is_due or any(line.is_freight for line in to_bill)
        return None, ()


async def bill_delivered(
    process: Process,
    facts: OrderFacts,
    delivery: InvoiceFor,
    on: date,
    *,
    per: object,
    by: Caller,
    must: bool = True,
) -> tuple[InvoicePosted, tuple[LineQuantity, ...]]:
    """Bill what has left and is not billed; money that came before is used for it."""
    lines = facts.fulfilment.to_bill()
    to_bill = translation.lines_to_bill(facts.placed, lines, with_freight=not facts.freight_is_billed)
    completes = facts.fulfilment.is_delivered
    invoice = translation.invoice(
        facts.placed, delivery, to_bill, process_id=process.id, invoiced_on=on, completes_order=completes
    )
    posted = await process.step(invoices.post_invoice, invoice, per=per, by=by, must=must)
    facts.bill(posted, lines)
    await _use_money_that_came_before(process, facts, posted, posted.invoiced_on or on, by)
    return posted, lines


async def bill_the_rest(
    process: Process, facts: OrderFacts, on: date, per: object, by: Caller
) -> InvoicePosted:
    """Nothing more will leave: what has left and is not billed is billed now."""
    delivery = InvoiceFor(uuid5(facts.order_id, f"the rest, {per}"))
    posted, lines = await bill_delivered(process, facts, delivery, on, per=delivery.invoice_id, by=by)
    await record_billed(process, facts, lines, per=per, by=by)
    return posted


async def record_billed(
    process: Process, facts: OrderFacts, lines: tuple[LineQuantity, ...], *, per: object, by: Caller
) -> None:
    """Sales notes what was billed without a shipment."""
    record = RecordFulfilment(order_id=facts.order_id, billed=lines)
    stage = answers.next_stage(process, facts)
    await process.step(sales.record_fulfilment, record, per=per, by=by, must=True, stage=stage)


async def _use_money_that_came_before(
    process: Process, facts: OrderFacts, posted: InvoicePosted, on: date, by: Caller
) -> None:
    invoice_id = posted.invoice_id
    for named, money_id, money in facts.money_on_account():
        if money.on_account_amount and facts.open_amounts[invoice_id]:
            per = f"{money_id}/{invoice_id}"
            allocate = _allocation(named, money, invoice_id, on, uuid5(money_id, str(invoice_id)))
            used = await process.step(payments.allocate_payment, allocate, per=per, by=by, must=True)
            facts.use(money, used)


def _allocation(
    named: dict[str, Any], money: Paid, invoice_id: UUID, on: date, allocation_id: UUID
) -> AllocatePayment:
    """What an invoice that was taken back had been paid with has its discount again, whatever day it is."""
    return AllocatePayment(
        **named,
        allocation_id=allocation_id,
        invoice_id=invoice_id,
        allocated_on=max(on, money.since),
        if_any=True,
        discount_amount=money.discount_amount,
        written_off_amount=max(money.written_off_amount, ZERO),
    )


async def use_for_what_it_was_taken_from(
    process: Process, facts: OrderFacts, reopened: ReopenedInvoice, number: int
) -> None:
    """What had paid an invoice that was taken back never came: its credit note owes the customer nothing for
    it, and closes the invoice instead.
    """
    for credit_note_id, money in facts.credit_on_account.items():
        if money.invoice_id == reopened.invoice_id:
            allocation_id = uuid5(credit_note_id, f"{reopened.invoice_id} opened again {number}")
            on, named = reopened.reopened_on or money.since, {"credit_note_id": credit_note_id}
            allocate = _allocation(named, money, reopened.invoice_id, on, allocation_id)
            used = await process.step(payments.allocate_payment, allocate, per=allocation_id, must=True)
            facts.use(money, used)


_BILLING: dict[Invoicing, Billing] = {
    Invoicing.SHIPMENT: OfEachShipment(),
    Invoicing.ORDER: OfTheOrder(),
    Invoicing.COLLECTIVE: OfTheMonth(),
}


async def bill(
    process: Process, facts: OrderFacts, shipped: Shipped
) -> tuple[InvoicePosted | None, tuple[LineQuantity, ...]]:
    """Bill a shipment as the customer's terms said when the order was placed; gives the invoice, if any, and
    its lines.
    """
    return await _BILLING[facts.placed.invoicing].bill(process, facts, shipped)


def planned(facts: OrderFacts, shipped_on: date) -> tuple[PlannedEntry, ...]:
    """What will be posted for a shipment of a day when it is billed: asked before goods leave."""
    entries = _BILLING[facts.placed.invoicing].planned(facts, shipped_on)
    delivered_to = {"delivered_to": facts.placed.customer_code}
    return tuple(entry.model_copy(update=delivered_to) for entry in entries)


async def note_share(process: Process, facts: OrderFacts, share: OrderShare) -> None:
    """A collective invoice has billed what was delivered: note the order's share, once."""
    invoice = share.invoice
    if invoice.invoice_id in facts.invoices:
        return
    lines = facts.bill_share(share)
    record = RecordFulfilment(order_id=facts.order_id, billed=lines)
    stage = None if facts.cancellation else answers.next_stage(process, facts)
    await process.step(sales.record_fulfilment, record, per=invoice.invoice_id, must=True, stage=stage)
    facts.note_invoice(invoice)


async def withdraw_freight(process: Process, facts: OrderFacts, per: str) -> None:
    """An order that is cancelled is not charged for its freight, unless it has been."""
    if not facts.freight_is_due:
        return
    withdraw = WithdrawFromBilling(order_id=facts.placed.order_id, with_freight=True)
    withdrawn = await process.step(billing_due.withdraw_billing_due, withdraw, per=per, must=True)
    facts.freight_is_due = not withdrawn.with_freight


async def free_credit(process: Process, facts: OrderFacts, per: str) -> None:
    """What came back before it was billed, or before it was billed again, never will be: when all has left,
    credit is kept for what is still to be billed only. Of a month's list, who withdraws it sees to that.
    """
    if facts.fulfilment.is_delivered and not facts.is_collective:
        await process.step(credit.release_credit, facts.credit_to_keep, per=per, must=True)


async def close_order(process: Process, facts: OrderFacts) -> None:
    """Delivered, billed and paid. What is left of the credit for a rest that was given up is set free."""
    short = facts.fulfilment.rest_is_given_up
    if short and facts.is_collective:
        await process.step(
            credit.release_credit, ReleaseCredit(order_id=facts.order_id), per="closed", must=True
        )
    close = CloseOrder(order_id=facts.order_id, short=short)
    closed = process.at("closed", outcome="closed")
    await process.step(sales.close_order, close, must=True, stage=closed)
