"""Each way through a process is gone on a Temporal server of its own, whose time is skipped for it alone.

What one way leaves behind, parked or waiting for months, would otherwise grow older with the next one's
clock, and be tried again for all the days that pass there.
"""

from collections.abc import AsyncIterator

import httpx
import pytest

from foundation.runtime.settings import settings
from tests.environment import at_work
from tests.erp import Erp
from tests.faulty_steps import FaultySteps
from tests.histories.instead import instead
from tests.histories.scene import Scene
from tests.opened import opened_for_business
from tests.servers import start_temporal_that_skips_time


@pytest.fixture
async def scene(
    http: httpx.AsyncClient, faults: FaultySteps, company: str, owner_url: str
) -> AsyncIterator[Scene]:
    """A trading company whose processes run on a server of its own."""
    from api.app import app  # noqa: PLC0415  # As the fixture `http` does.

    clock = await start_temporal_that_skips_time()
    before, app.state.temporal = app.state.temporal, clock.client
    try:
        # On a machine that is busy an answer is late; a way goes on with the answer itself, not with a 202.
        async with at_work(clock.client, faults):
            scene = Scene(Erp(http=http, temporal=clock.client, company=company), faults, clock)
            await opened_for_business(scene.erp, owner_url)
            with instead(settings(), api_wait_seconds=60.0):
                yield scene
            await scene.erp.at_rest()
        faults.forget(company)
    finally:
        app.state.temporal = before
        await clock.shutdown()
