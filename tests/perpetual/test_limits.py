"""The processes that a benchmark measures ours against run in workers that are made as ours are."""

from uuid import uuid4

from temporalio.client import Client

from benchmarks import empty_process, empty_steps
from foundation.database.connections import Database
from foundation.runtime.settings import settings
from workers.main import process_worker


async def test_an_empty_process_answers_and_ends(temporal: Client) -> None:
    worker = process_worker(
        temporal,
        settings(),
        task_queue=empty_process.QUEUE,
        workflows=[empty_process.EmptyProcess],
        activities=[],
    )
    async with worker:
        await empty_process.run_once(temporal, process := f"bench/{uuid4()}")

    assert (await temporal.get_workflow_handle(process).describe()).close_time is not None


async def test_empty_steps_are_taken_and_it_ends(temporal: Client, database: Database) -> None:
    del database  # Each step is a transaction of it.
    worker = process_worker(
        temporal,
        settings(),
        task_queue=empty_steps.QUEUE,
        workflows=[empty_steps.EmptySteps],
        activities=[empty_steps.empty_step],
    )
    async with worker:
        steps = empty_steps.Steps(order=3, shipment=2, payment=1)
        await empty_steps.run_once(temporal, process := f"bench/{uuid4()}", steps)

    history = await temporal.get_workflow_handle(process).fetch_history()
    taken = [event for event in history.events if event.HasField("marker_recorded_event_attributes")]
    assert len(taken) == sum(steps)
