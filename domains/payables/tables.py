"""The tables of payables. Amounts are in the invoice's currency unless it says `base`."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from domains.master_data.tables import belongs_to
from foundation.database.connections import OfCompany, Posted, Table
from foundation.database.document_types import document

SCHEMA = {"schema": "payables"}


@document("/v1/supplier-invoices", party="supplier_code")
class SupplierInvoice(OfCompany, Posted, Table):
    """What a supplier has billed, as it was matched and posted. Only added to."""

    __tablename__ = "supplier_invoice"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        belongs_to("supplier_code", "supplier"),
        CheckConstraint("total_amount = net_amount + tax_amount", "total_is_sum"),
        CheckConstraint("posted_on >= invoiced_on", "posted_when_it_was_there"),
        Index(None, "company_id", "supplier_code", "normal_number"),
        Index(None, "company_id", "posted_on", "id"),
        Index(None, "order_id"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    process_id: Mapped[str]
    order_id: Mapped[UUID]
    order_number: Mapped[str]
    supplier_code: Mapped[str]
    supplier_number: Mapped[str]
    normal_number: Mapped[str]
    """The supplier's number without case, spaces, signs and leading zeros: it is billed once."""
    invoiced_on: Mapped[date]
    posted_on: Mapped[date]
    due_on: Mapped[date]
    currency: Mapped[str]
    rate: Mapped[Decimal] = mapped_column(Numeric())
    payment_terms_code: Mapped[str]
    net_amount: Mapped[Decimal]
    tax_amount: Mapped[Decimal]
    total_amount: Mapped[Decimal]
    base_total_amount: Mapped[Decimal]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class SupplierInvoiceLine(OfCompany, Table):
    """What was billed of one line of the order, and what it had been ordered at. Only added to."""

    __tablename__ = "supplier_invoice_line"
    __table_args__ = (belongs_to("tax_code", "tax_code"), SCHEMA)

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("payables.supplier_invoice.id"), primary_key=True)
    line_number: Mapped[int] = mapped_column(primary_key=True)
    order_line_number: Mapped[int]
    item_code: Mapped[str]
    description: Mapped[str]
    quantity: Mapped[Decimal]
    unit: Mapped[str]
    stock_quantity: Mapped[Decimal]
    is_stocked: Mapped[bool]
    unit_price: Mapped[Decimal]
    discount_percent: Mapped[Decimal]
    ordered_price: Mapped[Decimal]
    ordered_discount_percent: Mapped[Decimal]
    tax_code: Mapped[str]
    net_amount: Mapped[Decimal]
    tax_amount: Mapped[Decimal]
    base_received_amount: Mapped[Decimal]
    """What it settles of what has come, in the company's currency."""
