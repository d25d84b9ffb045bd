"""Accounts, fiscal years with their locks, and the series of gapless numbers."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from domains.master_data.tables import OfCode, Versioned
from foundation.database import Table

SCHEMA = {"schema": "ledger"}


class Account(OfCode, Versioned, Table):
    """An account of the chart."""

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("company_id", "role"),
        CheckConstraint("kind IN ('asset', 'liability', 'equity', 'income', 'expense')", "kind_known"),
        SCHEMA,
    )

    name: Mapped[str]
    kind: Mapped[str]
    role: Mapped[str | None]
    blocked: Mapped[bool]


class FiscalYear(OfCode, Versioned, Table):
    """A fiscal year; nothing is posted in it on or before the day it is locked through."""

    __tablename__ = "fiscal_year"
    __table_args__ = (CheckConstraint("starts_on <= ends_on", "in_order"), SCHEMA)

    starts_on: Mapped[date]
    ends_on: Mapped[date]
    locked_through: Mapped[date | None]


class PeriodBalance(Table):
    """What went in and out of an account in a closed period: a calendar month, or a fiscal year's part of it.

    In the company's currency. There while the period is locked, and only then.
    """

    __tablename__ = "period_balance"
    __table_args__ = (
        ForeignKeyConstraint(
            ["company_id", "fiscal_year"], ["ledger.fiscal_year.company_id", "ledger.fiscal_year.code"]
        ),
        ForeignKeyConstraint(
            ["company_id", "account_code"], ["ledger.account.company_id", "ledger.account.code"]
        ),
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


class NumberSeries(Table):
    """The last number taken of a series in a fiscal year."""

    __tablename__ = "number_series"
    __table_args__ = (SCHEMA,)

    company_id: Mapped[str] = mapped_column(
        primary_key=True, server_default=func.foundation.current_company()
    )
    series: Mapped[str] = mapped_column(primary_key=True)
    fiscal_year: Mapped[str] = mapped_column(primary_key=True)
    last_number: Mapped[int]
