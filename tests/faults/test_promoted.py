"""A standby that is promoted is seen to be one from its first moment, not from its first checkpoint."""

import asyncio
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from foundation.database.connections import working_on
from foundation.database.migrations import upgrade
from foundation.operations import agreement
from perpetual.servers.postgres import FAST_SHUTDOWN, Postgres
from tests.faults.test_agreement import nobody_there
from tests.servers import as_application, free_port, run_postgres

WRITTEN = "CREATE TABLE written AS SELECT repeat('x', 6000) AS page FROM generate_series(1, 2000)"
"""So many pages that the checkpoint after the promotion, which takes its time, is not soon over."""
AGREED = "UPDATE foundation.agreement SET books = foundation.books()"
TIMELINE_OF_CHECKPOINT = "SELECT timeline_id FROM pg_control_checkpoint()"


@pytest.fixture
def standby() -> Iterator[Postgres]:
    """Books that were written to, whose server died, and goes on as a standby."""
    directory = Path(tempfile.mkdtemp(prefix="perpetual-"))
    directory.chmod(0o711)
    postgres = Postgres(directory / "postgres", free_port(), durable=False)
    postgres.prepare()
    process = run_postgres(postgres)
    try:
        postgres.make_database()
        upgrade(postgres.owner_url, as_application(postgres.owner_url))
        asyncio.run(asked(postgres.owner_url, AGREED, WRITTEN))
        process.send_signal(signal.SIGQUIT)
        process.wait(20)
        (postgres.data / "standby.signal").touch()
        process = run_postgres(postgres)
        yield postgres
    finally:
        process.send_signal(FAST_SHUTDOWN)
        process.wait(20)
        shutil.rmtree(directory, ignore_errors=True)


async def asked(url: str, *statements: str) -> list[Any]:
    """What each gives."""
    connection = await asyncpg.connect(url)
    try:
        return [await connection.fetchval(statement) for statement in statements]
    finally:
        await connection.close()


async def test_a_promoted_standby_closes_the_door_before_its_first_checkpoint(standby: Postgres) -> None:
    application = as_application(standby.owner_url)
    async with working_on(application):
        in_recovery = await asked(application, "SELECT pg_is_in_recovery()")
        as_standby = await agreement.look(await nobody_there())
        await asked(standby.owner_url, "SELECT pg_promote()")
        checkpoint = await asked(standby.owner_url, TIMELINE_OF_CHECKPOINT)
        promoted = await agreement.look(await nobody_there())

    assert (in_recovery, as_standby) == ([True], None)
    assert checkpoint == [1], "the checkpoint was faster than the test"
    assert promoted == agreement.MOVED_BOOKS
