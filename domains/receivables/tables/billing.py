"""The billing due list of collective invoices: what has left, and is billed at the end of its month."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from domains.master_data.tables import belongs_to
from domains.receivables.tables.schema import SCHEMA
from foundation.database.connections import OfCompany, Table


class BillingDue(OfCompany, Table):
    """A delivered line of an order, or its freight: billed once, less what was withdrawn before."""

    __tablename__ = "billing_due"
    __table_args__ = (
        UniqueConstraint("shipment_id", "line_number"),
        belongs_to("customer_code", "customer"),
        CheckConstraint("quantity > 0", "of_something"),
        CheckConstraint("withdrawn_quantity BETWEEN 0 AND quantity", "withdrawn_within_quantity"),
        CheckConstraint("invoice_id IS NULL OR withdrawn_quantity < quantity", "billed_is_something"),
        Index(None, "order_id"),
        Index(None, "invoice_id"),
        Index(
            "billing_due_open_idx",
            "company_id",
            "customer_code",
            "delivered_on",
            postgresql_where=text("invoice_id IS NULL"),
        ),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_code: Mapped[str]
    currency: Mapped[str]
    payment_terms_code: Mapped[str]
    prices_include_tax: Mapped[bool]
    order_id: Mapped[UUID]
    order_number: Mapped[str]
    customer_reference: Mapped[str]
    process_id: Mapped[str]
    shipment_id: Mapped[UUID]
    shipment_number: Mapped[str | None]
    delivered_on: Mapped[date]
    completes_order: Mapped[bool]
    """Whether nothing more leaves for the order."""
    line_number: Mapped[int]
    item_code: Mapped[str | None]
    description: Mapped[str]
    quantity: Mapped[Decimal]
    stock_quantity: Mapped[Decimal | None]
    unit: Mapped[str]
    unit_price: Mapped[Decimal]
    discount_percent: Mapped[Decimal] = mapped_column(Numeric())
    """As it was agreed, not rounded: two discounts have made one."""
    tax_code: Mapped[str]
    is_freight: Mapped[bool]
    withdrawn_quantity: Mapped[Decimal] = mapped_column(server_default="0")
    invoice_id: Mapped[UUID | None] = mapped_column(ForeignKey("receivables.invoice.id"))
    listed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class BilledMonth(Table):
    """A month that is billed, and by which invoice: none when everything of it had been withdrawn."""

    __tablename__ = "billed_month"
    __table_args__ = (
        belongs_to("customer_code", "customer"),
        UniqueConstraint("invoice_id"),
        CheckConstraint("month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'", "is_a_month"),
        SCHEMA,
    )

    company_id: Mapped[str] = mapped_column(
        primary_key=True, server_default=func.foundation.current_company()
    )
    customer_code: Mapped[str] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    payment_terms_code: Mapped[str] = mapped_column(primary_key=True)
    prices_include_tax: Mapped[bool] = mapped_column(primary_key=True)
    month: Mapped[str] = mapped_column(primary_key=True)
    invoice_id: Mapped[UUID | None] = mapped_column(ForeignKey("receivables.invoice.id"))
    billed_at: Mapped[datetime] = mapped_column(server_default=func.now())
