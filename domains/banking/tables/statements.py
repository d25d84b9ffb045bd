"""The tables of our accounts at banks and of their statements."""

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
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from domains.banking.tables.schema import SCHEMA, of_account
from domains.master_data.tables import OfCode, Versioned, of_party
from foundation.database.connections import OfCompany, Posted, Table
from foundation.database.document_types import document


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
        of_account(),
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
        of_account(),
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
