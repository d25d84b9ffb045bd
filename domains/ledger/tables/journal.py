"""The journal: entries and their lines, only ever added to."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from domains.ledger.tables.accounts import SCHEMA, on_account
from domains.master_data.tables import of_party
from foundation.database.connections import OfCompany, Posted, Table
from foundation.database.document_types import document


@document("/v1/journal-entries")
class JournalEntry(OfCompany, Posted, Table):
    """What was posted, for which document and purpose, once."""

    __tablename__ = "journal_entry"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        UniqueConstraint("company_id", "source_type", "source_id", "purpose"),
        UniqueConstraint("reverses_id"),
        ForeignKeyConstraint(
            ["company_id", "fiscal_year"], ["ledger.fiscal_year.company_id", "ledger.fiscal_year.code"]
        ),
        Index(None, "company_id", "posted_on", "id"),
        Index(None, "operation_key"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    posted_on: Mapped[date]
    fiscal_year: Mapped[str]
    currency: Mapped[str]
    text: Mapped[str]
    source_type: Mapped[str]
    source_id: Mapped[UUID]
    purpose: Mapped[str]
    reverses_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger.journal_entry.id"))
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class JournalLine(OfCompany, Table):
    """One line: debit positive, in the entry's currency and in the company's."""

    __tablename__ = "journal_line"
    __table_args__ = (
        CheckConstraint("(party_type IS NULL) = (party_code IS NULL)", "party_with_type"),
        CheckConstraint("jsonb_typeof(dimensions) = 'object'", "dimensions_by_name"),
        on_account("account_code"),
        of_party(),
        Index(None, "company_id", "account_code", "posted_on", postgresql_include=["base_amount"]),
        SCHEMA,
    )

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("ledger.journal_entry.id"), primary_key=True)
    line_number: Mapped[int] = mapped_column(primary_key=True)
    posted_on: Mapped[date]
    account_code: Mapped[str]
    amount: Mapped[Decimal]
    base_amount: Mapped[Decimal]
    text: Mapped[str] = mapped_column(server_default="")
    party_type: Mapped[str | None]
    party_code: Mapped[str | None]
    dimensions: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    """Codes by the names of dimensions: cost centre, project, and what a company adds."""
