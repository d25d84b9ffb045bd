"""Accounts and fiscal years, as they are read."""

from sqlalchemy import select

from domains.ledger.messages import PutAccount, PutAccountRole, PutFiscalYear, Role
from domains.ledger.tables.accounts import Account, AccountRoleRow, FiscalYear
from foundation.database.connections import columns_for
from foundation.database.lists import Listing, equal, named
from foundation.database.transaction import Transaction


class AccountView(PutAccount):
    """An account as it stands."""

    subledger: str | None = None
    """Of a control account: whose documents alone post to it."""
    version: int


class FiscalYearView(PutFiscalYear):
    """A fiscal year as it stands."""

    version: int


class AccountRoleView(PutAccountRole):
    """Which account a role means; for all keys that have no account of their own, when the key is empty."""

    key: str


_ROLE = select(AccountRoleRow.role).where(
    AccountRoleRow.account_code == Account.code, AccountRoleRow.key == ""
)
ACCOUNTS = select(*columns_for(Account, AccountView, role=_ROLE.scalar_subquery()))
"""The chart of accounts."""
FISCAL_YEARS = select(*columns_for(FiscalYear, FiscalYearView))
ACCOUNT_ROLES = Listing(
    name="account_roles",
    about="Which account documents post to, by role and key.",
    view=AccountRoleView,
    rows=select(*columns_for(AccountRoleRow, AccountRoleView)),
    filters=(equal(AccountRoleRow.role), equal(AccountRoleRow.account_code, "account")),
    sorts=named(AccountRoleRow.role),
    order="role",
    unique=(AccountRoleRow.role, AccountRoleRow.key),
)


async def account(tx: Transaction, code: str) -> AccountView | None:
    """One account, if there is one."""
    row = (await tx.execute(ACCOUNTS.where(Account.code == code))).one_or_none()
    return None if row is None else AccountView(**row._asdict())


async def has_role(tx: Transaction, code: str, role: Role) -> bool:
    """Whether documents post to an account by a role, with whatever key."""
    holds = select(AccountRoleRow.role).where(
        AccountRoleRow.account_code == code, AccountRoleRow.role == role.value
    )
    return await tx.scalar(holds.limit(1)) is not None
