"""What an operator can do to running processes in Temporal: reset them, and terminate them.

A process that is terminated goes on only when somebody compares Temporal with the books: off by default.
"""

from contextlib import suppress
from random import Random

import asyncpg
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import Client
from temporalio.service import RPCError

from tests.faults.site import Site

RUNNING = "SELECT id FROM foundation.process WHERE outcome IS NULL ORDER BY id"
OUT_OF_REACH = (
    *(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError, asyncpg.InternalClientError),
    *(RPCError, RuntimeError),
)


class Tampering:
    """Does it to one process that is under way, by the books."""

    def __init__(self, site: Site, chance: Random) -> None:
        self.site, self.chance = site, chance

    async def reset(self, kind: str) -> bool:
        """Begin one again from its last workflow task; whether there was one."""
        with suppress(*OUT_OF_REACH):
            client, process_id = await self._one()
            handle = client.get_workflow_handle(process_id)
            history = await handle.fetch_history()
            done = [
                event.event_id
                for event in history.events
                if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
            ]
            await client.workflow_service.reset_workflow_execution(
                ResetWorkflowExecutionRequest(
                    namespace=client.namespace,
                    workflow_execution=WorkflowExecution(workflow_id=process_id),
                    reason=kind,
                    workflow_task_finish_event_id=done[-1],
                    request_id=f"{process_id} {self.chance.random()}",
                )
            )
            return True
        return False

    async def terminate(self, kind: str) -> bool:
        """End one in the middle; whether there was one."""
        with suppress(*OUT_OF_REACH):
            client, process_id = await self._one()
            await client.get_workflow_handle(process_id).terminate(kind)
            return True
        return False

    async def _one(self) -> tuple[Client, str]:
        """One that is under way. Raises: RuntimeError when none is."""
        connection = await asyncpg.connect(self.site.addresses.owner, timeout=2)
        try:
            running = [row["id"] for row in await connection.fetch(RUNNING, timeout=2)]
        finally:
            await connection.close(timeout=1)
        if not running:
            raise RuntimeError("nothing is under way")
        return await Client.connect(self.site.temporal.address), self.chance.choice(running)
