"""As many steps as an order takes, each one empty transaction: the limit that is left when operations cost
nothing.

The process gets the same three messages as an order, and takes as many local steps for each. What an order
costs more is its own: requests and answers, SQL, the log, search attributes and the API.

Run as `python -m benchmarks.empty_steps` it is one of its workers, made as ours are.
"""

import asyncio
import os
import signal
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import text
from temporalio import activity, workflow
from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.workflow import ActivityCancellationType

from foundation.database.connections import database, open_database
from foundation.process.attempts import QUICK_RETRY, STEP_TIMEOUT
from foundation.runtime import temporal
from foundation.runtime.settings import settings
from workers.main import process_worker

QUEUE = "bench-steps"
STEP = "bench.empty_step"
_NOTHING = text("SELECT 1 AS nothing")


class Steps(NamedTuple):
    """How many steps each of an order's three messages takes."""

    order: int
    shipment: int
    payment: int


@activity.defn(name=STEP)
async def empty_step(number: int) -> str:
    """One transaction of our pool that does nothing."""
    async with database().transaction() as transaction:
        await transaction.execute(_NOTHING)
    return f"step {number} is taken"


@workflow.defn(name="empty_steps")
class EmptySteps:
    """Answers three messages, each after its steps, and ends."""

    steps_begun = 0
    """What our workers look at when a command is given."""

    def __init__(self) -> None:
        self.is_over = False

    @workflow.run
    async def run(self) -> None:
        """Wait for the last message."""
        await workflow.wait_condition(lambda: self.is_over)
        await workflow.wait_condition(workflow.all_handlers_finished)

    @workflow.update
    async def begin(self, steps: int) -> str:
        """The first message, which starts the process."""
        return await self.take(steps)

    @workflow.update
    async def go_on(self, steps: int) -> str:
        """The second message."""
        return await self.take(steps)

    @workflow.update
    async def end(self, steps: int) -> str:
        """The third message, after which the process ends."""
        answer = await self.take(steps)
        self.is_over = True
        return answer

    async def take(self, steps: int) -> str:
        """Take so many steps, one after the other, as `foundation.process.steps` takes its own."""
        answer = ""
        for number in range(steps):
            answer = await workflow.execute_local_activity(
                STEP,
                args=[number],
                result_type=str,
                start_to_close_timeout=STEP_TIMEOUT,
                retry_policy=QUICK_RETRY,
                cancellation_type=ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
                summary="Empty step",
            )
        return answer


async def run_once(client: Client, workflow_id: str, steps: Steps) -> None:
    """Start a process and send it its messages, each answered before the next."""
    begin = WithStartWorkflowOperation(
        EmptySteps.run,
        id=workflow_id,
        task_queue=QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
    )
    wait = timedelta(seconds=30)
    await client.execute_update_with_start_workflow(
        EmptySteps.begin, steps.order, start_workflow_operation=begin, rpc_timeout=wait
    )
    handle = client.get_workflow_handle(workflow_id)
    await handle.execute_update("go_on", steps.shipment, rpc_timeout=wait)
    await handle.execute_update("end", steps.payment, rpc_timeout=wait)


async def main() -> None:
    """Work on empty steps until told to stop."""
    pool = open_database(settings().database_url, pool_size=settings().database_pool_size)
    client = await temporal.connect(settings())
    worker = process_worker(
        client, settings(), task_queue=QUEUE, workflows=[EmptySteps], activities=[empty_step]
    )
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with worker:
        await stop.wait()
    await pool.close()


if __name__ == "__main__":
    import uvloop

    uvloop.run(main())
    os._exit(0)
