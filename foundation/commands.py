"""What a process is asked for: written down before it is sent, sent until it is answered, answered once.

A request that starts a process or gives it a command becomes a row of `foundation.command`, and is accepted
with that commit. Then whoever committed it sends it to Temporal, as an update whose id is the row's number in
its process. What is not answered soon, because somebody died or Temporal was away, the workers send again
(`workers.relay`): an update with the same id is the same update. What the process answers, or refuses, is
noted in the row; the same request gets it from there, for as long as the row is kept.
"""

import asyncio
import hashlib
import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, NamedTuple, Self

import structlog
from pydantic_core import to_json
from sqlalchemy import ARRAY, BigInteger, bindparam, text
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

from foundation import inbox, temporal, visibility
from foundation.database import database
from foundation.errors import Conflict, ProcessEnded, is_refusal
from foundation.mailbox import STARTED, BeginProcess, ProcessBegun
from foundation.messages import Caller, Message
from foundation.settings import settings
from foundation.tables import ProcessState
from foundation.transaction import Row, Transaction

log = structlog.get_logger()

START = "start"
"""The kind of the request that starts a process; the others are called as their updates are."""
CLOSED_ANSWERS_WITHIN = timedelta(seconds=5)


class Away(Exception):
    """Temporal does not answer: what is written down is sent when it does again."""


class Lost(Exception):
    """Temporal does not know a process that has not ended by our books."""


class Request(NamedTuple):
    """One request, as it is written down."""

    process_id: str
    kind: str
    key: str
    asked_hash: str
    """Tells whether somebody who comes again with the key asks for the same."""
    body: Message
    party: str | None = None
    summary: str | None = None


class Outcome(NamedTuple):
    """What a process said to a request: an answer, or a refusal with its problem details."""

    answer: Any = None
    refusal: dict[str, Any] | None = None

    @classmethod
    def of_refusal(cls, refusal: ApplicationError) -> Self:
        """What was refused, as it is kept."""
        return cls(refusal=refusal.details[0])

    def given(self) -> Any:
        """The answer. Refuses what the process refused."""
        if self.refusal is None:
            return self.answer
        detail, kind = self.refusal["detail"], self.refusal["type"]
        raise ApplicationError(detail, self.refusal, type=kind, non_retryable=True)


class Accepted(NamedTuple):
    """A request that is written down, as it is sent."""

    id: int
    number: int
    process_id: str
    kind: str
    body: Any
    caller: Caller
    party: str | None
    summary: str | None
    begun_by: str | None = None
    outcome: Outcome | None = None
    """What the process has said to it, once it has."""


_ACCEPT = text(
    """
    SELECT a.id, a.number, a.asked_hash, CAST(a.body AS text) AS body, a.answered_at, a.answer, a.refusal,
        a.ended
    FROM (
        SELECT set_config('perpetual.company', :company, true), set_config('perpetual.actor', :actor, true)
    ) AS scope, LATERAL foundation.accept_command(:process_id, :kind, :key, :asked_hash,
        CAST(:body AS jsonb), :party, :summary, :correlation_id, CAST(:is_known AS boolean)) AS a
    """
)
_BEGIN = text(
    """
    SELECT a.id, foundation.current_company() AS company, current_setting('perpetual.actor') AS actor
    FROM foundation.accept_command(:process_id, 'start', :process_id, :asked_hash, CAST(:body AS jsonb),
        :party, :summary, :correlation_id, true, :begun_by) AS a
    WHERE a.is_new
    """
)
_ANSWER = text("SELECT foundation.answer_commands(CAST(:answers AS jsonb))")


async def accept(caller: Caller, request: Request, *, is_known: bool = False) -> Accepted | None:
    """Write a request down, unless it was before; None when there is no such process.

    `is_known` says that there is one, though our books do not know it yet. Refuses: Conflict when its key was
    used for another request; ProcessEnded.
    """
    values = {
        **request._asdict(),
        "body": to_json(request.body).decode(),
        "company": caller.company,
        "actor": caller.actor,
        "correlation_id": caller.correlation_id,
        "is_known": is_known,
    }
    async with database().transaction() as tx:
        row = (await tx.execute(_ACCEPT, values)).one_or_none()
    if row is None:
        return None
    if row.ended is not None:
        raise ProcessEnded(f"this is over: {row.ended}")
    if row.asked_hash != request.asked_hash:
        raise Conflict(
            "this Idempotency-Key was used before for another request; use a new one for a new request"
        )
    outcome = Outcome(row.answer, row.refusal) if row.answered_at is not None else None
    return Accepted(
        row.id,
        row.number,
        request.process_id,
        request.kind,
        json.loads(row.body),
        caller,
        request.party,
        request.summary,
        outcome=outcome,
    )


async def begin(tx: Transaction, begin: BeginProcess) -> ProcessBegun:
    """Write down, in an operation's own transaction, that a process is to begin. It is started when that is
    committed; what was begun before, by whomever, is left as it is.
    """
    body = to_json(begin.body)
    values = {
        "process_id": begin.process_id,
        "asked_hash": hashlib.sha256(body).hexdigest(),
        "body": body.decode(),
        "party": begin.party,
        "summary": begin.summary,
        "correlation_id": begin.correlation_id,
        "begun_by": begin.begun_by,
    }
    row = (await tx.execute(_BEGIN, values)).one_or_none()
    if row is not None:
        caller = Caller(company=row.company, actor=row.actor, correlation_id=begin.correlation_id)
        tx.begun.append(
            Accepted(
                row.id,
                1,
                begin.process_id,
                START,
                begin.body,
                caller,
                begin.party,
                begin.summary,
                begin.begun_by,
            )
        )
    return ProcessBegun(process_id=begin.process_id, is_new=row is not None)


# Sent


async def send(client: Client, command: Accepted) -> Outcome:
    """Send it, as often as it takes, and wait for what the process says.

    Raises Away, Lost. Whoever cannot wait so long cancels this; the process goes on.
    """
    try:
        sent = _started(client, command) if command.kind == START else _updated(client, command)
        return Outcome(answer=await sent)
    except (WorkflowUpdateFailedError, WorkflowFailureError) as failed:
        if isinstance(failed.cause, ApplicationError) and is_refusal(failed.cause):
            return Outcome.of_refusal(failed.cause)
        raise
    except ProcessEnded as over:
        return Outcome.of_refusal(over)
    except WorkflowUpdateRPCTimeoutOrCancelledError as late:
        raise TimeoutError("the process is still at it") from late
    except Exception as failure:
        if temporal.is_away(failure):
            raise Away(str(failure)) from failure
        raise


async def _started(client: Client, command: Accepted) -> Any:
    caller = command.caller
    start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
        command.process_id.split("/")[1],
        command.body,
        id=command.process_id,
        task_queue=settings().task_queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        memo={"caller": caller, **({"begun_by": command.begun_by} if command.begun_by else {})},
        search_attributes=visibility.at_start(caller.company, command.party),
        static_summary=command.summary,
        static_details=f"Asked for by {caller.actor}, correlation id {caller.correlation_id}.",
    )
    update_id = _update_id(command)
    try:
        return await client.execute_update_with_start_workflow(
            STARTED, start_workflow_operation=start, id=update_id
        )
    except WorkflowAlreadyStartedError:
        pass
    except RPCError as failure:
        if failure.status is not RPCStatusCode.ALREADY_EXISTS:
            raise
    return await _answer_of_ended(client.get_workflow_handle(command.process_id), update_id)


async def _answer_of_ended(handle: WorkflowHandle[Any, Any], update_id: str) -> Any:
    """What a process that is over has answered to its start, or would have."""
    try:
        # Temporal remembers what it answered to the same update.
        return await handle.execute_update(STARTED, id=update_id)
    except RPCError as failure:
        if failure.status is not RPCStatusCode.NOT_FOUND:
            raise
    # It came to its end before it had heard of whoever started it: a server died in between.
    await handle.result(rpc_timeout=CLOSED_ANSWERS_WITHIN)
    return await handle.query("answered", rpc_timeout=CLOSED_ANSWERS_WITHIN)


async def _updated(client: Client, command: Accepted) -> Any:
    handle = client.get_workflow_handle(command.process_id)
    try:
        return await handle.execute_update(
            command.kind, args=[command.body, command.caller], id=_update_id(command)
        )
    except RPCError as failure:
        if failure.status is not RPCStatusCode.NOT_FOUND:
            raise
    async with database().read(command.caller.company) as tx:
        ended = await tx.get(ProcessState, command.process_id)
    if ended is None or ended.outcome is None:
        raise Lost(f"Temporal does not know {command.process_id}, which has not ended")
    raise ProcessEnded(f"this is over: {ended.document or command.process_id} is {ended.outcome}")


def _update_id(command: Accepted) -> str:
    return f"{command.kind}/{command.number}"


def send_soon(begun: Iterable[Accepted]) -> None:
    """Start what an operation has begun, while its answer goes its way; without a client the relay does."""
    if (client := inbox.client_here()) is not None:
        inbox.on_its_way(_send_each(client, list(begun)))


# Answered


class Answers:
    """Notes what processes have said, off the way of whoever waits for it: all that has come in since the
    last time at once. What is not noted, because somebody died, the relay asks the process for again.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[Accepted, Outcome]] = []
        self._noting: asyncio.Task[None] | None = None

    def note(self, command: Accepted, outcome: Outcome) -> None:
        """Note it soon."""
        self._waiting.append((command, outcome))
        if self._noting is None or self._noting.done():
            self._noting = asyncio.create_task(self._note_all())

    async def all_noted(self) -> None:
        """Wait for what is being noted: before this operating system process ends."""
        if self._noting is not None:
            await self._noting

    async def _note_all(self) -> None:
        while self._waiting:
            some, self._waiting = self._waiting, []
            try:
                await note(some)
            except Exception as failure:  # Whatever it is, the relay asks again.
                log.warning("answers are not noted yet", answers=len(some), why=repr(failure))


async def note(answered: Iterable[tuple[Accepted, Outcome]]) -> None:
    """Note what processes have said; what was noted before stays."""
    of_companies: dict[str, list[dict[str, Any]]] = {}
    for command, outcome in answered:
        row = {"id": command.id, **outcome._asdict()}
        of_companies.setdefault(command.caller.company, []).append(row)
    for company, rows in of_companies.items():
        async with database().write(company, RELAY) as tx:
            await tx.execute(_ANSWER, {"answers": to_json(rows).decode()})


# Sent again

RELAY = "relay"
"""Who notes what was answered, and what was tried."""
AT_ONCE = 20
"""So many processes are asked at the same time."""
ONE_TRY_SECONDS = 2.0

_UNANSWERED = text("SELECT company_id, id FROM foundation.unanswered(:at_most)")

# What is taken is not due again before this attempt is surely over; then less and less often.
_TAKE = text(
    """
    UPDATE foundation.command c
    SET due_at = now() + greatest(interval '5 seconds', least(now() - c.recorded_at, interval '1 minute'))
    FROM (
        SELECT id FROM foundation.command
        WHERE id = ANY (:ids) AND answered_at IS NULL AND due_at <= now()
        ORDER BY id FOR UPDATE SKIP LOCKED
    ) AS mine
    WHERE c.id = mine.id
    RETURNING c.id, c.number, c.process_id, c.kind, CAST(c.body AS text) AS body, c.company_id, c.actor,
        c.correlation_id, c.party, c.summary, c.begun_by
    """
).bindparams(bindparam("ids", type_=ARRAY(BigInteger)))


async def send_again(client: Client, *, at_most: int) -> int:
    """Send what is due in all companies, so many at most; gives how many were found."""
    async with database().transaction() as tx:
        found = (await tx.execute(_UNANSWERED, {"at_most": at_most})).all()
    if not found or not await client.service_client.check_health():
        return 0  # What is taken while Temporal is away would be due again later than need be.
    companies: dict[str, list[int]] = {}
    for company, row in found:
        companies.setdefault(company, []).append(row)
    due: list[Accepted] = []
    for company, ids in companies.items():
        async with database().write(company, RELAY) as tx:
            due += [_as_accepted(row) for row in await tx.execute(_TAKE, {"ids": ids})]
    await _send_each(client, due)
    return len(found)


def _as_accepted(row: Row) -> Accepted:
    caller = Caller(company=row.company_id, actor=row.actor, correlation_id=row.correlation_id)
    body = json.loads(row.body)
    shown = row.party, row.summary
    return Accepted(row.id, row.number, row.process_id, row.kind, body, caller, *shown, row.begun_by)


async def _send_each(client: Client, due: list[Accepted]) -> None:
    """Send the commands of each process in their order. One that does not answer keeps no other process
    waiting.
    """
    of_processes: dict[str, list[Accepted]] = {}
    for command in sorted(due, key=lambda one: one.number):
        of_processes.setdefault(command.process_id, []).append(command)
    turn = asyncio.Semaphore(AT_ONCE)

    async def ask(commands: list[Accepted]) -> None:
        async with turn:
            for command in commands:
                try:
                    async with asyncio.timeout(ONE_TRY_SECONDS):
                        outcome = await send(client, command)
                except TimeoutError:
                    continue  # The process is still at it.
                except Exception as failure:
                    log.warning(
                        "not sent yet", process=command.process_id, kind=command.kind, why=repr(failure)
                    )
                    return
                await note([(command, outcome)])

    await asyncio.gather(*map(ask, of_processes.values()))
