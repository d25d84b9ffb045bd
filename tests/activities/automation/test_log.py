"""The log of operations is read in the order of its transactions, and nothing in it is ever passed over."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

from activities.automation import announcing
from activities.master_data import put_company, put_exchange_rate
from domains.automation.messages import Announce, Announced, TakeUp
from domains.master_data.messages import PutCompany, PutExchangeRate
from foundation.database.connections import Database
from foundation.values.messages import Call, Caller
from tests.announcements import subscribe_by_hand

LOGGED = """
    INSERT INTO foundation.operation (
        key, company_id, name, status, actor, correlation_id, request, request_hash, answer)
    VALUES ($1, $2, 'master_data.put_exchange_rate', 'applied', 'a slow one', '', '{}', '', '{}')
"""


@pytest.fixture
async def slow(owner_url: str, database: Database) -> AsyncIterator[asyncpg.Connection]:
    """A connection of somebody whose transaction stays open."""
    del database
    connection = await asyncpg.connect(owner_url)
    yield connection
    await connection.close()


@pytest.fixture
async def start(database: Database, caller: Caller) -> int:
    """A company with a webhook for everything; where its log is read from."""
    del database
    company = PutCompany(code=caller.company, name="Trading", currency="EUR", country="DE")
    await put_company(Call.direct(caller, str(uuid4())), company)
    await subscribe_by_hand(caller, "http://127.0.0.1:9/", "*")
    taken = await announcing.take_up(Call.direct(caller, str(uuid4())), TakeUp())
    return taken.up_to


async def do_something(caller: Caller, number: int) -> str:
    """An operation, and its key."""
    call = Call.direct(caller, f"{caller.company}/rate/{number}")
    rate = PutExchangeRate.model_validate(
        {"currency": "USD", "valid_from": "2026-01-01", "rate": f"1.{number}"}
    )
    await put_exchange_rate(call, rate)
    return call.key


async def announce(caller: Caller, after: int) -> Announced:
    """Read on from a point."""
    return await announcing.announce(Call.direct(caller, str(uuid4())), Announce(after=after))


async def keys(database: Database, caller: Caller, *announced: Announced) -> list[str]:
    """The operations that were announced, in order."""
    async with database.engine.connect() as connection:
        await connection.exec_driver_sql(f"SET perpetual.company = '{caller.company}'")
        found = await connection.exec_driver_sql("SELECT id, operation_key FROM automation.outgoing_message")
        known = {row.id: row.operation_key for row in found}
        await connection.exec_driver_sql("RESET perpetual.company")
    return [known[message.message_id] for one in announced for message in one.messages]


async def test_an_older_transaction_that_is_still_open_holds_the_reader_back_and_is_not_passed_over(
    database: Database, caller: Caller, slow: asyncpg.Connection, start: int
) -> None:
    before = await do_something(caller, 1)
    transaction = slow.transaction()
    await transaction.start()
    await slow.execute(LOGGED, f"{caller.company}/slow", caller.company)
    later = [await do_something(caller, number) for number in (2, 3)]

    held_back = await announce(caller, start)
    assert await keys(database, caller, held_back) == [before]
    assert (await announce(caller, held_back.up_to)).messages == ()

    await transaction.commit()
    rest = await announce(caller, held_back.up_to)
    assert await keys(database, caller, rest) == [f"{caller.company}/slow", *later]
    assert (await announce(caller, rest.up_to)).messages == ()


async def test_many_who_write_at_once_while_the_log_is_read_are_all_announced_once(
    database: Database, caller: Caller, start: int
) -> None:
    done: list[str] = []
    parts: list[Announced] = []

    async def write(first: int) -> None:
        for number in range(first, first + 25):
            done.append(await do_something(caller, number))

    async def read() -> None:
        after = start
        while len(set(done)) < 100 or not parts or parts[-1].messages:
            parts.append(await announce(caller, after))
            after = parts[-1].up_to

    await asyncio.gather(*(write(first) for first in (100, 200, 300, 400)), read())
    parts.append(await announce(caller, parts[-1].up_to))

    announced = await keys(database, caller, *parts)
    assert len(announced) == 100
    assert sorted(announced) == sorted(done)


async def test_who_reads_from_elsewhere_than_the_cursor_is_told_where_it_stands(
    caller: Caller, start: int
) -> None:
    await do_something(caller, 1)
    read = await announce(caller, start)

    again = await announce(caller, start)

    assert (len(read.messages), again) == (1, Announced(up_to=read.up_to, messages=()))


async def test_a_stretch_is_cut_between_transactions_and_no_longer_than_can_be_started_at_once(
    database: Database, caller: Caller, start: int
) -> None:
    for _ in range(3):
        await subscribe_by_hand(caller, "http://127.0.0.1:9/", "master_data.*")
    done = [await do_something(caller, number) for number in range(100, 140)]

    parts = [await announce(caller, start)]
    while parts[-1].messages:
        parts.append(await announce(caller, parts[-1].up_to))

    assert [len(part.messages) for part in parts] == [100, 60, 0]
    assert await keys(database, caller, *parts) == [key for key in done for _ in range(4)]
