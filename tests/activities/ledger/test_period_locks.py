"""Who opens a period again, posts in it and locks it again leaves a trace that nobody can change."""

from datetime import date
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from activities.ledger import accounts
from domains.ledger.messages import PutFiscalYear
from domains.ledger.rules.journal import PeriodLocked
from foundation.database.connections import Database
from tests.builders.finance import Accountant, an_entry

JANUARY, MARCH = date(2026, 1, 31), date(2026, 3, 31)
IN_FEBRUARY = date(2026, 2, 10)
MOVES = text(
    "SELECT fiscal_year, locked_before, locked_through, moved_by, operation_key FROM ledger.period_lock "
    "ORDER BY id"
)


async def lock(accountant: Accountant, through: date | None, key: str) -> None:
    """The year is locked through a day, by a call with this key."""
    year = PutFiscalYear(
        code="2026", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31), locked_through=through
    )
    await accounts.put_fiscal_year(accountant.call(key), year)


async def trace(accountant: Accountant, database: Database) -> list[tuple[Any, ...]]:
    """Every move of a lock: of which year, from, to, by whom, by which operation."""
    async with database.read(accountant.caller.company) as tx:
        return [tuple(row) for row in await tx.execute(MOVES)]


@pytest.fixture
async def relocked(accountant: Accountant) -> Accountant:
    """Somebody else opens a closed month, dates an entry back, and closes it again."""
    await lock(accountant, MARCH, "close")
    with pytest.raises(PeriodLocked):
        await accountant.post(an_entry(("1400", 1), ("3000", -1), posted_on=IN_FEBRUARY))
    other = Accountant(accountant.caller.model_copy(update={"actor": "somebody else"}))
    await lock(other, JANUARY, "open")
    await accountant.post(an_entry(("1400", 1), ("3000", -1), posted_on=IN_FEBRUARY))
    await lock(other, MARCH, "close again")
    return accountant


async def test_each_move_of_a_lock_is_noted_with_who_and_by_which_operation(
    relocked: Accountant, database: Database
) -> None:
    company = relocked.caller.company

    assert await trace(relocked, database) == [
        ("2026", None, MARCH, "a tester", f"{company}/close"),
        ("2026", MARCH, JANUARY, "somebody else", f"{company}/open"),
        ("2026", JANUARY, MARCH, "somebody else", f"{company}/close again"),
    ]


async def test_what_was_dated_back_is_seen_between_two_moves(
    relocked: Accountant, database: Database
) -> None:
    dated_back = text(
        """
        SELECT e.number FROM ledger.journal_entry e JOIN ledger.period_lock opened
            ON opened.fiscal_year = e.fiscal_year AND opened.locked_before >= e.posted_on
                AND opened.locked_through < e.posted_on AND opened.moved_at < e.recorded_at
        """
    )
    async with database.read(relocked.caller.company) as tx:
        assert await tx.scalars(dated_back) == ["JE-2026-000001"]


async def test_what_moves_no_lock_is_not_noted(relocked: Accountant, database: Database) -> None:
    await lock(relocked, MARCH, "the same")
    await relocked.year(2027)
    await relocked.year(2028, locked_through=date(2028, 1, 31))

    moves = (await trace(relocked, database))[3:]

    assert [move[:3] for move in moves] == [("2028", None, date(2028, 1, 31))]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger.period_lock SET moved_by = 'nobody'",
        "DELETE FROM ledger.period_lock",
        "TRUNCATE ledger.period_lock",
        "INSERT INTO ledger.period_lock (fiscal_year, locked_through, moved_by) "
        "VALUES ('2026', '2026-03-31', 'nobody')",
        "ALTER TABLE ledger.fiscal_year DISABLE TRIGGER note_moved_lock",
    ],
)
async def test_the_application_cannot_change_the_trace(
    statement: str, relocked: Accountant, database: Database
) -> None:
    before = await trace(relocked, database)

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.write(relocked.caller.company, "nobody") as tx:
            await tx.execute(text(statement))

    assert await trace(relocked, database) == before


@pytest.mark.parametrize(
    "statement", ["UPDATE ledger.period_lock SET moved_by = ''", "DELETE FROM ledger.period_lock"]
)
async def test_nor_can_the_owner_of_the_table(statement: str, relocked: Accountant, owner_url: str) -> None:
    del relocked
    owner = await asyncpg.connect(owner_url)
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="only added to"):
        await owner.execute(statement)
    await owner.close()


async def test_a_lock_that_is_moved_by_no_operation_is_noted_as_well(
    relocked: Accountant, database: Database
) -> None:
    async with database.write(relocked.caller.company, "a program") as tx:
        await tx.execute(text("UPDATE ledger.fiscal_year SET locked_through = NULL WHERE code = '2026'"))

    assert (await trace(relocked, database))[-1] == ("2026", MARCH, None, "a program", None)
