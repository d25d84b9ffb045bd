"""The many that a run is for: listed once, worked through in chunks, each with an outcome of its own.

A step of the run lists them (`add_items`): rows of `foundation.run_item`, which travel by the run's id and
the number of a chunk. An activity on the queue `…-batch` works through a chunk (`Batch`). What is done for an
item is an operation of the business, in a transaction of its own and once by its key, so that whatever dies
and is tried again, each item has its effect once. One that is refused, or fails, stops no other.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import structlog
from pydantic_core import to_json
from sqlalchemy import ARRAY, Text, bindparam, text

from foundation.database.transaction import Row, Transaction
from foundation.operations import inbox
from foundation.operations.operation import OPERATIONS, Answer, Ask, Operation, declared
from foundation.outbound.outside import ExternalBody, ExternalCall, Outside
from foundation.process.run_messages import (
    ChunkWorked,
    Listed,
    ListSome,
    Status,
    WorkChunk,
)
from foundation.runtime.failures import CUT_OFF, is_server_away, kind_of, said_by
from foundation.values import versions
from foundation.values.errors import is_refusal
from foundation.values.messages import Call, Caller, shortened

log = structlog.get_logger()

CHUNK = 250
"""So many items are worked through by one activity, and no fewer than a party has."""
PARTIES_AT_ONCE = 2_000
"""So many parties are listed by one step."""
LONGEST_REASON = 500
# Listed


class ListedItem(NamedTuple):
    """One of the many."""

    name: str
    """What tells it from the others of its run."""
    body: Mapping[str, Any]
    party: str
    process_id: str | None = None
    """The process that it begins or belongs to, if there is one: what is done for it is a step of that."""


_ADD = text(
    """
    INSERT INTO foundation.run_item (run_id, position, chunk, item_id, party, body)
    SELECT :run_id, n.position, n.chunk, n.item_id, n.party, n.body
    FROM jsonb_to_recordset(CAST(:items AS jsonb))
        AS n (position integer, chunk integer, item_id text, party text, body jsonb)
    """
)


async def add_items(tx: Transaction, ask: ListSome, items: Iterable[ListedItem], *, is_all: bool) -> Listed:
    """List some more, in their order: those of a party one after the other, and all of them.

    What is listed by one step begins a new chunk. Behind the `last` party the next step goes on.
    """
    rows: list[dict[str, Any]] = []
    chunk, begins_at, last = ask.chunks, -CHUNK, ask.last
    for place, item in enumerate(items):
        if not rows or (item.party != last and place - begins_at >= CHUNK):
            chunk, begins_at = chunk + 1, place
        last = item.party
        item_id = item.process_id or f"{ask.run_id}/{item.name}"
        row = {"position": ask.items + place + 1, "chunk": chunk, "item_id": item_id, "party": item.party}
        rows.append(row | {"body": dict(item.body)})
    if rows:
        await tx.execute(_ADD, {"run_id": ask.run_id, "items": to_json(rows).decode()})
    return Listed(items=ask.items + len(rows), chunks=chunk, last=last, is_all=is_all)


# Worked through


class Batch(Outside[Ask, Answer]):
    """Works through many, on the queue `…-batch`; what it did is noted when it is done with all of them."""

    is_batch = True

    async def __call__(self, call: Call, command: Ask) -> Answer:
        """Do it, unless our record says that it was done. The key says which chunk and which time; filled in
        otherwise, such as on another day, it is the same.
        """
        of_key = hashlib.sha256(call.key.encode()).hexdigest()
        return await super().__call__(call.model_copy(update={"asked_hash": of_key}), command)


def batch(name: str) -> Callable[[ExternalBody[Ask, Answer]], Batch[Ask, Answer]]:
    """Declare what works through many, named `domain.what_it_does`."""

    def declare(body: ExternalBody[Ask, Answer]) -> Batch[Ask, Answer]:
        return declared(Batch(name, body, note=None, once=True))

    return declare


COUNT = """
    SELECT count(*) FILTER (WHERE status = 'done') AS done,
        count(*) FILTER (WHERE status = 'refused') AS refused,
        count(*) FILTER (WHERE status IN ('failed', 'open')) AS failed
    FROM foundation.run_item WHERE run_id = :run_id
"""
"""What became of a run's items; one that nobody tried, though its chunk was worked through, has failed."""
_TO_DO = text(
    """
    SELECT position, item_id, CAST(body AS text) AS body FROM foundation.run_item
    WHERE run_id = :run_id AND chunk = :chunk AND status = ANY (:statuses) ORDER BY position
    """
).bindparams(bindparam("statuses", type_=ARRAY(Text)))
_NOTE = text(
    """
    UPDATE foundation.run_item i
    SET status = o.status, failure = o.failure, reason = o.reason, attempts = i.attempts + 1,
        changed_at = now()
    FROM jsonb_to_recordset(CAST(:outcomes AS jsonb))
        AS o (position integer, status text, failure text, reason text)
    WHERE i.run_id = :run_id AND i.position = o.position AND i.status <> 'done'
    """
)
_COUNT_CHUNK = text(f"{COUNT} AND chunk = :chunk")


class ItemOutcome(NamedTuple):
    """What became of an item."""

    position: int
    status: Status
    failure: str | None = None
    reason: str | None = None


async def work_through(call: ExternalCall, work: WorkChunk) -> ChunkWorked:
    """Do each item of a chunk, one after the other, and note what became of them.

    Raises what shows that the database or Temporal is away: then the chunk is tried again, and finds what was
    done. An item that takes too long has failed, like one with a defect, and is noted at once: the next
    attempt at the chunk does not wait for it again.
    """
    chunk = {"run_id": work.run_id, "chunk": work.chunk}
    async with call.read() as tx:
        items = (await tx.execute(_TO_DO, chunk | {"statuses": list(work.statuses)})).all()
    outcomes: list[ItemOutcome] = []
    numbers = Numbers()
    with inbox.sent_later():
        for item in items:
            outcome = await _outcome(call.caller, work, item, numbers)
            outcomes.append(outcome)
            if outcome.failure in CUT_OFF:
                async with call.write() as tx:
                    await _note(tx, work, outcomes)
                outcomes = []
    async with call.write() as tx:
        await _note(tx, work, outcomes)
        counted = (await tx.execute(_COUNT_CHUNK, chunk)).one()
    return ChunkWorked(chunk=work.chunk, last_numbers=numbers.last, **counted._asdict())


async def _note(tx: Transaction, work: WorkChunk, outcomes: list[ItemOutcome]) -> None:
    noted = to_json([outcome._asdict() for outcome in outcomes]).decode()
    await tx.execute(_NOTE, {"run_id": work.run_id, "outcomes": noted})


async def _outcome(caller: Caller, work: WorkChunk, item: Row, numbers: "Numbers") -> ItemOutcome:
    operation = OPERATIONS[work.operation]
    # An item is asked for once, whatever is filled in when it is tried again.
    asked_hash = hashlib.sha256(item.item_id.encode()).hexdigest()
    call = Call(
        key=f"{item.item_id}/{operation.name}", caller=caller, process_id=item.item_id, asked_hash=asked_hash
    )
    try:
        asked = json.loads(item.body) | work.fills
        answer = await apply(
            operation, call, operation.ask_type.model_validate(asked, strict=False, context=versions.INSIDE)
        )
    except Exception as failure:  # One that cannot be done keeps no other waiting.
        kind = kind_of(failure)
        if is_server_away(kind):
            raise
        status: Status = "refused" if is_refusal(failure) else "failed"
        log.warning("an item of a run could not be done", item=item.item_id, status=status, why=repr(failure))
        reason = shortened(said_by(failure) or kind, LONGEST_REASON)
        return ItemOutcome(item.position, status, kind, reason)
    numbers.see(to_json(answer).decode())
    return ItemOutcome(item.position, "done")


async def apply(operation: Operation[Any, Any], call: Call, command: Any) -> Any:
    """Do it for one item; tests put their faults around it."""
    return await operation(call, command)


_NUMBER = re.compile(r'_number": ?"([A-Z]+(?:-[^"]+)?)-(\d{6,})"')


class Numbers:
    """The greatest number of each series among what was given."""

    def __init__(self) -> None:
        self._greatest: dict[str, str] = {}

    def see(self, answer: str) -> None:
        """The numbers of documents in an answer, as JSON."""
        for series, number in _NUMBER.findall(answer):
            known = self._greatest.get(series, "")
            if (len(number), number) > (len(known), known):
                self._greatest[series] = number

    @property
    def last(self) -> tuple[str, ...]:
        """As documents show them."""
        return tuple(f"{series}-{number}" for series, number in sorted(self._greatest.items()))
