"""The supplier's invoices: posted when they match, kept and tried again when they do not, decided about by
people. Each gives what whoever asked is told.
"""

from dataclasses import replace
from datetime import date
from typing import TypeAlias
from uuid import UUID

from activities.payables import blocked_invoices, supplier_invoices
from activities.procurement import purchase_orders
from domains.ledger.messages import DocumentReversed
from domains.payables.messages import (
    EnterInvoice,
    PostSupplierInvoice,
    ReverseSupplierInvoice,
    TakeSupplierInvoiceBack,
)
from domains.payables.messages.blocks import (
    AcceptInvoice,
    EnterCredit,
    RecordSupplierCredit,
    RejectInvoice,
    RejectSupplierInvoice,
    SupplierInvoiceEntered,
    SupplierInvoiceRejected,
)
from domains.payables.rules.decisions import check_decides, check_entered_by_another
from domains.procurement.messages import ChangePrices, PurchaseOrderPlaced, RepriceOrder
from foundation.operations.mailbox import Event
from foundation.process.process import Process
from foundation.values.messages import Caller, Message
from workflows.procure_to_pay import issuing, translation
from workflows.procure_to_pay.blocked import WaitingInvoice
from workflows.procure_to_pay.facts import PurchaseFacts

AboutInvoices: TypeAlias = (
    EnterInvoice | EnterCredit | AcceptInvoice | RejectInvoice | TakeSupplierInvoiceBack | ChangePrices
)


async def answer(process: Process, facts: PurchaseFacts, about: AboutInvoices, event: Event) -> Message:
    """Do what is asked for, and give the answer. Refuses what each of them refuses."""
    match about:
        case EnterInvoice():
            return await enter(process, facts, about, event)
        case EnterCredit():
            return await credit(process, facts, about, event)
        case AcceptInvoice():
            return await accept(process, facts, about, event)
        case RejectInvoice():
            return await reject(process, facts, about, event.caller)
        case TakeSupplierInvoiceBack():
            return await take_back(process, facts, about, event)
        case ChangePrices():
            return await change_prices(process, facts, about, event)


async def enter(
    process: Process, facts: PurchaseFacts, entered: EnterInvoice, event: Event
) -> SupplierInvoiceEntered:
    """Post it, or keep it blocked. Refuses what is no invoice: nothing is changed; EnteredByTheSame, when it
    bills what whoever enters it has changed the price of.
    """
    with_lines, by = translation.billed_lines(entered, facts), event.caller.actor
    for line in with_lines.lines:
        check_entered_by_another(by, facts.priced_by.get(line.line_number, ""))
    invoice = WaitingInvoice(with_lines, by, posted_on=entered.posted_on)
    post = translation.supplier_invoice(facts, invoice, process_id=process.id)
    return await _post_or_block(process, facts, invoice, post, per=post.invoice_id, by=event.caller)


async def match_again(process: Process, facts: PurchaseFacts, on: date, cause: UUID, by: Caller) -> None:
    """Something was done on a day that may cure a blocked invoice, by the id of what was done: what matches
    now is posted.
    """
    for invoice in list(facts.blocked.values()):
        invoice.wait_until(on)
        await _try_again(process, facts, invoice, cause, by)


async def _try_again(
    process: Process, facts: PurchaseFacts, invoice: WaitingInvoice, cause: UUID, by: Caller
) -> SupplierInvoiceEntered:
    post = translation.supplier_invoice(facts, invoice, process_id=process.id)
    per = f"{post.invoice_id}/{cause}"
    return await _post_or_block(process, facts, invoice, post, per=per, by=by, must=True)


async def _post_or_block(
    process: Process,
    facts: PurchaseFacts,
    invoice: WaitingInvoice,
    post: PostSupplierInvoice,
    *,
    per: object,
    by: Caller,
    must: bool = False,
) -> SupplierInvoiceEntered:
    """One try, as a step of its own: it answers the same whenever it is asked for again."""
    step = supplier_invoices.post_or_block_supplier_invoice
    entered = await process.step(step, post, per=per, by=by, must=must)
    if entered.posted is not None:
        facts.bill(entered.posted)
    if entered.blocked is not None:
        facts.block(invoice, entered.blocked)
    return entered


async def accept(
    process: Process, facts: PurchaseFacts, wanted: AcceptInvoice, event: Event
) -> SupplierInvoiceEntered:
    """Somebody who has not entered it says that it is right as it is: for all that it waits for now. When
    more is found it stays blocked, and that is noted, so that it can be read and accepted.

    Refuses: EnteredByTheSame, and what posting refuses.
    """
    invoice, by = facts.blocked[wanted.invoice_id], event.caller
    check_decides(by.actor, invoice.entered_by)
    post = translation.supplier_invoice(facts, invoice, process_id=process.id)
    accepted, per = translation.accepted_invoice(post, wanted, by.actor), f"{post.invoice_id}/{event.name}"
    return await _post_or_block(process, facts, invoice, accepted, per=per, by=by)


async def reject(
    process: Process, facts: PurchaseFacts, wanted: RejectInvoice, by: Caller
) -> SupplierInvoiceRejected:
    """It goes back to the supplier, with its credit notes. Refuses: EnteredByTheSame."""
    reject = RejectSupplierInvoice(**dict(wanted), decided_by=by.actor)
    rejected = await process.step(
        blocked_invoices.reject_supplier_invoice, reject, per=wanted.invoice_id, by=by
    )
    del facts.blocked[wanted.invoice_id]
    await _cancel_if_nothing_is_left(process, facts, str(wanted.invoice_id), by)
    return rejected


async def credit(
    process: Process, facts: PurchaseFacts, wanted: EnterCredit, event: Event
) -> SupplierInvoiceEntered:
    """The supplier has credited some of it: what is left may match. Refuses what is no credit note."""
    invoice, by = facts.blocked[wanted.invoice_id], event.caller
    credited = replace(
        invoice,
        credits=[*invoice.credits, wanted],
        posted_on=max(invoice.posted_on, wanted.posted_on),
    )
    record = RecordSupplierCredit(
        credit_id=wanted.credit_id,
        credited_on=wanted.credited_on,
        posted_on=credited.posted_on,
        entered_by=by.actor,
        post=translation.supplier_invoice(facts, credited, process_id=process.id),
    )
    await process.step(blocked_invoices.credit_supplier_invoice, record, per=wanted.credit_id, by=by)
    facts.blocked[wanted.invoice_id] = credited
    return await _try_again(process, facts, credited, wanted.credit_id, by)


async def take_back(
    process: Process, facts: PurchaseFacts, back: TakeSupplierInvoiceBack, event: Event
) -> DocumentReversed:
    """It is owed no more; what it billed has come and is not invoiced again."""
    reverse, per, by = ReverseSupplierInvoice(**dict(back)), back.reversal_id, event.caller
    reversed_ = await process.step(supplier_invoices.reverse_supplier_invoice, reverse, per=per, by=by)
    del facts.invoices[back.invoice_id]
    await _cancel_if_nothing_is_left(process, facts, str(per), by)
    await match_again(process, facts, back.reversed_on, back.reversal_id, by)
    return reversed_


async def change_prices(
    process: Process, facts: PurchaseFacts, change: ChangePrices, event: Event
) -> PurchaseOrderPlaced:
    """Other prices were agreed. Who has entered a blocked invoice does not change what it is held against.

    Refuses: EnteredByTheSame; Invalid, with every line that is not on the order.
    """
    by = event.caller
    for invoice in facts.blocked.values():
        check_decides(by.actor, invoice.entered_by)
    reprice = RepriceOrder(**dict(change), order_id=facts.order_id)
    priced = await process.step(purchase_orders.change_prices, reprice, per=change.change_id, by=by)
    facts.price(priced, by.actor)
    process.know(amount=priced.total_amount)
    await issuing.tell_what_has_changed(process, facts, change.reason, per=change.change_id, by=by)
    await match_again(process, facts, change.changed_on, change.change_id, by)
    return priced


async def _cancel_if_nothing_is_left(process: Process, facts: PurchaseFacts, per: str, by: Caller) -> None:
    """The rest was cancelled before, and nothing else stands by now: all of the order is cancelled."""
    if facts.is_cancelled:
        cancel = facts.cancel(facts.why_cancelled)
        await process.step(purchase_orders.cancel_purchase_order, cancel, per=per, by=by, must=True)
