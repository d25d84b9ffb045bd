"""Accounts and fiscal years, as they are read."""

from typing import Any

from sqlalchemy import Row, Select, select

from domains.ledger.messages import PutAccount, PutFiscalYear
from domains.ledger.queries.filters import facts
from domains.ledger.tables.accounts import Account, AccountRoleRow, FiscalYear
from foundation.database.connections import rows_of
from foundation.database.transaction import Transaction


class AccountView(PutAccount):
    """An account as it stands."""

    subledger: str | None = None
    """Of a control account: whose documents alone post to it."""
    version: int


class FiscalYearView(PutFiscalYear):
    """A fiscal year as it stands."""

    version: int


_ROLE = select(AccountRoleRow.role).where(
    AccountRoleRow.account_code == Account.code, AccountRoleRow.key == ""
)
_ACCOUNTS = select(*rows_of(Account).c, _ROLE.scalar_subquery().label("role"))


def accounts() -> Select[Any]:
    """The chart of accounts, by code."""
    return _ACCOUNTS.order_by(Account.code)


def fiscal_years() -> Select[Any]:
    """The fiscal years, the earliest first."""
    return select(FiscalYear).order_by(FiscalYear.starts_on, FiscalYear.code)


def account_view(row: Any) -> AccountView:
    """One row of `accounts`."""
    return AccountView(**facts(row, AccountView))


async def account(tx: Transaction, code: str) -> AccountView | None:
    """One account, if there is one."""
    row = (await tx.execute(_ACCOUNTS.where(Account.code == code))).one_or_none()
    return None if row is None else account_view(row)


def fiscal_year_view(row: Row[Any]) -> FiscalYearView:
    """One row of `fiscal_years`."""
    return FiscalYearView(**facts(row, FiscalYearView))
