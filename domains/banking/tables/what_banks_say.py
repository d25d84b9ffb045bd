"""The tables of what banks say of the payments of runs, and suppliers are told of them."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from domains.banking.tables.schema import SCHEMA
from foundation.database.connections import OfCompany, Table


class PaymentConfirmation(OfCompany, Table):
    """A payment of a run that is on a statement. Only added to."""

    __tablename__ = "payment_confirmation"
    __table_args__ = (
        CheckConstraint("amount > 0", "amount_positive"),
        Index(None, "payment_id"),
        SCHEMA,
    )

    posting_id: Mapped[UUID] = mapped_column(ForeignKey("banking.line_posting.id"), primary_key=True)
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("banking.payment_run_payment.id"), primary_key=True)
    amount: Mapped[Decimal]


class PaymentReturn(OfCompany, Table):
    """A payment of a run whose money the bank has sent back: what it had paid is owed again.

    Only added to.
    """

    __tablename__ = "payment_return"
    __table_args__ = (
        CheckConstraint("amount > 0", "amount_positive"),
        UniqueConstraint("posting_id"),
        SCHEMA,
    )

    payment_id: Mapped[UUID] = mapped_column(ForeignKey("banking.payment_run_payment.id"), primary_key=True)
    posting_id: Mapped[UUID] = mapped_column(ForeignKey("banking.line_posting.id"))
    amount: Mapped[Decimal]


class PaymentStatusReport(OfCompany, Table):
    """A file in which a bank says what becomes of payments, as it came. Only added to."""

    __tablename__ = "payment_status_report"
    __table_args__ = (
        UniqueConstraint("company_id", "sha256"),
        Index(None, "company_id", "imported_at", "id"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    file_name: Mapped[str]
    sha256: Mapped[str]
    """Of the file: the same is imported once."""
    content: Mapped[bytes]
    line_count: Mapped[int]
    imported_at: Mapped[datetime] = mapped_column(server_default=func.now())


class PaymentStatusLine(OfCompany, Table):
    """What a report says of one payment, whether of that alone or of all; and what became of it."""

    __tablename__ = "payment_status_line"
    __table_args__ = (
        CheckConstraint("level IN ('group', 'payment_information', 'transaction')", "level_known"),
        CheckConstraint(
            "outcome IN ('noted', 'older', 'after_rejection', 'after_settlement', 'duplicate', 'to_reject',"
            " 'rejected', 'reversed_before', 'returned_before', 'not_ordered', 'unknown_message',"
            " 'unknown_payment_information', 'unknown_transaction', 'unknown_status')",
            "outcome_known",
        ),
        CheckConstraint(
            "payment_id IS NOT NULL OR outcome LIKE 'unknown%' OR outcome = 'not_ordered'", "of_a_payment"
        ),
        Index(None, "payment_id"),
        SCHEMA,
    )

    report_id: Mapped[UUID] = mapped_column(ForeignKey("banking.payment_status_report.id"), primary_key=True)
    line_number: Mapped[int] = mapped_column(primary_key=True)
    bank_message_id: Mapped[str]
    """What the bank calls its report."""
    said_at: Mapped[datetime]
    level: Mapped[str]
    message_id: Mapped[str]
    """Of the payment file: the number of its run."""
    payment_information_id: Mapped[str]
    end_to_end_id: Mapped[str]
    status: Mapped[str]
    reason_code: Mapped[str]
    reason_text: Mapped[str]
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("banking.payment_run_payment.id"))
    outcome: Mapped[str]


class PaymentRejection(OfCompany, Table):
    """A payment of a run that the bank has rejected: what it had paid is owed again. Only added to."""

    __tablename__ = "payment_rejection"
    __table_args__ = (
        CheckConstraint("amount >= 0", "amount_not_negative"),
        ForeignKeyConstraint(
            ["report_id", "line_number"],
            ["banking.payment_status_line.report_id", "banking.payment_status_line.line_number"],
        ),
        UniqueConstraint("report_id", "line_number"),
        SCHEMA,
    )

    payment_id: Mapped[UUID] = mapped_column(ForeignKey("banking.payment_run_payment.id"), primary_key=True)
    report_id: Mapped[UUID]
    line_number: Mapped[int]
    rejected_on: Mapped[date]
    """The day on which what it had paid was reversed."""
    amount: Mapped[Decimal]
    """What is owed again by it: nothing of what a person had reversed before."""


class PaymentAdvice(OfCompany, Table):
    """A payment of which its supplier is told, once. Only added to."""

    __tablename__ = "payment_advice"
    __table_args__ = (SCHEMA,)

    payment_id: Mapped[UUID] = mapped_column(ForeignKey("banking.payment_run_payment.id"), primary_key=True)
    ordered_on: Mapped[date]
    """The day on which the bank is to pay."""
