"""Processes whose workflow tasks fail: they cannot say so themselves, so it is looked up and noted for them.

What a process can catch it shows itself (`defects`). What it cannot, a history that does not fit our programs
any more, or a request that cannot be read, fails its task again and again, until other programs run. Temporal
reports such runs by a search attribute; the workers look for it, and note it in `foundation.process.process`.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import structlog
from sqlalchemy import ARRAY, Text, bindparam, text
from temporalio.api.common.v1 import WorkflowExecution as Execution
from temporalio.api.enums.v1 import WorkflowTaskFailedCause
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryReverseRequest
from temporalio.client import Client, WorkflowExecution

from foundation.database.connections import database
from foundation.operations import agreement
from foundation.runtime import visibility
from foundation.values.messages import Caller, shortened

log = structlog.get_logger()

REPORTED = "TemporalReportedProblems IS NOT NULL AND ExecutionStatus = 'Running'"
AT_MOST = 1_000
"""So many are looked at; beyond, none that was noted is taken for mended."""
LAST_EVENTS = 20
WATCH = "watch"
"""Who notes which tasks fail."""

_NOTED = text("SELECT company_id, id FROM foundation.failing_processes()").columns(company_id=Text, id=Text)
# A process that never came to its first step has no row yet.
_NOTE = text(
    """
    INSERT INTO foundation.process AS p (
        id, company_id, type, stage, started_by, correlation_id, task_failure)
    VALUES (:id, foundation.current_company(), :type, 'starting', :started_by, :correlation_id, :task_failure)
    ON CONFLICT (id) DO UPDATE SET task_failure = excluded.task_failure, changed_at = now()
        WHERE p.outcome IS NULL
    """
)
_MENDED = text(
    "UPDATE foundation.process SET task_failure = NULL, changed_at = now() WHERE id = ANY (:ids)"
).bindparams(bindparam("ids", type_=ARRAY(Text)))


class Change(NamedTuple):
    """What is new of a company's processes: whose tasks fail, and whose do so no more."""

    failing: list[WorkflowExecution]
    mended: list[str]


async def note(client: Client) -> int:
    """Note which tasks fail now, and which do no more; gives how many fail."""
    reported = f"{REPORTED} AND {await agreement.is_of_these_books(client)}"
    found = {run.id: run async for run in client.list_workflows(reported, limit=AT_MOST)}
    async with database().transaction() as tx:
        noted: dict[str, str] = {row.id: row.company_id for row in await tx.execute(_NOTED)}
    for company, change in _changes(found, noted).items():
        rows = [await _row(client, run) for run in change.failing]
        async with database().write(company, WATCH) as tx:
            await tx.execute_each(_NOTE, rows)
            if change.mended:
                await tx.execute(_MENDED, {"ids": change.mended})
    return len(found)


def _changes(found: Mapping[str, WorkflowExecution], noted: Mapping[str, str]) -> dict[str, Change]:
    changes: dict[str, Change] = {}
    for process_id, run in found.items():
        company = run.typed_search_attributes.get(visibility.COMPANY)
        if process_id not in noted and company is not None:  # Others may use the same server.
            changes.setdefault(company, Change([], [])).failing.append(run)
    if len(found) < AT_MOST:
        for process_id in noted.keys() - found.keys():
            changes.setdefault(noted[process_id], Change([], [])).mended.append(process_id)
    return changes


async def _row(client: Client, run: WorkflowExecution) -> dict[str, str]:
    why = await _why(client, run)
    log.warning("workflow task fails", process=run.id, why=why)
    caller = await run.memo_value("caller", default=None, type_hint=Caller)
    return {
        "id": run.id,
        "type": run.workflow_type,
        "started_by": caller.actor if caller else WATCH,
        "correlation_id": caller.correlation_id if caller else "",
        "task_failure": why,
    }


async def _why(client: Client, run: WorkflowExecution) -> str:
    """What the worker said when it failed, the first time in a row; Temporal keeps no other."""
    ask = GetWorkflowExecutionHistoryReverseRequest(
        namespace=client.namespace,
        execution=Execution(workflow_id=run.id, run_id=run.run_id),
        maximum_page_size=LAST_EVENTS,
    )
    answer = await client.workflow_service.get_workflow_execution_history_reverse(ask)
    for event in answer.history.events:
        if event.HasField("workflow_task_failed_event_attributes"):
            failed = event.workflow_task_failed_event_attributes
            cause = WorkflowTaskFailedCause.Name(failed.cause).removeprefix("WORKFLOW_TASK_FAILED_CAUSE_")
            cause = cause.lower().replace("_", " ")
            return shortened(f"its workflow task fails: {cause}: {failed.failure.message}", 500)
    return f"its workflow task fails: {', '.join(_reported(run))}"


def _reported(run: WorkflowExecution) -> Iterable[str]:
    return (str(problem) for problem in run.search_attributes.get("TemporalReportedProblems", ()))
