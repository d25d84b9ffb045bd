"""Temporal servers whose store a test keeps, copies, or loses."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from temporalio.client import Client

from foundation.operations import delivery, inbox
from foundation.runtime.temporal import DATA_CONVERTER
from tests.environment import at_work
from tests.faulty_steps import FaultySteps
from tests.servers import start_temporal_dev_server


@contextmanager
def nobody_else_sends(client: Client) -> Iterator[None]:
    """The session has workers at another server too: their relay would begin things there."""

    def only_here(send_again: Callable[..., Awaitable[int]]) -> Callable[..., Awaitable[int]]:
        async def send(at: Client, *, at_most: int) -> int:
            return await send_again(at, at_most=at_most) if at is client else 0

        return send

    with pytest.MonkeyPatch.context() as patched:
        for module in (delivery, inbox):
            patched.setattr(module, "send_again", only_here(module.send_again))
        yield


@asynccontextmanager
async def serving(directory: Path, faults: FaultySteps) -> AsyncIterator[Client]:
    """API and workers work at the server whose store lies there; a new one when there is none."""
    running = start_temporal_dev_server(directory)
    client = await Client.connect(running.address, data_converter=DATA_CONVERTER)
    try:
        async with at_work_at(client, faults):
            yield client
    finally:
        running.stop()


@asynccontextmanager
async def at_work_at(client: Client, faults: FaultySteps) -> AsyncIterator[None]:
    """API and workers work at this server, and at no other."""
    from api.app import app  # noqa: PLC0415  # As the fixture `http` does.

    before, app.state.temporal = app.state.temporal, client
    try:
        with nobody_else_sends(client):
            async with at_work(client, faults):
                yield
    finally:
        app.state.temporal = before
