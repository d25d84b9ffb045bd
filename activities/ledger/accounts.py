"""The chart of accounts, and fiscal years with their locks."""

import csv
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

import domains.ledger
from domains.ledger.messages import AccountPut, ChartLoaded, LoadChart, PutAccount, PutFiscalYear
from domains.ledger.tables.accounts import Account, FiscalYear
from domains.ledger.tables.journal import JournalEntry
from foundation import records
from foundation.errors import BusinessError, Refusals
from foundation.operation import operation

TEMPLATE = Path(domains.ledger.__file__).parent / "chart_of_accounts.csv"


class YearsOverlap(BusinessError):
    """A day can be in one fiscal year only."""

    status = 409


class YearHasEntries(BusinessError):
    """Days on which something was posted cannot be taken out of their fiscal year."""

    status = 409


# Years are written one after the other, so that two new ones cannot overlap unseen.
_ONE_AT_A_TIME = text("SELECT FROM master_data.company FOR NO KEY UPDATE")
# Postings that are on their way are waited for, so that none ends up outside its year or behind its lock.
_LOCK_YEAR = text("SELECT FROM ledger.fiscal_year WHERE code = :code FOR NO KEY UPDATE")
# Nothing is posted in a closed period any more: what it came to is written down, and forgotten when it is
# opened again.
_KEEP_BALANCES = text("SELECT ledger.keep_period_balances(:code)")


@operation("ledger.load_chart")
async def load_chart(session: AsyncSession, chart: LoadChart) -> ChartLoaded:
    """Load the template of a chart of accounts. Accounts that are there already stay as they are."""
    del chart
    with TEMPLATE.open(encoding="utf-8", newline="") as file:
        rows = [{**row, "role": row["role"] or None, "blocked": False} for row in csv.DictReader(file)]
    added = insert(Account).values(rows).on_conflict_do_nothing().returning(Account.code)
    return ChartLoaded(added=len((await session.execute(added)).all()))


@operation("ledger.put_account")
async def put_account(session: AsyncSession, account: PutAccount) -> AccountPut:
    """Write an account down, new or changed.

    Refuses: Invalid when another account has its role; ExistsAlready, ChangedMeanwhile.
    """
    refusals = Refusals()
    if account.role is not None:
        other = await session.scalar(
            select(Account.code).where(Account.role == account.role, Account.code != account.code)
        )
        if other is not None:
            refusals.add("role", f"account {other} has the role {account.role}; take it away there first")
    refusals.raise_if_any()
    created = await records.put(session, Account, account.model_dump())
    return AccountPut(code=account.code, created=created)


@operation("ledger.put_fiscal_year")
async def put_fiscal_year(session: AsyncSession, year: PutFiscalYear) -> AccountPut:
    """Open a fiscal year, or move its lock.

    Refuses: Invalid, YearsOverlap, YearHasEntries, ExistsAlready, ChangedMeanwhile.
    """
    refusals = Refusals()
    if year.ends_on < year.starts_on:
        refusals.add("ends_on", "before the year starts")
    if year.locked_through is not None and not year.starts_on <= year.locked_through <= year.ends_on:
        refusals.add("locked_through", "not a day of the fiscal year")
    refusals.raise_if_any()
    await session.execute(_ONE_AT_A_TIME)
    await session.execute(_LOCK_YEAR, {"code": year.code})
    overlapping = select(FiscalYear.code).where(
        FiscalYear.code != year.code,
        FiscalYear.starts_on <= year.ends_on,
        FiscalYear.ends_on >= year.starts_on,
    )
    if other := await session.scalar(overlapping):
        raise YearsOverlap(f"fiscal year {other} has some of the same days")
    outside = select(JournalEntry.number).where(
        JournalEntry.fiscal_year == year.code,
        (JournalEntry.posted_on < year.starts_on) | (JournalEntry.posted_on > year.ends_on),
    )
    if number := await session.scalar(outside.limit(1)):
        raise YearHasEntries(f"entry {number} was posted on a day that {year.code} would not have any more")
    created = await records.put(session, FiscalYear, year.model_dump())
    await session.execute(_KEEP_BALANCES, {"code": year.code})
    return AccountPut(code=year.code, created=created)
