"""The workers of a test's Temporal server."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import Worker, WorkflowInstance, WorkflowInstanceDetails, WorkflowRunner

from foundation.operations import delivery, inbox
from foundation.process import batch
from foundation.process.attempts import batch_queue, outside_queue
from foundation.process.defects import DefectsAreSeen
from foundation.runtime.settings import settings
from tests.faulty_steps import FaultySteps
from workers import registry, relay

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


class PreparedOnce(WorkflowRunner):
    """Runs processes as another runner does. That they load is looked at once, not for each test's worker."""

    def __init__(self, runner: WorkflowRunner) -> None:
        self.runner = runner
        self.prepared: set[type] = set()

    def prepare_workflow(self, defn: workflow._Definition) -> None:
        """Called by the SDK."""
        if defn.cls not in self.prepared:
            self.runner.prepare_workflow(defn)
            self.prepared.add(defn.cls)

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """Called by the SDK."""
        return self.runner.create_instance(det)


SANDBOX = PreparedOnce(registry.sandbox())


@asynccontextmanager
async def at_work(client: Client, faults: FaultySteps) -> AsyncIterator[Worker]:
    """A worker with every process, in the sandbox, and every operation; one for what goes outside, and one
    for what runs over many do.
    """
    before, batch.apply = batch.apply, faults.apply
    running = Worker(
        client,
        task_queue=settings().task_queue,
        workflows=registry.processes(),
        activities=registry.operations(),
        workflow_runner=SANDBOX,
        interceptors=[faults, DefectsAreSeen()],
    )
    outside = Worker(
        client,
        task_queue=outside_queue(settings().task_queue),
        activities=registry.operations(),
        interceptors=[faults],
        max_concurrent_activities=1_000,
        max_heartbeat_throttle_interval=timedelta(milliseconds=200),
    )
    many = Worker(
        client,
        task_queue=batch_queue(settings().task_queue),
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
