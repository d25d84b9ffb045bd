"""Accounts and fiscal years, as they are read."""

from typing import Any

from sqlalchemy import Row, Select, select

from domains.ledger.messages import PutAccount, PutFiscalYear
from domains.ledger.queries.filters import facts
from domains.ledger.tables.accounts import Account, FiscalYear


class AccountView(PutAccount):
    """An account as it stands."""

    version: int


class FiscalYearView(PutFiscalYear):
    """A fiscal year as it stands."""

    version: int


def accounts() -> Select[Any]:
    """The chart of accounts, by code."""
    return select(Account).order_by(Account.code)


def fiscal_years() -> Select[Any]:
    """The fiscal years, the earliest first."""
    return select(FiscalYear).order_by(FiscalYear.starts_on, FiscalYear.code)


def account_view(row: Row[Any]) -> AccountView:
    """One row of `accounts`."""
    return AccountView(**facts(row[0], AccountView))


def fiscal_year_view(row: Row[Any]) -> FiscalYearView:
    """One row of `fiscal_years`."""
    return FiscalYearView(**facts(row[0], FiscalYearView))
