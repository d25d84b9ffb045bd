"""Starting processes and giving them commands;

And looking at them, from the database, also when they are long over.
"""

import hashlib
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import select
from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from api.door import Asked, AskedRequest, Page, Paging, Router, allows, page
from foundation import visibility
from foundation.errors import Conflict, NotFound
from foundation.messages import Message, ShownAmount, Stage
from foundation.process import ProcessEnded, Repair
from foundation.settings import settings
from foundation.tables import OperationLog, ProcessState

Answer = TypeVar("Answer", bound=Message)

_NO_TIME_LEFT = {RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED}


class StillAtWork(Exception):  # No failure: the answer is 202 with the process's location.
    """The process has the request and is still at it when the caller has waited long enough."""

    def __init__(self, process_id: str) -> None:
        super().__init__(process_id)
        self.process_id = process_id


class AlreadyOver(Exception):  # No failure: the same request came again.
    """A process with this id has run before and is over."""


def process_id_of(asked: AskedRequest, process: str, document_id: UUID) -> str:
    """The id of a document's process: known before it starts."""
    return f"{asked.caller.company}/{process}/{document_id}"


@dataclass(frozen=True)
class Start:
    """A process to start, and how it shows itself in the Temporal Web UI before its first step."""

    process: Any
    name: str
    document_id: UUID
    command: Message
    wait_for: str
    answer_type: type[Any]
    summary: str
    party: str | None = None


async def start(asked: AskedRequest, wanted: Start) -> Any:
    """Start a process, once by its document's id, and wait until it answers `wait_for`.

    Refuses: what the process refuses; Conflict when the key was used for another request. Raises
    StillAtWork when the process has started and takes longer than a caller should wait.
    """
    process_id = process_id_of(asked, wanted.name, wanted.document_id)
    client: Client = asked.app.state.temporal
    begin = WithStartWorkflowOperation(wanted.process.run, wanted.command, **_how(asked, wanted, process_id))
    update_id = f"{wanted.wait_for}/{wanted.document_id}"
    answer = client.execute_update_with_start_workflow(
        wanted.wait_for,
        start_workflow_operation=begin,
        id=update_id,
        result_type=wanted.answer_type,
        rpc_timeout=timedelta(seconds=settings().api_wait_seconds),
    )
    try:
        accepted = await _answered(answer, process_id)
    except (WorkflowAlreadyStartedError, AlreadyOver):
        # The process is over already, and Temporal remembers what it answered to the same update.
        handle: WorkflowHandle[Any, Any] = client.get_workflow_handle(process_id)
        accepted = await _updated(handle, wanted.wait_for, [], update_id, wanted.answer_type)
    except StillAtWork:
        # Not every timeout means that the process has started: make sure, before we say so.
        await _make_sure_it_started(client, asked, wanted, process_id)
        raise
    if accepted.request_hash != request_hash(wanted.command):
        raise Conflict(
            "this Idempotency-Key was used before for another request; use a new one for a new request"
        )
    return accepted


def request_hash(command: Message) -> str:
    """What tells whether two requests are the same."""
    return hashlib.sha256(to_json(command)).hexdigest()


def _how(asked: AskedRequest, wanted: Start, process_id: str) -> dict[str, Any]:
    return {
        "id": process_id,
        "task_queue": settings().task_queue,
        "id_conflict_policy": WorkflowIDConflictPolicy.USE_EXISTING,
        "id_reuse_policy": WorkflowIDReusePolicy.REJECT_DUPLICATE,
        "memo": {"caller": asked.caller},
        "search_attributes": visibility.at_start(asked.caller.company, wanted.party),
        "static_summary": wanted.summary,
        "static_details": f"Asked for by {asked.caller.actor}, correlation id {asked.caller.correlation_id}.",
    }


async def _make_sure_it_started(client: Client, asked: AskedRequest, wanted: Start, process_id: str) -> None:
    try:
        await client.start_workflow(wanted.process.run, wanted.command, **_how(asked, wanted, process_id))
    except WorkflowAlreadyStartedError:
        return


async def command(
    asked: AskedRequest, process_id: str, update: str, message: Message, answer_type: type[Answer]
) -> Answer:
    """Give a running process a command and wait for its answer, once by the request's Idempotency-Key.

    Refuses: what the process refuses; ProcessEnded, NotFound. Raises StillAtWork.
    """
    client: Client = asked.app.state.temporal
    handle: WorkflowHandle[Any, Any] = client.get_workflow_handle(process_id)
    update_id = f"{update}/{asked.caller.actor}/{asked.key}"
    try:
        return await _updated(handle, update, [message, asked.caller], update_id, answer_type)
    except RPCError as failure:
        if failure.status is not RPCStatusCode.NOT_FOUND:
            raise
        async with asked.read() as session:
            ended = await session.get(ProcessState, process_id)
        if ended is None:
            raise NotFound("there is no such document") from None
        raise ProcessEnded(
            f"this is over: {ended.document or process_id} is {ended.outcome or ended.stage}"
        ) from None


async def _updated(
    handle: WorkflowHandle[Any, Any], update: str, args: list[Any], update_id: str, answer_type: type[Answer]
) -> Answer:
    wait = timedelta(seconds=settings().api_wait_seconds)
    answer = handle.execute_update(update, args=args, id=update_id, result_type=answer_type, rpc_timeout=wait)
    answered: Answer = await _answered(answer, handle.id)
    return answered


async def _answered(answer: Awaitable[Any], process_id: str) -> Any:
    try:
        return await answer
    except WorkflowUpdateFailedError as failed:
        if isinstance(failed.cause, ApplicationError):
            raise failed.cause from None
        raise
    except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError):
        raise StillAtWork(process_id) from None
    except RPCError as failure:
        if failure.status in _NO_TIME_LEFT:
            raise StillAtWork(process_id) from None
        if failure.status is RPCStatusCode.ALREADY_EXISTS:
            raise AlreadyOver from None
        raise


# The routes


class ProcessView(Message):
    """Where a process stands, why it waits, on whom and since when."""

    id: str
    type: str
    stage: str
    waiting_on: str | None
    waiting_since: datetime | None
    waiting_until: datetime | None
    document: str | None
    party: str | None
    amount: ShownAmount | None
    currency: str | None
    exception: str | None
    outcome: str | None
    started_by: str
    correlation_id: str
    started_at: datetime
    changed_at: datetime
    closed_at: datetime | None


class TimelineEntry(Message):
    """One thing that was done."""

    at: datetime
    operation: str
    by: str
    correlation_id: str
    status: Literal["applied", "voided"]


class ProcessStory(ProcessView):
    """A process with everything that was done in it, oldest first."""

    timeline: list[TimelineEntry]


router = Router(prefix="/v1/processes", tags=["Processes"])


@router.get("", dependencies=[allows("operations.process.read")])
async def list_processes(
    asked: Asked,
    paging: Paging,
    type: str | None = None,  # The field's name in the answer.
    stage: str | None = None,
    waiting_on: str | None = None,
    party: str | None = None,
    document: str | None = None,
    only_open: bool = False,
    only_exceptions: bool = False,
) -> Page[ProcessView]:
    """Processes, the newest first; what waits on whom, what is parked."""
    wanted = select(ProcessState).order_by(ProcessState.started_at.desc(), ProcessState.id)
    filters = {"type": type, "stage": stage, "waiting_on": waiting_on, "party": party, "document": document}
    for column, value in filters.items():
        if value is not None:
            wanted = wanted.where(getattr(ProcessState, column) == value)
    if only_open:
        wanted = wanted.where(ProcessState.outcome.is_(None))
    if only_exceptions:
        wanted = wanted.where(ProcessState.exception.is_not(None))
    async with asked.read() as session:
        return await page(session, wanted, paging, lambda row: process_view(row[0]))


@router.get("/{process_id:path}", dependencies=[allows("operations.process.read")])
async def one_process(process_id: str, asked: Asked) -> ProcessStory:
    """One process with its timeline, from the database: also after Temporal has forgotten it."""
    async with asked.read() as session:
        state = await session.get(ProcessState, process_id)
        if state is None:
            raise NotFound(f"there is no process {process_id}")
        log = select(OperationLog).where(
            OperationLog.company_id == asked.caller.company, OperationLog.process_id == process_id
        )
        done = (await session.scalars(log.order_by(OperationLog.recorded_at))).all()
    timeline = [
        TimelineEntry(
            at=row.recorded_at,
            operation=row.name,
            by=row.actor,
            correlation_id=row.correlation_id,
            status="applied" if row.status == "applied" else "voided",
        )
        for row in done
    ]
    return ProcessStory(**dict(process_view(state)), timeline=timeline)


@router.post("/{process_id:path}/repair", dependencies=[allows("operations.process.repair")])
async def repair(process_id: str, decision: Repair, asked: Asked) -> ProcessStory:
    """Try a parked step again now, or give it up and take back what was done."""
    await command(asked, process_id, "repair", decision, Stage)
    return await one_process(process_id, asked)


def process_view(state: ProcessState) -> ProcessView:
    """A process's row as it is answered."""
    return ProcessView(**{name: getattr(state, name) for name in ProcessView.model_fields})
