"""What closed periods came to is written down when they are locked; reports are the same without it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from domains.ledger.queries import reports
from domains.ledger.queries.reports import TrialBalance
from foundation.database.connections import database
from tests.builders.finance import Accountant, an_entry

DAYS = [
    (None, date(9999, 12, 31)),
    (None, date(2026, 2, 28)),
    (None, date(2026, 2, 10)),
    (date(2026, 1, 15), date(2026, 3, 15)),
    (date(2026, 2, 1), date(2026, 2, 28)),
    (date(2026, 3, 1), date(2026, 3, 31)),
    (date(2027, 1, 1), date(2027, 12, 31)),
]


@pytest.fixture
async def books(accountant: Accountant) -> Accountant:
    """Entries on the first, the last and another day of each month from December 2025 to April 2026."""
    await accountant.year(2025)
    for number, on in enumerate(
        day
        for first, last in [
            ("2025-12-01", "2025-12-31"),
            ("2026-01-01", "2026-01-31"),
            ("2026-02-01", "2026-02-28"),
            ("2026-03-01", "2026-03-31"),
            ("2026-04-01", "2026-04-30"),
        ]
        for day in (
            date.fromisoformat(first),
            date.fromisoformat(first).replace(day=12),
            date.fromisoformat(last),
        )
    ):
        amount = Decimal(number) + Decimal("1.11")
        await accountant.post(an_entry(("1400", amount), ("3000", -amount), posted_on=on))
        await accountant.post(an_entry(("1450", 2), ("1400", -2), posted_on=on))
    return accountant


async def all_reports(books: Accountant) -> list[TrialBalance]:
    """The trial balance of several spans of days, which cut through periods or do not."""
    async with database().read(books.caller.company) as session:
        return [await reports.trial_balance(session, since, until) for since, until in DAYS]


async def written_down(books: Accountant) -> list[tuple[Any, ...]]:
    """The last day of every period that is written down, with its turnover."""
    found = text("SELECT ends_on, sum(debit), sum(credit) FROM ledger.period_balance GROUP BY 1 ORDER BY 1")
    async with database().read(books.caller.company) as session:
        return [tuple(row) for row in await session.execute(found)]


async def test_reports_are_the_same_whatever_is_locked(books: Accountant) -> None:
    before = await all_reports(books)

    for through in (date(2026, 1, 31), date(2026, 3, 20), date(2026, 12, 31), date(2026, 2, 28)):
        await books.year(2026, locked_through=through)

        assert await all_reports(books) == before
        await books.everything_agrees()


async def test_a_period_is_written_down_while_it_is_locked_to_its_last_day(books: Accountant) -> None:
    await books.year(2026, locked_through=date(2026, 2, 27))
    only_january = await written_down(books)
    await books.year(2026, locked_through=date(2026, 3, 31))
    three_months = await written_down(books)
    await books.year(2026, locked_through=date(2026, 1, 31))
    january_again = await written_down(books)
    await books.year(2026, locked_through=None)

    assert [on for on, *_ in only_january] == [date(2026, 1, 31)]
    assert [on for on, *_ in three_months] == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]
    assert only_january == january_again == [(date(2026, 1, 31), Decimal("21.33"), Decimal("21.33"))]
    assert await written_down(books) == []


async def test_what_is_posted_in_a_period_opened_again_counts(books: Accountant) -> None:
    await books.year(2026, locked_through=date(2026, 3, 31))
    await books.year(2026, locked_through=date(2026, 1, 31))
    await books.post(an_entry(("1400", 1000), ("3000", -1000), posted_on=date(2026, 2, 14)))
    await books.year(2026, locked_through=date(2026, 3, 31))

    (february,) = (row for row in await written_down(books) if row[0] == date(2026, 2, 28))
    assert february[1] > 1000
    await books.everything_agrees()


async def test_the_lock_of_a_year_leaves_those_of_others(books: Accountant) -> None:
    await books.year(2025, locked_through=date(2025, 12, 31))
    await books.year(2026, locked_through=date(2026, 1, 31))
    await books.year(2026, locked_through=None)

    assert [on for on, *_ in await written_down(books)] == [date(2025, 12, 31)]


async def test_a_year_that_begins_within_a_month_has_its_part_of_it(accountant: Accountant) -> None:
    await accountant.year(2027, code="27", starts_on=date(2027, 1, 1), ends_on=date(2027, 6, 14))
    await accountant.year(2027, code="27/28", starts_on=date(2027, 6, 15), ends_on=date(2028, 6, 14))
    for day in (14, 15):
        await accountant.post(an_entry(("1400", day), ("3000", -day), posted_on=date(2027, 6, day)))
    before = await accountant.balances()

    await accountant.year(
        2027,
        code="27",
        starts_on=date(2027, 1, 1),
        ends_on=date(2027, 6, 14),
        locked_through=date(2027, 6, 14),
    )

    assert await written_down(accountant) == [(date(2027, 6, 14), Decimal(14), Decimal(14))]
    assert await accountant.balances() == before
    await accountant.everything_agrees()
