"""What has left is billed now; or the rest is wanted no more, and the order is what was delivered."""

from activities import inventory
from activities.receivables import credit
from domains.inventory.messages import ReleaseReservation
from domains.sales.messages import BillDelivered, CloseRest, Resolution
from foundation.operations.mailbox import Event
from foundation.process.process import Process
from workflows.customer_return import crediting
from workflows.customer_return.crediting import CreditReason
from workflows.order_to_cash import answers, billing, replacing, translation
from workflows.order_to_cash.facts import OrderFacts
from workflows.order_to_cash.translation import InvoiceFor


async def bill_now(process: Process, facts: OrderFacts, wanted: BillDelivered, event: Event) -> None:
    """Bill what has left and is not billed. Refuses what the invoice is refused for."""
    per, by = wanted.invoice_id, event.caller
    posted, lines = await billing.bill_delivered(
        process, facts, InvoiceFor(wanted.invoice_id), wanted.invoiced_on, per=per, by=by, must=False
    )
    await billing.record_billed(process, facts, lines, per=per, by=by)
    process.answer_when(event, facts.is_done, lambda: answers.billed(facts, process.now, posted))


async def close_rest(process: Process, facts: OrderFacts, wanted: CloseRest, event: Event) -> None:
    """Give up what has not left, and bill what was delivered, unless it is billed with its month."""
    per, by = wanted.closing_id, event.caller
    is_billed_now = bool(facts.fulfilment.to_bill()) and not facts.is_collective
    not_sent = replacing.not_sent(facts, replacing.as_delivered(facts))
    credit_asked = CreditReason(per, wanted.closed_on, wanted.reason, Resolution.ON_ACCOUNT, by)
    await replacing.check(process, not_sent, credit_asked, field="closed_on")
    planned = [translation.planned_invoice(facts.placed, wanted.closed_on)] if is_billed_now else []
    await crediting.check_postable(process, "closed_on", wanted.closed_on, planned, per=per, by=by)
    release = ReleaseReservation(order_id=facts.order_id)
    await process.step(inventory.release_reservation, release, per=per, by=by, must=True)
    facts.fulfilment.give_up_rest()
    posted = await billing.bill_the_rest(process, facts, wanted.closed_on, per, by) if is_billed_now else None
    await replacing.credit(process, facts, not_sent, credit_asked)
    stage = answers.next_stage(process, facts)
    await process.step(credit.release_credit, facts.credit_to_keep, per=per, by=by, must=True, stage=stage)
    process.answer_when(event, facts.is_done, lambda: answers.rest_closed(facts, process.now, posted))
