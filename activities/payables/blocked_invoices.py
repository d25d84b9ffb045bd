"""What is done about suppliers' invoices that are blocked: they are credited, or rejected."""

from sqlalchemy import Uuid, bindparam, text

from activities.payables.blocking import find_blocked
from activities.payables.examining import check_not_billed, examine
from domains.payables.messages.blocks import (
    RecordSupplierCredit,
    RejectSupplierInvoice,
    SupplierCreditRecorded,
    SupplierCreditRecordedEvent,
    SupplierInvoiceRejected,
    SupplierInvoiceRejectedEvent,
)
from domains.payables.rules.decisions import check_decides
from domains.payables.rules.invoices import normal_number, taxed_credit
from domains.payables.tables import SupplierCredit, SupplierCreditLine
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.days import check_not_before

_ID = bindparam("invoice", type_=Uuid)
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
