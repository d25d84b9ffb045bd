"""`python -m benchmarks.run_items`: three ways to do the items of a chunk, side by side.

A transaction for each item, as `foundation.process.batch` does it; a chunk in one transaction, with a
savepoint for each item; and a chunk in one transaction that writes all items at its end and draws a range
of numbers. Four chunks at a time, by turns; beside them somebody writes one letter after the other and waits
for each, who stands for all who are not to be delayed.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import date
from uuid import UUID

import uvloop
from pydantic_core import to_json
from rich.console import Console
from rich.table import Table

from activities.receivables.dunning import remind_customer
from benchmarks.running import an_installation, quantile_ms
from benchmarks.runs import ON, prepare
from benchmarks.trading import COMPANY
from domains.receivables.messages import RemindCustomer
from foundation.database.connections import database, open_database
from foundation.database.memory import open_memory
from foundation.database.transaction import CORRELATION, Transaction
from foundation.operations.operation import _OPEN, _opening
from foundation.values.messages import Call, Caller
from perpetual import addresses
from perpetual.installation import Installation

CHUNK, AT_ONCE, TURNS = 20, 4, 15
BESIDE = 2_000
"""So many customers are kept for who writes letters beside."""
CALLER = Caller(company=COMPANY, actor="a benchmark", correlation_id="a benchmark")
Way = Callable[[Sequence[RemindCustomer]], Awaitable[None]]


def _call(remind: RemindCustomer) -> Call:
    return Call.direct(CALLER, f"{COMPANY}/benchmark/{remind.customer_code}")


async def own_transactions(chunk: Sequence[RemindCustomer]) -> None:
    """A transaction for each item."""
    for remind in chunk:
        await remind_customer(_call(remind), remind)


async def savepoints(chunk: Sequence[RemindCustomer]) -> None:
    """One transaction with a savepoint for each item, which is written and logged within it."""
    async with database().transaction() as outer:
        for remind in chunk:
            await outer._connection.execute("SAVEPOINT item")
            call, tx = _call(remind), Transaction(outer._connection)
            await _open(tx, call)
            answer = await remind_customer.body(tx, remind)
            await remind_customer._close(tx, call, answer, to_json(remind))
            await outer._connection.execute("RELEASE item")


async def one_closing(chunk: Sequence[RemindCustomer]) -> None:
    """One transaction that writes all items at its end, with a range of numbers and one row in the log: the
    log rows of the others, which it would need as well, are left out.
    """
    async with database().transaction() as tx:
        await _open(tx, _call(chunk[0]))
        for remind in chunk:
            await tx._connection.execute("SAVEPOINT item")
            answer = await remind_customer.body(tx, remind)
            await tx._connection.execute("RELEASE item")
        await remind_customer._close(tx, _call(chunk[0]), answer, to_json(chunk[0]))


async def _open(tx: Transaction, call: Call) -> None:
    found = (await tx.execute(_OPEN, _opening(call))).one()
    open_memory(tx, COMPANY, found.reference_version)
    tx.info[CORRELATION] = ""


WAYS: tuple[Way, ...] = (own_transactions, savepoints, one_closing)


async def _asked(customers: int) -> Iterator[RemindCustomer]:
    async with database().read(COMPANY) as tx:
        rows = await tx._connection.fetch(
            "SELECT party_code, id FROM ledger.open_item WHERE party_code LIKE 'D-%' "
            "ORDER BY party_code LIMIT $1",
            customers,
        )
    return (_remind(row[0], row[1], ON) for row in rows)


def _remind(code: str, item: UUID, on: date) -> RemindCustomer:
    return RemindCustomer(customer_code=code, on=on, first_item_id=item, today=on)


async def _turn(
    way: Way, chunks: Sequence[Sequence[RemindCustomer]], beside: Iterator[RemindCustomer]
) -> list[float]:
    """The CPU ms and the seconds of an item, and how long each letter beside them took."""
    waited: list[float] = []
    over = asyncio.Event()

    async def write_beside() -> None:
        while not over.is_set():
            remind, began = next(beside), time.perf_counter()
            await remind_customer(_call(remind), remind)
            waited.append(time.perf_counter() - began)
            await asyncio.sleep(0.02)

    writing = asyncio.create_task(write_beside())
    cpu, began = time.process_time(), time.perf_counter()
    await asyncio.gather(*(way(chunk) for chunk in chunks))
    items = sum(len(chunk) for chunk in chunks)
    figures = [(time.process_time() - cpu) / items, (time.perf_counter() - began) / items]
    over.set()
    await writing
    return figures + waited


async def _measure(installation: Installation, console: Console) -> int:
    needed = len(WAYS) * TURNS * AT_ONCE * CHUNK
    await prepare(installation, needed + BESIDE, console)
    opened = open_database(installation.environment[addresses.APPLICATION], pool_size=AT_ONCE + 1)
    asked = await _asked(needed + BESIDE)
    beside = iter([next(asked) for _ in range(BESIDE)])
    found: dict[str, list[list[float]]] = {way.__name__: [] for way in WAYS}
    for _ in range(TURNS):
        for way in WAYS:
            chunks = [[next(asked) for _ in range(CHUNK)] for _ in range(AT_ONCE)]
            found[way.__name__].append(await _turn(way, chunks, beside))
    await opened.close()
    title = f"{AT_ONCE} chunks of {CHUNK} at a time; medians of {TURNS} turns"
    table = Table(
        "", "CPU ms of ours", "items per second", "a letter beside: p50 ms", "p95 ms", "most", title=title
    )
    for name, turns in found.items():
        cpu = statistics.median(turn[0] for turn in turns)
        seconds = statistics.median(turn[1] for turn in turns)
        waited = [one for turn in turns for one in turn[2:]]
        shown = (quantile_ms(waited, 50), quantile_ms(waited, 95), 1000 * max(waited))
        table.add_row(name, f"{1000 * cpu:.2f}", f"{1 / seconds:.0f}", *(f"{one:.0f}" for one in shown))
    console.print(table)
    return 0


def main() -> int:
    """Measure and print."""
    console = Console(width=120)
    with an_installation(console) as installation:
        return uvloop.run(_measure(installation, console))


if __name__ == "__main__":
    sys.exit(main())
