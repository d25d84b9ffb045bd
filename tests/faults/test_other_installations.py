"""Several installations in one namespace: what another one runs is neither lost nor begun again here."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from foundation.database.connections import working_on
from foundation.database.migrations import upgrade
from foundation.operations import agreement
from foundation.process import failing_tasks
from foundation.runtime.settings import settings
from perpetual.reconciling.comparing import compare
from tests.erp import Erp
from tests.faults.stores import nobody_else_sends
from tests.faults.test_agreement import at, nobody_there, temporal_at
from tests.faults.test_failing_tasks import begin_unreadable, exceptions_until
from tests.servers import as_application

AN_HOUR = timedelta(hours=1)


@pytest.fixture
async def their_books(cluster_url: str) -> AsyncIterator[str]:
    """The application's address of another installation's books, of which nobody knows anything yet."""
    connection = await asyncpg.connect(cluster_url)
    await connection.execute("CREATE DATABASE another_installation")
    owner = f"{cluster_url.rpartition('/')[0]}/another_installation"
    upgrade(owner, as_application(owner))
    with nobody_else_sends(await nobody_there()):
        yield as_application(owner)
    await connection.execute("DROP DATABASE another_installation WITH (FORCE)")
    await connection.close()


async def test_what_another_installation_runs_is_no_difference(
    on_dev_server: Erp, their_books: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    erp = on_dev_server
    await erp.place()
    await erp.at_rest()
    async with working_on(their_books):
        # Books that should know of these runs miss all of them.
        assert (await compare(erp.temporal, erp.company, since=AN_HOUR)).differences != []

        monkeypatch.setattr(settings(), "task_queue", "another's")
        found = await compare(erp.temporal, None, since=AN_HOUR)

    assert (found.differences, found.to_begin) == ([], {})


async def test_all_queues_that_work_on_the_same_books_are_compared(
    their_books: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agreement, "COUNTS_AFTER_SECONDS", 0.0)
    with temporal_at(tmp_path) as address:
        client = await at(address)
        async with working_on(their_books):
            for queue in ("one", "two"):
                monkeypatch.setattr(settings(), "task_queue", queue)
                assert await agreement.look(client) is None
            assert await agreement.is_of_these_books(client) == "TaskQueue IN ('one', 'two')"
            monkeypatch.setattr(settings(), "task_queue", "a third's")
            assert await agreement.is_of_these_books(client) == "TaskQueue IN ('a third''s', 'one', 'two')"


async def test_a_process_of_another_installation_that_fails_is_not_noted_here(
    on_dev_server: Erp, their_books: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    erp = on_dev_server
    process = await begin_unreadable(erp.temporal, erp.company)
    assert [one["id"] for one in await exceptions_until(erp, 1)] == [process.id]
    async with working_on(their_books):
        monkeypatch.setattr(settings(), "task_queue", "another's")
        assert await failing_tasks.note(erp.temporal) == 0
    monkeypatch.undo()
    await process.terminate("nobody can read it")
    await exceptions_until(erp, 0)
