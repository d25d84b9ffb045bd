"""What is taken of the net pay: garnishment orders, and loans with what was lent and came back."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from domains.master_data.tables import OfCode, Versioned
from domains.payroll.tables.schema import SCHEMA, of_employee
from foundation.database.connections import OfCompany, Posted, Table
from foundation.database.document_types import document


class GarnishmentOrderRecord(OfCode, Versioned, Table):
    """What a creditor may have of somebody's net pay."""

    __tablename__ = "garnishment_order"
    __table_args__ = (
        CheckConstraint("party_type = 'employee'", "of_an_employee"),
        CheckConstraint("total_amount > 0", "total_positive"),
        CheckConstraint("a_period > 0", "a_period_positive"),
        CheckConstraint("valid_from <= valid_to", "in_order"),
        CheckConstraint("num_nonnulls(total_amount, a_period) > 0", "asks_for_something"),
        of_employee(),
        Index(None, "company_id", "employee_code"),
        SCHEMA,
    )

    employee_code: Mapped[str]
    party_type: Mapped[str] = mapped_column(server_default="employee")
    creditor: Mapped[str]
    creditor_name: Mapped[str]
    reference: Mapped[str] = mapped_column(server_default="")
    priority: Mapped[int]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    total_amount: Mapped[Decimal | None]
    a_period: Mapped[Decimal | None]
    protected: Mapped[dict[str, Any]] = mapped_column(JSONB)


class EmployeeLoanRecord(OfCode, Versioned, Table):
    """How what was lent to somebody is repaid."""

    __tablename__ = "employee_loan"
    __table_args__ = (
        CheckConstraint("party_type = 'employee'", "of_an_employee"),
        CheckConstraint("instalment > 0", "instalment_positive"),
        CheckConstraint("valid_from <= valid_to", "in_order"),
        UniqueConstraint("company_id", "code", "employee_code"),
        of_employee(),
        Index(None, "company_id", "employee_code"),
        SCHEMA,
    )

    employee_code: Mapped[str]
    party_type: Mapped[str] = mapped_column(server_default="employee")
    name: Mapped[str]
    instalment: Mapped[Decimal]
    priority: Mapped[int]
    comes_after_garnishments: Mapped[bool]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


@document("/v1/loan-movements", party="employee_code", is_for_few=True)
class LoanMovement(OfCompany, Posted, Table):
    """What was lent to somebody, came back by hand, or is given up. Only added to."""

    __tablename__ = "loan_movement"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        CheckConstraint("kind IN ('granted', 'repaid', 'written_off')", "kind_known"),
        CheckConstraint("amount <> 0 AND (amount > 0) = (kind = 'granted')", "signed"),
        CheckConstraint("(kind = 'written_off') = (account_code IS NULL)", "by_money"),
        CheckConstraint("kind <> 'written_off' OR reason <> ''", "for_a_reason"),
        ForeignKeyConstraint(
            ["company_id", "loan_code", "employee_code"],
            [
                "payroll.employee_loan.company_id",
                "payroll.employee_loan.code",
                "payroll.employee_loan.employee_code",
            ],
        ),
        ForeignKeyConstraint(
            ["company_id", "account_code"], ["ledger.account.company_id", "ledger.account.code"]
        ),
        Index(None, "company_id", "employee_code"),
        Index(None, "company_id", "loan_code"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    loan_code: Mapped[str]
    employee_code: Mapped[str]
    kind: Mapped[str]
    moved_on: Mapped[date]
    currency: Mapped[str]
    amount: Mapped[Decimal]
    """What it adds to the balance: what came back is negative."""
    account_code: Mapped[str | None]
    reason: Mapped[str] = mapped_column(server_default="")
    posted_at: Mapped[datetime] = mapped_column(server_default=func.now())
