"""Files of suppliers' invoices: kept once, byte for byte."""

from sqlalchemy import String, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from domains.payables.messages.invoice_files import InvoiceFileKept, KeepInvoiceFile
from domains.payables.tables import SupplierInvoiceFile
from foundation.database.connections import rows_of
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation

_SAME = select(SupplierInvoiceFile.id).where(SupplierInvoiceFile.sha256 == bindparam("sha256", type_=String))


@operation("payables.keep_invoice_file")
async def keep_invoice_file(tx: Transaction, keep: KeepInvoiceFile) -> InvoiceFileKept:
    """Keep a file that was read; the same content is kept once, whoever sends it."""
    row = keep.model_dump(exclude={"file_id", "file_name"})
    row |= {"id": keep.file_id, "name": keep.file_name, "content": keep.content}
    # Another that keeps the same at this moment is waited for, and then seen.
    written = insert(rows_of(SupplierInvoiceFile)).values(row).on_conflict_do_nothing()
    is_new = bool(await tx.scalar(written.returning(rows_of(SupplierInvoiceFile).c.id)))
    if is_new:
        return InvoiceFileKept(file_id=keep.file_id, is_new=True)
    first = await tx.scalar(_SAME, {"sha256": keep.sha256})
    return InvoiceFileKept(file_id=first, is_new=False)
