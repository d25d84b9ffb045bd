"""One operation, one transaction, once by key.

`@operation` turns a function of `activities/` into something that can be a step of a process or be run by a
route. Around the body it opens one transaction scoped to the caller's company, looks the key up, and writes
the log row in the same transaction:

- the key is new: the body runs, its answer is stored beside its effect;
- the key is known with the same request: the stored answer is given again, nothing else happens;
- the key is known with another request: `Conflict`; a step that another version of us has taken is the same
  when all fields that both know are equal (`versions`);
- the key was voided by a compensation: `StepWasTakenBack`; an attempt that was asleep can never commit late.

The primary key of the log decides between two attempts that overlap.

What other processes must know of it is told with `Transaction.tell`: written with it, sent when it is
committed, see `inbox`.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, ClassVar, Generic, TypeVar, get_type_hints

from asyncpg import PostgresError
from pydantic import BaseModel
from pydantic_core import to_json
from sqlalchemy import BigInteger, DateTime, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from temporalio import activity

from foundation.database import access, rehearsal
from foundation.database.connections import database, rows_of
from foundation.database.memory import open_memory
from foundation.database.rehearsal import Rehearsal
from foundation.database.tables import ApprovalState
from foundation.database.transaction import CORRELATION, OPENED_AT, Transaction
from foundation.operations import delivery, inbox
from foundation.runtime import faults
from foundation.values import versions
from foundation.values.days import DayRefused
from foundation.values.errors import Conflict
from foundation.values.events import PublicEvent, check_declared
from foundation.values.messages import ApprovalAsked, Call, day_of, moment_of

Ask = TypeVar("Ask", bound=BaseModel)
Answer = TypeVar("Answer", bound=BaseModel)
Body = Callable[[Any, Ask], Coroutine[Any, Any, Answer]]

# Two transactions got into each other's way, or a twin attempt took the key first: the second look settles
# it.
_TRY_AGAIN = {"40001", "40P01", "55P03"}
_UNIQUE_VIOLATION = "23505"
_ATTEMPTS = 6


class StepWasTakenBack(Conflict):
    """A compensation has taken this step's key: the step was given up and must have no effect any more."""


class Operation(Generic[Ask, Answer]):
    """A business operation, declared once: the process says what, this says how it is run."""

    is_batch: ClassVar[bool] = False
    """Whether it works through many, and so on a queue of its own."""
    is_logged: bool = True
    """Whether the log keeps that it was done, and its answer."""

    def __init__(
        self,
        name: str,
        body: Callable[..., Coroutine[Any, Any, Answer]],
        *,
        quick: bool,
        events: tuple[type[PublicEvent], ...] = (),
    ) -> None:
        hints = get_type_hints(body)
        self.name = name
        self.quick = quick
        self.events = events
        self.body: Body[Ask, Answer] = body
        self.title = name.partition(".")[2].replace("_", " ").capitalize()
        self.ask_type: type[Ask] = next(
            kind for key, kind in hints.items() if key not in ("call", "return") and kind is not Transaction
        )
        self.answer_type: type[Answer] = hints["return"]
        self.__doc__ = body.__doc__
        self.activity = self._as_activity()

    async def __call__(self, call: Call, command: Ask) -> Answer:
        """Apply the command once by the call's key; a second time gives the first time's answer.

        In a dry run it is applied in that one's transaction, which is rolled back.
        """
        if (dry_run := rehearsal.current()) is not None:
            return await self._rehearse(dry_run, call, command)
        faults.note(faults.BEGUN, call.key)
        for attempt in range(_ATTEMPTS):
            try:
                return await self._apply(call, command)
            except PostgresError as error:
                if attempt == _ATTEMPTS - 1 or not _is_worth_another_try(error):
                    raise
                await asyncio.sleep(0.005 * 2**attempt)
        raise AssertionError("unreachable")

    async def _apply(self, call: Call, command: Ask) -> Answer:
        faults.reach(faults.BEFORE_BEGIN, self.name)
        async with database().transaction() as tx:
            found = (await tx.execute(_OPEN, _opening(call))).one()
            await access.opened(tx, call.caller.company, found.access)
            open_memory(tx, call.caller.company, found.reference_version)
            tx.info |= {CORRELATION: call.caller.correlation_id, OPENED_AT: found.opened_at}
            if found.request_hash is not None:
                faults.note(faults.FOUND, call.key)
                return await self._stored_answer(tx, call, found, command)
            if call.voids is not None:
                await tx.execute(_VOID, {"voids": call.voids, **self._logged(call)})
            answer = await self._do(tx, command)
            news = await inbox.written(tx, call)
            answer = await self._close(tx, call, answer, to_json(command))
            faults.reach(faults.MID_TRANSACTION, self.name)
        faults.reach(faults.AFTER_COMMIT, self.name)
        if news:
            inbox.send_soon(call.caller.company, news)
        if tx.begun:
            delivery.send_soon(tx.begun)
        return answer

    async def _rehearse(self, dry_run: Rehearsal, call: Call, command: Ask) -> Answer:
        """The same answer and refusals, with tokens for numbers; nothing is remembered of it."""
        tx = dry_run.next_operation()
        found = (await tx.execute(_OPEN, _opening(call))).one()
        await access.opened(tx, call.caller.company, found.access)
        tx.info |= {CORRELATION: call.caller.correlation_id, OPENED_AT: found.opened_at}
        if found.request_hash is not None:
            return await self._stored_answer(tx, call, found, command)
        answer = await self._do(tx, command)
        await inbox.written(tx, call)
        dry_run.draw_nothing()
        answer = await self._close(tx, call, answer, to_json(command))
        dry_run.note(self.name, self.title)
        return answer

    async def _do(self, tx: Transaction, command: Ask) -> Answer:
        """The operation's body. A day that is refused is refused by the name of its field."""
        try:
            return await self.body(tx, command)
        except DayRefused as refusal:
            if refusal.errors or not day_of(command):
                raise
            raise refusal.of_field(day_of(command)) from None

    async def _close(self, tx: Transaction, call: Call, answer: Answer, request: bytes) -> Answer:
        """Write what the body has collected, the approval that it asks for, the stage, and the log row."""
        closing = tx.closing
        if call.asks is not None:
            closing.add(rows_of(ApprovalState), _approval_row(call, call.asks))
        if call.stage is not None:
            closing.add_statement(_STAGE, _stage_row(call))
        statement, values = closing.compiled(_LOG, to_json(answer))
        request_hash = _hash_of(call, request)
        values |= {**self._logged(call), "request": request.decode(), "request_hash": request_hash}
        values["took"] = list(call.took)
        logged = (await tx.execute(statement, values)).scalar_one()
        return (
            self.answer_type.model_validate_json(logged, strict=False, context=versions.INSIDE)
            if closing.draws
            else answer
        )

    def _logged(self, call: Call) -> dict[str, str | None]:
        return {
            "name": self.name,
            "process_id": call.process_id,
            "correlation_id": call.caller.correlation_id,
        }

    async def _stored_answer(self, tx: Transaction, call: Call, found: Any, command: Ask) -> Answer:
        """The answer that the key's row keeps. Refuses: StepWasTakenBack, Conflict."""
        if found.status == "voided":
            raise StepWasTakenBack(f"{self.title}: this step was taken back before it could be applied")
        is_equal = found.request_hash == _hash_of(call, to_json(command))
        if not is_equal and not await _is_the_same_step(tx, call, command):
            raise Conflict(
                f"the key {call.key} was used before for another request; use a new Idempotency-Key"
            )
        return versions.read(self.answer_type, found.answer)

    def _as_activity(self) -> Callable[[Call, Ask], Awaitable[Answer]]:
        async def run(call: Call, command: Ask) -> Answer:
            return await self(call, command)

        run.__annotations__ = {"call": Call, "command": self.ask_type, "return": self.answer_type}
        run.__doc__ = self.__doc__
        return activity.defn(name=self.name)(run)


Kind = TypeVar("Kind", bound=Operation[Any, Any])

OPERATIONS: dict[str, Operation[Any, Any]] = {}


def operation(
    name: str, *, quick: bool = True, event: type[PublicEvent] | tuple[type[PublicEvent], ...] = ()
) -> Callable[[Body[Ask, Answer]], Operation[Ask, Answer]]:
    """Declare an operation, named `domain.what_it_does`.

    `quick`: one short database transaction, run as a local activity of the process; otherwise a regular
    activity on its own queue. `event`: what those outside may be told of once it is done, or which of them,
    by what it answers; nothing without.
    """
    events = event if isinstance(event, tuple) else (event,)

    def declare(body: Body[Ask, Answer]) -> Operation[Ask, Answer]:
        return declared(Operation(name, body, quick=quick, events=events))

    return declare


class Look(Operation[Ask, Answer]):
    """An operation that only reads: an attempt that comes again looks again, and nothing is logged."""

    is_logged = False

    async def _apply(self, call: Call, command: Ask) -> Answer:
        async with database().read(call.caller.company) as tx:
            return await self.body(tx, command)


def look(name: str) -> Callable[[Body[Ask, Answer]], Look[Ask, Answer]]:
    """Declare what a process looks up, named `domain.what_it_does`.

    Only for what no step that is logged is asked: an attempt that comes again may find something else, and
    that step would be another one then. An answer that goes on into a further step is an operation's.
    """

    def declare(body: Body[Ask, Answer]) -> Look[Ask, Answer]:
        return declared(Look(name, body, quick=True))

    return declare


def declared(operation: Kind) -> Kind:
    """The operation, which processes find by its name from now on."""
    if operation.name in OPERATIONS:
        raise ValueError(f"two operations are named {operation.name}")
    known = {event.event_name: event for of_one in events().values() for event in of_one}
    for event in operation.events:
        check_declared(event, operation.name, operation.answer_type, operation.ask_type)
        if known.setdefault(event.event_name, event) is not event:
            raise ValueError(f"two events are named {event.event_name}")
    OPERATIONS[operation.name] = operation
    return operation


def events() -> dict[str, tuple[type[PublicEvent], ...]]:
    """The events that operations make, by the operation's name: one of them each time it is done. Several may
    make the same.
    """
    return {name: one.events for name, one in sorted(OPERATIONS.items()) if one.events}


def _hash_of(call: Call, request: bytes) -> str:
    return call.asked_hash or hashlib.sha256(request).hexdigest()


async def _is_the_same_step(tx: Transaction, call: Call, command: BaseModel) -> bool:
    """Whether another version of us has taken this step: it knew other fields, and hashed them."""
    if call.process_id is None:
        return False  # Whoever asks at the door with a key again asks for all of it again.
    known = (await tx.execute(_REQUEST, {"key": call.key})).scalar_one()
    # A person may have set another day for it, which a process that is begun again does not know; and one
    # whose worker has died asks again at another moment.
    names = filter(None, (day_of(command), moment_of(command)))
    others = {name: getattr(command, name).isoformat() for name in names}
    return versions.ask_the_same(command, known | others)


def _is_worth_another_try(error: PostgresError) -> bool:
    state = error.sqlstate
    return state in _TRY_AGAIN or (state == _UNIQUE_VIOLATION and "operation_pkey" in str(error))


def _opening(call: Call) -> dict[str, str]:
    return {"company": call.caller.company, "actor": call.caller.actor, "key": call.key}


# One round trip: scope the transaction to the company, look the key up, and see whether what is remembered of
# reference data still holds.
OPENING = """
    SELECT o.status, o.request_hash, o.answer, r.version AS reference_version, r.access,
        now() AS opened_at
    FROM (
        SELECT set_config('perpetual.company', :company, true), set_config('perpetual.actor', :actor, true),
            set_config('perpetual.operation', :key, true)
    ) AS scope
    LEFT JOIN foundation.operation o ON o.key = :key
    LEFT JOIN foundation.reference_version r ON r.company_id = :company
"""
_OPEN = text(OPENING).columns(
    status=Text,
    request_hash=Text,
    answer=JSONB,
    reference_version=BigInteger,
    access=BigInteger,
    opened_at=DateTime(timezone=True),
)

_REQUEST = text("SELECT request FROM foundation.operation WHERE key = :key").columns(request=JSONB)

# As text: the answer is JSON already, and is not to be read and written once more on the way.
_LOG = """
    SELECT CAST(foundation.log_operation(:name, :process_id, :correlation_id, CAST(:request AS jsonb),
        :request_hash, document.body -> 'answer', CAST(:took AS text[])) AS text) FROM document
"""
_VOID = text("SELECT foundation.void_operation(:voids, :name, :process_id, :correlation_id)")


def _approval_row(call: Call, asks: ApprovalAsked) -> dict[str, Any]:
    row = asks.model_dump(exclude={"approval_id"}) | {"matter": asks.matter or asks.approval_id}
    return row | {"id": asks.approval_id, "process_id": call.process_id, "status": "open", "reminders": 0}


def _stage_row(call: Call) -> dict[str, Any]:
    assert call.stage is not None
    row = call.stage.model_dump() | {
        "type": call.process_type,
    }
    # A process waits when it waits on somebody; it has ended when it has an outcome.
    return row | {"is_waiting": row["waiting_on"] is not None, "has_ended": row["outcome"] is not None}


_STAGE = """
    INSERT INTO foundation.process AS p (
        id, company_id, type, stage, waiting_on, waiting_since, waiting_until, document, party,
        amount, currency, why, exception, failure, outcome, started_by, correlation_id, closed_at)
    VALUES (
        :process_id, foundation.current_company(), :type, :stage, :waiting_on,
        CASE WHEN :is_waiting THEN now() END, CAST(:waiting_until AS timestamptz), :document, :party,
        CAST(:amount AS numeric), :currency, :why,
        :exception, :failure, :outcome, current_setting('perpetual.actor'), :correlation_id,
        CASE WHEN :has_ended THEN now() END)
    ON CONFLICT (id) DO UPDATE SET
        stage = excluded.stage, waiting_on = excluded.waiting_on, waiting_until = excluded.waiting_until,
        waiting_since =
            CASE WHEN p.stage = excluded.stage THEN p.waiting_since ELSE excluded.waiting_since END,
        document = coalesce(excluded.document, p.document), party = coalesce(excluded.party, p.party),
        amount = coalesce(excluded.amount, p.amount), currency = coalesce(excluded.currency, p.currency),
        why = excluded.why, exception = excluded.exception, failure = excluded.failure,
        task_failure = NULL, not_run = NULL,
        outcome = excluded.outcome, closed_at = excluded.closed_at, changed_at = now()
    """
