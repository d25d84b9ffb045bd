"""Goods of the order have come back by a return, which has credited what was billed of them."""

from uuid import uuid5

from activities.receivables import billed
from domains.receivables.messages import Billed, FindBilled, PostCreditNote
from domains.sales.messages import ReturnEnded
from foundation.process.process import Process
from workflows.customer_return import crediting
from workflows.order_to_cash import answers, billing
from workflows.order_to_cash.facts import OrderFacts


async def take_back(process: Process, facts: OrderFacts, ended: ReturnEnded) -> None:
    """Note what came back; it may have changed what the order waits for."""
    if ended.return_id in facts.returns:
        return
    facts.hear_returned(ended)
    if not facts.is_collective and facts.fulfilment.billed_too_much():
        await _credit_what_was_billed_meanwhile(process, facts, ended)
    if ended.unbilled and not facts.cancellation:
        await billing.free_credit(process, facts, per=f"return {ended.return_id}")
    await answers.stand_as_it_is(process, facts)


async def _credit_what_was_billed_meanwhile(process: Process, facts: OrderFacts, ended: ReturnEnded) -> None:
    """The return had looked for what was billed before the order billed it: nobody has credited it yet."""
    find = FindBilled(order_id=facts.order_id)
    found = await process.step(billed.find_billed, find, per=f"return {ended.return_id}", must=True)
    for note in _credit_notes(found, facts, ended):
        facts.credit(await crediting.credit(process, note, ended.resolution))
    facts.fulfilment.credit_what_was_billed_too_much()


def _credit_notes(found: Billed, facts: OrderFacts, ended: ReturnEnded) -> list[PostCreditNote]:
    """What was billed too much: credited when it came back, or when it was billed if that is later."""
    to_credit, _ = crediting.over_newest_first(found, facts.fulfilment.billed_too_much())
    return [
        PostCreditNote(
            credit_note_id=uuid5(ended.return_id, f"billed meanwhile: {invoice.invoice_id}"),
            invoice_id=invoice.invoice_id,
            credited_on=max(ended.received_on or invoice.invoiced_on, invoice.invoiced_on),
            reason=f"came back by {ended.return_number} before it was billed",
            lines=lines,
            or_less=True,
        )
        for invoice, lines in to_credit
        if lines
    ]
