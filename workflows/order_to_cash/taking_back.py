"""A shipment that is not billed is taken back, as if it had never left; an invoice that was wrong is credited
in full, and what it billed is billed again.
"""

from temporalio.exceptions import ApplicationError

from activities import inventory, sales
from activities.ledger import open_items
from activities.receivables import billed, billing_due, corrections
from domains.inventory.messages import ReverseStockDocument
from domains.ledger.messages import FindOpen, ReopenedInvoice
from domains.receivables.messages import DebitNotesChanged, FindDebitNotes, ReverseInvoice, TakeOffBilling
from domains.sales.messages import (
    LineQuantity,
    RecordFulfilment,
    TakeFulfilmentBack,
    TakeInvoiceBack,
    TakeShipmentBack,
)
from foundation.operations.mailbox import Event
from foundation.process.accepted_first import take_what_was_accepted
from foundation.process.process import Process
from workflows.customer_return import crediting
from workflows.order_to_cash import answers, billing
from workflows.order_to_cash.facts import OrderFacts


async def take_shipment_back(
    process: Process, facts: OrderFacts, wanted: TakeShipmentBack, event: Event
) -> None:
    """Its goods are here again, set aside for the order; its services were not given. Refuses what the
    reversal is refused for, and when a return of the goods was agreed on, or they were billed meanwhile:
    nothing is changed.
    """
    per, by, lines = wanted.reversal_id, event.caller, facts.shipments[wanted.shipment_id].lines
    reverse = ReverseStockDocument(
        document_id=wanted.shipment_id,
        reversal_id=wanted.reversal_id,
        reversed_on=wanted.reversed_on,
        reason=wanted.reason,
    )
    is_stocked = facts.fulfilment.are_stocked(lines)
    if is_stocked:
        await process.step(inventory.check_shipment_back, reverse, per=per, by=by)
    else:
        await crediting.check_postable(process, "reversed_on", wanted.reversed_on, (), per=per, by=by)
    back = TakeFulfilmentBack(order_id=facts.order_id, delivered=lines)
    await process.step(sales.take_fulfilment_back, back, per=per, by=by)
    if facts.is_collective:
        await _take_off_the_list(process, facts, wanted, event)
    reversed_ = answers.services_taken_back(wanted)
    if is_stocked:
        reversed_ = await process.step(inventory.reverse_shipment, reverse, per=per, by=by, must=True)
    facts.take_shipment_back(wanted.shipment_id)
    await process.note(answers.next_stage(process, facts))
    event.answer_with(reversed_)


async def _take_off_the_list(
    process: Process, facts: OrderFacts, wanted: TakeShipmentBack, event: Event
) -> None:
    """Nothing of it is billed with its month; refused, it counts as delivered after all."""
    per, is_last = wanted.reversal_id, len(facts.shipments) == 1
    take = TakeOffBilling(order_id=facts.order_id, shipment_id=wanted.shipment_id, with_freight=is_last)
    try:
        taken = await process.step(billing_due.take_off_billing, take, per=per, by=event.caller)
    except ApplicationError:
        lines = facts.shipments[wanted.shipment_id].lines
        record = RecordFulfilment(order_id=facts.order_id, delivered=lines)
        await process.step(sales.record_fulfilment, record, per=f"{per} refused", by=event.caller, must=True)
        raise
    if taken.with_freight:
        facts.was_listed = facts.freight_is_due = False


async def take_invoice_back(
    process: Process, facts: OrderFacts, wanted: TakeInvoiceBack, event: Event
) -> None:
    """A credit note over all that is left of it. What was paid of it is on account, and is used when what it
    billed is billed again. Refuses what the credit note is refused for: nothing is changed.
    """
    per, by = wanted.credit_note_id, event.caller
    reverse = ReverseInvoice(**dict(wanted), asked_by=process.id)
    credited = await process.step(corrections.reverse_invoice, reverse, per=per, by=by)
    # A return may have credited some of it just before.
    lines = tuple(
        LineQuantity(line_number=line.order_line_number, quantity=line.quantity)
        for line in credited.lines or ()
        if not line.is_freight
    )
    facts.take_invoice_back(credited, wanted.invoice_id, lines)
    back, stage = (
        TakeFulfilmentBack(order_id=facts.order_id, billed=lines),
        answers.next_stage(process, facts),
    )
    await process.step(sales.take_fulfilment_back, back, per=per, by=by, must=True, stage=stage)
    event.answer_with(credited)


async def open_again(process: Process, facts: OrderFacts, reopened: ReopenedInvoice, number: int) -> None:
    """What had settled an invoice was taken back. What is open and on account now is asked for: the order may
    have been paid since, before it was told.
    """
    await take_what_was_accepted(process, per=f"opened again {number}", told=number)
    await billing.use_for_what_it_was_taken_from(process, facts, reopened, number)
    money = tuple(money_id for _, money_id, _ in facts.money_on_account())
    find = FindOpen(invoice_id=reopened.invoice_id, money=money)
    found = await process.step(open_items.find_open, find, per=f"opened again {number}", must=True)
    facts.is_open_again(found, number)
    await answers.stand_as_it_is(process, facts)


async def hear_changed(
    process: Process, facts: OrderFacts, changed: ReopenedInvoice | DebitNotesChanged, number: int
) -> None:
    """What is owed for the order was told of in part: what it comes to is asked for."""
    if isinstance(changed, ReopenedInvoice):
        await open_again(process, facts, changed, number)
        return
    find = FindDebitNotes(order_id=facts.order_id)
    found = await process.step(billed.find_debit_notes, find, per=f"changed {number}", must=True)
    facts.debit_notes = {note.invoice_id: note for note in found.notes}
