"""Reports, of which every figure is a sum of journal lines and can be followed to them.

All in the company's currency.
"""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import Field
from sqlalchemy import Date, bindparam, text

from foundation.database.transaction import Transaction
from foundation.values.messages import Message, ShownAmount
from foundation.values.money import ZERO

# The balances of closed periods, and for all other days the lines, which every account finds by its index.
# A closed period that a boundary of the report cuts through counts by its lines as well.
_TRIAL_BALANCE = text(
    """
    WITH kept AS (
        SELECT account_code, starts_on, ends_on, debit, credit FROM ledger.period_balance
        WHERE ends_on < :first OR starts_on >= :first AND ends_on <= :last
    ), covered AS (
        SELECT coalesce(range_agg(daterange(starts_on, ends_on, '[]')), '{}') AS days FROM kept
    ), moved AS (
        SELECT account_code, sum(debit - credit) FILTER (WHERE ends_on < :first) AS opening,
            sum(debit) FILTER (WHERE starts_on >= :first) AS debit,
            sum(credit) FILTER (WHERE starts_on >= :first) AS credit
        FROM kept GROUP BY account_code
        UNION ALL
        SELECT a.code, l.opening, NULL, NULL
        FROM covered c CROSS JOIN unnest(datemultirange(daterange(:earliest, :first)) - c.days) AS d
            CROSS JOIN ledger.account a CROSS JOIN LATERAL (
            SELECT sum(base_amount) AS opening FROM ledger.journal_line
            WHERE company_id = foundation.current_company() AND account_code = a.code
                AND posted_on >= lower(d) AND posted_on < upper(d)
        ) AS l
        UNION ALL
        SELECT a.code, NULL, l.debit, l.credit
        FROM covered c CROSS JOIN unnest(datemultirange(daterange(:first, :last, '[]')) - c.days) AS d
            CROSS JOIN ledger.account a CROSS JOIN LATERAL (
            SELECT sum(base_amount) FILTER (WHERE base_amount > 0) AS debit,
                -sum(base_amount) FILTER (WHERE base_amount < 0) AS credit
            FROM ledger.journal_line
            WHERE company_id = foundation.current_company() AND account_code = a.code
                AND posted_on >= lower(d) AND posted_on < upper(d)
        ) AS l
    )
    SELECT a.code, a.name, a.kind,
        (SELECT r.role FROM ledger.account_role r WHERE r.account_code = a.code AND r.key = '') AS role,
        t.opening, t.debit, t.credit,
        t.opening + t.debit - t.credit AS closing
    FROM ledger.account a CROSS JOIN LATERAL (
        SELECT coalesce(sum(m.opening), 0) AS opening, coalesce(sum(m.debit), 0) AS debit,
            coalesce(sum(m.credit), 0) AS credit
        FROM moved m WHERE m.account_code = a.code
    ) AS t
    ORDER BY a.code
    """
).bindparams(*(bindparam(name, type_=Date) for name in ("first", "last", "earliest")))

_CURRENCY = text("SELECT currency FROM master_data.company")
EARLIEST = date(1, 1, 1)


class BalanceRow(Message):
    """One account: what it opened with, what went in and out, what it closed with; debit positive."""

    account_code: str
    account_name: str
    kind: str
    role: str | None
    opening: ShownAmount
    debit: ShownAmount
    credit: ShownAmount
    closing: ShownAmount
    entries: str
    """Where the lines behind these figures are."""


class TrialBalance(Message):
    """All accounts; the closing balances add up to zero."""

    currency: str
    first: Annotated[date | None, Field(serialization_alias="from")]
    last: Annotated[date, Field(serialization_alias="to")]
    rows: list[BalanceRow]
    total_debit: ShownAmount
    total_credit: ShownAmount


class StatementRow(Message):
    """One account in a statement, with the sign in which a reader expects it."""

    account_code: str
    account_name: str
    amount: ShownAmount
    entries: str


class Section(Message):
    """Accounts of one kind, and what they come to."""

    kind: str
    rows: list[StatementRow]
    total: ShownAmount


class BalanceSheet(Message):
    """What the company owns and owes; the result of all years not yet carried forward is part of equity."""

    currency: str
    as_of: date
    sections: list[Section]
    result: ShownAmount
    total_assets: ShownAmount
    total_liabilities_and_equity: ShownAmount


class ProfitAndLoss(Message):
    """Income less expenses of a period."""

    currency: str
    first: Annotated[date, Field(serialization_alias="from")]
    last: Annotated[date, Field(serialization_alias="to")]
    sections: list[Section]
    result: ShownAmount


async def trial_balance(tx: Transaction, first: date | None, last: date) -> TrialBalance:
    """All accounts from a day (the beginning when empty) to a day."""
    rows = [_balance_row(row, first, last) for row in await _balances(tx, first, last)]
    return TrialBalance(
        currency=await base_currency(tx),
        first=first,
        last=last,
        rows=rows,
        total_debit=sum((row.debit for row in rows), ZERO),
        total_credit=sum((row.credit for row in rows), ZERO),
    )


async def balance_sheet(tx: Transaction, as_of: date) -> BalanceSheet:
    """Assets, liabilities and equity on a day."""
    rows = [_balance_row(row, None, as_of) for row in await _balances(tx, None, as_of)]
    assets, liabilities, equity = (_section(kind, rows) for kind in ("asset", "liability", "equity"))
    result = -sum((row.closing for row in rows if row.kind in ("income", "expense")), ZERO)
    return BalanceSheet(
        currency=await base_currency(tx),
        as_of=as_of,
        sections=[assets, liabilities, equity],
        result=result,
        total_assets=assets.total,
        total_liabilities_and_equity=liabilities.total + equity.total + result,
    )


async def profit_and_loss(tx: Transaction, first: date, last: date) -> ProfitAndLoss:
    """Income and expenses from a day to a day."""
    found = await _balances(tx, first, last)
    rows = [_balance_row(row, first, last) for row in found]
    moved = [row.model_copy(update={"closing": row.debit - row.credit}) for row in rows]
    income, expense = _section("income", moved), _section("expense", moved)
    return ProfitAndLoss(
        currency=await base_currency(tx),
        first=first,
        last=last,
        sections=[income, expense],
        result=income.total - expense.total,
    )


async def _balances(tx: Transaction, first: date | None, last: date) -> Iterable[Any]:
    days = {"first": first or EARLIEST, "last": last, "earliest": EARLIEST}
    return (await tx.execute(_TRIAL_BALANCE, days)).all()


async def base_currency(tx: Transaction) -> str:
    """The company's currency; empty where there is no company."""
    return await tx.scalar(_CURRENCY) or ""


def _balance_row(row: Any, first: date | None, last: date) -> BalanceRow:
    return BalanceRow(
        account_code=row.code,
        account_name=row.name,
        kind=row.kind,
        role=row.role,
        opening=row.opening,
        debit=row.debit,
        credit=row.credit,
        closing=row.closing,
        entries=_entries(row.code, first, last),
    )


def _entries(account: str, first: date | None, last: date) -> str:
    days = {"posted_from": first, "posted_to": last} if first else {"posted_to": last}
    return f"/v1/journal-entries?{urlencode({'account': account} | days)}"


def _section(kind: str, rows: Iterable[BalanceRow]) -> Section:
    sign = 1 if kind in ("asset", "expense") else -1
    lines = [
        StatementRow(
            account_code=row.account_code,
            account_name=row.account_name,
            amount=sign * row.closing,
            entries=row.entries,
        )
        for row in rows
        if row.kind == kind and row.closing
    ]
    return Section(kind=kind, rows=lines, total=sum((line.amount for line in lines), ZERO))
