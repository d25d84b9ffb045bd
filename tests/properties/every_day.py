"""What must hold on every day: each subledger is its control accounts, in both currencies; stock is worth
what the ledger says; and every report says what plain sums of the rows say.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from domains.inventory.queries.stock import BALANCES
from domains.ledger.messages import Party, PartyType, Side
from domains.ledger.queries import ageing, open_as_of, reports
from domains.ledger.queries.party_statements import party_statement
from domains.ledger.queries.report_days import ReportPeriod
from foundation.database.connections import database
from foundation.database.transaction import Transaction
from tests.activities.ledger.what_stands import operations_that_differ
from tests.properties.company import CUSTOMERS, FIRST, LAST, SUPPLIER, Company

Sums = Mapping[Any, Decimal]
BEGINNING = FIRST - timedelta(days=1)
PARTIES = [Party(PartyType.CUSTOMER, code) for code in CUSTOMERS] + [SUPPLIER]

_LINES = """
    SELECT l.posted_on AS on_day, l.account_code, a.kind, a.subledger, e.currency, l.amount, l.base_amount,
        l.party_type, l.party_code, e.source_type
    FROM ledger.journal_line l JOIN ledger.journal_entry e ON e.id = l.entry_id
        JOIN ledger.account a ON a.company_id = l.company_id AND a.code = l.account_code
"""
# What is open: positive when it is made, and less by what settles it.
_ITEMS = """
    SELECT document_on AS on_day, account_code, side, currency, party_type, party_code, amount, base_amount,
        coalesce(quantity, 0) AS quantity
    FROM ledger.open_item
    UNION ALL
    SELECT s.settled_on, i.account_code, i.side, i.currency, i.party_type, i.party_code, -s.amount,
        -s.base_amount, -coalesce(s.quantity, 0)
    FROM ledger.settlement s JOIN ledger.open_item i ON i.id = s.open_item_id
"""
_MOVES = """
    SELECT moved_on AS on_day, warehouse_code, item_code, quantity, value, in_transit
    FROM inventory.stock_move
"""
_DIFFERS = f"""
    SELECT account_code, currency, party_type, party_code, on_day, sum(amount), sum(base_amount) FROM (
        SELECT account_code, currency, party_type, party_code, on_day, amount, base_amount
        FROM ({_LINES}) AS l WHERE subledger IN ('receivable', 'payable', 'goods_received', 'wages')
        UNION ALL
        SELECT account_code, currency, party_type, party_code, on_day, -amount, -base_amount
        FROM ({_ITEMS}) AS i
    ) AS x GROUP BY 1, 2, 3, 4, 5 HAVING sum(amount) <> 0 OR sum(base_amount) <> 0
"""
_STOCK_DIFFERS = f"""
    SELECT on_day, sum(value) FROM (
        SELECT on_day, value FROM ({_MOVES}) AS m
        UNION ALL SELECT on_day, -base_amount FROM ({_LINES}) AS l WHERE subledger = 'inventory'
    ) AS x GROUP BY 1 HAVING sum(value) <> 0
"""


async def subledgers_are_their_accounts(company: Company) -> None:
    """On each day, by account, party and currency; and each operation moved what it posted. Cheap."""
    assert list(await company.rows(_DIFFERS)) == []
    assert list(await company.rows(_STOCK_DIFFERS)) == []
    assert await operations_that_differ(company.code) == []


def every_day() -> Iterable[date]:
    """From the day before the first document until the day after the last."""
    return (FIRST + timedelta(days=number) for number in range(-1, (LAST - FIRST).days + 2))


@dataclass
class Plain:
    """The rows themselves, to be summed by nothing but their days."""

    lines: list[Any]
    items: list[Any]
    moves: list[Any]

    def sums(
        self,
        rows: Iterable[Any],
        until: date,
        by: Callable[[Any], Hashable],
        of: str = "base_amount",
        *,
        since: date | None = None,
    ) -> Sums:
        """What a column comes to until the end of a day, those that are nothing left out."""
        found: dict[Any, Decimal] = defaultdict(Decimal)
        for row in rows:
            if row.on_day <= until and (since is None or row.on_day >= since):
                found[by(row)] += getattr(row, of)
        return _not_nothing(found)


async def reports_say_what_the_rows_say(company: Company) -> None:
    """Every report as of every day; and what was done is balanced on each."""
    rows = [await company.rows(question) for question in (_LINES, _ITEMS, _MOVES)]
    plain = Plain(*(list(found) for found in rows))
    async with database().read(company.code) as tx:
        for on in every_day():
            await _accounts(tx, plain, on)
            await _open_items(tx, plain, on)
            await _statements(tx, plain, on)
            await _stock(tx, plain, on)


async def _accounts(tx: Transaction, plain: Plain, on: date) -> None:
    closing = plain.sums(plain.lines, on, lambda row: row.account_code)
    whole = await reports.trial_balance(tx, None, on)
    assert _not_nothing({row.account_code: row.closing for row in whole.rows}) == closing, on
    assert sum(closing.values()) == 0, on
    assert whole.total_debit == whole.total_credit, on
    first = on.replace(day=1)
    month = await reports.trial_balance(tx, first, on)
    assert _not_nothing({row.account_code: row.closing for row in month.rows}) == closing, on
    moved = plain.sums(plain.lines, on, lambda row: row.account_code, since=first)
    assert _not_nothing({row.account_code: row.debit - row.credit for row in month.rows}) == moved, on
    sheet = await reports.balance_sheet(tx, on)
    assert sheet.total_assets == sheet.total_liabilities_and_equity, on
    by_kind = plain.sums(plain.lines, on, lambda row: row.kind)
    assert sheet.total_assets == by_kind.get("asset", 0), on
    earned = -sum(by_kind.get(kind, Decimal(0)) for kind in ("income", "expense"))
    assert sheet.result == (await reports.profit_and_loss(tx, BEGINNING, on)).result == earned, on


async def _open_items(tx: Transaction, plain: Plain, on: date) -> None:
    for side in Side:
        lines = [row for row in plain.lines if row.subledger == side.value]
        shown = await open_as_of.items_as_of(tx, side, on, party=None, currency=None)
        for row in shown.rows:
            assert min(row.amount, Decimal(0)) <= row.open_amount <= max(row.amount, Decimal(0)), (on, row)
        for of, column in (("amount", "open_amount"), ("base_amount", "base_open_amount")):
            found: dict[Any, Decimal] = defaultdict(Decimal)
            for row in shown.rows:
                found[row.party_type, row.party_code, row.currency] += getattr(row, column)
            owed = plain.sums(lines, on, lambda row: (row.party_type, row.party_code, row.currency), of)
            assert _not_nothing(found) == owed, (side, of, on)
        assert shown.base_total == sum(owed.values()), (side, on)
    aged = await ageing.aged_receivables(tx, on)
    receivable = plain.sums(
        (row for row in plain.lines if row.subledger == "receivable"), on, lambda row: row.party_code
    )
    by_customer: dict[str, Decimal] = defaultdict(Decimal)
    for one in aged.rows:
        by_customer[one.customer_code] += one.base_open_amount
        buckets = (one.not_due, one.days_1_to_30, one.days_31_to_60, one.days_61_to_90, one.over_90_days)
        assert sum(buckets) == one.open_amount, on
    assert _not_nothing(by_customer) == receivable, on
    await _owed_to_suppliers(tx, plain, on)


async def _owed_to_suppliers(tx: Transaction, plain: Plain, on: date) -> None:
    def credit(side: Side) -> dict[Any, Decimal]:
        lines = [row for row in plain.lines if row.subledger == side.value]
        return {of: -amount for of, amount in plain.sums(lines, on, lambda row: row.party_code).items()}

    owed: dict[Any, Decimal] = defaultdict(Decimal)
    for one in (await ageing.aged_payables(tx, on)).rows:
        owed[one.supplier_code] += one.base_open_amount
        buckets = (one.not_due, one.days_1_to_30, one.days_31_to_60, one.days_61_to_90, one.over_90_days)
        assert sum(buckets) == one.open_amount, on
    assert _not_nothing(owed) == credit(Side.PAYABLE), on
    came: dict[Any, Decimal] = defaultdict(Decimal)
    waiting = await ageing.goods_not_invoiced(tx, on)
    for row in waiting.rows:
        came[row.supplier_code] += row.base_amount
    assert _not_nothing(came) == credit(Side.GOODS_RECEIVED), on
    by_age = (waiting.days_0_to_30, waiting.days_31_to_60, waiting.days_61_to_90, waiting.over_90_days)
    assert sum(by_age) == waiting.base_total == sum(came.values()), on


async def _statements(tx: Transaction, plain: Plain, on: date) -> None:
    for party in PARTIES:
        side = Side.RECEIVABLE if party.type is PartyType.CUSTOMER else Side.GOODS_RECEIVED
        told = await party_statement(tx, party, side, ReportPeriod(on.replace(day=1), on))
        assert told is not None
        of_party = [
            row for row in plain.lines if row.party_code == party.code and row.subledger == side.value
        ]
        base = sum(plain.sums(of_party, on, lambda row: row.currency).values())
        assert told.base_closing_balance == base, (party, on)
        amounts = plain.sums(of_party, on, lambda row: row.currency, "amount")
        shown = {one.currency: one.closing_balance for one in told.accounts}
        assert _not_nothing(shown) == amounts, (party, on)


async def _stock(tx: Transaction, plain: Plain, on: date) -> None:
    shown = await BALANCES.all(tx, as_of=on)
    there = plain.sums(
        (row for row in plain.moves if not row.in_transit),
        on,
        lambda row: (row.item_code, row.warehouse_code),
        "quantity",
    )
    assert _not_nothing({(row.item_code, row.warehouse_code): row.on_hand for row in shown}) == there, on
    assert all(row.on_hand >= 0 for row in shown if row.item_code != "early"), on
    coming = plain.sums(
        (row for row in plain.moves if row.in_transit),
        on,
        lambda row: (row.item_code, row.warehouse_code),
        "quantity",
    )
    assert _not_nothing({(row.item_code, row.warehouse_code): row.in_transit for row in shown}) == coming, on
    worth: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in shown:
        worth[row.item_code] += row.value
    moved = plain.sums(plain.moves, on, lambda row: row.item_code, "value")
    assert _not_nothing(worth) == moved, on
    posted = plain.sums(
        (row for row in plain.lines if row.subledger == "inventory"), on, lambda row: row.account_code
    )
    assert sum(moved.values()) == sum(posted.values()), on


def _not_nothing(found: Mapping[Any, Decimal]) -> Sums:
    return {key: value for key, value in found.items() if value}
