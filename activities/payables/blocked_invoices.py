"""Suppliers' invoices that do not match: kept, with what they wait for, until they do, or are rejected."""

from pydantic_core import to_jsonable_python
from sqlalchemy import JSON, Uuid, bindparam, text

from activities.payables.examining import check_not_billed, examine
from activities.payables.releasing import find_blocked
from domains.payables.messages import LineToMatch, PostSupplierInvoice
from domains.payables.messages.blocks import (
    BlockCode,
    BlockStatus,
    BlockSupplierInvoice,
    InvoiceBlock,
    RecordSupplierCredit,
    RejectSupplierInvoice,
    SupplierCreditRecorded,
    SupplierCreditRecordedEvent,
    SupplierInvoiceBlocked,
    SupplierInvoiceBlockedEvent,
    SupplierInvoiceRejected,
    SupplierInvoiceRejectedEvent,
)
from domains.payables.rules import matching
from domains.payables.rules.decisions import check_decides
from domains.payables.rules.invoices import normal_number, taxed_credit
from domains.payables.tables import BlockedInvoice, BlockedInvoiceLine, SupplierCredit, SupplierCreditLine
from foundation.database.connections import facts, rows_of
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.days import check_not_before

_OF_HEAD = set(rows_of(BlockedInvoice).c.keys()) & PostSupplierInvoice.model_fields.keys()
_OF_LINE = set(rows_of(BlockedInvoiceLine).c.keys()) & LineToMatch.model_fields.keys()
_ID = bindparam("invoice", type_=Uuid)
_NOTE = text("UPDATE payables.blocked_invoice SET blocks = :blocks WHERE id = :invoice").bindparams(
    _ID, bindparam("blocks", type_=JSON)
)
_REJECT = text(
    """
    UPDATE payables.blocked_invoice
    SET status = 'rejected', blocks = '[]', decided_by = :decided_by, decision_reason = :reason,
        ended_at = now()
    WHERE id = :invoice
    """
).bindparams(_ID)
_CREDIT = text(
    "UPDATE payables.blocked_invoice SET credited_amount = credited_amount + :amount WHERE id = :invoice"
).bindparams(_ID)


@operation("payables.block_supplier_invoice", event=SupplierInvoiceBlockedEvent)
async def block_supplier_invoice(tx: Transaction, block: BlockSupplierInvoice) -> SupplierInvoiceBlocked:
    """Keep an invoice that does not match. Nothing is posted.

    Without a reason any more, it is to be posted. Refuses what is no invoice, as it is when it is posted.
    """
    blocks = await _blocks(tx, block)
    number = tx.closing.sequence_number("BI", "payables.blocked_invoice_number")
    _write(tx, block, blocks, number)
    return _blocked(block, number, blocks)


@operation("payables.note_blocks", event=SupplierInvoiceBlockedEvent)
async def note_blocks(tx: Transaction, block: BlockSupplierInvoice) -> SupplierInvoiceBlocked:
    """Note what a blocked invoice waits for now. Refuses: NotFound."""
    known = await find_blocked(tx, block.invoice_id)
    blocks = await _blocks(tx, block)
    await tx.execute(_NOTE, {"invoice": block.invoice_id, "blocks": to_jsonable_python(blocks)})
    return _blocked(block, known.number, blocks)


async def _blocks(tx: Transaction, block: BlockSupplierInvoice) -> tuple[InvoiceBlock, ...]:
    if block.refused_for:
        return (matching.block(0, BlockCode.POSTING, block.refused_for),)
    return (await examine(tx, block.post)).matching.blocks


def _blocked(
    block: BlockSupplierInvoice, number: str, blocks: tuple[InvoiceBlock, ...]
) -> SupplierInvoiceBlocked:
    asked = facts(block.post, SupplierInvoiceBlocked)
    return SupplierInvoiceBlocked(**asked | {"blocked_number": number, "blocks": blocks})


def _write(
    tx: Transaction, block: BlockSupplierInvoice, blocks: tuple[InvoiceBlock, ...], number: str
) -> None:
    """The invoice as it lies on the table."""
    post = block.post
    head = post.model_dump(include=_OF_HEAD)
    own = {
        "id": post.invoice_id,
        "number": number,
        "status": BlockStatus.BLOCKED.value,
        "normal_number": normal_number(post.supplier_number),
        "entered_by": block.entered_by,
        "blocks": to_jsonable_python(blocks),
    }
    write_document(tx, {BlockedInvoice: head | own})
    lines = [
        line.model_dump(include=_OF_LINE) | {"invoice_id": post.invoice_id, "line_number": position}
        for position, line in enumerate(post.lines, start=1)
    ]
    write_document(tx, {BlockedInvoiceLine: lines})


@operation("payables.credit_supplier_invoice", event=SupplierCreditRecordedEvent)
async def credit_supplier_invoice(tx: Transaction, record: RecordSupplierCredit) -> SupplierCreditRecorded:
    """Write a credit note for a blocked invoice down: it is posted with the invoice.

    Refuses: NotFound, BilledAlready; Invalid when it is not what it says, or more than the invoice; TooEarly,
    PeriodLocked.
    """
    post = record.post
    known = await find_blocked(tx, post.invoice_id)
    credit = post.credits[-1]
    check_not_before("posted_on", record.posted_on, record.credited_on, credit.supplier_number)
    await check_not_billed(tx, post.supplier_code, credit.supplier_number, record.credit_id)
    examined = await examine(tx, post)
    supplied_on = [one.since or post.invoiced_on for one in examined.matching.lines]
    taxed = taxed_credit(post, credit, supplied_on, examined.terms)
    totals = {
        "net_amount": taxed.net_amount,
        "tax_amount": taxed.tax_amount,
        "total_amount": taxed.total_amount,
    }
    named = {"invoice_id": post.invoice_id, "supplier_number": credit.supplier_number}
    head = {
        "id": record.credit_id,
        "normal_number": normal_number(credit.supplier_number),
        "credited_on": record.credited_on,
        "entered_by": record.entered_by,
    }
    lines = [one.model_dump() | {"credit_id": record.credit_id} for one in credit.lines]
    write_document(tx, {SupplierCredit: head | named | totals, SupplierCreditLine: lines})
    await tx.execute(_CREDIT, {"invoice": post.invoice_id, "amount": taxed.total_amount})
    return SupplierCreditRecorded(
        credit_id=record.credit_id,
        blocked_number=known.number,
        supplier_code=post.supplier_code,
        currency=post.currency,
        **named,
        **totals,
    )


@operation("payables.reject_supplier_invoice", event=SupplierInvoiceRejectedEvent)
async def reject_supplier_invoice(tx: Transaction, reject: RejectSupplierInvoice) -> SupplierInvoiceRejected:
    """A blocked invoice goes back to its supplier; its number may be billed again.

    Refuses: NotFound, EnteredByTheSame.
    """
    known = await find_blocked(tx, reject.invoice_id)
    check_decides(reject.decided_by, known.entered_by)
    asked = {"invoice": reject.invoice_id, "decided_by": reject.decided_by, "reason": reject.reason}
    await tx.execute(_REJECT, asked)
    return SupplierInvoiceRejected(
        invoice_id=known.id,
        blocked_number=known.number,
        supplier_code=known.supplier_code,
        supplier_number=known.supplier_number,
    )
