"""Reports, of which every figure is a sum of journal lines and can be followed to them.

All in the company's currency.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlencode

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
        WHERE ends_on < :since OR starts_on >= :since AND ends_on <= :until
    ), days AS (
        SELECT lower(d) AS first_on, upper(d) AS end_on
        FROM unnest(datemultirange(daterange(:earliest, :until, '[]'))
            - coalesce((SELECT range_agg(daterange(starts_on, ends_on, '[]')) FROM kept), '{}')) AS d
    ), moved AS (
        SELECT account_code, sum(debit - credit) FILTER (WHERE ends_on < :since) AS opening,
            sum(debit) FILTER (WHERE starts_on >= :since) AS debit,
            sum(credit) FILTER (WHERE starts_on >= :since) AS credit
        FROM kept GROUP BY account_code
        UNION ALL
        SELECT a.code, l.opening, l.debit, l.credit
        FROM days d CROSS JOIN ledger.account a CROSS JOIN LATERAL (
            SELECT sum(base_amount) FILTER (WHERE posted_on < :since) AS opening,
                sum(base_amount) FILTER (WHERE posted_on >= :since AND base_amount > 0) AS debit,
                -sum(base_amount) FILTER (WHERE posted_on >= :since AND base_amount < 0) AS credit
            FROM ledger.journal_line
            WHERE company_id = foundation.current_company() AND account_code = a.code
                AND posted_on >= d.first_on AND posted_on < d.end_on
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
).bindparams(*(bindparam(name, type_=Date) for name in ("since", "until", "earliest")))

_AGED = text(
    """
    SELECT i.party_code AS customer_code, c.name AS customer_name, i.currency,
        sum(i.open_amount) AS open_amount, sum(i.base_open_amount) AS base_open_amount,
        coalesce(sum(i.open_amount) FILTER (WHERE i.due_on >= :on), 0) AS not_due,
        coalesce(sum(i.open_amount) FILTER (WHERE :on - i.due_on BETWEEN 1 AND 30), 0) AS days_1_to_30,
        coalesce(sum(i.open_amount) FILTER (WHERE :on - i.due_on BETWEEN 31 AND 60), 0) AS days_31_to_60,
        coalesce(sum(i.open_amount) FILTER (WHERE :on - i.due_on BETWEEN 61 AND 90), 0) AS days_61_to_90,
        coalesce(sum(i.open_amount) FILTER (WHERE :on - i.due_on > 90), 0) AS over_90_days
    FROM ledger.open_item i
        JOIN master_data.party c ON c.company_id = i.company_id AND c.type = i.party_type
            AND c.code = i.party_code
    WHERE i.side = 'receivable' AND i.open_amount <> 0
    GROUP BY i.party_code, c.name, i.currency
    ORDER BY i.party_code, i.currency
    """
).bindparams(bindparam("on", type_=Date))

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
    since: date | None
    until: date
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
    on: date
    sections: list[Section]
    result: ShownAmount
    total_assets: ShownAmount
    total_liabilities_and_equity: ShownAmount


class ProfitAndLoss(Message):
    """Income less expenses of a period."""

    currency: str
    since: date
    until: date
    sections: list[Section]
    result: ShownAmount


class AgedRow(Message):
    """What one customer owes in one currency, by how late it is; money on account counts against it."""

    customer_code: str
    customer_name: str
    currency: str
    open_amount: ShownAmount
    base_open_amount: ShownAmount
    not_due: ShownAmount
    days_1_to_30: ShownAmount
    days_31_to_60: ShownAmount
    days_61_to_90: ShownAmount
    over_90_days: ShownAmount
    items: str
    """Where the open items behind these figures are."""


class AgedReceivables(Message):
    """What all customers owe."""

    on: date
    base_currency: str
    rows: list[AgedRow]
    base_total: ShownAmount


async def trial_balance(tx: Transaction, since: date | None, until: date) -> TrialBalance:
    """All accounts from a day (the beginning when empty) to a day."""
    rows = [_balance_row(row, since, until) for row in await _balances(tx, since, until)]
    return TrialBalance(
        currency=await _currency(tx),
        since=since,
        until=until,
        rows=rows,
        total_debit=sum((row.debit for row in rows), ZERO),
        total_credit=sum((row.credit for row in rows), ZERO),
    )


async def balance_sheet(tx: Transaction, on: date) -> BalanceSheet:
    """Assets, liabilities and equity on a day."""
    rows = [_balance_row(row, None, on) for row in await _balances(tx, None, on)]
    assets, liabilities, equity = (_section(kind, rows) for kind in ("asset", "liability", "equity"))
    result = -sum((row.closing for row in rows if row.kind in ("income", "expense")), ZERO)
    return BalanceSheet(
        currency=await _currency(tx),
        on=on,
        sections=[assets, liabilities, equity],
        result=result,
        total_assets=assets.total,
        total_liabilities_and_equity=liabilities.total + equity.total + result,
    )


async def profit_and_loss(tx: Transaction, since: date, until: date) -> ProfitAndLoss:
    """Income and expenses from a day to a day."""
    found = await _balances(tx, since, until)
    rows = [_balance_row(row, since, until) for row in found]
    moved = [row.model_copy(update={"closing": row.debit - row.credit}) for row in rows]
    income, expense = _section("income", moved), _section("expense", moved)
    return ProfitAndLoss(
        currency=await _currency(tx),
        since=since,
        until=until,
        sections=[income, expense],
        result=income.total - expense.total,
    )


async def aged_receivables(tx: Transaction, on: date) -> AgedReceivables:
    """What is open now, by how late it is on a day."""
    rows = [
        AgedRow(**row._asdict(), items=_items(row.customer_code, row.currency))
        for row in await tx.execute(_AGED, {"on": on})
    ]
    total = sum((row.base_open_amount for row in rows), ZERO)
    return AgedReceivables(on=on, base_currency=await _currency(tx), rows=rows, base_total=total)


async def _balances(tx: Transaction, since: date | None, until: date) -> Iterable[Any]:
    days = {"since": since or EARLIEST, "until": until, "earliest": EARLIEST}
    return (await tx.execute(_TRIAL_BALANCE, days)).all()


async def _currency(tx: Transaction) -> str:
    return await tx.scalar(_CURRENCY) or ""


def _balance_row(row: Any, since: date | None, until: date) -> BalanceRow:
    return BalanceRow(
        account_code=row.code,
        account_name=row.name,
        kind=row.kind,
        role=row.role,
        opening=row.opening,
        debit=row.debit,
        credit=row.credit,
        closing=row.closing,
        entries=_entries(row.code, since, until),
    )


def _entries(account: str, since: date | None, until: date) -> str:
    days = {"posted_from": since, "posted_to": until} if since else {"posted_to": until}
    return f"/v1/journal-entries?{urlencode({'account': account} | days)}"


def _items(customer: str, currency: str) -> str:
    return f"/v1/open-items?{urlencode({'customer': customer, 'currency': currency, 'only_open': 'true'})}"


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
