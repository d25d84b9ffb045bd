"""Accounts with their roles, dimensions, and fiscal years with their locks."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Identity,
    Index,
    PrimaryKeyConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from domains.master_data.tables import OfCode, Versioned
from foundation.database.connections import OfCompany, Table

SCHEMA = {"schema": "ledger"}


def on_account(column: str) -> ForeignKeyConstraint:
    """The code in this column names an account of the same company."""
    return ForeignKeyConstraint(["company_id", column], ["ledger.account.company_id", "ledger.account.code"])


class Account(OfCode, Versioned, Table):
    """An account of the chart."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("kind IN ('asset', 'liability', 'equity', 'income', 'expense')", "kind_known"),
        CheckConstraint(
            "subledger IN ('receivable', 'payable', 'goods_received', 'wages', 'inventory')",
            "subledger_known",
        ),
        SCHEMA,
    )

    name: Mapped[str]
    kind: Mapped[str]
    subledger: Mapped[str | None]
    """Of a control account: whose documents alone post to it."""
    blocked: Mapped[bool]


class AccountRoleRow(OfCompany, Table):
    """Which account a document posts to, by a role and perhaps a key of its own choice."""

    __tablename__ = "account_role"
    __table_args__ = (
        PrimaryKeyConstraint("company_id", "role", "key"),
        on_account("account_code"),
        Index(None, "company_id", "account_code"),
        SCHEMA,
    )

    role: Mapped[str]
    key: Mapped[str] = mapped_column(server_default="")
    account_code: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class DimensionValue(OfCompany, Versioned, Table):
    """A cost centre, a project, or what else a company tells its lines apart by."""

    __tablename__ = "dimension_value"
    __table_args__ = (
        PrimaryKeyConstraint("company_id", "dimension", "code"),
        ForeignKeyConstraint(["company_id"], ["master_data.company.code"]),
        SCHEMA,
    )

    dimension: Mapped[str]
    code: Mapped[str]
    name: Mapped[str]
    blocked: Mapped[bool]


class FiscalYear(OfCode, Versioned, Table):
    """A fiscal year; nothing is posted in it on or before the day it is locked through."""

    __tablename__ = "fiscal_year"
    __table_args__ = (CheckConstraint("starts_on <= ends_on", "in_order"), SCHEMA)

    starts_on: Mapped[date]
    ends_on: Mapped[date]
    locked_through: Mapped[date | None]


class PeriodLock(OfCompany, Table):
    """One move of a fiscal year's lock: from where, to where, by whom."""

    __tablename__ = "period_lock"
    __table_args__ = (
        ForeignKeyConstraint(
            ["company_id", "fiscal_year"], ["ledger.fiscal_year.company_id", "ledger.fiscal_year.code"]
        ),
        Index(None, "company_id", "fiscal_year", "id"),
        SCHEMA,
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    fiscal_year: Mapped[str]
    locked_before: Mapped[date | None]
    locked_through: Mapped[date | None]
    moved_by: Mapped[str]
    operation_key: Mapped[str | None]
    moved_at: Mapped[datetime] = mapped_column(server_default=func.now())


class PeriodBalance(Table):
    """What went in and out of an account in a closed period: a calendar month, or a fiscal year's part of it.

    In the company's currency. There while the period is locked, and only then.
    """

    __tablename__ = "period_balance"
    __table_args__ = (
        ForeignKeyConstraint(
            ["company_id", "fiscal_year"], ["ledger.fiscal_year.company_id", "ledger.fiscal_year.code"]
        ),
        on_account("account_code"),
        CheckConstraint("starts_on <= ends_on", "in_order"),
        CheckConstraint("debit >= 0", "debit_not_negative"),
        CheckConstraint("credit >= 0", "credit_not_negative"),
        SCHEMA,
    )

    company_id: Mapped[str] = mapped_column(
        primary_key=True, server_default=func.foundation.current_company()
    )
    fiscal_year: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date] = mapped_column(primary_key=True)
    account_code: Mapped[str] = mapped_column(primary_key=True)
    debit: Mapped[Decimal]
    credit: Mapped[Decimal]
