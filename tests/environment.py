"""The workers of a test's Temporal server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from temporalio.client import Client
from temporalio.worker import Worker

from foundation import batch, delivery
from foundation.attempts import BATCH_QUEUE, OUTSIDE_QUEUE
from foundation.defects import DefectsAreSeen
from foundation.settings import settings
from tests.faulty_steps import FaultySteps
from workers import registry, relay

_send_again = delivery.send_again


async def _send_again_there(client: Client, *, at_most: int) -> int:
    """Some tests have a Temporal of their own, on the same database: a request is sent again only where the
    API sends it, or its process would run on both.
    """
    from api.app import app  # noqa: PLC0415  # Importing it builds every route.

    is_there = getattr(app.state, "temporal", None) is client
    return await _send_again(client, at_most=at_most) if is_there else 0


delivery.send_again = _send_again_there


@asynccontextmanager
async def at_work(client: Client, faults: FaultySteps) -> AsyncIterator[Worker]:
    """A worker with every process, in the sandbox, and every operation; one for what goes outside, and one
    for what runs over many do.
    """
    batch.apply = faults.apply
    running = Worker(
        client,
        task_queue=settings().task_queue,
        workflows=registry.processes(),
        activities=registry.operations(),
        workflow_runner=registry.sandbox(),
        interceptors=[faults, DefectsAreSeen()],
    )
    outside = Worker(
        client,
        task_queue=OUTSIDE_QUEUE,
        activities=registry.operations(),
        interceptors=[faults],
        max_concurrent_activities=1_000,
        max_heartbeat_throttle_interval=timedelta(milliseconds=200),
    )
    many = Worker(
        client,
        task_queue=BATCH_QUEUE,
        activities=registry.operations(),
        interceptors=[faults],
        max_concurrent_activities=4,
        max_heartbeat_throttle_interval=timedelta(milliseconds=200),
    )
    async with relay.relaying(client), running, outside, many:
        yield running
