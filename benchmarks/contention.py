"""Forty clients on one company and one item: what queueing for one row leaves of the rate.

The limit is a bare counter row, which as many connections count up, each transaction durable. Beside it, by
the operations themselves and without Temporal: entries in one journal, whose numbers have no gaps; and issues
of one item, whose stock and value are one row each. And the same operations spread, each client in a fiscal
year of its own, with an item of its own: what they cost where nobody queues. Contended to spread is what the
queue takes; spread to counter is what the operations themselves cost more than a counter.

Run as `python -m benchmarks.contention` it is half of the clients: two processes, so that one interpreter is
not the limit. It is told what to prepare and for how long to go on, line by line.
"""

import asyncio
import itertools
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias
from uuid import UUID, uuid4

import asyncpg

from activities.inventory import reservations, shipments
from activities.ledger import journal
from benchmarks.client import Connection
from benchmarks.trading import COMPANY
from domains.inventory.messages import LineToIssue, LineToReserve, PostGoodsIssue, ReserveStock
from domains.ledger.messages import EntryLine, PostEntry
from foundation.database.connections import open_database
from foundation.runtime.settings import settings
from foundation.values.messages import Call, Caller

CLIENTS, PROCESSES = 40, 2
ROUNDS, SECONDS = 3, 1.5
COUNTER, ENTRY, ISSUE = "counter", "entry", "issue"
SPREAD_ENTRY, SPREAD_ISSUE = "spread-entry", "spread-issue"
KINDS = (COUNTER, ENTRY, ISSUE, SPREAD_ENTRY, SPREAD_ISSUE)
RESERVED = 400
"""So many orders each half reserves for a round of issues: more than it can issue in the time."""

DEBIT, CREDIT = "1030", "3000"
WAREHOUSE, CUSTOMER = "MAIN", "C-000"
ON = date(2026, 3, 3)
FIRST_YEAR = 1960
"""Of those that entries are spread over."""
CALLER = Caller(company=COMPANY, actor="bench", correlation_id="bench")

Once: TypeAlias = Callable[[], Awaitable[bool]]
"""One transaction of one client; whether there was anything left to do."""


async def open_years(connection: Connection) -> None:
    """A fiscal year for each client: numbers are counted by year."""
    for year in range(FIRST_YEAR, FIRST_YEAR + CLIENTS):
        body = {"code": str(year), "starts_on": f"{year}-01-01", "ends_on": f"{year}-12-31"}
        status, answer = await connection.post("/v1/fiscal-years", body, f"contention/{year}")
        assert status == 201, answer


_COUNTER = """
    CREATE SCHEMA IF NOT EXISTS bench;
    GRANT USAGE ON SCHEMA bench TO perpetual_app;
    CREATE TABLE bench.counter (id int PRIMARY KEY, value bigint NOT NULL);
    GRANT SELECT, UPDATE ON bench.counter TO perpetual_app;
    INSERT INTO bench.counter VALUES (1, 0);
"""


async def make_counter(owner_database_url: str) -> None:
    """Make the counter row, by the tables' owner: whoever counts makes no tables."""
    owner = await asyncpg.connect(owner_database_url)
    await owner.execute(_COUNTER)
    await owner.close()


def rates(environment: dict[str, str]) -> dict[str, float]:
    """How often a second the counter is counted up, an entry posted, the item issued; medians of rounds.

    The kinds take turns, so that what else happens on the machine happens to all. The counter is there.
    """
    seen: dict[str, list[float]] = {kind: [] for kind in KINDS}
    with _halves(environment) as halves:
        for kind in KINDS:
            _round(halves, kind, SECONDS / 2)  # Connections, statements and plans are made.
        for _ in range(ROUNDS):
            for kind in KINDS:
                seen[kind].append(_round(halves, kind, SECONDS))
    return {kind: statistics.median(found) for kind, found in seen.items()}


Half: TypeAlias = "subprocess.Popen[str]"


@contextmanager
def _halves(environment: dict[str, str]) -> Iterator[Sequence[Half]]:
    halves = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.contention", str(first)],
            env=os.environ | environment,
            cwd=Path(__file__).parent.parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        for first in range(0, CLIENTS, CLIENTS // PROCESSES)
    ]
    try:
        yield halves
    finally:
        for half in halves:
            half.communicate("\n", timeout=30)


def _round(halves: Sequence[Half], kind: str, seconds: float) -> float:
    for half in halves:
        _tell(half, f"prepare {kind}")
    for half in halves:
        _hear(half)
    for half in halves:
        _tell(half, f"go {seconds}")
    answers = [_hear(half).split() for half in halves]
    return sum(int(done) for done, _ in answers) / max(float(took) for _, took in answers)


def _tell(half: Half, line: str) -> None:
    assert half.stdin is not None
    half.stdin.write(f"{line}\n")
    half.stdin.flush()


def _hear(half: Half) -> str:
    assert half.stdout is not None
    if not (line := half.stdout.readline()):
        raise RuntimeError(f"half of the clients ended with {half.wait()}")
    return line


# What a half does


async def main(first: int) -> None:
    """Do what the lines say, until an empty one, as the clients from the first on."""
    url, clients = settings().database_url, range(first, first + CLIENTS // PROCESSES)
    pool = open_database(url, pool_size=len(clients))
    counters = [await _counter(url) for _ in clients]
    ready: list[Once] = []
    while command := (await asyncio.to_thread(sys.stdin.readline)).split():
        match command:
            case ["prepare", kind]:
                ready = counters if kind == COUNTER else await _prepared(kind, clients)
                print("ready", flush=True)
            case ["go", seconds]:
                done, took = await _go_on(ready, float(seconds))
                print(done, took, flush=True)
    await pool.close()


async def _prepared(kind: str, clients: Sequence[int]) -> list[Once]:
    if kind == ENTRY:
        return [_entries(ON) for _ in clients]
    if kind == SPREAD_ENTRY:
        return [_entries(ON.replace(year=FIRST_YEAR + client)) for client in clients]
    items = clients if kind == SPREAD_ISSUE else [0] * len(clients)
    return await asyncio.gather(*(_issues(item, RESERVED // len(clients)) for item in items))


async def _go_on(clients: Sequence[Once], seconds: float) -> tuple[int, float]:
    began = time.perf_counter()

    async def client(once: Once) -> int:
        for done in itertools.count():
            if time.perf_counter() - began > seconds or not await once():
                return done
        raise AssertionError("unreachable")

    done = sum(await asyncio.gather(*(client(once) for once in clients)))
    return done, time.perf_counter() - began


async def _counter(url: str) -> Once:
    connection = await asyncpg.connect(url)

    async def once() -> bool:
        await connection.execute("BEGIN")
        await connection.fetchval("UPDATE bench.counter SET value = value + 1 WHERE id = 1 RETURNING value")
        await connection.execute("COMMIT")
        return True

    return once


def _entries(on: date) -> Once:
    lines = tuple(
        EntryLine(account_code=code, amount=Decimal(amount))
        for code, amount in ((DEBIT, 100), (CREDIT, -100))
    )

    async def once() -> bool:
        entry = PostEntry(entry_id=uuid4(), posted_on=on, text="An entry", lines=lines)
        await journal.post_entry(Call.direct(CALLER, f"bench/entry/{entry.entry_id}"), entry)
        return True

    return once


async def _issues(item: int, count: int) -> Once:
    orders = [uuid4() for _ in range(count)]
    code = f"ITEM-{item:03d}"
    for order_id in orders:
        await reservations.reserve_stock(_call("reserve", order_id), _reservation(order_id, code))

    async def once() -> bool:
        if not orders:
            return False
        order_id = orders.pop()
        await shipments.post_goods_issue(_call("issue", order_id), _issue(order_id, code))
        return True

    return once


def _call(what: str, order_id: UUID) -> Call:
    return Call.direct(CALLER, f"bench/{what}/{order_id}")


def _reservation(order_id: UUID, code: str) -> ReserveStock:
    return ReserveStock(
        order_id=order_id,
        process_id=f"bench/{order_id}",
        warehouse_code=WAREHOUSE,
        ordered_on=ON,
        lines=(LineToReserve(line_number=1, item_code=code, quantity=Decimal(1)),),
    )


def _issue(order_id: UUID, code: str) -> PostGoodsIssue:
    return PostGoodsIssue(
        shipment_id=uuid4(),
        order_id=order_id,
        order_number=f"BENCH-{order_id}",
        customer_code=CUSTOMER,
        warehouse_code=WAREHOUSE,
        shipped_on=ON,
        lines=(LineToIssue(line_number=1, item_code=code, quantity=Decimal(1)),),
    )


if __name__ == "__main__":
    import uvloop

    uvloop.run(main(int(sys.argv[1])))
    os._exit(0)
