"""Suppliers' invoices without an order. Amounts are in the invoice's currency unless it says `base`."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, Sequence, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from domains.master_data.tables import belongs_to
from foundation.database.connections import OfCompany, Table
from foundation.database.document_types import document

SCHEMA = {"schema": "payables"}
CODED_INVOICE_NUMBER = Sequence("coded_invoice_number", schema="payables", metadata=Table.metadata)


@document("/v1/coded-invoices", party="supplier_code")
class CodedInvoice(OfCompany, Table):
    """A supplier's invoice whose lines are coded to accounts, and what has become of it."""

    __tablename__ = "coded_invoice"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        belongs_to("supplier_code", "supplier"),
        CheckConstraint(
            "status IN ('entered', 'posted', 'rejected', 'cancelled', 'reversed')", "status_known"
        ),
        CheckConstraint(
            "total_amount = net_amount + CASE WHEN reverse_charge THEN 0 ELSE tax_amount END", "total_is_sum"
        ),
        CheckConstraint("total_amount > 0", "total_positive"),
        CheckConstraint("posted_on >= invoiced_on", "posted_when_it_was_there"),
        CheckConstraint("decided_by <> entered_by", "not_decided_by_who_entered"),
        CheckConstraint(
            "status NOT IN ('posted', 'reversed') OR decided_by IS NOT NULL", "posted_with_a_yes"
        ),
        Index(
            None,
            "company_id",
            "supplier_code",
            "normal_number",
            unique=True,
            postgresql_where=text("status IN ('entered', 'posted')"),
        ),
        Index(None, "company_id", "supplier_code", "invoiced_on"),
        Index(None, "company_id", "posted_on", "id"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    status: Mapped[str]
    process_id: Mapped[str]
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
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Its terms of payment as people have said yes to them: they may be changed meanwhile."""
    reverse_charge: Mapped[bool]
    net_amount: Mapped[Decimal]
    tax_amount: Mapped[Decimal]
    total_amount: Mapped[Decimal]
    base_total_amount: Mapped[Decimal]
    entered_by: Mapped[str]
    decided_by: Mapped[str | None]
    reason: Mapped[str] = mapped_column(server_default="")
    """Why it was rejected or cancelled."""
    entered_at: Mapped[datetime] = mapped_column(server_default=func.now())


class CodedInvoiceLine(OfCompany, Table):
    """What is billed, and the account that it is coded to. Only added to."""

    __tablename__ = "coded_invoice_line"
    __table_args__ = (
        belongs_to("tax_code", "tax_code"),
        CheckConstraint("net_amount > 0", "net_positive"),
        CheckConstraint("non_deductible_amount BETWEEN 0 AND tax_amount", "no_more_than_its_tax"),
        SCHEMA,
    )

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("payables.coded_invoice.id"), primary_key=True)
    line_number: Mapped[int] = mapped_column(primary_key=True)
    account_code: Mapped[str]
    text: Mapped[str]
    net_amount: Mapped[Decimal]
    tax_code: Mapped[str]
    tax_amount: Mapped[Decimal]
    deductible_percent: Mapped[Decimal]
    non_deductible_amount: Mapped[Decimal]
    """What of its tax is no input tax, and part of what it cost."""
    dimensions: Mapped[dict[str, Any]] = mapped_column(JSONB)
