"""How what was accepted (`commands`) reaches its process, and the process's answer its row.

Whoever has committed a request sends it. What is not answered soon, because somebody died or Temporal was
away, the workers send again (`workers.relay`): an update with the same id is the same update.
"""

import asyncio
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import timedelta
from types import MappingProxyType
from typing import Any

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

from foundation.database.connections import database
from foundation.database.tables import ProcessState
from foundation.database.transaction import Row
from foundation.operations import inbox, relaying
from foundation.operations.commands import START, Accepted, Outcome
from foundation.operations.mailbox import NOT_WAITED_FOR, STARTED, AnsweredBefore, NextRun
from foundation.operations.relaying import ONE_TRY_SECONDS, RELAY
from foundation.runtime import temporal, visibility
from foundation.runtime.settings import settings
from foundation.values.errors import BusinessError, ProcessEnded, is_refusal
from foundation.values.messages import Caller

log = structlog.get_logger()

_RUN_IS_OVER = "AcceptedUpdateCompletedWorkflow"
"""What Temporal says of an update whose run was reset or ended meanwhile: the next run is asked again."""
IS_THERE_SECONDS = 0.2
"""A command that is sent has reached Temporal by then, as a rule."""
UNTIL_THE_NEXT_RUN_SECONDS = 0.2
_IS_NOT_READ = "Failed decoding arguments"
"""What the SDK says of an update that is not what its process takes under this name."""
CLOSED_ANSWERS_WITHIN = timedelta(seconds=5)


class Away(Exception):
    """Temporal does not answer, or does not reach the process: what is written down is sent when it does."""


class CannotBeSent(BusinessError):
    """Temporal does not take the request, or its process cannot read it, and never will."""


class Lost(Exception):
    """Temporal does not know a process that has not ended by our books."""


async def send(client: Client, command: Accepted) -> Outcome:
    """Send it, as often as it takes, and wait for what the process says.

    Raises Away, Lost. Whoever cannot wait so long cancels this; the process goes on.
    """
    while (outcome := await _said(client, command)).refusal is not None:
        if outcome.refusal["type"] == AnsweredBefore.type_name():
            return await _noted(command)
        if outcome.refusal["type"] != NextRun.type_name():
            break
        await asyncio.sleep(UNTIL_THE_NEXT_RUN_SECONDS)
    return outcome


_NOTED = text("SELECT answer, refusal FROM foundation.command WHERE id = :id AND answered_at IS NOT NULL")


async def _noted(command: Accepted) -> Outcome:
    """What an earlier run of the process has answered, as it was noted."""
    async with database().read(command.caller.company) as tx:
        row = (await tx.execute(_NOTED, {"id": command.id})).one_or_none()
    if row is None:
        raise Lost(f"{command.process_id} has answered {command.kind} before, and our books do not know it")
    return Outcome(row.answer, row.refusal)


async def _said(client: Client, command: Accepted) -> Outcome:
    """What the process says, once."""
    try:
        sent = _started(client, command) if command.kind == START else _updated(client, command)
        return Outcome(answer=await sent)
    except (WorkflowUpdateFailedError, WorkflowFailureError) as failed:
        if isinstance(failed.cause, ApplicationError) and is_refusal(failed.cause):
            return Outcome.of_refusal(failed.cause)
        if isinstance(failed.cause, ApplicationError) and failed.cause.type == _RUN_IS_OVER:
            raise Lost(f"the run of {command.process_id} that had it is over") from failed
        if not (isinstance(failed.cause, ApplicationError) and failed.cause.message == _IS_NOT_READ):
            raise
        return Outcome.of_refusal(await _not_waited_for(client, command, failed.cause))
    except ProcessEnded as over:
        return Outcome.of_refusal(over)
    except WorkflowUpdateRPCTimeoutOrCancelledError as late:
        raise TimeoutError("the process is still at it") from late
    except Exception as failure:
        if temporal.is_away(failure) or temporal.is_stuck(failure):
            raise Away(str(failure)) from failure
        if not temporal.will_never_be_taken(failure):
            raise
        return Outcome.of_refusal(await _not_waited_for(client, command, failure))


async def _not_waited_for(client: Client, command: Accepted, why: Exception) -> CannotBeSent:
    """What Temporal does not take, or the process cannot read, would keep all later commands waiting."""
    log.error("it does not reach its process", process=command.process_id, kind=command.kind, why=repr(why))
    if command.kind != START:
        process = client.get_workflow_handle(command.process_id)
        update_id = f"{NOT_WAITED_FOR}/{command.number}"
        try:
            async with asyncio.timeout(ONE_TRY_SECONDS):
                await process.execute_update(NOT_WAITED_FOR, command.number, id=update_id)
        except WorkflowUpdateFailedError as failed:  # It goes on as a new run just now.
            raise Away(str(failed.cause)) from failed
    return CannotBeSent(f"the process cannot be told this: {why}")


async def _started(client: Client, command: Accepted) -> Any:
    update_id, how = _update_id(command), _how_started(command)
    if command.again:
        # Together with the start, Temporal would give the answer of the run that is over.
        await client.start_workflow(**how, id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE)
        return await _answer_to_start(client.get_workflow_handle(command.process_id), update_id)
    start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
        **how, id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE
    )
    # Nobody asks for the handle: asyncio would log each start that fails or takes longer as an error.
    start._workflow_handle.add_done_callback(_is_seen)
    try:
        return await client.execute_update_with_start_workflow(
            STARTED, start_workflow_operation=start, id=update_id
        )
    except WorkflowAlreadyStartedError:
        pass
    except RPCError as failure:
        if failure.status is not RPCStatusCode.ALREADY_EXISTS:
            raise
    return await _answer_to_start(client.get_workflow_handle(command.process_id), update_id)


def _is_seen(handle: asyncio.Future[Any]) -> None:
    if not handle.cancelled():
        handle.exception()


def _how_started(command: Accepted) -> dict[str, Any]:
    more: dict[str, Any] = {}
    if command.begun_by is not None:
        more["begun_by"] = command.begun_by
    if command.order:
        more["order"] = list(command.order)
    return how_started(
        command.process_id, command.body, command.giver, command.summary, party=command.party, memo=more
    )


def how_started(
    process_id: str,
    body: Any,
    caller: Caller,
    summary: str | None,
    *,
    party: str | None = None,
    memo: Mapping[str, Any] = MappingProxyType({}),
) -> dict[str, Any]:
    """How every process is started, unless it runs: its name is the second part of its id."""
    return {
        "workflow": process_id.split("/")[1],
        "arg": body,
        "id": process_id,
        "task_queue": settings().task_queue,
        "id_conflict_policy": WorkflowIDConflictPolicy.USE_EXISTING,
        "memo": {"caller": caller, **memo},
        "search_attributes": visibility.at_start(caller.company, party),
        "static_summary": summary,
        "static_details": f"Asked for by {caller.actor}, correlation id {caller.correlation_id}.",
    }


async def _answer_to_start(handle: WorkflowHandle[Any, Any], update_id: str) -> Any:
    """What a process answers to its start; also one that is over, or what it would have."""
    try:
        # Temporal remembers what it answered to the same update.
        return await handle.execute_update(STARTED, id=update_id)
    except RPCError as failure:
        if not temporal.is_unknown(failure):
            raise
    # It came to its end before it had heard of whoever started it: a server died in between.
    await handle.result(rpc_timeout=CLOSED_ANSWERS_WITHIN)
    return await handle.query("answered", rpc_timeout=CLOSED_ANSWERS_WITHIN)


_START_REFUSED = text(
    "SELECT refusal ->> 'detail' FROM foundation.command WHERE process_id = :process_id AND number = 1"
)


async def _updated(client: Client, command: Accepted) -> Any:
    await inbox.tell_first(client, command.caller.company, command.untold)
    handle = client.get_workflow_handle(command.process_id)
    try:
        return await handle.execute_update(
            command.kind, args=[command.body, command.giver], id=_update_id(command)
        )
    except RPCError as failure:
        if not temporal.is_unknown(failure):
            raise
    async with database().read(command.caller.company) as tx:
        ended = await tx.get(ProcessState, command.process_id)
        never_begun = await tx.scalar(_START_REFUSED, {"process_id": command.process_id})
    if ended is not None and ended.outcome is not None:
        raise ProcessEnded.of(ended.document or command.process_id, ended.outcome)
    if ended is None and never_begun is not None:
        raise ProcessEnded(f"this was refused: {never_begun}")
    raise Lost(f"Temporal does not know {command.process_id}, which has not ended")


def _update_id(command: Accepted) -> str:
    return f"{command.kind}/{command.number}"


def send_soon(begun: Iterable[Accepted]) -> None:
    """Start what an operation has begun, while its answer goes its way; without a client the relay does."""
    if (client := inbox.client_here()) is not None:
        inbox.on_its_way(_send_each(client, list(begun)))


# Answered


NOTED_TOGETHER_SECONDS = 0.1
_ANSWER = text(
    """
    SELECT foundation.answer_commands(CAST(:answers AS jsonb)) FROM (
        SELECT set_config('perpetual.company', :company, true), set_config('perpetual.actor', :actor, true)
    ) AS scope
    """
)


class Answers:
    """Notes what processes have said, off the way of whoever waits for it: what comes in within a moment
    together. What is not noted, because somebody died, the relay asks the process for again.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[Accepted, Outcome]] = []
        self._noting: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()

    def note(self, command: Accepted, outcome: Outcome) -> None:
        """Note it soon."""
        self._waiting.append((command, outcome))
        if self._noting is None or self._noting.done():
            self._noting = asyncio.create_task(self._note_all())

    async def all_noted(self) -> None:
        """Wait for what is being noted: before this operating system process ends."""
        self._hurry.set()
        if self._noting is not None:
            await self._noting
        self._hurry.clear()

    async def _note_all(self) -> None:
        while self._waiting:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), NOTED_TOGETHER_SECONDS)
            some, self._waiting = self._waiting, []
            try:
                await note(some)
            except Exception as failure:  # Whatever it is, the relay asks again.
                log.warning("answers are not noted yet", answers=len(some), why=repr(failure))


async def note(answered: Iterable[tuple[Accepted, Outcome]]) -> None:
    """Note what processes have said; what was noted before stays."""
    for company, some in relaying.grouped(answered, lambda one: one[0].caller.company).items():
        rows = [{"id": one.id, "again": one.again, **outcome._asdict()} for one, outcome in some]
        answers = {"company": company, "actor": RELAY, "answers": to_json(rows).decode()}
        await database().at_once(_ANSWER, answers)


# Sent again

_UNANSWERED = text("SELECT company_id, id FROM foundation.unanswered(:at_most)")

# What is sent again to a process that is begun again, and has come to its end by now, is not sent.
_OVER = text(
    """
    UPDATE foundation.command c SET again = false FROM foundation.process p
    WHERE c.id = ANY (:ids) AND c.again AND c.answered_at IS NOT NULL
        AND p.id = c.process_id AND p.outcome IS NOT NULL
    """
).bindparams(bindparam("ids", type_=ARRAY(BigInteger)))
# What is taken is not due again before this attempt is surely over; then less and less often: an answer that
# nobody waited for is noted so much later, at most, as a quarter of what it took, or 5 seconds.
_TAKE = text(
    """
    UPDATE foundation.command c
    SET due_at = now() + greatest(interval '5 seconds',
        CASE WHEN NOT c.again THEN least((now() - c.recorded_at) / 4, interval '15 seconds') END)
    FROM (
        SELECT id FROM foundation.command
        WHERE id = ANY (:ids) AND (answered_at IS NULL OR again) AND due_at <= now()
        ORDER BY id FOR UPDATE SKIP LOCKED
    ) AS mine
    WHERE c.id = mine.id
    RETURNING c.id, c.number, c.process_id, c.kind, CAST(c.body AS text) AS body, c.company_id, c.actor,
        c.correlation_id, c.party, c.summary, c.begun_by, c.again, c.key, c.asked_hash,
        CASE WHEN c.again AND c.number = 1 THEN foundation.order_taken(c.process_id) ELSE '{}' END AS taken,
        foundation.untold(c.process_id) AS untold
    """
).bindparams(bindparam("ids", type_=ARRAY(BigInteger)))


async def send_again(client: Client, *, at_most: int) -> int:
    """Send what is due in all companies, so many at most; gives how many were found.

    When something is answered, what had to wait for that comes at once.
    """
    sent = 0
    while sent < at_most:
        due: list[Accepted] = []
        for company, ids in (await relaying.due(client, _UNANSWERED, at_most=at_most - sent)).items():
            sent += len(ids)
            async with database().write(company, RELAY) as tx:
                await tx.execute(_OVER, {"ids": ids})
                due += [_as_accepted(row) for row in await tx.execute(_TAKE, {"ids": ids})]
        if not await _send_each(client, due):
            break
    return sent


def _as_accepted(row: Row) -> Accepted:
    caller = Caller(company=row.company_id, actor=row.actor, correlation_id=row.correlation_id)
    return Accepted(
        row.id,
        row.number,
        row.process_id,
        row.kind,
        json.loads(row.body),
        caller,
        row.party,
        row.summary,
        row.begun_by,
        key=row.key,
        asked_hash=row.asked_hash,
        again=row.again,
        order=tuple(row.taken),
        untold=() if row.again else tuple(row.untold),
    )


async def _send_each(client: Client, due: list[Accepted]) -> int:
    """Send the commands of each process in their order; gives how many were answered.

    First what starts it. Of the others none waits here for the one before it to be answered, only a moment
    for it to be there: what decides about a parked step does not wait for what waits for that.
    """
    answered = 0

    async def ask(command: Accepted) -> bool:
        nonlocal answered
        try:
            async with asyncio.timeout(ONE_TRY_SECONDS):
                outcome = await send(client, command)
            await note([(command, outcome)])
        except TimeoutError:
            return True  # The process is still at it.
        except Exception as failure:  # Whatever it is, it is due again.
            log.warning("not sent yet", process=command.process_id, kind=command.kind, why=repr(failure))
            return False
        answered += 1
        return True

    async def ask_all(commands: list[Accepted]) -> None:
        async with asyncio.TaskGroup() as sending:
            for command in commands:
                sent = sending.create_task(ask(command))
                await asyncio.wait({sent}, timeout=None if command.kind == START else IS_THERE_SECONDS)
                if sent.done() and not sent.result():
                    break  # Temporal is away, or does not know the process.

    in_order = sorted(due, key=lambda one: one.number)
    await relaying.to_each(relaying.grouped(in_order, lambda one: one.process_id).values(), ask_all)
    return answered
