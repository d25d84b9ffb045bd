"""Begins processes again from their rows, when they are not run, or not from where the books are.

All that a process was asked for and told is marked to be sent again, in one transaction, and then sent as
everything is (`delivery`, `inbox`): whoever dies meanwhile, the relay goes on. The process takes it in the
order in which it took it before. Its steps are found done by their keys, and what was decided is read from
the books.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple

from pydantic_core import to_json
from sqlalchemy import ARRAY, Text, bindparam, text
from temporalio.client import Client
from temporalio.service import RPCError

from foundation.database.connections import database
from foundation.operations import delivery, inbox
from foundation.operations.commands import START
from foundation.operations.relaying import grouped
from foundation.runtime import temporal

RECONCILER = "reconciler"
"""Who begins processes again, in the books."""
LOOKS_EVERY_SECONDS = 0.5
AT_MOST = 200

_KNOWN = text(
    """
    SELECT EXISTS (SELECT FROM foundation.command WHERE process_id = :id AND number = 1) AS has_start,
        EXISTS (SELECT FROM foundation.process WHERE id = :id AND outcome IS NOT NULL) AS has_ended
    """
)
_BEGIN_AGAIN = text("SELECT foundation.begin_again(:id)")
_RESTORE = text(
    "SELECT foundation.restore_command(:process_id, :number, :kind, CAST(:body AS jsonb), "
    "CAST(:refusal AS jsonb), :party, :summary, :correlation_id, :begun_by, :actor, :key, :asked_hash)"
)
_LEFT = text(
    """
    SELECT process_id FROM foundation.command WHERE again AND process_id = ANY (:ids)
    UNION SELECT process_id FROM foundation.inbox WHERE delivered_at IS NULL AND process_id = ANY (:ids)
    """
).bindparams(bindparam("ids", type_=ARRAY(Text)))


# The relay has pauses of up to a minute; whoever waits here has not.
_AT_ONCE = [
    text(
        f"UPDATE foundation.{table} SET due_at = now() WHERE {is_due} AND due_at > now() "
        "AND process_id = ANY (:ids)"
    ).bindparams(bindparam("ids", type_=ARRAY(Text)))
    for table, is_due in (("command", "again"), ("inbox", "delivered_at IS NULL"))
]


class Restored(NamedTuple):
    """A request that the books have lost, as it is written down again."""

    number: int
    """That it had, and has again unless that one was given to another."""
    kind: str
    body: Any
    caller: dict[str, Any]
    refusal: dict[str, Any] | None = None
    summary: str | None = None
    begun_by: str | None = None


async def begin_again(
    client: Client, company: str, process_id: str, why: str, restored: Sequence[Restored] = ()
) -> bool:
    """Begin a process again, with what the books have lost of what it was asked for, in their order. False
    when nobody has written down what it was started with, in which case nothing is done; and when it has
    ended by the books, and nothing is left to do for a run that does not know it.

    A run that Temporal has of it is ended first: it must not be sent what the next run is to be sent.
    """
    async with database().read(company) as tx:
        known = (await tx.execute(_KNOWN, {"id": process_id})).one()
    if not (known.has_start or known.has_ended or any(one.kind == START for one in restored)):
        return False
    try:
        await client.get_workflow_handle(process_id).terminate(f"begun again: {why}")
    except RPCError as failure:
        if not temporal.is_unknown(failure):
            raise
    async with database().write(company, RECONCILER) as tx:
        for one in restored:
            await tx.execute(_RESTORE, _as_row(process_id, one))
        return bool((await tx.execute(_BEGIN_AGAIN, {"id": process_id})).scalar_one())


def _as_row(process_id: str, one: Restored) -> dict[str, Any]:
    return {
        "process_id": process_id,
        "number": one.number,
        "kind": one.kind,
        "body": to_json(one.body).decode(),
        "refusal": to_json(one.refusal).decode() if one.refusal is not None else None,
        "party": None,
        "summary": one.summary,
        "correlation_id": one.caller["correlation_id"],
        "begun_by": one.begun_by,
        "actor": one.caller["actor"] or RECONCILER,
        "key": one.caller.get("key"),
        "asked_hash": one.caller.get("asked_hash"),
    }


async def send_all(
    client: Client,
    processes: dict[str, str],
    *,
    seconds: float,
    say: Callable[[int], None] = lambda left: None,
) -> Collection[str]:
    """Send what was marked, until all is taken or the time is over; gives the processes that wait for more,
    to which the relay goes on to send. `processes` are companies by process.
    """
    until = time.monotonic() + seconds
    while True:
        await delivery.send_again(client, at_most=AT_MOST)
        await inbox.send_again(client, at_most=AT_MOST)
        left = await _hurry_what_is_left(processes, is_over=time.monotonic() > until)
        say(len(left))
        if not left or time.monotonic() > until:
            return left
        await asyncio.sleep(LOOKS_EVERY_SECONDS)


async def _hurry_what_is_left(processes: dict[str, str], *, is_over: bool) -> set[str]:
    left: set[str] = set()
    for company, ids in grouped(processes, lambda one: processes[one]).items():
        async with database().write(company, RECONCILER) as tx:
            found = set((await tx.execute(_LEFT, {"ids": ids})).scalars())
            for at_once in () if is_over or not found else _AT_ONCE:
                await tx.execute(at_once, {"ids": sorted(found)})
        left |= found
    return left
