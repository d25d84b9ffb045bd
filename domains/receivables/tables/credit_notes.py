"""Credit notes and refunds: posted, and never changed."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Numeric, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from domains.master_data.tables import belongs_to
from domains.receivables.tables.schema import SCHEMA
from foundation.database.connections import OfCompany, Posted, Table
from foundation.database.document_types import document


@document("/v1/credit-notes", party="customer_code")
class CreditNote(OfCompany, Posted, Table):
    """What was taken back of an invoice, and what became of what was settled of it already."""

    __tablename__ = "credit_note"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        belongs_to("customer_code", "customer"),
        CheckConstraint("total_amount >= 0", "not_negative"),
        CheckConstraint("total_amount = net_amount + tax_amount", "total_is_sum"),
        CheckConstraint("(order_id IS NULL) = (order_number IS NULL)", "order_with_number"),
        CheckConstraint(
            "total_amount = settled_amount + on_account_amount + discount_amount + written_off_amount",
            "parts_add_up",
        ),
        Index(None, "company_id", "credited_on", "id"),
        Index(None, "invoice_id"),
        Index(None, "order_id"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("receivables.invoice.id"))
    invoice_number: Mapped[str]
    order_id: Mapped[UUID | None]
    """None when the invoice has no order."""
    order_number: Mapped[str | None]
    company: Mapped[dict[str, Any]] = mapped_column(JSONB)
    customer_code: Mapped[str]
    customer: Mapped[dict[str, Any]] = mapped_column(JSONB)
    invoiced_on: Mapped[date]
    credited_on: Mapped[date]
    reason: Mapped[str]
    currency: Mapped[str]
    rate: Mapped[Decimal] = mapped_column(Numeric())
    """With all its digits: a rate that is quoted the other way round has no end."""
    net_amount: Mapped[Decimal]
    tax_amount: Mapped[Decimal]
    total_amount: Mapped[Decimal]
    base_total_amount: Mapped[Decimal]
    settled_amount: Mapped[Decimal]
    on_account_amount: Mapped[Decimal]
    discount_amount: Mapped[Decimal]
    written_off_amount: Mapped[Decimal]
    exchange_difference: Mapped[Decimal]
    posted_at: Mapped[datetime] = mapped_column(server_default=func.now())


class CreditNoteLine(OfCompany, Table):
    """What was credited of one line of the invoice; of a price allowance no quantity."""

    __tablename__ = "credit_note_line"
    __table_args__ = (
        CheckConstraint("quantity <> 0 OR net_amount > 0", "of_something"),
        ForeignKeyConstraint(
            ["invoice_id", "line_number"],
            ["receivables.invoice_line.invoice_id", "receivables.invoice_line.line_number"],
        ),
        Index(None, "invoice_id", "line_number"),
        SCHEMA,
    )

    credit_note_id: Mapped[UUID] = mapped_column(ForeignKey("receivables.credit_note.id"), primary_key=True)
    line_number: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[UUID]
    quantity: Mapped[Decimal]
    net_amount: Mapped[Decimal]
    tax_amount: Mapped[Decimal]


class CreditNoteTax(OfCompany, Table):
    """What was credited of one tax of the invoice, and what of a discount on it was reversed."""

    __tablename__ = "credit_note_tax"
    __table_args__ = (
        ForeignKeyConstraint(
            ["invoice_id", "line_number"],
            ["receivables.invoice_tax.invoice_id", "receivables.invoice_tax.line_number"],
        ),
        Index(None, "invoice_id", "line_number"),
        SCHEMA,
    )

    credit_note_id: Mapped[UUID] = mapped_column(ForeignKey("receivables.credit_note.id"), primary_key=True)
    line_number: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[UUID]
    base_amount: Mapped[Decimal]
    tax_amount: Mapped[Decimal]
    discount_amount: Mapped[Decimal]
