"""Files of invoices as they are read, and what was entered of them."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Uuid, bindparam, case, func, or_, select, true, union_all

from domains.ledger.queries.documents import reversal_of
from domains.payables.messages.blocks import BlockStatus
from domains.payables.tables import (
    BlockedInvoice,
    SupplierInvoice,
    SupplierInvoiceFile,
)
from foundation.database.connections import columns_for, facts
from foundation.database.lists import Filter, Listing, between, equal, named
from foundation.database.transaction import Transaction
from foundation.values.messages import Message, ShownAmount


class InvoiceFileStatus(StrEnum):
    """What has become of the invoice in a file."""

    OPEN = "open"
    """Nothing was entered of it."""
    BLOCKED = "blocked"
    POSTED = "posted"
    REJECTED = "rejected"
    REVERSED = "reversed"


STANDS = (InvoiceFileStatus.BLOCKED.value, InvoiceFileStatus.POSTED.value)


class InvoiceFileView(Message):
    """A file with what tells its invoice apart, and what was entered of it last."""

    file_id: UUID
    file_name: str
    sha256: str
    syntax: str
    """UBL or CII; a PDF carries CII."""
    supplier_number: str
    invoiced_on: date
    currency: str
    total_amount: ShownAmount
    """With tax."""
    kept_at: datetime
    status: InvoiceFileStatus
    invoice_id: UUID | None
    number: str | None
    """Ours: of the supplier invoice, or of the blocked one."""
    supplier_code: str | None
    order_id: UUID | None
    order_number: str | None


_POSTED = select(
    SupplierInvoice.file_id,
    SupplierInvoice.id.label("invoice_id"),
    SupplierInvoice.number,
    SupplierInvoice.supplier_code,
    SupplierInvoice.order_id,
    SupplierInvoice.order_number,
    case(
        (reversal_of("supplier_invoice", SupplierInvoice.id).is_(None), InvoiceFileStatus.POSTED.value),
        else_=InvoiceFileStatus.REVERSED.value,
    ).label("status"),
    SupplierInvoice.recorded_at.label("entered_at"),
)
_BLOCKED = select(
    BlockedInvoice.file_id,
    BlockedInvoice.id,
    BlockedInvoice.number,
    BlockedInvoice.supplier_code,
    BlockedInvoice.order_id,
    BlockedInvoice.order_number,
    BlockedInvoice.status,
    BlockedInvoice.entered_at,
).where(BlockedInvoice.status != BlockStatus.POSTED.value)
_ENTERED = union_all(_POSTED, _BLOCKED).subquery("entered")
_LAST = (
    select(_ENTERED)
    .where(_ENTERED.c.file_id == SupplierInvoiceFile.id)
    .order_by(or_(*(_ENTERED.c.status == status for status in STANDS)).desc(), _ENTERED.c.entered_at.desc())
    .limit(1)
    .lateral("last")
)
_STATUS = func.coalesce(_LAST.c.status, InvoiceFileStatus.OPEN.value)
_FILES = (
    select(
        *columns_for(
            SupplierInvoiceFile,
            InvoiceFileView,
            file_id=SupplierInvoiceFile.id,
            file_name=SupplierInvoiceFile.name,
            status=_STATUS,
            **{
                name: _LAST.c[name]
                for name in ("invoice_id", "number", "supplier_code", "order_id", "order_number")
            },
        )
    )
    .select_from(SupplierInvoiceFile)
    .outerjoin(_LAST, true())
)
_FILE = bindparam("file", type_=Uuid)
_ONE = _FILES.where(SupplierInvoiceFile.id == _FILE)
_CONTENT = select(SupplierInvoiceFile.content).where(SupplierInvoiceFile.id == _FILE)
INVOICE_FILES = Listing(
    name="supplier_invoice_files",
    about="Files of suppliers' invoices, the newest first, and what was entered of them.",
    view=InvoiceFileView,
    rows=_FILES,
    filters=(
        Filter(
            "status",
            InvoiceFileStatus,
            lambda status: _STATUS.is_not_distinct_from(status.value),
            "Only those that are so",
        ),
        equal(SupplierInvoiceFile.supplier_number),
        equal(SupplierInvoiceFile.sha256),
        *between(SupplierInvoiceFile.invoiced_on),
        *between(SupplierInvoiceFile.total_amount),
    ),
    sorts=named(
        SupplierInvoiceFile.kept_at, SupplierInvoiceFile.invoiced_on, SupplierInvoiceFile.total_amount
    ),
    order="-kept_at",
    unique=(SupplierInvoiceFile.id,),
)


async def invoice_file(tx: Transaction, file_id: UUID) -> InvoiceFileView:
    """One of them. Refuses: NotFound."""
    row = await tx.existing(_ONE, f"file {file_id} of an invoice", {"file": file_id})
    return InvoiceFileView(**facts(row, InvoiceFileView))


async def content_of(tx: Transaction, file_id: UUID) -> bytes:
    """The file byte for byte. Refuses: NotFound."""
    row = await tx.existing(_CONTENT, f"file {file_id} of an invoice", {"file": file_id})
    content: bytes = row.content
    return content
