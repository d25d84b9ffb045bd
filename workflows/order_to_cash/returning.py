"""Goods of the order have come back by a return, which has credited what was billed of them."""

from uuid import UUID, uuid5

from activities.receivables import billed
from domains.receivables.messages import Billed, FindBilled, LineToCredit, PostCreditNote
from domains.sales.messages import ReturnEnded
from foundation.process import Process
from workflows.customer_return import crediting
from workflows.order_to_cash import answers
from workflows.order_to_cash.facts import OrderFacts


async def take_back(process: Process, facts: OrderFacts, ended: ReturnEnded) -> None:
    """Note what came back; it may have changed what the order waits for."""
    if ended.return_id in facts.returns:
        return
    facts.hear_returned(ended)
    if not facts.is_collective and facts.fulfilment.billed_too_much():
        await _credit_what_was_billed_meanwhile(process, facts, ended)
    await answers.stand_as_it_is(process, facts)


async def _credit_what_was_billed_meanwhile(process: Process, facts: OrderFacts, ended: ReturnEnded) -> None:
    """The return had looked for what was billed before the order billed it: nobody has credited it yet."""
    find = FindBilled(order_id=facts.order_id)
    found = await process.step(billed.find_billed, find, per=f"return {ended.return_id}", must=True)
    for note in _credit_notes(found, facts, ended):
        posted = await crediting.credit_invoice(process, note, per=note.credit_note_id)
        if posted.settled is not None:
            facts.settle((posted.settled,))
    facts.fulfilment.credit_what_was_billed_too_much()


def _credit_notes(found: Billed, facts: OrderFacts, ended: ReturnEnded) -> list[PostCreditNote]:
    """What was billed too much, over the newest invoices first, on the day on which each was billed."""
    left = facts.fulfilment.billed_too_much()
    notes: list[PostCreditNote] = []
    for invoice in found.invoices:
        lines = []
        for line in invoice.lines:
            quantity = min(line.quantity, left.get(line.order_line_number, line.quantity - line.quantity))
            if quantity and not line.is_freight:
                left[line.order_line_number] -= quantity
                lines.append(LineToCredit(order_line_number=line.order_line_number, quantity=quantity))
        if lines and invoice.invoiced_on is not None:
            notes.append(
                PostCreditNote(
                    credit_note_id=_credit_note_id(ended.return_id, invoice.invoice_id),
                    invoice_id=invoice.invoice_id,
                    credited_on=invoice.invoiced_on,
                    reason=f"came back by {ended.return_number} before it was billed",
                    lines=tuple(lines),
                )
            )
    return notes


def _credit_note_id(return_id: UUID, invoice_id: UUID) -> UUID:
    return uuid5(return_id, f"billed meanwhile: {invoice_id}")
