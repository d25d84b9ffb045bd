"""The workers of a test's Temporal server."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from foundation.operations import delivery, inbox
from foundation.process import batch
from foundation.process.attempts import batch_queue, outside_queue
from foundation.process.defects import DefectsAreSeen
from foundation.runtime.settings import settings
from tests.faulty_steps import FaultySteps
from workers import registry, relay

BUILD = "tests"
"""Otherwise the SDK would read all our modules to name it."""
SendAgain = Callable[..., Coroutine[Any, Any, int]]


def only_there(send_again: SendAgain) -> SendAgain:
    """Some tests have a Temporal of their own, on the same database: what is due is sent again only where the
    API sends it, or a process would run on both, and a fact would be late that was tried on the wrong one.
    """

    async def send_again_there(client: Client, *, at_most: int) -> int:
        from api.app import app  # noqa: PLC0415  # Importing it builds every route.

        is_there = getattr(app.state, "temporal", None) is client
        return await send_again(client, at_most=at_most) if is_there else 0

    return send_again_there


delivery.send_again = only_there(delivery.send_again)
inbox.send_again = only_there(inbox.send_again)


@asynccontextmanager
async def at_work(client: Client, faults: FaultySteps) -> AsyncIterator[Worker]:
    """A worker with every process, and every operation; one for what goes outside, and one for what runs over
    many do. As where we are installed, processes run outside the SDK's sandbox, which would import them anew
    for each: the replay gate runs every recorded way in it.
    """
    before, batch.apply = batch.apply, faults.apply
    running = Worker(
        client,
        task_queue=settings().task_queue,
        build_id=BUILD,
        workflows=registry.processes(),
        activities=registry.operations(),
        workflow_runner=UnsandboxedWorkflowRunner(),
        interceptors=[faults, DefectsAreSeen()],
    )
    outside = Worker(
        client,
        task_queue=outside_queue(settings().task_queue),
        build_id=BUILD,
        activities=registry.operations(),
        interceptors=[faults],
        max_concurrent_activities=1_000,
        max_heartbeat_throttle_interval=timedelta(milliseconds=200),
    )
    many = Worker(
        client,
        task_queue=batch_queue(settings().task_queue),
        build_id=BUILD,
        activities=registry.operations(),
        interceptors=[faults],
        max_concurrent_activities=4,
        max_heartbeat_throttle_interval=timedelta(milliseconds=200),
    )
    try:
        async with relay.relaying(client), running, outside, many:
            yield running
    finally:
        batch.apply = before
