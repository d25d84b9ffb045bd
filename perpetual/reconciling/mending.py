"""Mends what was found: numbers first, then what was asked for, then each process is begun again."""

from collections.abc import Callable, Collection
from typing import Any

from pydantic_core import to_json
from sqlalchemy import text
from temporalio.client import Client

from foundation import begun_again, delivery
from foundation.begun_again import RECONCILER
from foundation.commands import START
from foundation.database import database
from foundation.messages import Caller
from perpetual.reconciling import numbers
from perpetual.reconciling.comparing import LISTENER, Found
from perpetual.reconciling.histories import Story

_RESTORE = text(
    "SELECT foundation.restore_command(:process_id, :number, :kind, CAST(:body AS jsonb), "
    "CAST(:refusal AS jsonb), :party, :summary, :correlation_id, :begun_by, :key, :asked_hash)"
)


async def mend(
    client: Client, found: Found, *, seconds: float, say: Callable[[int], None] = lambda left: None
) -> Collection[str]:
    """Mend it; gives the processes that have not taken everything in the time: the workers go on with them.

    Each part may be done again: who dies in between begins with the comparison.
    """
    for gap in found.gaps:
        await numbers.skip(gap)
    for story in found.lost_starts:
        await _restore(story, 1, START, story.start, story.memo)
    for story, asked in found.lost_requests:
        await _restore(story, asked.number, asked.kind, asked.body, {"caller": asked.by}, asked.refusal)
    for company in found.listeners:
        await _listen(client, company)
    begun = {}
    for process, company in sorted(found.to_begin.items()):
        why = "Temporal and the books differ"
        if await begun_again.begin_again(client, company, process, why):
            begun[process] = company
    return await begun_again.send_all(client, begun, seconds=seconds, say=say)


async def _listen(client: Client, company: str) -> None:
    caller = Caller(company=company, actor=RECONCILER, correlation_id=f"{LISTENER} begun again")
    how = delivery.how_started(f"{company}/{LISTENER}", {}, caller, "Tells others of what was done")
    await client.start_workflow(**how)


async def _restore(
    story: Story, number: int, kind: str, body: Any, memo: dict[str, Any], refusal: Any = None
) -> None:
    caller = memo["caller"]
    values = {
        "process_id": story.process_id,
        "number": number,
        "kind": kind,
        "body": to_json(body).decode(),
        "refusal": to_json(refusal).decode() if refusal is not None else None,
        "party": None,
        "summary": f"Restored: {story.type}" if kind == START else None,
        "correlation_id": caller["correlation_id"],
        "begun_by": memo.get("begun_by"),
        "key": caller.get("key"),
        "asked_hash": caller.get("asked_hash"),
    }
    async with database().write(caller["company"], caller["actor"] or RECONCILER) as tx:
        await tx.execute(_RESTORE, values)
