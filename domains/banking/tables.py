"""The tables of banking. Amounts are in the account's currency: what came in is positive."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Sequence,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from domains.master_data.tables import OfCode, Versioned, belongs_to, of_party
from foundation.database.connections import OfCompany, Posted, Table
from foundation.database.document_types import document

SCHEMA = {"schema": "banking"}


def _of_account() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["company_id", "bank_account_code"], ["banking.bank_account.company_id", "banking.bank_account.code"]
    )


class BankAccount(OfCode, Versioned, Table):
    """An account of ours at a bank, and the account of the books that must be equal to it."""

    __tablename__ = "bank_account"
    __table_args__ = (
        UniqueConstraint("company_id", "account_code"),
        CheckConstraint("iban <> '' OR account_number <> ''", "has_a_number"),
        ForeignKeyConstraint(
            ["company_id", "account_code"], ["ledger.account.company_id", "ledger.account.code"]
        ),
        Index(
            "bank_account_iban_key",
            "company_id",
            "iban",
            "currency",
            unique=True,
            postgresql_where=text("iban <> ''"),
        ),
        Index(
            "bank_account_number_key",
            "company_id",
            "account_number",
            "currency",
            unique=True,
            postgresql_where=text("account_number <> ''"),
        ),
        SCHEMA,
    )

    name: Mapped[str]
    iban: Mapped[str]
    bic: Mapped[str]
    account_number: Mapped[str]
    currency: Mapped[str]
    account_code: Mapped[str]
    blocked: Mapped[bool]
    consecutive_numbers: Mapped[bool]
    encoding: Mapped[str]
    csv: Mapped[dict[str, Any] | None] = mapped_column(JSONB)


class StatementFile(OfCompany, Table):
    """A file as it came from the bank. Only added to."""

    __tablename__ = "statement_file"
    __table_args__ = (SCHEMA,)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    content: Mapped[bytes]
    imported_at: Mapped[datetime] = mapped_column(server_default=func.now())


@document("/v1/bank-statements")
class BankStatement(OfCompany, Posted, Table):
    """A bank's statement of an account: proven when it was imported. Only added to."""

    __tablename__ = "bank_statement"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        UniqueConstraint("company_id", "bank_account_code", "position"),
        CheckConstraint("from_on <= until_on", "days_in_order"),
        _of_account(),
        Index(None, "company_id", "until_on", "id"),
        Index(None, "company_id", "fingerprint"),
        Index(None, "file_id"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    bank_account_code: Mapped[str]
    position: Mapped[int]
    """The how manieth of its account."""
    file_id: Mapped[UUID] = mapped_column(ForeignKey("banking.statement_file.id"))
    bank_number: Mapped[str]
    sequence: Mapped[int | None] = mapped_column(BigInteger)
    page: Mapped[int] = mapped_column(BigInteger)
    from_on: Mapped[date]
    until_on: Mapped[date]
    currency: Mapped[str]
    opening_amount: Mapped[Decimal]
    closing_amount: Mapped[Decimal]
    line_count: Mapped[int]
    fingerprint: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class BankStatementLine(OfCompany, Table):
    """One line of a statement. Only added to."""

    __tablename__ = "bank_statement_line"
    __table_args__ = (
        UniqueConstraint("statement_id", "line_number"),
        Index(None, "company_id", "booked_on", "id"),
        CheckConstraint("amount <> 0", "moves_money"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    statement_id: Mapped[UUID] = mapped_column(ForeignKey("banking.bank_statement.id"))
    line_number: Mapped[int]
    booked_on: Mapped[date]
    valued_on: Mapped[date]
    amount: Mapped[Decimal]
    bank_reference: Mapped[str]
    end_to_end_id: Mapped[str]
    mandate_id: Mapped[str]
    party_name: Mapped[str]
    party_iban: Mapped[str]
    text: Mapped[str]
    code: Mapped[str]


class StatementReversal(OfCompany, Table):
    """A statement that was imported by mistake. Only added to."""

    __tablename__ = "statement_reversal"
    __table_args__ = (SCHEMA,)

    statement_id: Mapped[UUID] = mapped_column(ForeignKey("banking.bank_statement.id"), primary_key=True)
    reason: Mapped[str]
    reversed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class OpenLine(OfCompany, Table):
    """What of a line is not posted yet; kept by the database, of postings and of what takes them back."""

    __tablename__ = "open_line"
    __table_args__ = (
        CheckConstraint("amount <> 0", "amount_not_zero"),
        Index(None, "statement_id"),
        SCHEMA,
    )

    line_id: Mapped[UUID] = mapped_column(ForeignKey("banking.bank_statement_line.id"), primary_key=True)
    statement_id: Mapped[UUID] = mapped_column(ForeignKey("banking.bank_statement.id"))
    amount: Mapped[Decimal]


@document("/v1/bank-postings")
class LinePosting(OfCompany, Posted, Table):
    """What a line, or a part of it, is in the books: a document of the ledger, or an entry of its own."""

    __tablename__ = "line_posting"
    __table_args__ = (
        CheckConstraint("amount <> 0", "moves_money"),
        _of_account(),
        Index(None, "line_id"),
        Index(None, "statement_id"),
        Index(None, "document_id"),
        Index(None, "company_id", "posted_on", "id"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    line_id: Mapped[UUID] = mapped_column(ForeignKey("banking.bank_statement_line.id"))
    statement_id: Mapped[UUID] = mapped_column(ForeignKey("banking.bank_statement.id"))
    bank_account_code: Mapped[str]
    posted_on: Mapped[date]
    currency: Mapped[str]
    amount: Mapped[Decimal]
    document_type: Mapped[str]
    document_id: Mapped[UUID]
    document_number: Mapped[str]
    is_found: Mapped[bool]
    """Whether the document was in the books already."""
    rule: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Counterparty(OfCompany, Table):
    """Who is on the other side of lines, or what they are posted to, as a person has said for one before."""

    __tablename__ = "counterparty"
    __table_args__ = (
        CheckConstraint(
            "(party_code IS NULL) <> (account_code IS NULL) AND (party_type IS NULL) = (party_code IS NULL)",
            "party_or_account",
        ),
        of_party(),
        ForeignKeyConstraint(
            ["company_id", "account_code"], ["ledger.account.company_id", "ledger.account.code"]
        ),
        Index(None, "posting_id"),
        SCHEMA,
    )

    company_id: Mapped[str] = mapped_column(
        primary_key=True, server_default=func.foundation.current_company()
    )
    known_as: Mapped[str] = mapped_column(primary_key=True)
    """The IBAN, or the name where there is none."""
    comes_in: Mapped[bool] = mapped_column(primary_key=True)
    party_type: Mapped[str | None]
    party_code: Mapped[str | None]
    account_code: Mapped[str | None]
    posting_id: Mapped[UUID] = mapped_column(
        ForeignKey("banking.line_posting.id", deferrable=True, initially="DEFERRED")
    )
    """The posting that it was learned from."""


PAYMENT_RUN_NUMBER = Sequence("payment_run_number", schema="banking", metadata=Table.metadata)


@document("/v1/payment-runs", process="payment_run")
class PaymentRun(OfCompany, Table):
    """What is paid to suppliers from a bank account on a day, and how far it has come."""

    __tablename__ = "payment_run"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        CheckConstraint(
            "status IN ('proposed', 'submitted', 'released', 'posted', 'cancelled')", "status_known"
        ),
        CheckConstraint("iban <> ''", "has_iban"),
        CheckConstraint("pay_on <= due_until AND pay_on <= paid_on", "days_in_order"),
        CheckConstraint("(paid_on IS NOT NULL) = (status IN ('released', 'posted'))", "released_on_a_day"),
        CheckConstraint(
            "(paid_on IS NOT NULL) = (released_on IS NOT NULL) AND released_on <= paid_on",
            "paid_when_released",
        ),
        _of_account(),
        Index(None, "company_id", "pay_on", "id"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    status: Mapped[str]
    bank_account_code: Mapped[str]
    iban: Mapped[str]
    """Of the account that pays, as it was when the run was proposed; and so its `bic`."""
    bic: Mapped[str]
    currency: Mapped[str]
    pay_on: Mapped[date]
    due_until: Mapped[date]
    paid_on: Mapped[date | None]
    """It is posted on this day, once it is released."""
    released_on: Mapped[date | None]
    """When that was: the bank has made nothing of it before."""
    supplier_codes: Mapped[list[Any]] = mapped_column(JSONB)
    least_discount_yield_percent: Mapped[Decimal | None]
    amount: Mapped[Decimal]
    """Of what is to be paid, and then of what was."""
    discount_amount: Mapped[Decimal]
    content_hash: Mapped[str]
    proposed_by: Mapped[str]
    reason: Mapped[str] = mapped_column(server_default="")
    version: Mapped[int] = mapped_column(server_default="1")
    proposed_at: Mapped[datetime] = mapped_column(server_default=func.now())


def _of_run() -> ForeignKey:
    return ForeignKey("banking.payment_run.id")


class PaymentRunPayment(OfCompany, Table):
    """To whom, and to which account, as it was when the run was proposed. Only added to."""

    __tablename__ = "payment_run_payment"
    __table_args__ = (
        UniqueConstraint("company_id", "end_to_end_id"),
        UniqueConstraint("run_id", "supplier_code"),
        CheckConstraint("city <> '' AND iban <> ''", "names_a_town"),
        CheckConstraint("iban_before <> iban", "other_before"),
        belongs_to("supplier_code", "supplier"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    run_id: Mapped[UUID] = mapped_column(_of_run())
    end_to_end_id: Mapped[str]
    supplier_code: Mapped[str]
    supplier_name: Mapped[str]
    iban: Mapped[str]
    bic: Mapped[str]
    iban_before: Mapped[str] = mapped_column(server_default="")
    """Where the last payment of a run to the supplier went, when that was another account."""
    city: Mapped[str]
    country: Mapped[str]


class PaymentRunInvoice(OfCompany, Table):
    """What is paid of an invoice, and what became of it; its amounts stay as they were proposed."""

    __tablename__ = "payment_run_invoice"
    __table_args__ = (
        CheckConstraint("status IN ('included', 'left_out', 'paid', 'withdrawn')", "status_known"),
        CheckConstraint("(status = 'left_out') = (left_out_because <> '')", "left_out_because"),
        CheckConstraint("(status = 'paid') = (supplier_payment_id IS NOT NULL)", "paid_by"),
        CheckConstraint(
            "amount > 0 AND discount_amount >= 0 AND amount + discount_amount <= open_amount"
            " OR payment_id IS NULL AND status = 'left_out'",
            "amounts",
        ),
        Index(
            "payment_run_invoice_in_one_run",
            "company_id",
            "invoice_id",
            unique=True,
            postgresql_where=text("status = 'included'"),
        ),
        Index(None, "payment_id"),
        Index("payment_run_invoice_supplier_payment_id_key", "supplier_payment_id", unique=True),
        SCHEMA,
    )

    run_id: Mapped[UUID] = mapped_column(_of_run(), primary_key=True)
    invoice_id: Mapped[UUID] = mapped_column(primary_key=True)
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("banking.payment_run_payment.id"))
    """Without one it was never to be paid."""
    supplier_code: Mapped[str]
    supplier_name: Mapped[str]
    invoice_number: Mapped[str]
    supplier_number: Mapped[str] = mapped_column(server_default="")
    """What the supplier calls the invoice."""
    due_on: Mapped[date]
    currency: Mapped[str]
    open_amount: Mapped[Decimal]
    amount: Mapped[Decimal]
    discount_amount: Mapped[Decimal]
    discount_yield_percent: Mapped[Decimal | None]
    pay_reason: Mapped[str]
    status: Mapped[str]
    left_out_because: Mapped[str] = mapped_column(server_default="")
    supplier_payment_id: Mapped[UUID | None]


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
