"""Starting processes, giving them commands and asking them questions."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar
from uuid import UUID

import structlog
from pydantic_core import to_json
from temporalio.client import Client, WorkflowQueryFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from activities.processes import decide
from api.door import AskedRequest
from api.dry_runs import WouldBeTaken, would_take_command
from foundation.database.rehearsal import Would, current, refuse_in_dry_run, would_be_done
from foundation.database.tables import OperationLog, ProcessState
from foundation.database.transaction import Row, Transaction
from foundation.operations import commands, delivery
from foundation.operations.commands import Accepted, Request
from foundation.operations.operation import OPERATIONS, Operation
from foundation.process import holding, parking
from foundation.process.accepting import commands_of, problem_of
from foundation.process.holding import Decision
from foundation.process.process_types import process_types
from foundation.process.rehearsing import CommandRehearsed, Rehearsed, StepToTry, StepTried
from foundation.runtime import temporal
from foundation.runtime.settings import settings
from foundation.values import versions
from foundation.values.errors import NotFound, ProcessEnded, is_refusal, refused_with
from foundation.values.messages import Call, Message

log = structlog.get_logger()
Answer = TypeVar("Answer", bound=Message)

_IS_THERE_SECONDS = 2.0
NO_ANSWER = object()
"""What a process says that cannot be asked."""


class StillAtWork(Exception):  # No failure: the answer is 202 with the process's location.
    """What was asked is written down, and the caller has waited long enough for its process's answer."""

    def __init__(self, process_id: str, state: Row | None = None) -> None:
        super().__init__(process_id)
        self.process_id = process_id
        self.state = state
        """Where the process stands by our books, when they could be read."""


def process_id_of(asked: AskedRequest, process: str, document_id: UUID | date | str) -> str:
    """The id of a document's process, or of a day's or month's: known before it starts."""
    return f"{asked.caller.company}/{process}/{document_id}"


async def decided_before(asked: AskedRequest, process_id: str) -> bool:
    """Whether the request's decision about a process was written down."""
    async with asked.read() as tx:
        return await tx.get(OperationLog, _key_of_decision(asked, process_id)) is not None


async def write_down(asked: AskedRequest, process_id: str, decision: Decision) -> Decision:
    """Write a person's decision about a process down that the process itself is not asked for; gives the one
    that was, when the request comes again. Refuses: Conflict.
    """
    key = _key_of_decision(asked, process_id)
    call = Call(key=key, caller=asked.caller, process_id=process_id, asked_hash=asked.asked_hash)
    return await decide(call, decision)


def _key_of_decision(asked: AskedRequest, process_id: str) -> str:
    return f"{process_id}/process.decide/{asked.caller.actor}/{asked.key}"


@dataclass(frozen=True)
class Start:
    """A process to start, and how it shows itself in the Temporal Web UI before its first step."""

    name: str
    document_id: UUID | date | str
    command: Message
    answer_type: type[Any]
    summary: str
    party: str | None = None
    first: tuple[Operation[Any, Any], Message] | None = None
    """Its first step, which a dry run does: what is refused there is refused before all else."""


async def start(asked: AskedRequest, wanted: Start) -> Any:
    """Start a process, once by its document's id, and wait until it has begun.

    Refuses: what the process refuses; Conflict when the key was used for another request; NoDryRun. Raises
    StillAtWork when the process is to start and takes longer than a caller should wait.
    """
    if asked.is_dry_run:
        raise await _would_start(asked, wanted)
    request = Request(
        process_id=process_id_of(asked, wanted.name, wanted.document_id),
        kind=commands.START,
        key=asked.key or "",
        asked_hash=_hash_of_start(asked, wanted),
        body=wanted.command,
        party=wanted.party,
        summary=wanted.summary,
    )
    accepted = await commands.accept(asked.caller, request)
    assert accepted is not None
    return versions.read(wanted.answer_type, await _answered(asked, accepted))


async def _would_start(asked: AskedRequest, wanted: Start) -> WouldBeTaken:
    """What the first step of a process answers. Refuses what it refuses; NoDryRun where there is none."""
    if wanted.first is None:
        refuse_in_dry_run()
        raise AssertionError("a process is started in a dry run")
    operation, command = wanted.first
    answer = await asked.run(operation, command)
    process_id = process_id_of(asked, wanted.name, wanted.document_id)
    return WouldBeTaken(process_id, "start", answer.model_dump(mode="json"))


def _hash_of_start(asked: AskedRequest, wanted: Start) -> str | None:
    if isinstance(wanted.document_id, UUID):
        # It is made of the key: the same key sent elsewhere asks for something else.
        return asked.asked_hash or ""
    return None  # A day's or month's: its id says what is asked for.


async def command(
    asked: AskedRequest, process_id: str, kind: str, message: Message, answer_type: type[Answer]
) -> Answer:
    """Give a process a command and wait for its answer, once by the request's Idempotency-Key.

    Refuses: what the process refuses; Conflict when the key was used for another request; ProcessEnded;
    NotFound when the company has no such process. Raises StillAtWork; WouldBeTaken in a dry run, when it is
    not known before what the process answers.
    """
    _check_own(asked, process_id)
    if asked.is_dry_run:
        answer = await would_take(asked, process_id, kind, message)
        if answer is None:
            raise WouldBeTaken(process_id, kind)
        would_be_done([would_take_command(process_id, kind)])
        return versions.read(answer_type, answer)
    request = Request(process_id, kind, asked.key or "", asked.asked_hash, message)
    accepted = await commands.accept(asked.caller, request)
    if accepted is None and await _is_running(asked, process_id):
        # Another process has begun it, and it has not yet come to its first step.
        accepted = await commands.accept(asked.caller, request, is_known=True)
    if accepted is None:
        raise NotFound("there is no such document")
    return versions.read(answer_type, await _answered(asked, accepted))


async def _answered(asked: AskedRequest, accepted: Accepted) -> Any:
    """What the process says to what is written down, within the time that a caller waits."""
    if accepted.outcome is not None:
        return accepted.outcome.given()
    try:
        async with asyncio.timeout(settings().api_wait_seconds):
            accepted = await commands.until_its_turn(accepted)
            if accepted.outcome is not None:
                return accepted.outcome.given()
            outcome = await delivery.send(asked.app.state.temporal, accepted)
    except (TimeoutError, delivery.Away, delivery.Lost):
        raise StillAtWork(accepted.process_id, await _state_of(asked, accepted.process_id)) from None
    asked.app.state.answers.note(accepted, outcome)
    return outcome.given()


async def _state_of(asked: AskedRequest, process_id: str) -> Row | None:
    with suppress(Exception):  # It says more; what was asked for is accepted without it.
        async with asked.read() as tx:
            return await tx.get(ProcessState, process_id)
    return None


async def keep_running(
    asked: AskedRequest,
    command: Message,
    *,
    name: str,
    summary: str,
) -> None:
    """Start a process anew that nobody waits for, unless it runs already.

    `name` is its id without the company. Its first start is written down by who needs it; this is for one
    that somebody has stopped since.
    """
    if asked.is_dry_run:
        return
    client: Client = asked.app.state.temporal
    try:
        how = delivery.how_started(f"{asked.caller.company}/{name}", command, asked.caller, summary)
        await client.start_workflow(**how)
    except Exception as failure:
        if not temporal.is_away(failure):
            raise
        log.warning("not kept running", process=name, why=repr(failure))


async def would_take(
    asked: AskedRequest, process_id: str, kind: str, message: Message, *, query: str = "would_take"
) -> Any:
    """What the process would answer the command with; None when that is not known before.

    It names its steps one after the other, and each is tried here; another `query` than the one that all
    processes have follows the command further. Refuses what the process would refuse the
    command with, or a step of it; ProcessEnded, NotFound. Raises WouldBeTaken when a step would have to wait.
    """
    body, tried = message.model_dump(mode="json"), list[StepTried]()
    while True:
        about = CommandRehearsed(kind=kind, body=body, by=asked.caller, tried=tuple(tried))
        said = await ask(asked, process_id, query, about)
        if said is NO_ANSWER:
            problem = (await accepted_by_books(asked, process_id)).get(kind)
            said = Rehearsed(refused=problem).model_dump()
        rehearsed = versions.read(Rehearsed, said)
        if rehearsed.refused is not None:
            raise refused_with(rehearsed.refused)
        if rehearsed.step is None:
            return rehearsed.answer
        tried.append(await _tried(process_id, kind, rehearsed.step))


async def _tried(process_id: str, kind: str, step: StepToTry) -> StepTried:
    """What becomes of a step in the dry run that is under way."""
    operation = OPERATIONS[step.operation]
    call = Call(key=step.key, caller=step.by, process_id=process_id)
    if (rehearsal := current()) is not None:
        rehearsal.is_told = not step.is_later
    try:
        answer = await operation(
            call, operation.ask_type.model_validate_json(to_json(step.command), context=versions.INSIDE)
        )
    except ApplicationError as refusal:
        if not is_refusal(refusal):
            raise
        if step.must:
            waits = Would(what=f"{operation.title} would wait: {refusal.message}", operation=operation.name)
            raise WouldBeTaken(process_id, kind, waits=waits) from None
        return StepTried(refused=refusal.details[0])
    return StepTried(answer=answer.model_dump(mode="json"))


async def accepted(asked: AskedRequest, process_id: str) -> dict[str, Any]:
    """By kind of command, the problem with which a process would refuse it now; None if it would not."""
    try:
        said = await ask(asked, process_id, "accepts")
    except ApplicationError as over:
        async with asked.read() as tx:
            state = await tx.get(ProcessState, process_id)
        return (
            {} if state is None else dict.fromkeys(commands_of(process_types()[state.type]), over.details[0])
        )
    return await accepted_by_books(asked, process_id) if said is NO_ANSWER else dict(said)


async def is_known(tx: Transaction, process_id: str) -> bool:
    """Whether the company has such a process."""
    return "\0" not in process_id and await tx.get(ProcessState, process_id) is not None


async def ask(asked: AskedRequest, process_id: str, query: str, *about: Any) -> Any:
    """Ask a process by a query; NO_ANSWER when Temporal is away, or the process cannot say.

    Refuses: ProcessEnded, NotFound.
    """
    _check_own(asked, process_id)
    async with asked.read() as tx:
        state = await tx.get(ProcessState, process_id)
    if state is not None and state.outcome is not None:
        raise await _is_over(asked, process_id)
    client: Client = asked.app.state.temporal
    wait = timedelta(seconds=settings().api_wait_seconds)
    try:
        return await client.get_workflow_handle(process_id).query(query, args=list(about), rpc_timeout=wait)
    except WorkflowQueryFailedError:
        return NO_ANSWER
    except Exception as failure:
        if temporal.is_unknown(failure):
            if state is None:
                raise NotFound("there is no such document") from None
            return NO_ANSWER
        if not temporal.is_away(failure) and not isinstance(failure, RPCError):
            raise
        return NO_ANSWER


async def accepted_by_books(asked: AskedRequest, process_id: str) -> dict[str, Any]:
    """What our books say that a process refuses, while Temporal cannot be asked: by kind, as a problem."""
    async with asked.read() as tx:
        state = await tx.get(ProcessState, process_id)
    if state is None:
        raise NotFound("there is no such document")
    held = state.exception if state.failure == holding.HELD else None
    checks: dict[str, Callable[[], None]] = {
        kind: lambda: holding.check_not_held(held) for kind in commands_of(process_types()[state.type])
    }
    checks |= {
        "hold": lambda: holding.check_can_be_held(held, outcome=state.outcome, stage=state.stage),
        "release": lambda: holding.check_can_be_released(held),
        "repair": lambda: parking.check_parked(None if held else state.exception),
    }
    return {kind: problem_of(check) for kind, check in checks.items()}


def _check_own(asked: AskedRequest, process_id: str) -> None:
    """A path may name any process: only the company's own are looked at. Refuses: NotFound."""
    if not process_id.startswith(f"{asked.caller.company}/") or "\0" in process_id:
        raise NotFound("there is no such document")


async def _is_running(asked: AskedRequest, process_id: str) -> bool:
    client: Client = asked.app.state.temporal
    wait = timedelta(seconds=_IS_THERE_SECONDS)
    try:
        found = await client.get_workflow_handle(process_id).describe(rpc_timeout=wait)
    except RPCError as failure:
        if not temporal.is_unknown(failure):
            raise
        return False
    return found.close_time is None


async def _is_over(asked: AskedRequest, process_id: str) -> Exception:
    """What to say about a process that Temporal does not run (any more)."""
    async with asked.read() as tx:
        ended = await tx.get(ProcessState, process_id)
    if ended is None:
        return NotFound("there is no such document")
    return ProcessEnded.of(ended.document or process_id, ended.outcome or ended.stage)
