"""What is read of payables."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from domains.ledger.queries.documents import OpenItemView, items_of, open_item_view, reversal_of
from domains.ledger.queries.open_items import open_of
from domains.payables.tables import SupplierInvoice, SupplierInvoiceLine
from foundation.database.connections import facts, rows_of
from foundation.database.lists import Listing, between, equal, named, only
from foundation.database.transaction import Transaction
from foundation.values.messages import Message, ShownAmount, ShownQuantity


class SupplierInvoiceSummary(Message):
    """A supplier's invoice as a list shows it; amounts in its currency. `open_amount` is still to be paid."""

    invoice_id: UUID
    invoice_number: str
    supplier_code: str
    supplier_number: str
    order_id: UUID
    order_number: str
    process_id: str
    invoiced_on: date
    posted_on: date
    due_on: date
    currency: str
    net_amount: ShownAmount
    tax_amount: ShownAmount
    total_amount: ShownAmount
    credited_amount: ShownAmount
    """What the supplier had credited before it was posted: it is printed with so much more."""
    file_id: UUID | None
    """Where it came as a file."""
    open_amount: ShownAmount
    reversed_by: str | None
    """The number of the reversal, when it was taken back."""


class SupplierInvoiceLineView(Message):
    """What was billed of one line of the order, beside the price that was ordered at."""

    line_number: int
    order_line_number: int
    item_code: str
    description: str
    quantity: ShownQuantity
    unit: str
    unit_price: ShownAmount
    discount_percent: ShownQuantity
    ordered_price: ShownAmount
    ordered_discount_percent: ShownQuantity
    tax_code: str
    net_amount: ShownAmount
    tax_amount: ShownAmount
    matched_quantity: ShownQuantity
    """How much of it had come, in the stock unit; of services, was ordered, in the unit of the order."""
    base_received_amount: ShownAmount
    """What it settles of what has come, in the company's currency."""


class SupplierInvoiceView(SupplierInvoiceSummary):
    """The whole invoice."""

    rate: ShownQuantity
    payment_terms_code: str
    base_total_amount: ShownAmount
    recorded_at: datetime
    lines: list[SupplierInvoiceLineView]
    open_items: list[OpenItemView]


_INVOICES = select(
    *rows_of(SupplierInvoice).c,
    func.abs(open_of(SupplierInvoice.id)).label("open_amount"),
    reversal_of("supplier_invoice", SupplierInvoice.id).label("reversed_by"),
)


def invoice_summary(row: Any) -> SupplierInvoiceSummary:
    """One row of `SUPPLIER_INVOICES`."""
    return SupplierInvoiceSummary(
        invoice_id=row.id, invoice_number=row.number, **facts(row, SupplierInvoiceSummary)
    )


SUPPLIER_INVOICES = Listing(
    name="supplier_invoices",
    about="Supplier invoices, the newest first.",
    view=SupplierInvoiceSummary,
    rows=_INVOICES,
    to_view=invoice_summary,
    filters=(
        equal(SupplierInvoice.supplier_code, "supplier"),
        equal(SupplierInvoice.number),
        equal(SupplierInvoice.supplier_number),
        equal(SupplierInvoice.order_id),
        *between(SupplierInvoice.invoiced_on),
        *between(SupplierInvoice.posted_on),
        *between(SupplierInvoice.due_on),
        *between(SupplierInvoice.total_amount),
        only("only_open", open_of(SupplierInvoice.id) != 0, "Only those that are not paid"),
    ),
    sorts=named(
        SupplierInvoice.posted_on,
        SupplierInvoice.due_on,
        SupplierInvoice.number,
        SupplierInvoice.total_amount,
    ),
    order="-posted_on",
    unique=(SupplierInvoice.id,),
)


async def supplier_invoice(tx: Transaction, invoice_id: UUID) -> SupplierInvoiceView:
    """One of them with its lines and open items. Refuses: NotFound."""
    wanted = _INVOICES.where(SupplierInvoice.id == invoice_id)
    found = await tx.existing(wanted, f"supplier invoice {invoice_id}")
    of_invoice = select(*rows_of(SupplierInvoiceLine).c).where(SupplierInvoiceLine.invoice_id == invoice_id)
    lines = (await tx.execute(of_invoice.order_by(SupplierInvoiceLine.line_number))).all()
    items = (await tx.execute(items_of(invoice_id))).all()
    return SupplierInvoiceView(
        invoice_id=found.id,
        invoice_number=found.number,
        lines=[SupplierInvoiceLineView(**facts(line, SupplierInvoiceLineView)) for line in lines],
        open_items=[open_item_view(item) for item in items],
        **facts(found, SupplierInvoiceView),
    )
