"""What the books of a company say, in reports and in rows, and whether the ledger's model says the same."""

import calendar
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text

from domains.ledger.queries import ageing, reports
from domains.ledger.queries.documents import OPEN_ITEMS, OpenItemView
from domains.ledger.queries.reports import BalanceSheet, ProfitAndLoss, TrialBalance
from domains.master_data.messages import Instalment, InstalmentKind
from foundation.database.connections import Table, database
from foundation.database.transaction import Transaction
from foundation.values.messages import Caller
from tests.activities.ledger.ledger_model import ON_ACCOUNT, RECEIVABLE, Ledger
from tests.activities.ledger.model_documents import NEW_RATES, RATES
from tests.builders.finance import Accountant

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
CUT = date(2026, 2, 10), date(2026, 3, 8)
"""Days that cut through periods."""

_BY_CURRENCY = """
    SELECT l.account_code, e.currency, sum(l.amount)
    FROM ledger.journal_line l JOIN ledger.journal_entry e ON e.id = l.entry_id GROUP BY 1, 2
"""
_BY_CUSTOMER = f"""
    SELECT account_code, party_code, sum(base_amount) FROM ledger.journal_line
    WHERE account_code IN ('{RECEIVABLE}', '{ON_ACCOUNT}') GROUP BY 1, 2
"""
_PERIODS = "SELECT account_code, ends_on, debit - credit FROM ledger.period_balance"
_ENTRIES = """
    SELECT e.id, e::text || (SELECT string_agg(l::text, ' ' ORDER BY l.line_number)
        FROM ledger.journal_line l WHERE l.entry_id = e.id)
    FROM ledger.journal_entry e
"""


@dataclass
class Books:
    """Everything at one moment."""

    whole: TrialBalance
    cut: TrialBalance
    sheet: BalanceSheet
    result: ProfitAndLoss
    items: list[OpenItemView]
    aged: dict[str, Decimal]
    owed_at_the_cut: Decimal
    """All that was open at the end of its last day."""
    by_currency: dict[tuple[str, str], Decimal]
    by_customer: dict[tuple[str, str], Decimal]
    periods: dict[tuple[str, date], Decimal]
    entries: dict[UUID, str]
    """Each posted entry with its lines, as it stands in the tables."""

    def agree_with(self, ledger: Ledger) -> None:
        """All of it is as the model says."""
        self._accounts_agree(ledger)
        self._statements_agree(ledger)
        self._items_agree(ledger)
        assert self.periods == _closed(ledger)

    def _accounts_agree(self, ledger: Ledger) -> None:
        closing = {row.account_code: row.closing for row in self.whole.rows if row.closing}
        assert closing == ledger.balance()
        assert sum(closing.values()) == 0
        assert self.whole.total_debit == self.whole.total_credit
        since, until = CUT
        moved = {row.account_code: row.debit - row.credit for row in self.cut.rows}
        assert _not_nothing(moved) == ledger.balance(since=since, until=until)
        ends = {row.account_code: row.closing for row in self.cut.rows}
        assert _not_nothing(ends) == ledger.balance(until=until)
        amounts: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for (account, currency, _), each in ledger.moved.items():
            amounts[account, currency] += each.amount
        assert _not_nothing(self.by_currency) == _not_nothing(amounts)

    def _statements_agree(self, ledger: Ledger) -> None:
        assert self.sheet.total_assets == self.sheet.total_liabilities_and_equity
        earned = -sum(worth for account, worth in ledger.balance().items() if account >= "4000")
        assert self.sheet.result == self.result.result == earned

    def _items_agree(self, ledger: Ledger) -> None:
        owed = {
            (bill.id, day): (*item, bill.customer, bill.currency)
            for bill in ledger.bills.values()
            for day, item in bill.open.items()
            if item.amount
        }
        kept = {
            (money.id, money.since): (-money.left.amount, -money.left.worth, money.customer, money.currency)
            for money in ledger.kept.values()
            if money.left.amount
        }
        assert owed | kept == {
            (item.document_id, item.due_on): (
                item.open_amount,
                item.base_open_amount,
                item.party_code,
                item.currency,
            )
            for item in self.items
        }
        assert _not_nothing(self.by_customer) == _not_nothing(ledger.of_customers)
        customers: dict[str, Decimal] = defaultdict(Decimal)
        for _, worth, customer, _ in (owed | kept).values():
            customers[customer] += worth
        assert _not_nothing(self.aged) == _not_nothing(customers)
        then = ledger.balance(until=CUT[1])
        assert self.owed_at_the_cut == sum(
            then.get(account, Decimal(0)) for account in (RECEIVABLE, ON_ACCOUNT)
        )
        by_account: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for account, items in ((RECEIVABLE, owed), (ON_ACCOUNT, kept)):
            for _, worth, customer, _ in items.values():
                by_account[account, customer] += worth
        assert _not_nothing(by_account) == _not_nothing(self.by_customer)


def _not_nothing(figures: dict[Any, Decimal]) -> dict[Any, Decimal]:
    return {of: amount for of, amount in figures.items() if amount}


def _closed(ledger: Ledger) -> dict[tuple[str, date], Decimal]:
    """What moved on each account in each month that is locked to its last day."""
    found: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
    for (account, _, on), moved in ledger.moved.items():
        end = on.replace(day=calendar.monthrange(on.year, on.month)[1])
        if ledger.locked is not None and end <= ledger.locked:
            found[account, end] += moved.worth
    return dict(found)


async def opened(caller: Caller) -> Accountant:
    """A company with the customers, terms and rates of the model, and a blocked account."""
    accountant = await Accountant(caller).open()
    await accountant.customer("C2")
    half = Instalment(kind=InstalmentKind.PERCENT_OF_TOTAL, value=Decimal(50), days=10)
    await accountant.terms("HALVES", instalments=(half, Instalment(days=30)))
    await accountant.account("1499", blocked=True)
    for currency in ("USD", "JPY"):
        before, after = RATES[currency]
        await accountant.rate(currency, before)
        await accountant.rate(currency, after, NEW_RATES)
    return accountant


async def books(accountant: Accountant) -> Books:
    """What the reports of the API and the rows behind them say now."""
    async with database().read(accountant.caller.company) as session:
        aged: dict[str, Decimal] = defaultdict(Decimal)
        for row in (await ageing.aged_receivables(session, LAST)).rows:
            aged[row.customer_code] += row.base_open_amount
        return Books(
            whole=await reports.trial_balance(session, None, LAST),
            cut=await reports.trial_balance(session, *CUT),
            sheet=await reports.balance_sheet(session, LAST),
            result=await reports.profit_and_loss(session, FIRST, LAST),
            items=await OPEN_ITEMS.all(session),
            aged=aged,
            owed_at_the_cut=(await ageing.aged_receivables(session, CUT[1])).base_total,
            by_currency={(row[0], row[1]): row[2] for row in await _rows(session, _BY_CURRENCY)},
            by_customer={(row[0], row[1]): row[2] for row in await _rows(session, _BY_CUSTOMER)},
            periods={(row[0], row[1]): row[2] for row in await _rows(session, _PERIODS)},
            entries={row[0]: row[1] for row in await _rows(session, _ENTRIES)},
        )


async def all_rows(accountant: Accountant) -> dict[str, str]:
    """A fingerprint of every table of the books, and of the log of operations."""
    tables = [name for name in sorted(Table.metadata.tables) if name.startswith(("ledger.", "receivables."))]
    fingerprints = " UNION ALL ".join(
        f"SELECT '{name}', md5(coalesce(string_agg(t::text, ' ' ORDER BY t::text), '')) FROM {name} t"
        for name in [*tables, "foundation.operation"]
    )
    async with database().read(accountant.caller.company) as session:
        return {row[0]: row[1] for row in await _rows(session, fingerprints)}


async def _rows(session: Transaction, query: str) -> Any:
    return (await session.execute(text(query))).all()
