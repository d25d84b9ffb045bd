"""A Temporal server of its own for tests in which months pass: nobody else's processes grow old with it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from foundation.runtime.settings import settings
from tests.environment import at_work
from tests.erp import Erp
from tests.faulty_steps import FaultySteps
from tests.servers import start_temporal_that_skips_time
from workers import registry


@dataclass
class LongTimes:
    """A company whose processes run on a server of their own, by workers that come and go."""

    erp: Erp
    environment: WorkflowEnvironment

    @asynccontextmanager
    async def worker(self, processes: Sequence[type[Any]] | None = None) -> AsyncIterator[None]:
        """A worker with the given processes, or with all of today's."""
        running = Worker(
            self.environment.client,
            task_queue=settings().task_queue,
            workflows=processes or registry.processes(),
            activities=registry.operations(),
            # Nothing is remembered: every task replays the whole history, as after a restart. The sandbox
            # would load the processes anew for each.
            max_cached_workflows=0,
            workflow_runner=UnsandboxedWorkflowRunner(),
            graceful_shutdown_timeout=timedelta(seconds=5),
        )
        async with running:
            yield

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """A worker as elsewhere, which also sends outside and relays."""
        async with at_work(self.environment.client, FaultySteps()):
            yield

    async def pass_by(self, **time: float) -> None:
        """Let time go by: `days=3`."""
        await self.environment.sleep(timedelta(**time))


@pytest.fixture
async def long_times(http: AsyncClient, erp: Erp) -> AsyncIterator[LongTimes]:
    """The company with its records and its stock; its further processes run on a server of their own."""
    from api.app import app  # noqa: PLC0415  # Importing it builds every route.

    environment = await start_temporal_that_skips_time()
    before, app.state.temporal = app.state.temporal, environment.client
    try:
        yield LongTimes(
            erp=Erp(http=http, temporal=environment.client, company=erp.company, keys=erp.keys),
            environment=environment,
        )
    finally:
        app.state.temporal = before
        await environment.shutdown()
