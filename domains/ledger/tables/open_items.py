"""What parties owe us and we owe them: open items, what settled them, and the money that did."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from domains.ledger.tables.accounts import SCHEMA, on_account
from domains.master_data.tables import of_party
from foundation.database.connections import OfCompany, Table
from foundation.database.document_types import document


@document("/v1/payments", party="party_code")
class Payment(OfCompany, Table):
    """Money that arrived from a party."""

    __tablename__ = "payment"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        of_party(),
        on_account("account_code"),
        CheckConstraint("amount > 0", "amount_positive"),
        Index(None, "company_id", "received_on", "id"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    party_type: Mapped[str]
    party_code: Mapped[str]
    received_on: Mapped[date]
    currency: Mapped[str]
    amount: Mapped[Decimal]
    base_amount: Mapped[Decimal]
    reference: Mapped[str]
    account_code: Mapped[str]
    order_id: Mapped[UUID | None]
    posted_at: Mapped[datetime] = mapped_column(server_default=func.now())


@document("/v1/supplier-payments", party="party_code")
class SupplierPayment(OfCompany, Table):
    """Money that went to a supplier, and what it has paid of an invoice, in the invoice's currency."""

    __tablename__ = "supplier_payment"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        of_party(),
        on_account("account_code"),
        CheckConstraint("amount > 0", "amount_positive"),
        CheckConstraint("invoice_amount > 0", "pays_something"),
        CheckConstraint("currency <> invoice_currency OR amount = invoice_amount", "one_amount"),
        Index(None, "company_id", "paid_on", "id"),
        Index(None, "invoice_id"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    party_type: Mapped[str]
    party_code: Mapped[str]
    invoice_id: Mapped[UUID]
    invoice_number: Mapped[str]
    paid_on: Mapped[date]
    currency: Mapped[str]
    amount: Mapped[Decimal]
    base_amount: Mapped[Decimal]
    invoice_currency: Mapped[str]
    invoice_amount: Mapped[Decimal]
    reference: Mapped[str]
    account_code: Mapped[str]
    posted_at: Mapped[datetime] = mapped_column(server_default=func.now())


@document("/v1/refunds", party="party_code")
class Refund(OfCompany, Table):
    """Money on account that went back, and the document that it came from."""

    __tablename__ = "refund"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        of_party(),
        on_account("account_code"),
        CheckConstraint("amount > 0", "amount_positive"),
        Index(None, "company_id", "refunded_on", "id"),
        Index(None, "open_item_id"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    party_type: Mapped[str]
    party_code: Mapped[str]
    open_item_id: Mapped[UUID]
    money_type: Mapped[str]
    money_id: Mapped[UUID]
    refunded_on: Mapped[date]
    currency: Mapped[str]
    amount: Mapped[Decimal]
    base_amount: Mapped[Decimal]
    exchange_difference: Mapped[Decimal]
    reference: Mapped[str]
    account_code: Mapped[str]
    posted_at: Mapped[datetime] = mapped_column(server_default=func.now())


@document("/v1/allocations", party="party_code")
class Allocation(OfCompany, Table):
    """Money on account that was used for what was open; the amount in the money's currency, nothing when only
    the discount that had been granted with it was granted again.
    """

    __tablename__ = "allocation"
    __table_args__ = (
        CheckConstraint("amount >= 0", "amount_not_negative"),
        Index(None, "money_id"),
        Index(None, "document_id"),
        Index(None, "company_id", "allocated_on", "id"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    money_type: Mapped[str]
    money_id: Mapped[UUID]
    money_number: Mapped[str]
    document_type: Mapped[str]
    document_id: Mapped[UUID]
    document_number: Mapped[str]
    party_type: Mapped[str]
    party_code: Mapped[str]
    allocated_on: Mapped[date]
    currency: Mapped[str]
    amount: Mapped[Decimal]
    exchange_difference: Mapped[Decimal]
    posted_at: Mapped[datetime] = mapped_column(server_default=func.now())


class OpenItem(OfCompany, Table):
    """What a party owes us (positive), or we owe it (negative): money on account, or goods not invoiced."""

    __tablename__ = "open_item"
    __table_args__ = (
        of_party(),
        on_account("account_code"),
        CheckConstraint("side IN ('receivable', 'payable', 'goods_received', 'wages')", "side_known"),
        CheckConstraint("(party_type IS NULL) = (party_code IS NULL)", "party_with_type"),
        CheckConstraint("side = 'goods_received' OR party_code IS NOT NULL", "of_a_party"),
        CheckConstraint("open_amount BETWEEN least(amount, 0) AND greatest(amount, 0)", "open_within_amount"),
        CheckConstraint("open_amount <> 0 OR base_open_amount = 0", "settled_in_both"),
        CheckConstraint("(quantity IS NULL) = (open_quantity IS NULL)", "quantity_with_goods"),
        Index(
            "open_item_open_idx",
            "company_id",
            "party_type",
            "party_code",
            postgresql_where=text("open_amount <> 0"),
        ),
        Index(None, "document_id"),
        Index(None, "order_id", postgresql_where=text("order_id IS NOT NULL")),
        Index(None, "corrects_id", postgresql_where=text("corrects_id IS NOT NULL")),
        Index(None, "company_id", "due_on", "id"),
        Index(None, "company_id", "party_type", "party_code"),
        Index(None, "company_id", "open_until", "open_from"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    side: Mapped[str]
    party_type: Mapped[str | None]
    party_code: Mapped[str | None]
    account_code: Mapped[str]
    document_type: Mapped[str]
    document_id: Mapped[UUID]
    document_number: Mapped[str]
    party_reference: Mapped[str] = mapped_column(server_default="")
    """What the party calls the document: a supplier's own number of its invoice."""
    corrects_id: Mapped[UUID | None]
    on_account: Mapped[bool]
    """Money that waits to be used, and nothing that is owed."""
    order_id: Mapped[UUID | None]
    order_line_number: Mapped[int | None]
    """Of goods received: the line of the order that they came for."""
    process_id: Mapped[str | None]
    document_on: Mapped[date]
    due_on: Mapped[date]
    currency: Mapped[str]
    amount: Mapped[Decimal]
    base_amount: Mapped[Decimal]
    quantity: Mapped[Decimal | None]
    open_amount: Mapped[Decimal]
    base_open_amount: Mapped[Decimal]
    open_quantity: Mapped[Decimal | None]
    discount_until: Mapped[date | None]
    discount: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    discount_amount: Mapped[Decimal] = mapped_column(server_default="0")
    """Of money that was credited: the discount that was granted with it, and was reversed."""
    written_off_amount: Mapped[Decimal] = mapped_column(server_default="0")
    open_from: Mapped[date]
    """The first day of its own and of all that settled it, and the last: the database keeps both."""
    last_moved_on: Mapped[date]
    reopened_on: Mapped[date | None]
    """The last day on which a settlement of it was taken back: nothing else settles it before."""
    open_until: Mapped[date] = mapped_column(
        Computed(
            "CASE WHEN open_amount = 0 AND coalesce(open_quantity, 0) = 0 THEN last_moved_on "
            "ELSE 'infinity' END",
            persisted=True,
        )
    )
    """Without an end while something is open, be it only a quantity of goods that cost nothing."""


class Settlement(OfCompany, Table):
    """One change of what is open of an item, in its currency: by which document, with whose money."""

    __tablename__ = "settlement"
    __table_args__ = (
        UniqueConstraint("reverses_id"),
        CheckConstraint("(money_type IS NULL) = (money_id IS NULL)", "money_with_type"),
        Index(None, "open_item_id"),
        Index(None, "source_id"),
        Index(None, "money_id", postgresql_where=text("money_id IS NOT NULL")),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    open_item_id: Mapped[UUID] = mapped_column(ForeignKey("ledger.open_item.id"))
    source_type: Mapped[str]
    source_id: Mapped[UUID]
    source_number: Mapped[str]
    money_type: Mapped[str | None]
    money_id: Mapped[UUID | None]
    settled_on: Mapped[date]
    amount: Mapped[Decimal]
    base_amount: Mapped[Decimal]
    quantity: Mapped[Decimal | None]
    discount_amount: Mapped[Decimal] = mapped_column(server_default="0")
    written_off_amount: Mapped[Decimal] = mapped_column(server_default="0")
    exchange_difference: Mapped[Decimal] = mapped_column(server_default="0")
    """Realised with it, in the company's currency: positive is a gain."""
    reverses_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger.settlement.id"))


@document("/v1/reversals")
class Reversal(OfCompany, Table):
    """A posted document was taken back, once."""

    __tablename__ = "reversal"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        UniqueConstraint("company_id", "document_type", "document_id"),
        Index(None, "company_id", "reversed_on", "id"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    document_type: Mapped[str]
    document_id: Mapped[UUID]
    document_number: Mapped[str]
    reversed_on: Mapped[date]
    reason: Mapped[str]
    posted_at: Mapped[datetime] = mapped_column(server_default=func.now())
