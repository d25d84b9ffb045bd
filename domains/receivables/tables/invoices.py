"""Invoices as they were sent: everything on them is kept, and never changes."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from domains.master_data.tables import belongs_to
from domains.receivables.tables.schema import SCHEMA, on_account
from foundation.database.connections import OfCompany, Posted, Table
from foundation.database.document_types import document


@document("/v1/invoices", party="customer_code")
class Invoice(OfCompany, Posted, Table):
    """What a customer was charged, with who charged whom on which terms, as it was then."""

    __tablename__ = "invoice"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        UniqueConstraint("company_id", "shipment_id"),
        belongs_to("customer_code", "customer"),
        CheckConstraint("total_amount = net_amount + tax_amount", "total_is_sum"),
        CheckConstraint("(order_id IS NULL) = (order_number IS NULL)", "order_with_number"),
        CheckConstraint("order_id IS NULL OR process_id <> ''", "of_an_order_has_a_process"),
        CheckConstraint("corrects_id IS NULL OR process_id = ''", "debit_note_has_no_order"),
        Index(None, "company_id", "invoiced_on", "id"),
        Index(None, "order_id"),
        Index(None, "corrects_id", postgresql_where=text("corrects_id IS NOT NULL")),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    process_id: Mapped[str]
    """Empty of an invoice without an order, which no process waits for."""
    order_id: Mapped[UUID | None]
    """None of a collective invoice: its lines have orders."""
    order_number: Mapped[str | None]
    shipment_id: Mapped[UUID | None]
    shipment_number: Mapped[str | None]
    corrects_id: Mapped[UUID | None] = mapped_column(ForeignKey("receivables.invoice.id"))
    """Of a debit note: the invoice on which it charges more."""
    reason: Mapped[str] = mapped_column(server_default="")
    company: Mapped[dict[str, Any]] = mapped_column(JSONB)
    customer_code: Mapped[str]
    customer: Mapped[dict[str, Any]] = mapped_column(JSONB)
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB)
    customer_reference: Mapped[str]
    invoiced_on: Mapped[date]
    due_on: Mapped[date]
    currency: Mapped[str]
    rate: Mapped[Decimal] = mapped_column(Numeric())
    """With all its digits: a rate that is quoted the other way round has no end."""
    payment_terms_code: Mapped[str]
    prices_include_tax: Mapped[bool]
    net_amount: Mapped[Decimal]
    tax_amount: Mapped[Decimal]
    total_amount: Mapped[Decimal]
    base_total_amount: Mapped[Decimal]
    discount_percent: Mapped[Decimal] = mapped_column(server_default="0")
    discount_until: Mapped[date | None]
    discount_amount: Mapped[Decimal]
    discount_net_amount: Mapped[Decimal]
    posted_at: Mapped[datetime] = mapped_column(server_default=func.now())


class InvoiceLine(OfCompany, Table):
    """One line of an invoice."""

    __tablename__ = "invoice_line"
    __table_args__ = (
        ForeignKeyConstraint(
            ["invoice_id", "order_id"],
            ["receivables.invoice_order.invoice_id", "receivables.invoice_order.order_id"],
            name="invoice_line_invoice_id_order_id_fkey",
        ),
        CheckConstraint("num_nonnulls(order_id, shipment_id, delivered_on) IN (0, 3)", "of_a_delivery"),
        on_account("account_code"),
        SCHEMA,
    )

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("receivables.invoice.id"), primary_key=True)
    line_number: Mapped[int] = mapped_column(primary_key=True)
    order_line_number: Mapped[int]
    item_code: Mapped[str | None]
    description: Mapped[str]
    quantity: Mapped[Decimal]
    stock_quantity: Mapped[Decimal | None]
    unit: Mapped[str]
    unit_price: Mapped[Decimal]
    discount_percent: Mapped[Decimal]
    tax_code: Mapped[str]
    rates_from: Mapped[date | None]
    """The first day of the tax code's rates; empty for those that it began with."""
    is_freight: Mapped[bool]
    net_amount: Mapped[Decimal]
    tax_amount: Mapped[Decimal]
    order_id: Mapped[UUID | None]
    """Of a collective invoice: which order's it is, and which delivery's."""
    shipment_id: Mapped[UUID | None]
    shipment_number: Mapped[str | None]
    delivered_on: Mapped[date | None]
    account_code: Mapped[str | None]
    """Where its revenue is posted; None when the role says."""


class InvoiceOrder(OfCompany, Table):
    """What a collective invoice charges one of its orders."""

    __tablename__ = "invoice_order"
    __table_args__ = (
        CheckConstraint("total_amount = net_amount + tax_amount", "total_is_sum"),
        Index(None, "order_id"),
        SCHEMA,
    )

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("receivables.invoice.id"), primary_key=True)
    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    order_number: Mapped[str]
    customer_reference: Mapped[str]
    process_id: Mapped[str]
    net_amount: Mapped[Decimal]
    tax_amount: Mapped[Decimal]
    total_amount: Mapped[Decimal]
    base_total_amount: Mapped[Decimal]


class InvoiceTax(OfCompany, Table):
    """One tax of an invoice; `discount_amount` is what a cash discount takes off it."""

    __tablename__ = "invoice_tax"
    __table_args__ = (SCHEMA,)

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("receivables.invoice.id"), primary_key=True)
    line_number: Mapped[int] = mapped_column(primary_key=True)
    tax_code: Mapped[str]
    rates_from: Mapped[date | None]
    name: Mapped[str]
    account_code: Mapped[str]
    rate_percent: Mapped[Decimal | None]
    exemption_reason: Mapped[str]
    base_amount: Mapped[Decimal]
    tax_amount: Mapped[Decimal]
    discount_amount: Mapped[Decimal]
