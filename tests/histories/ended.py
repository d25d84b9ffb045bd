"""The histories of a process that has come to its end: one for each of its runs."""

import asyncio
from contextlib import suppress
from typing import Any

from temporalio.client import Client, WorkflowFailureError, WorkflowHandle, WorkflowHistory

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

    The server skips time as long as a result is asked for, ten years to where one without end times out: it
    is asked only for what does not come without time that passes.
    """
    for _ in range(100):
        history = await handle.fetch_history()
        if fingerprint.of(history)[-1:] in (["completed"], ["failed"]):
            return history
        await asyncio.sleep(0.05)
    with suppress(WorkflowFailureError):
        await handle.result()
    return await handle.fetch_history()
