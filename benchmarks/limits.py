"""The limits that order to cash is measured against, in the same run as itself."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from uuid import uuid4

import asyncpg
from temporalio.client import Client

from benchmarks import empty_process, empty_steps
from benchmarks.empty_steps import Steps
from foundation.runtime import temporal
from foundation.runtime.settings import Settings

_POSTING = """
    CREATE SCHEMA IF NOT EXISTS bench;
    CREATE TABLE IF NOT EXISTS bench.entry (id uuid PRIMARY KEY, number bigint NOT NULL, text text NOT NULL);
    CREATE TABLE IF NOT EXISTS bench.line (
        entry_id uuid NOT NULL REFERENCES bench.entry (id), line_number int NOT NULL, account text NOT NULL,
        amount numeric(18, 4) NOT NULL, PRIMARY KEY (entry_id, line_number));
"""


async def posting_transactions_per_second(settings: Settings, *, clients: int, seconds: float) -> float:
    """Limit (a): bare, durable posting transactions of this PostgreSQL, an entry and four lines each."""
    setup = await asyncpg.connect(settings.owner_database_url)
    await setup.execute(_POSTING)
    await setup.close()
    until = time.perf_counter() + seconds

    async def client() -> int:
        connection = await asyncpg.connect(settings.owner_database_url)
        done = 0
        while time.perf_counter() < until:
            entry = uuid4()
            async with connection.transaction():
                await connection.execute(
                    "INSERT INTO bench.entry VALUES ($1, $2, $3)", entry, done, "an entry"
                )
                lines = [(entry, number, f"{number}000", 100 if number % 2 else -100) for number in range(4)]
                await connection.executemany("INSERT INTO bench.line VALUES ($1, $2, $3, $4)", lines)
            done += 1
        await connection.close()
        return done

    began = time.perf_counter()
    done = sum(await asyncio.gather(*(client() for _ in range(clients))))
    return done / (time.perf_counter() - began)


async def empty_processes_per_second(settings: Settings, *, clients: int, processes: int) -> float:
    """Limit (b): processes that do nothing, three messages each, on this Temporal server.

    Their worker must run.
    """
    return await _per_second(settings, empty_process.run_once, clients=clients, processes=processes)


async def empty_steps_per_second(settings: Settings, steps: Steps, *, clients: int, processes: int) -> float:
    """Limit (c): the same messages to a process with as many steps as an order, each an empty transaction."""

    async def once(connection: Client, workflow_id: str) -> None:
        await empty_steps.run_once(connection, workflow_id, steps)

    return await _per_second(settings, once, clients=clients, processes=processes)


async def _per_second(
    settings: Settings, once: Callable[[Client, str], Awaitable[None]], *, clients: int, processes: int
) -> float:
    connection = await temporal.connect(settings)
    run = uuid4()
    numbers = iter(range(processes))

    async def client() -> None:
        for number in numbers:
            await once(connection, f"bench/{run}/{number}")

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return processes / (time.perf_counter() - began)
