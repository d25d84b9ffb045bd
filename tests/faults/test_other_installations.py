"""Several installations in one namespace: what another one runs is neither lost nor begun again here."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from foundation import agreement
from foundation.database import working_on
from foundation.migrations import upgrade
from foundation.settings import settings
from perpetual.reconciling.comparing import compare
from tests.erp import Erp
from tests.faults.stores import nobody_else_sends
from tests.faults.test_agreement import at, nobody_there, temporal_at
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
            assert await agreement.queues(client) == {"one", "two"}
            monkeypatch.setattr(settings(), "task_queue", "a third")
            assert await agreement.queues(client) == {"one", "two", "a third"}
