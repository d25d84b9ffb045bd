"""The histories of a process that has come to its end: one for each of its runs."""

import asyncio
from typing import Any

from temporalio.client import Client, WorkflowHandle, WorkflowHistory

from tests.histories import fingerprint


async def runs_of(temporal: Client, process_id: str) -> list[WorkflowHistory]:
    """The first run first."""
    history = await _over(temporal.get_workflow_handle(process_id))
    runs = [history]
    while run_id := _begun_with(runs[0]).continued_execution_run_id:
        runs.insert(0, await temporal.get_workflow_handle(process_id, run_id=run_id).fetch_history())
    for run in runs:
        # A replay is of the same process only with the same id; the test server leaves it out.
        _begun_with(run).workflow_id = process_id
    return runs


def _begun_with(history: WorkflowHistory) -> Any:
    return history.events[0].workflow_execution_started_event_attributes


async def _over(handle: WorkflowHandle[Any, Any]) -> WorkflowHistory:
    """The whole history of the last run.

    Not by asking for the result: as long as one asks, and for a moment afterwards, the server skips time to
    whatever comes next, be it ten years to where somebody else's process times out.
    """
    for _ in range(600):
        history = await handle.fetch_history()
        if fingerprint.of(history)[-1:] in (["completed"], ["failed"]):
            return history
        await asyncio.sleep(0.05)
    raise AssertionError(f"{handle.id} has not come to its end")
