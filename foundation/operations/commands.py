"""What a process is asked for, written down before it is sent (`delivery`): accepted means done.

A request that starts a process or gives it a command becomes a row of `foundation.command`, and is accepted
with that commit. Then whoever committed it sends it to Temporal, as an update whose id is the row's number in
its process. What the process answers, or refuses, is noted in the row; the same request gets it from there,
for as long as the row is kept.
"""

import asyncio
import json
from itertools import chain, repeat
from typing import Any, NamedTuple, Self

from pydantic_core import to_json
from sqlalchemy import text
from temporalio.exceptions import ApplicationError

from foundation.database import access
from foundation.database.access import VERSION
from foundation.database.connections import database
from foundation.database.transaction import Row, Transaction
from foundation.operations.mailbox import BeginProcess, ProcessBegun
from foundation.values.errors import BusinessError, Conflict, ProcessEnded, refused_with
from foundation.values.messages import Caller, Message

START = "start"
"""The kind of the request that starts a process; the others are called as their updates are."""


class Request(NamedTuple):
    """One request, as it is written down."""

    process_id: str
    kind: str
    key: str
    asked_hash: str | None
    """Tells whether somebody who comes again with the key asks for the same; None where that need not be
    told: whoever asks for a day's run, and however, asks for the same.
    """
    body: Message
    party: str | None = None
    summary: str | None = None


class Giver(Caller):
    """Who gave a command, as Temporal keeps it: with what tells the request from others, so that it can be
    written down again when the books have lost it. Whoever reads a Caller is not told.
    """

    key: str
    asked_hash: str | None


class TooLarge(BusinessError):
    """A request with more in it than a process can be told at once."""

    status = 413


MOST_BYTES = 1_500_000
"""So large may a request be as it is written down. Temporal refuses to start anything with more than two
megabytes; a command of that size, which it takes at first, would fail its process's tasks for ever.
"""


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
        raise refused_with(self.refusal)


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
    key: str = ""
    asked_hash: str | None = None
    """Tells with the key whether somebody asks for the same again."""
    is_sent_now: bool = True
    """Whether it is its turn: of one process only a few are sent at once."""
    again: bool = False
    """Whether its process is begun again, and so is asked for everything once more."""
    order: tuple[str, ...] = ()
    """Of a start: in which order a process that is begun again takes what it was told."""
    untold: tuple[int, ...] = ()
    """By number in the inbox, what the process is told first: the command may rest on it."""

    @property
    def giver(self) -> Giver:
        """Who gave it, as Temporal keeps it."""
        return Giver(**dict(self.caller), key=self.key, asked_hash=self.asked_hash)


_ACCEPT = text(
    f"""
    SELECT a.id, a.number, a.asked_hash, CAST(a.body AS text) AS body, a.answered_at, a.answer, a.refusal,
        a.ended, a.is_sent_now, a.actor, a.correlation_id, a.party, a.summary,
        a.key, a.untold, {VERSION} AS access
    FROM (
        SELECT set_config('perpetual.company', :company, true), set_config('perpetual.actor', :actor, true)
    ) AS scope, LATERAL foundation.accept_command(
        CASE WHEN CAST(:assumed AS bigint) IS NULL OR coalesce({VERSION}, 0) = :assumed THEN :process_id END,
        :kind, :key, :asked_hash, CAST(:body AS jsonb), :party, :summary, :correlation_id,
        CAST(:is_known AS boolean)) AS a
    """
)
_BEGIN = text(
    """
    SELECT a.id, foundation.current_company() AS company, current_setting('perpetual.actor') AS actor
    FROM foundation.accept_command(:process_id, 'start', :process_id, NULL, CAST(:body AS jsonb),
        :party, :summary, :correlation_id, true, :begun_by) AS a
    WHERE a.is_new
    """
)


async def accept(caller: Caller, request: Request, *, is_known: bool = False) -> Accepted | None:
    """Write a request down, unless it was before; None when there is no such process.

    `is_known` says that there is one, though our books do not know it yet. Refuses: Conflict when its key was
    used for another request; ProcessEnded; TooLarge; Forbidden, when roles have changed.

    Who asks again, with a correlation id of its own, gets what the first has asked: were it sent in the name
    of one now and of the other later, a step that is tried again would be another one.
    """
    body = to_json(request.body)
    if len(body) > MOST_BYTES:
        raise TooLarge(
            f"{len(body)} bytes are more than a process can be told at once ({MOST_BYTES}): divide it"
        )
    values = {
        **request._asdict(),
        "body": body.decode(),
        "company": caller.company,
        "actor": caller.actor,
        "correlation_id": caller.correlation_id,
        "is_known": is_known,
    }
    # Where roles are what they were when the caller was let in, nothing is to be refused after it.
    assumed = access.to_check(caller.company)
    as_assumed = {**values, "assumed": assumed.version if assumed else None}
    row = (await database().at_once(_ACCEPT, as_assumed)).one_or_none()
    if assumed is not None and row is None:
        async with database().transaction() as tx:
            row = (await tx.execute(_ACCEPT, {**values, "assumed": None})).one_or_none()
            await access.opened(tx, caller.company, row.access if row else None)
    elif assumed is not None:
        assumed.is_checked = True
    return None if row is None else _accepted(caller, request, row)


def _accepted(caller: Caller, request: Request, row: Row) -> Accepted:
    """What is written down of a request. Refuses: Conflict, ProcessEnded."""
    if row.ended is not None:
        raise ProcessEnded.of(row.ended)
    if None not in (row.asked_hash, request.asked_hash) and row.asked_hash != request.asked_hash:
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
        caller.model_copy(update={"actor": row.actor, "correlation_id": row.correlation_id}),
        row.party,
        row.summary,
        outcome=outcome,
        key=row.key,
        asked_hash=row.asked_hash,
        is_sent_now=row.is_sent_now,
        untold=tuple(row.untold),
    )


_TURN = text(
    """
    SELECT answered_at, answer, refusal,
        NOT again AND foundation.is_sent_now(process_id, kind, number) AS is_sent_now
    FROM foundation.command WHERE id = :id
    """
)
_LOOKS_AGAIN_SECONDS = (0.02, 0.05, 0.1, 0.2)


async def until_its_turn(command: Accepted) -> Accepted:
    """Wait until it may be sent, or somebody else has sent it and it is answered."""
    for seconds in chain(_LOOKS_AGAIN_SECONDS, repeat(_LOOKS_AGAIN_SECONDS[-1])):
        if command.is_sent_now or command.outcome is not None:
            break
        await asyncio.sleep(seconds)
        async with database().read(command.caller.company) as tx:
            row = (await tx.execute(_TURN, {"id": command.id})).one()
        outcome = Outcome(row.answer, row.refusal) if row.answered_at is not None else None
        command = command._replace(outcome=outcome, is_sent_now=row.is_sent_now)
    return command


_COMPANY = text("SELECT foundation.current_company()")


async def company_of(tx: Transaction) -> str:
    """The company that an operation works for: what the ids of its processes begin with."""
    company: str = (await tx.execute(_COMPANY)).scalar_one()
    return company


async def begin(tx: Transaction, begin: BeginProcess) -> ProcessBegun:
    """Write down, in an operation's own transaction, that a process is to begin. It is started when that is
    committed; what was begun before, by whomever, is left as it is.
    """
    values = {
        "process_id": begin.process_id,
        "body": to_json(begin.body).decode(),
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
                key=begin.process_id,
            )
        )
    return ProcessBegun(process_id=begin.process_id, is_new=row is not None)
