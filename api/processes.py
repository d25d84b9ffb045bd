"""Starting processes, giving them commands and asking them questions."""

import hashlib
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar
from uuid import UUID

from pydantic_core import to_json
from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.processes import decide
from api.door import AskedRequest
from foundation import visibility
from foundation.errors import Conflict, NotFound
from foundation.messages import Call, Message
from foundation.process import ProcessEnded
from foundation.settings import settings
from foundation.steps import Decision
from foundation.tables import ProcessState

Answer = TypeVar("Answer", bound=Message)

_NO_TIME_LEFT = {RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED}


class StillAtWork(Exception):  # No failure: the answer is 202 with the process's location.
    """The process has the request and is still at it when the caller has waited long enough."""

    def __init__(self, process_id: str) -> None:
        super().__init__(process_id)
        self.process_id = process_id


class AlreadyOver(Exception):  # No failure: the same request came again.
    """A process with this id has run before and is over."""


def process_id_of(asked: AskedRequest, process: str, document_id: UUID | date | str) -> str:
    """The id of a document's process, or of a day's or month's: known before it starts."""
    return f"{asked.caller.company}/{process}/{document_id}"


async def write_down(asked: AskedRequest, process_id: str, decision: Decision) -> None:
    """Write a person's decision about a process down that the process itself is not asked for."""
    key = f"{process_id}/process.decide/{asked.caller.actor}/{asked.key}"
    await decide(Call(key=key, caller=asked.caller, process_id=process_id), decision)


@dataclass(frozen=True)
class Start:
    """A process to start, and how it shows itself in the Temporal Web UI before its first step."""

    process: Any
    name: str
    document_id: UUID | date | str
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
        accepted = await _answer_of_ended(client.get_workflow_handle(process_id), wanted, update_id)
    except StillAtWork:
        # Not every timeout means that the process has started: make sure, before we say so.
        await _make_sure_it_started(client, asked, wanted, process_id)
        raise
    if accepted.request_hash != request_hash(wanted.command):
        raise Conflict(
            "this Idempotency-Key was used before for another request; use a new one for a new request"
        )
    return accepted


async def _answer_of_ended(handle: WorkflowHandle[Any, Any], wanted: Start, update_id: str) -> Any:
    """What a process that is over has answered, or would have; refuses what it was refused for."""
    try:
        # Temporal remembers what it answered to the same update.
        return await _updated(handle, wanted.wait_for, [], update_id, wanted.answer_type)
    except RPCError as failure:
        if failure.status is not RPCStatusCode.NOT_FOUND:
            raise
    # It came to its end before it had heard of whoever started it: a server died in between.
    wait = timedelta(seconds=settings().api_wait_seconds)
    try:
        await handle.result(rpc_timeout=wait)
    except WorkflowFailureError as failed:
        if isinstance(failed.cause, ApplicationError):
            raise failed.cause from None
        raise
    return await handle.query("answered", result_type=wanted.answer_type, rpc_timeout=wait)


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


async def keep_running(
    asked: AskedRequest,
    process: Any,
    command: Message,
    *,
    name: str,
    summary: str,
    reuse: WorkflowIDReusePolicy = WorkflowIDReusePolicy.ALLOW_DUPLICATE,
) -> None:
    """Start a process that nobody waits for, unless it runs already.

    `name` is its id without the company.
    """
    client: Client = asked.app.state.temporal
    try:
        await client.start_workflow(
            process.run,
            command,
            id=f"{asked.caller.company}/{name}",
            task_queue=settings().task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=reuse,
            memo={"caller": asked.caller},
            search_attributes=visibility.at_start(asked.caller.company, None),
            static_summary=summary,
        )
    except WorkflowAlreadyStartedError:
        return


async def command(
    asked: AskedRequest, process_id: str, update: str, message: Message, answer_type: type[Answer]
) -> Answer:
    """Give a running process a command and wait for its answer, once by the request's Idempotency-Key.

    Refuses: what the process refuses; Conflict when the key was used for another request; ProcessEnded,
    NotFound. Raises StillAtWork.
    """
    handle = _handle(asked, process_id)
    update_id = f"{update}/{asked.caller.actor}/{asked.key}#{asked.body_hash}"
    try:
        return await _updated(handle, update, [message, asked.caller], update_id, answer_type)
    except RPCError as failure:
        raise await _is_over(asked, process_id, failure) from None


async def question(
    asked: AskedRequest, process_id: str, query: str, message: Message, answer_type: type[Answer]
) -> Answer:
    """Ask a running process something that changes nothing. Refuses: ProcessEnded, NotFound."""
    wait = timedelta(seconds=settings().api_wait_seconds)
    try:
        answered: Answer = await _handle(asked, process_id).query(
            query, message, result_type=answer_type, rpc_timeout=wait
        )
    except RPCError as failure:
        raise await _is_over(asked, process_id, failure) from None
    return answered


def _handle(asked: AskedRequest, process_id: str) -> WorkflowHandle[Any, Any]:
    client: Client = asked.app.state.temporal
    return client.get_workflow_handle(process_id)


async def _is_over(asked: AskedRequest, process_id: str, failure: RPCError) -> Exception:
    """What to say about a process that Temporal does not run (any more)."""
    if failure.status is not RPCStatusCode.NOT_FOUND:
        return failure
    async with asked.read() as tx:
        ended = await tx.get(ProcessState, process_id)
    if ended is None:
        return NotFound("there is no such document")
    return ProcessEnded(f"this is over: {ended.document or process_id} is {ended.outcome or ended.stage}")


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
