"""The chart of accounts with its roles, dimensions, and fiscal years with their locks."""

import csv
from pathlib import Path
from typing import Any

from pydantic_core import to_json
from sqlalchemy import select, text

import domains.ledger
from domains.ledger.messages import (
    AccountPut,
    ChartLoaded,
    LoadChart,
    PutAccount,
    PutAccountRole,
    PutDimensionValue,
    PutFiscalYear,
    Role,
    declared_roles,
)
from domains.ledger.messages.events import (
    AccountChangedEvent,
    DimensionValueChangedEvent,
    FiscalYearChangedEvent,
)
from domains.ledger.rules.journal import AccountFacts
from domains.ledger.rules.taxes import check_fits_taxes
from domains.ledger.tables.accounts import Account, DimensionValue, FiscalYear
from domains.ledger.tables.journal import JournalEntry
from foundation.database import records
from foundation.database.transaction import Row, Transaction
from foundation.operations.operation import operation
from foundation.values.errors import BusinessError, Invalid, Refusals
from foundation.values.messages import days_posted_on

TEMPLATE = Path(domains.ledger.__file__).parent / "chart_of_accounts.csv"


class YearsOverlap(BusinessError):
    """A day can be in one fiscal year only."""

    status = 409


class PostingUnderWay(BusinessError):
    """A process was told something that it posts in the period, and has not come to its end with it."""

    status = 409


class YearHasEntries(BusinessError):
    """Days on which something was posted cannot be taken out of their fiscal year."""

    status = 409


# Years are written one after the other, so that two new ones cannot overlap unseen.
_ONE_AT_A_TIME = text("SELECT FROM master_data.company FOR NO KEY UPDATE")
# Postings that are on their way are waited for, so that none ends up outside its year or behind its lock.
_LOCK_YEAR = text("SELECT FROM ledger.fiscal_year WHERE code = :code FOR NO KEY UPDATE")
_ADD_ACCOUNTS = text(
    """
    INSERT INTO ledger.account (code, name, kind, subledger, blocked)
    SELECT r.* FROM jsonb_to_recordset(CAST(:rows AS jsonb))
        AS r (code text, name text, kind text, subledger text, blocked boolean)
    ON CONFLICT DO NOTHING RETURNING code
    """
)
_ADD_ROLES = text(
    """
    INSERT INTO ledger.account_role (role, account_code)
    SELECT r.* FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (role text, account_code text)
    ON CONFLICT DO NOTHING
    """
)
_HOLDER = text("SELECT account_code FROM ledger.account_role WHERE role = :role AND key = :key")
_DROP_ROLES = text(
    "DELETE FROM ledger.account_role WHERE account_code = :account AND key = '' AND role <> :role"
)
_SET_ROLE = text(
    """
    INSERT INTO ledger.account_role (role, key, account_code) VALUES (:role, :key, :account)
    ON CONFLICT (company_id, role, key) DO UPDATE
        SET account_code = excluded.account_code, changed_at = now()
        WHERE account_role.account_code <> excluded.account_code
    """
)
# Whoever posts on the account is waited for; what they have posted sees the statement behind.
_LOCK_ACCOUNT = text("SELECT code FROM ledger.account WHERE code = :account FOR UPDATE")
_MEANING = text(
    """
    SELECT a.kind, a.subledger,
        (SELECT r.role FROM ledger.account_role r WHERE r.account_code = a.code AND r.key = '') AS role,
        EXISTS (SELECT FROM ledger.journal_line l WHERE l.company_id = a.company_id
            AND l.account_code = a.code) AS has_postings
    FROM ledger.account a WHERE a.code = :account
    """
)
_TAX = text(
    "SELECT min(t.code) FROM ledger.taxes_posted_to(foundation.current_company(), :account) AS t (code)"
)
# Nothing is posted in a closed period any more: what it came to is written down, and forgotten when it is
# opened again.
_KEEP_BALANCES = text("SELECT ledger.keep_period_balances(:code)")


_POSTS_IN = text(
    """
    SELECT c.process_id, c.kind, f.value AS on
    FROM foundation.command c, jsonb_each_text(c.body) AS f (name, value)
    WHERE c.answered_at IS NULL AND f.name = ANY (CAST(:posted_on AS text[]))
        AND f.value BETWEEN :first AND :last
        AND NOT EXISTS (SELECT FROM foundation.process p WHERE p.id = c.process_id AND p.outcome IS NOT NULL)
    ORDER BY c.id LIMIT 1
    """
)


class AccountHasPostings(BusinessError):
    """What was posted on the account would mean something else."""

    status = 409


@operation("ledger.load_chart")
async def load_chart(tx: Transaction, chart: LoadChart) -> ChartLoaded:
    """Load the template of a chart of accounts. Accounts that are there already stay as they are."""
    del chart
    with TEMPLATE.open(encoding="utf-8", newline="") as file:
        template = list(csv.DictReader(file))
    roles = declared_roles()
    rows = [
        {
            "code": row["code"],
            "name": row["name"],
            "kind": row["kind"],
            "subledger": roles[row["role"]].subledger if row["role"] else None,
            "blocked": False,
        }
        for row in template
    ]
    added = [row.code for row in await tx.execute(_ADD_ACCOUNTS, {"rows": to_json(rows).decode()})]
    new = [{"role": row["role"], "account_code": row["code"]} for row in template if row["role"]]
    await tx.execute(
        _ADD_ROLES, {"rows": to_json([row for row in new if row["account_code"] in added]).decode()}
    )
    return ChartLoaded(added=len(added))


@operation("ledger.put_account", event=AccountChangedEvent)
async def put_account(tx: Transaction, account: PutAccount) -> AccountPut:
    """Write an account down, new or changed; with the role that documents without a key post to it by.

    Refuses: Invalid when another account has its role; AccountHasPostings when its kind, its role or its
    subledger would change under postings; NamedByTax when a tax code could not be posted to it any more;
    ExistsAlready, ChangedMeanwhile.
    """
    role = declared_roles()[account.role] if account.role else None
    refusals = Refusals()
    if role is not None:
        other = await tx.scalar(_HOLDER, {"role": role.value, "key": ""})
        if other not in (None, account.code):
            refusals.add("role", f"account {other} has the role {role}; take it away there first")
    refusals.raise_if_any()
    await _check_meaning(tx, account, role)
    values = account.model_dump(exclude={"role"}) | {"subledger": role.subledger if role else None}
    facts = AccountFacts(account.kind, account.blocked, values["subledger"])
    check_fits_taxes(account.code, facts, await tx.scalar(_TAX, {"account": account.code}))
    created = await records.put(tx, Account, values)
    await tx.execute(_DROP_ROLES, {"account": account.code, "role": account.role or ""})
    if role is not None:
        await tx.execute(_SET_ROLE, {"role": role.value, "key": "", "account": account.code})
    return AccountPut(code=account.code, created=created)


async def _check_meaning(tx: Transaction, account: PutAccount, role: Role | None) -> None:
    """An account that has postings keeps its kind, and its role when documents alone post to it."""
    before = await _locked_meaning(tx, account.code)
    if before is None or not before.has_postings:
        return
    subledger = role.subledger if role else None
    same_role = before.role == (role.value if role else None)
    if before.kind != account.kind:
        raise AccountHasPostings(f"{account.code} has postings: it stays of the kind {before.kind}")
    if before.subledger != subledger or (before.subledger is not None and not same_role):
        kept = f"keeps the role {before.role}" if before.role else "gets no role of a control account"
        raise AccountHasPostings(f"{account.code} has postings: it {kept}")


async def _locked_meaning(tx: Transaction, account: str) -> Row | None:
    await tx.execute(_LOCK_ACCOUNT, {"account": account})
    return (await tx.execute(_MEANING, {"account": account})).one_or_none()


@operation("ledger.put_account_role")
async def put_account_role(tx: Transaction, put: PutAccountRole) -> AccountPut:
    """Say which account a role means for a key; documents that name the key post there from now on.

    Refuses: Invalid when there is no such account, or when it is no account of the role's subledger.
    """
    role = declared_roles()[put.role]
    account = await _locked_meaning(tx, put.account_code)
    if account is None or account.subledger != role.subledger:
        wanted = f"a control account ({role.subledger})" if role.subledger else "no control account"
        why = f"there is no account {put.account_code} that is {wanted}"
        raise Invalid(f"account_code: {why}", errors=[("account_code", why)])
    before = await tx.scalar(_HOLDER, {"role": role.value, "key": put.key})
    await tx.execute(_SET_ROLE, {"role": role.value, "key": put.key, "account": put.account_code})
    return AccountPut(code=put.account_code, created=before is None)


@operation("ledger.put_dimension_value", event=DimensionValueChangedEvent)
async def put_dimension_value(tx: Transaction, value: PutDimensionValue) -> AccountPut:
    """Write down a cost centre, a project, or another value that lines are told apart by.

    Refuses: ExistsAlready, ChangedMeanwhile.
    """
    created = await records.put(tx, DimensionValue, value.model_dump())
    return AccountPut(code=value.code, created=created)


@operation("ledger.put_fiscal_year", event=FiscalYearChangedEvent)
async def put_fiscal_year(tx: Transaction, year: PutFiscalYear) -> AccountPut:
    """Open a fiscal year, or move its lock.

    Refuses: Invalid, YearsOverlap, YearHasEntries, PostingUnderWay, ExistsAlready, ChangedMeanwhile.
    """
    refusals = Refusals()
    if year.ends_on < year.starts_on:
        refusals.add("ends_on", "before the year starts")
    if year.locked_through is not None and not year.starts_on <= year.locked_through <= year.ends_on:
        refusals.add("locked_through", "not a day of the fiscal year")
    refusals.raise_if_any()
    await tx.execute(_ONE_AT_A_TIME)
    await tx.execute(_LOCK_YEAR, {"code": year.code})
    overlapping = select(FiscalYear.code).where(
        FiscalYear.code != year.code,
        FiscalYear.starts_on <= year.ends_on,
        FiscalYear.ends_on >= year.starts_on,
    )
    if other := await tx.scalar(overlapping):
        raise YearsOverlap(f"fiscal year {other} has some of the same days")
    outside = select(JournalEntry.number).where(
        JournalEntry.fiscal_year == year.code,
        (JournalEntry.posted_on < year.starts_on) | (JournalEntry.posted_on > year.ends_on),
    )
    if number := await tx.scalar(outside.limit(1)):
        raise YearHasEntries(f"entry {number} was posted on a day that {year.code} would not have any more")
    created = await records.put(tx, FiscalYear, year.model_dump())
    await _check_nothing_posts(tx, year)
    await tx.execute(_KEEP_BALANCES, {"code": year.code})
    return AccountPut(code=year.code, created=created)


async def _check_nothing_posts(tx: Transaction, year: PutFiscalYear) -> None:
    """What was accepted for days that are to be locked is posted before. Refuses: PostingUnderWay."""
    if year.locked_through is None:
        return
    days: dict[str, Any] = {"first": str(year.starts_on), "last": str(year.locked_through)}
    days["posted_on"] = sorted(days_posted_on())
    if (told := (await tx.execute(_POSTS_IN, days)).first()) is not None:
        raise PostingUnderWay(
            f"{told.process_id} has not done yet what it was told ({told.kind}, {told.on}): let it come to "
            "its end, or repair what keeps it, and lock the period then"
        )
