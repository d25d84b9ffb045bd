"""A process that does nothing: the limit that the Temporal server and the SDK set to any process of three
calls.

Run as `python -m benchmarks.empty_process` it is a worker for it, with the same settings as ours.
"""

import asyncio
import os
import signal
from datetime import timedelta

from temporalio import workflow
from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from foundation.runtime import temporal
from foundation.runtime.settings import settings
from workers.main import process_worker

QUEUE = "bench-empty"


@workflow.defn(name="empty_process")
class EmptyProcess:
    """Answers three messages and ends."""

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
    async def begin(self) -> str:
        """The first message, which starts the process."""
        return "begun"

    @workflow.update
    async def go_on(self) -> str:
        """The second message."""
        return "gone on"

    @workflow.update
    async def end(self) -> str:
        """The third message, after which the process ends."""
        self.is_over = True
        return "ended"


async def run_once(client: Client, workflow_id: str) -> None:
    """Start a process and send it its messages, each answered before the next."""
    begin = WithStartWorkflowOperation(
        EmptyProcess.run,
        id=workflow_id,
        task_queue=QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
    )
    wait = timedelta(seconds=30)
    await client.execute_update_with_start_workflow(
        EmptyProcess.begin, start_workflow_operation=begin, rpc_timeout=wait
    )
    handle = client.get_workflow_handle(workflow_id)
    await handle.execute_update("go_on", rpc_timeout=wait)
    await handle.execute_update("end", rpc_timeout=wait)


async def main() -> None:
    """Work on empty processes until told to stop."""
    client = await temporal.connect(settings())
    worker = process_worker(client, settings(), task_queue=QUEUE, workflows=[EmptyProcess], activities=[])
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with worker:
        await stop.wait()


if __name__ == "__main__":
    import uvloop

    uvloop.run(main())
    os._exit(0)
