"""What customers owe and what they paid: payments, open items, what settled what, and credit."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from domains.ledger.tables.accounts import SCHEMA
from domains.master_data.tables import belongs_to
from foundation.database import OfCompany, Table


class Payment(OfCompany, Table):
    """Money that arrived."""

    __tablename__ = "payment"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        belongs_to("customer_code", "customer"),
        ForeignKeyConstraint(
            ["company_id", "account_code"], ["ledger.account.company_id", "ledger.account.code"]
        ),
        CheckConstraint("amount > 0", "amount_positive"),
        Index(None, "company_id", "received_on", "id"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    customer_code: Mapped[str]
    received_on: Mapped[date]
    currency: Mapped[str]
    amount: Mapped[Decimal]
    base_amount: Mapped[Decimal]
    reference: Mapped[str]
    account_code: Mapped[str]
    order_id: Mapped[UUID | None]
    posted_at: Mapped[datetime] = mapped_column(server_default=func.now())


class OpenItem(OfCompany, Table):
    """What a customer owes of an invoice or a dunning letter, or, negative, its money on account."""

    __tablename__ = "open_item"
    __table_args__ = (
        belongs_to("customer_code", "customer"),
        CheckConstraint(
            "num_nonnulls(invoice_id, payment_id, credit_note_id, dunning_letter_id) = 1", "of_one_document"
        ),
        CheckConstraint("open_amount BETWEEN least(amount, 0) AND greatest(amount, 0)", "open_within_amount"),
        CheckConstraint("open_amount <> 0 OR base_open_amount = 0", "settled_in_both"),
        Index("open_item_open_idx", "company_id", "customer_code", postgresql_where=text("open_amount <> 0")),
        Index(None, "invoice_id"),
        Index(None, "payment_id"),
        Index(None, "credit_note_id", postgresql_where=text("credit_note_id IS NOT NULL")),
        Index(None, "dunning_letter_id", postgresql_where=text("dunning_letter_id IS NOT NULL")),
        Index(None, "company_id", "due_on", "id"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_code: Mapped[str]
    invoice_id: Mapped[UUID | None] = mapped_column(ForeignKey("receivables.invoice.id"))
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger.payment.id"))
    credit_note_id: Mapped[UUID | None] = mapped_column(ForeignKey("receivables.credit_note.id"))
    dunning_letter_id: Mapped[UUID | None] = mapped_column(ForeignKey("receivables.dunning_letter.id"))
    document_on: Mapped[date]
    due_on: Mapped[date]
    currency: Mapped[str]
    amount: Mapped[Decimal]
    base_amount: Mapped[Decimal]
    open_amount: Mapped[Decimal]
    base_open_amount: Mapped[Decimal]


class Settlement(OfCompany, Table):
    """What settled how much of an open item; amounts in the item's currency."""

    __tablename__ = "settlement"
    __table_args__ = (
        CheckConstraint("num_nonnulls(payment_id, credit_note_id) = 1", "by_one_document"),
        Index(None, "open_item_id"),
        Index(None, "payment_id"),
        Index(None, "credit_note_id", postgresql_where=text("credit_note_id IS NOT NULL")),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger.payment.id"))
    credit_note_id: Mapped[UUID | None] = mapped_column(ForeignKey("receivables.credit_note.id"))
    open_item_id: Mapped[UUID] = mapped_column(ForeignKey("ledger.open_item.id"))
    settled_on: Mapped[date]
    amount: Mapped[Decimal]
    discount_amount: Mapped[Decimal]
    written_off_amount: Mapped[Decimal]
    base_amount: Mapped[Decimal]
    exchange_difference: Mapped[Decimal] = mapped_column(server_default="0")
    """Realised with it, in the company's currency: positive is a gain."""


class Refund(OfCompany, Table):
    """Money that went back to a customer, and the money on account that it came from."""

    __tablename__ = "refund"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        belongs_to("customer_code", "customer"),
        ForeignKeyConstraint(
            ["company_id", "account_code"], ["ledger.account.company_id", "ledger.account.code"]
        ),
        CheckConstraint("amount > 0", "amount_positive"),
        CheckConstraint("num_nonnulls(payment_id, credit_note_id) = 1", "of_one_document"),
        Index(None, "company_id", "refunded_on", "id"),
        Index(None, "open_item_id"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    customer_code: Mapped[str]
    open_item_id: Mapped[UUID] = mapped_column(ForeignKey("ledger.open_item.id"))
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger.payment.id"))
    credit_note_id: Mapped[UUID | None] = mapped_column(ForeignKey("receivables.credit_note.id"))
    refunded_on: Mapped[date]
    currency: Mapped[str]
    amount: Mapped[Decimal]
    base_amount: Mapped[Decimal]
    exchange_difference: Mapped[Decimal]
    reference: Mapped[str]
    account_code: Mapped[str]
    posted_at: Mapped[datetime] = mapped_column(server_default=func.now())
