"""The tables of payables. Amounts are in the invoice's currency unless it says `base`."""

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
    Sequence,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from domains.master_data.tables import belongs_to
from foundation.database.connections import OfCompany, Posted, Table
from foundation.database.document_types import document

SCHEMA = {"schema": "payables"}
BLOCKED_INVOICE_NUMBER = Sequence("blocked_invoice_number", schema="payables", metadata=Table.metadata)
SET_OFF_NUMBER = Sequence("set_off_number", schema="payables", metadata=Table.metadata)


class SupplierInvoiceFile(OfCompany, Table):
    """The file of an invoice as it came, once, and what tells its invoice apart. Only added to."""

    __tablename__ = "supplier_invoice_file"
    __table_args__ = (
        UniqueConstraint("company_id", "sha256"),
        CheckConstraint("sha256 = encode(sha256(content), 'hex')", "is_what_it_says"),
        Index(None, "company_id", "kept_at", "id"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    name: Mapped[str]
    syntax: Mapped[str]
    supplier_number: Mapped[str]
    invoiced_on: Mapped[date]
    currency: Mapped[str]
    total_amount: Mapped[Decimal]
    content: Mapped[bytes]
    kept_at: Mapped[datetime] = mapped_column(server_default=func.now())


@document("/v1/supplier-invoices", party="supplier_code")
class SupplierInvoice(OfCompany, Posted, Table):
    """What a supplier has billed, as it was matched and posted. Only added to."""

    __tablename__ = "supplier_invoice"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        belongs_to("supplier_code", "supplier"),
        CheckConstraint("total_amount = net_amount + tax_amount", "total_is_sum"),
        CheckConstraint("posted_on >= invoiced_on", "posted_when_it_was_there"),
        CheckConstraint("credited_amount >= 0", "credited_not_negative"),
        Index(None, "company_id", "supplier_code", "normal_number"),
        Index(None, "company_id", "supplier_code", "invoiced_on"),
        Index(None, "company_id", "posted_on", "id"),
        Index(None, "order_id"),
        Index(None, "file_id"),
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
    credited_amount: Mapped[Decimal]
    """What the supplier had credited before it was posted: it is printed with so much more."""
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("payables.supplier_invoice_file.id"))
    """Where it came as a file."""
    discount: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """What may be taken off for paying early: less of it, when some of the invoice is claimed back."""
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
    matched_quantity: Mapped[Decimal]
    """How much of it had come, in the stock unit; of services, was ordered, in the unit of the order."""
    base_received_amount: Mapped[Decimal]
    """What it settles of what has come, in the company's currency."""


@document("/v1/blocked-invoices", party="supplier_code")
class BlockedInvoice(OfCompany, Table):
    """A supplier's invoice that did not match when it was entered: what it waits for, and what has become of
    it. Posted, it is a supplier invoice with the same id.
    """

    __tablename__ = "blocked_invoice"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        belongs_to("supplier_code", "supplier"),
        CheckConstraint("status IN ('blocked', 'posted', 'rejected')", "status_known"),
        CheckConstraint("decided_by <> entered_by", "not_decided_by_who_entered"),
        CheckConstraint(
            "(status <> 'rejected' AND accepted = '[]')"
            " OR (decided_by IS NOT NULL AND decision_reason <> '')",
            "decision_has_reason",
        ),
        CheckConstraint("(status = 'blocked') = (ended_at IS NULL)", "ends_once"),
        CheckConstraint("credited_amount BETWEEN 0 AND total_amount", "no_more_credited_than_billed"),
        Index(
            None,
            "company_id",
            "supplier_code",
            "normal_number",
            unique=True,
            postgresql_where=text("status = 'blocked'"),
        ),
        Index(None, "company_id", "status", "invoiced_on", "id"),
        Index(None, "order_id"),
        Index(None, "file_id"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    status: Mapped[str]
    process_id: Mapped[str]
    order_id: Mapped[UUID]
    order_number: Mapped[str]
    supplier_code: Mapped[str]
    supplier_number: Mapped[str]
    normal_number: Mapped[str]
    invoiced_on: Mapped[date]
    currency: Mapped[str]
    total_amount: Mapped[Decimal]
    credited_amount: Mapped[Decimal] = mapped_column(server_default="0")
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("payables.supplier_invoice_file.id"))
    blocks: Mapped[list[Any]] = mapped_column(JSONB)
    """What it waits for now."""
    accepted: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")
    """What a person has accepted."""
    entered_by: Mapped[str]
    decided_by: Mapped[str | None]
    decision_reason: Mapped[str] = mapped_column(server_default="")
    entered_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]


class BlockedInvoiceLine(OfCompany, Table):
    """What a blocked invoice bills, beside what was ordered when it was entered. Only added to."""

    __tablename__ = "blocked_invoice_line"
    __table_args__ = (SCHEMA,)

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("payables.blocked_invoice.id"), primary_key=True)
    line_number: Mapped[int] = mapped_column(primary_key=True)
    order_line_number: Mapped[int]
    item_code: Mapped[str]
    description: Mapped[str]
    quantity: Mapped[Decimal]
    unit: Mapped[str]
    unit_price: Mapped[Decimal]
    discount_percent: Mapped[Decimal]
    ordered_price: Mapped[Decimal]
    ordered_discount_percent: Mapped[Decimal]
    tax_code: Mapped[str]


class SupplierCredit(OfCompany, Table):
    """A supplier's credit note for an invoice that is blocked: posted with it. Only added to."""

    __tablename__ = "supplier_credit"
    __table_args__ = (
        CheckConstraint("total_amount = net_amount + tax_amount", "total_is_sum"),
        CheckConstraint("total_amount > 0", "total_positive"),
        Index(None, "company_id", "normal_number"),
        Index(None, "invoice_id"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("payables.blocked_invoice.id"))
    supplier_number: Mapped[str]
    normal_number: Mapped[str]
    credited_on: Mapped[date]
    net_amount: Mapped[Decimal]
    tax_amount: Mapped[Decimal]
    total_amount: Mapped[Decimal]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime] = mapped_column(server_default=func.now())


class SupplierCreditLine(OfCompany, Table):
    """What is credited of a line of the invoice, without tax. Only added to."""

    __tablename__ = "supplier_credit_line"
    __table_args__ = (SCHEMA,)

    credit_id: Mapped[UUID] = mapped_column(ForeignKey("payables.supplier_credit.id"), primary_key=True)
    line_number: Mapped[int] = mapped_column(primary_key=True)
    quantity: Mapped[Decimal]
    stock_quantity: Mapped[Decimal]
    net_amount: Mapped[Decimal]


@document("/v1/supplier-debit-notes", party="supplier_code")
class SupplierDebitNote(OfCompany, Posted, Table):
    """What a supplier owes us for goods that went back, as it had billed them. Only added to."""

    __tablename__ = "supplier_debit_note"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        belongs_to("supplier_code", "supplier"),
        CheckConstraint("total_amount = net_amount + tax_amount", "total_is_sum"),
        CheckConstraint("least(net_amount, tax_amount) >= 0", "amounts_not_negative"),
        CheckConstraint("settled_amount BETWEEN 0 AND total_amount", "settles_no_more"),
        Index(None, "company_id", "posted_on", "id"),
        Index(None, "return_id"),
        Index(None, "order_id"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    return_id: Mapped[UUID]
    return_number: Mapped[str]
    order_id: Mapped[UUID]
    order_number: Mapped[str]
    supplier_code: Mapped[str]
    posted_on: Mapped[date]
    reason: Mapped[str]
    currency: Mapped[str]
    net_amount: Mapped[Decimal]
    tax_amount: Mapped[Decimal]
    total_amount: Mapped[Decimal]
    base_total_amount: Mapped[Decimal]
    settled_amount: Mapped[Decimal]
    """What it takes off the invoices that it claims back, as far as they were not paid."""
    company: Mapped[dict[str, Any]] = mapped_column(JSONB)
    supplier: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Both as they were on the day: what is printed says so."""
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class SupplierDebitNoteLine(OfCompany, Table):
    """What is claimed back of one line of an invoice, in proportion to what it bills. Only added to."""

    __tablename__ = "supplier_debit_note_line"
    __table_args__ = (
        belongs_to("tax_code", "tax_code"),
        CheckConstraint("least(quantity, stock_quantity) > 0", "quantity_positive"),
        ForeignKeyConstraint(
            ["invoice_id", "invoice_line_number"],
            [f"payables.supplier_invoice_line.{name}" for name in ("invoice_id", "line_number")],
        ),
        Index(None, "invoice_id", "invoice_line_number"),
        SCHEMA,
    )

    debit_note_id: Mapped[UUID] = mapped_column(
        ForeignKey("payables.supplier_debit_note.id"), primary_key=True
    )
    line_number: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[UUID]
    invoice_line_number: Mapped[int]
    order_line_number: Mapped[int]
    item_code: Mapped[str]
    description: Mapped[str]
    quantity: Mapped[Decimal]
    unit: Mapped[str]
    stock_quantity: Mapped[Decimal]
    tax_code: Mapped[str]
    net_amount: Mapped[Decimal]
    tax_amount: Mapped[Decimal]
    base_total_amount: Mapped[Decimal]
    """In the company's currency, at the rate of the invoice."""


class DebitNoteConfirmation(OfCompany, Table):
    """The supplier's own credit note for what a debit note claims: not posted once more. Only added to."""

    __tablename__ = "debit_note_confirmation"
    __table_args__ = (Index(None, "company_id", "normal_number"), SCHEMA)

    debit_note_id: Mapped[UUID] = mapped_column(
        ForeignKey("payables.supplier_debit_note.id"), primary_key=True
    )
    supplier_number: Mapped[str]
    normal_number: Mapped[str]
    """Without case, spaces, signs and leading zeros."""
    credited_on: Mapped[date]
    entered_by: Mapped[str] = mapped_column(server_default=func.current_setting("perpetual.actor"))
    entered_at: Mapped[datetime] = mapped_column(server_default=func.now())


@document("/v1/set-offs", party="supplier_code")
class DebitNoteSetOff(OfCompany, Posted, Table):
    """What a debit note claims, set off against what is owed by an invoice. Only added to."""

    __tablename__ = "set_off"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        belongs_to("supplier_code", "supplier"),
        CheckConstraint("amount > 0", "amount_positive"),
        Index(None, "company_id", "set_off_on", "id"),
        Index(None, "debit_note_id"),
        Index(None, "invoice_id"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    debit_note_id: Mapped[UUID] = mapped_column(ForeignKey("payables.supplier_debit_note.id"))
    debit_note_number: Mapped[str]
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("payables.supplier_invoice.id"))
    invoice_number: Mapped[str]
    supplier_code: Mapped[str]
    set_off_on: Mapped[date]
    currency: Mapped[str]
    amount: Mapped[Decimal]
    exchange_difference: Mapped[Decimal]
    """What we gain when more was owed than is claimed, in the company's currency."""
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
