"""Temporal servers whose store a test keeps, copies, or loses."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from temporalio.client import Client

from foundation.temporal import DATA_CONVERTER
from tests.environment import at_work
from tests.faulty_steps import FaultySteps
from tests.servers import start_temporal_dev_server


@asynccontextmanager
async def serving(directory: Path, faults: FaultySteps) -> AsyncIterator[Client]:
    """API and workers work at the server whose store lies there; a new one when there is none."""
    from api.app import app  # noqa: PLC0415  # As the fixture `http` does.

    running = start_temporal_dev_server(directory)
    client = await Client.connect(running.address, data_converter=DATA_CONVERTER)
    before, app.state.temporal = app.state.temporal, client
    try:
        async with at_work(client, faults):
            yield client
    finally:
        app.state.temporal = before
        running.stop()
