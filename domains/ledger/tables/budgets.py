"""Budgets of cost centres, and what documents have committed of them. In the company's currency."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from domains.ledger.tables.accounts import SCHEMA
from domains.master_data.tables import OfCode, Versioned
from foundation.database.connections import OfCompany, Table


class Budget(OfCode, Versioned, Table):
    """What may be committed for a cost centre from a day to a day."""

    __tablename__ = "budget"
    __table_args__ = (
        ForeignKeyConstraint(
            ["company_id", "dimension", "cost_centre"],
            [f"ledger.dimension_value.{column}" for column in ("company_id", "dimension", "code")],
        ),
        CheckConstraint("dimension = 'cost_centre'", "of_cost_centre"),
        CheckConstraint("starts_on <= ends_on", "in_order"),
        CheckConstraint("committed_amount BETWEEN 0 AND amount", "committed_within"),
        Index(None, "company_id", "cost_centre", "starts_on"),
        SCHEMA,
    )

    name: Mapped[str]
    dimension: Mapped[str] = mapped_column(server_default="cost_centre")
    cost_centre: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    amount: Mapped[Decimal]
    committed_amount: Mapped[Decimal] = mapped_column(server_default="0")
    """The sum of what documents have committed; their rows keep it so."""


class BudgetCommitment(OfCompany, Table):
    """What a document's line commits of a budget; negative what it gives back. Only added to."""

    __tablename__ = "budget_commitment"
    __table_args__ = (
        ForeignKeyConstraint(
            ["company_id", "budget_code"], ["ledger.budget.company_id", "ledger.budget.code"]
        ),
        CheckConstraint("amount <> 0", "commits_something"),
        Index(None, "company_id", "budget_code", "id"),
        Index(None, "document_id", "line_number"),
        SCHEMA,
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    budget_code: Mapped[str]
    document_type: Mapped[str]
    document_id: Mapped[UUID]
    line_number: Mapped[int]
    amount: Mapped[Decimal]
    committed_on: Mapped[date]
    """The company's day on which it was written."""
    wanted_on: Mapped[date]
    """The day for which it is: one of the budget's, as long as it is committed."""
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    operation_key: Mapped[str | None] = mapped_column(server_default=func.foundation.current_operation())
