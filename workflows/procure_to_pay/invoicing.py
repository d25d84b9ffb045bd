"""The supplier's invoices: posted when they match, kept and tried again when they do not, decided about by
people. Each gives what whoever asked is told.
"""

from dataclasses import replace
from datetime import date
from typing import TypeAlias

from temporalio.exceptions import ApplicationError

from activities.payables import blocked_invoices, supplier_invoices
from activities.procurement import purchase_orders
from domains.ledger.messages import DocumentReversed
from domains.payables.messages import (
    EnterInvoice,
    ReverseSupplierInvoice,
    SupplierInvoicePosted,
    TakeSupplierInvoiceBack,
)
from domains.payables.messages.blocks import (
    AcceptInvoice,
    BlockStatus,
    BlockSupplierInvoice,
    EnterCredit,
    RecordSupplierCredit,
    RejectInvoice,
    RejectSupplierInvoice,
    SupplierInvoiceBlocked,
    SupplierInvoiceEntered,
    SupplierInvoiceRejected,
)
from domains.payables.rules.decisions import check_decides, check_entered_by_another
from domains.payables.rules.matching import InvoiceIsBlocked
from domains.procurement.messages import ChangePrices, PurchaseOrderPlaced, RepriceOrder
from foundation.process.process import Process
from foundation.values.messages import Caller, Message
from workflows.procure_to_pay import translation
from workflows.procure_to_pay.blocked import WaitingInvoice
from workflows.procure_to_pay.facts import PurchaseFacts

AboutInvoices: TypeAlias = (
    EnterInvoice | EnterCredit | AcceptInvoice | RejectInvoice | TakeSupplierInvoiceBack | ChangePrices
)


async def answer(process: Process, facts: PurchaseFacts, about: AboutInvoices, by: Caller) -> Message:
    """Do what is asked for, and give the answer. Refuses what each of them refuses."""
    match about:
        case EnterInvoice():
            return await enter(process, facts, about, by)
        case EnterCredit():
            return await credit(process, facts, about, by)
        case AcceptInvoice():
            return await accept(process, facts, about, by)
        case RejectInvoice():
            return await reject(process, facts, about, by)
        case TakeSupplierInvoiceBack():
            return await take_back(process, facts, about, by)
        case ChangePrices():
            return await change_prices(process, facts, about, by)


async def enter(
    process: Process, facts: PurchaseFacts, entered: EnterInvoice, by: Caller
) -> SupplierInvoiceEntered:
    """Post it, or keep it blocked. Refuses what is no invoice: nothing is changed; EnteredByTheSame, when it
    bills what whoever enters it has changed the price of.
    """
    with_lines = translation.billed_lines(entered, facts)
    for line in with_lines.lines:
        check_entered_by_another(by.actor, facts.priced_by.get(line.line_number, ""))
    invoice = WaitingInvoice(with_lines, by.actor, posted_on=entered.posted_on)
    return await _post_or_block(process, facts, invoice, by)


async def match_again(process: Process, facts: PurchaseFacts, on: date, by: Caller) -> None:
    """Something was done on a day that may cure a blocked invoice: what matches now is posted."""
    for invoice in list(facts.blocked.values()):
        invoice.wait_until(on)
        await _post_or_block(process, facts, invoice, by)


async def _post_or_block(
    process: Process, facts: PurchaseFacts, invoice: WaitingInvoice, by: Caller
) -> SupplierInvoiceEntered:
    """One that is written down already stays blocked, whatever it is refused for."""
    invoice_id = invoice.enter.invoice_id
    while True:
        post = translation.supplier_invoice(facts, invoice, process_id=process.id)
        try:
            posted = await process.step(supplier_invoices.post_supplier_invoice, post, per=invoice_id, by=by)
        except ApplicationError as refusal:
            does_not_match = refusal.type == InvoiceIsBlocked.type_name()
            if not (does_not_match or invoice.number):
                raise
            why = refusal.message
        else:
            facts.bill(posted)
            return SupplierInvoiceEntered(status=BlockStatus.POSTED, posted=posted)
        if why == invoice.refused_for and invoice.noted is not None:
            return SupplierInvoiceEntered(status=BlockStatus.BLOCKED, blocked=invoice.noted)
        block = BlockSupplierInvoice(
            invoice_id=invoice_id,
            post=post,
            entered_by=invoice.entered_by,
            refused_for="" if does_not_match else why,
        )
        facts.block(invoice, await _keep(process, invoice, block, by), why)
        if invoice.blocks:
            return SupplierInvoiceEntered(status=BlockStatus.BLOCKED, blocked=invoice.noted)


async def _keep(
    process: Process, invoice: WaitingInvoice, block: BlockSupplierInvoice, by: Caller
) -> SupplierInvoiceBlocked:
    """It is written down; or, when it was before, what it waits for now."""
    invoice.notes += 1
    if not invoice.number:
        keep = blocked_invoices.block_supplier_invoice
        return await process.step(keep, block, per=block.invoice_id, by=by)
    per = f"{block.invoice_id}/{invoice.notes}"
    return await process.step(blocked_invoices.note_blocks, block, per=per, by=by, must=True)


async def accept(
    process: Process, facts: PurchaseFacts, wanted: AcceptInvoice, by: Caller
) -> SupplierInvoicePosted:
    """Somebody who has not entered it says that it is right as it is: for all that it waits for now.

    Refuses: EnteredByTheSame; InvoiceIsBlocked, when it waits for more by now, which is noted, so that it
    can be read and accepted; and what posting refuses.
    """
    invoice = facts.blocked[wanted.invoice_id]
    check_decides(by.actor, invoice.entered_by)
    accepted = replace(
        invoice,
        accepted_by=by.actor,
        why_accepted=wanted.reason,
        posted_on=max(invoice.posted_on, wanted.posted_on),
    )
    post = translation.supplier_invoice(facts, accepted, process_id=process.id)
    try:
        posted = await process.step(
            supplier_invoices.post_supplier_invoice, post, per=wanted.invoice_id, by=by
        )
    except ApplicationError as refusal:
        if refusal.type != InvoiceIsBlocked.type_name():
            raise
        found = await _post_or_block(process, facts, invoice, by)
        if found.posted is None:
            raise
        return found.posted
    facts.bill(posted)
    return posted


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
    process: Process, facts: PurchaseFacts, wanted: EnterCredit, by: Caller
) -> SupplierInvoiceEntered:
    """The supplier has credited some of it: what is left may match. Refuses what is no credit note."""
    invoice = facts.blocked[wanted.invoice_id]
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
    return await _post_or_block(process, facts, credited, by)


async def take_back(
    process: Process, facts: PurchaseFacts, back: TakeSupplierInvoiceBack, by: Caller
) -> DocumentReversed:
    """It is owed no more; what it billed has come and is not invoiced again."""
    reverse, per = ReverseSupplierInvoice(**dict(back)), back.reversal_id
    reversed_ = await process.step(supplier_invoices.reverse_supplier_invoice, reverse, per=per, by=by)
    del facts.invoices[back.invoice_id]
    await _cancel_if_nothing_is_left(process, facts, str(per), by)
    await match_again(process, facts, back.reversed_on, by)
    return reversed_


async def change_prices(
    process: Process, facts: PurchaseFacts, change: ChangePrices, by: Caller
) -> PurchaseOrderPlaced:
    """Other prices were agreed. Who has entered a blocked invoice does not change what it is held against.

    Refuses: EnteredByTheSame; Invalid, with every line that is not on the order.
    """
    for invoice in facts.blocked.values():
        check_decides(by.actor, invoice.entered_by)
    reprice = RepriceOrder(**dict(change), order_id=facts.order_id)
    priced = await process.step(purchase_orders.change_prices, reprice, per=change.change_id, by=by)
    facts.price(priced, by.actor)
    process.know(amount=priced.total_amount)
    await match_again(process, facts, change.changed_on, by)
    return priced


async def _cancel_if_nothing_is_left(process: Process, facts: PurchaseFacts, per: str, by: Caller) -> None:
    """The rest was cancelled before, and nothing else stands by now: all of the order is cancelled."""
    if facts.is_cancelled:
        cancel = facts.cancel(facts.why_cancelled)
        await process.step(purchase_orders.cancel_purchase_order, cancel, per=per, by=by, must=True)
