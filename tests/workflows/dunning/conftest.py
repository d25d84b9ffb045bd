"""Dunning waits for weeks: it has a server of its own whose time is skipped, so that no other test's is."""

from collections.abc import AsyncIterator

import httpx
import pytest
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from foundation.database.connections import Database
from tests.environment import at_work
from tests.erp import Erp
from tests.faulty_steps import FaultySteps
from tests.servers import start_temporal_that_skips_time
from tests.workflows.dunning.reminding import Reminding


@pytest.fixture(scope="session")
async def clock() -> AsyncIterator[WorkflowEnvironment]:
    """A server whose time is skipped by these tests alone."""
    environment = await start_temporal_that_skips_time()
    yield environment
    await environment.shutdown()


@pytest.fixture(scope="session")
async def crew(clock: WorkflowEnvironment, database: Database, faults: FaultySteps) -> AsyncIterator[Worker]:
    """A worker on it."""
    del database  # It must be open before the worker is.
    async with at_work(clock.client, faults) as running:
        yield running


@pytest.fixture
async def reminding(
    http: httpx.AsyncClient, clock: WorkflowEnvironment, crew: Worker, faults: FaultySteps, company: str
) -> AsyncIterator[Reminding]:
    """A company whose customers are overdue, and that reminds them."""
    del crew  # Without it no process would move.
    from api.app import app  # noqa: PLC0415  # As the fixture `http` does.

    before, app.state.temporal = app.state.temporal, clock.client
    try:
        reminding = Reminding(Erp(http=http, temporal=clock.client, company=company), clock)
        await reminding.open_for_business()
        yield reminding
        faults.forget(company)
        await reminding.stop_all()
    finally:  # What fails here must fail no test of others: they would ask where they do not look.
        app.state.temporal = before
