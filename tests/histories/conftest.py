"""The ways through our processes are gone on a server of their own, whose time is skipped for them alone."""

from collections.abc import AsyncIterator

import httpx
import pytest
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from foundation.database import Database
from tests.environment import at_work
from tests.erp import Erp
from tests.faulty_steps import FaultySteps
from tests.histories.scene import Scene
from tests.servers import start_temporal_that_skips_time


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
async def scene(
    http: httpx.AsyncClient, clock: WorkflowEnvironment, crew: Worker, faults: FaultySteps, company: str
) -> AsyncIterator[Scene]:
    """A trading company whose processes run on that server."""
    del crew  # Without it no process would move.
    from api.app import app  # noqa: PLC0415  # As the fixture `http` does.

    before, app.state.temporal = app.state.temporal, clock.client
    scene = Scene(Erp(http=http, temporal=clock.client, company=company), faults, clock)
    await scene.erp.open_for_business()
    yield scene
    faults.forget(company)
    app.state.temporal = before
