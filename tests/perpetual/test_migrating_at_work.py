"""The schema grows while programs of the version before are at work: whoever works hardly waits for it."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from foundation.database.migrations import upgrade
from perpetual.addresses import APPLICATION, OWNER
from tests.faults.version_b import make_version_b
from tests.servers import as_application

MOST_SECONDS = 3.0
"""That a write waits: for the migration's own waiting, and a loaded machine."""
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


@pytest.fixture
async def owner_of_a(cluster_url: str) -> AsyncIterator[str]:
    """A database of this version, of its own."""
    owner = f"{cluster_url.rpartition('/')[0]}/growing"
    connection = await asyncpg.connect(cluster_url)
    await connection.execute("CREATE DATABASE growing")
    await asyncio.to_thread(upgrade, owner, as_application(owner))
    yield owner
    await connection.execute("DROP DATABASE growing WITH (FORCE)")
    await connection.close()


async def test_a_migration_that_has_to_wait_keeps_nobody_waiting(owner_of_a: str, tmp_path: Path) -> None:
    version_b = make_version_b(tmp_path / "b")
    reader, writer = await asyncpg.connect(owner_of_a), await asyncpg.connect(owner_of_a)
    reading = reader.transaction()
    await reading.start()
    await reader.fetch("SELECT FROM sales.sales_order")  # As `perpetual check` does, for as long as it looks.
    migrating = await migration_of(version_b, owner_of_a)
    await it_waits_for_a_lock(writer)
    waited = []
    for _ in range(5):
        began = time.monotonic()
        await writer.execute("UPDATE sales.sales_order SET reason = 'while it waits'")
        waited.append(time.monotonic() - began)
        await asyncio.sleep(0.3)
    assert migrating.returncode is None, (await migrating.communicate())[0].decode()
    await reading.rollback()
    said, _ = await migrating.communicate()
    columns = await writer.fetchval(
        "SELECT count(*) FROM information_schema.columns WHERE column_name = 'looks'"
    )
    for connection in (reader, writer):
        await connection.close()

    assert migrating.returncode == 0, said.decode()
    assert columns == 1
    assert max(waited) < MOST_SECONDS


async def test_a_migration_that_a_deadlock_has_ended_tries_again(owner_of_a: str, tmp_path: Path) -> None:
    version_b = make_version_b(tmp_path / "b")
    # It is the migration that finds the deadlock, before it would let the others by.
    other = await asyncpg.connect(owner_of_a, server_settings={"deadlock_timeout": "1min"})
    await other.execute("ALTER DATABASE growing SET deadlock_timeout = '700ms'")
    watching = await asyncpg.connect(owner_of_a)
    writing = other.transaction()
    await writing.start()
    await other.execute("LOCK TABLE public.alembic_version IN SHARE MODE")
    migrating = await migration_of(version_b, owner_of_a)
    # It has changed its tables, and waits to note that.
    await it_waits_for_a_lock(watching, "RowExclusiveLock")
    await other.fetch("SELECT FROM sales.sales_order")
    await writing.rollback()
    said, _ = await migrating.communicate()
    deadlocks = await watching.fetchval(DEADLOCKS)
    for connection in (other, watching):
        await connection.close()

    assert migrating.returncode == 0, said.decode()
    assert deadlocks == 1


async def migration_of(version: Path, owner: str) -> asyncio.subprocess.Process:
    """A migration to this version, in an operating system process of its own."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "perpetual", "migrate"),
        cwd=version,
        env=os.environ | {OWNER: owner, APPLICATION: as_application(owner)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


async def it_waits_for_a_lock(
    connection: "asyncpg.Connection[asyncpg.Record]", mode: str = "AccessExclusiveLock"
) -> None:
    """Until the migration has come to the table that somebody else reads, or does not let it write to."""
    question = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND mode = $1)"
    async with asyncio.timeout(60):
        while not await connection.fetchval(question, mode):  # noqa: ASYNC110  # Nobody tells.
            await asyncio.sleep(0.02)
