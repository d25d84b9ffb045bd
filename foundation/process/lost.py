"""Processes that have not ended by our books, and that Temporal does not run: its store was deleted or
restored to an older moment, or somebody has ended them there.

The workers look now and then, and note them among the exceptions; `perpetual check --temporal --mend` begins
them again.
"""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

import structlog
from sqlalchemy import Boolean, Text, text
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError

from foundation.database.connections import database
from foundation.operations.relaying import grouped
from foundation.runtime import temporal, visibility

log = structlog.get_logger()

AT_ONCE = 20
AT_A_TIME = 5_000
"""So many are read in one question."""
WATCH = "watch"
"""Who notes which processes are not run."""

_OPEN = text("SELECT * FROM foundation.open_processes(:company, :after, :at_most)").columns(
    company_id=Text, id=Text, has_start=Boolean, not_run=Text
)
_NOTE = text(
    """
    UPDATE foundation.process SET not_run = :why, changed_at = now()
    WHERE id = :id AND outcome IS NULL AND not_run IS DISTINCT FROM :why
    """
)


class Open(NamedTuple):
    """A process that has not ended by our books."""

    company: str
    id: str
    has_start: bool
    """Whether it is written down what it was started with."""
    not_run: str | None
    """Why it is not run, as it was noted before."""


class LostProcess(NamedTuple):
    """A process that has not ended by our books and is not run, and why."""

    process: Open
    why: str


async def open_processes(company: str | None = None) -> list[Open]:
    """What has not ended by our books, of one company or of all."""
    found: list[Open] = []
    while True:
        after = found[-1].id if found else ""
        asked = {"company": company, "after": after, "at_most": AT_A_TIME}
        async with database().transaction() as tx:
            rows = (await tx.execute(_OPEN, asked)).all()
        found += [Open(row.company_id, row.id, row.has_start, row.not_run) for row in rows]
        if len(rows) < AT_A_TIME:
            return found


async def lost(client: Client, company: str | None = None) -> list[LostProcess]:
    """What has not ended by our books, and is not run.

    What Temporal lists lags behind, and what ends meanwhile is on no list: nothing is said to be missing
    before Temporal was asked for it, and then the books once more.
    """
    return (await _looked(client, company))[0]


async def _looked(client: Client, company: str | None) -> tuple[list[LostProcess], list[Open]]:
    """What is not run, and all that has not ended, as it was read last."""
    known = await open_processes(company)
    listed = await _listed(client, company) if known else set()
    reasons = await _reasons(client, [one for one in known if one.id not in listed])
    if not reasons:
        return [], known
    known = await open_processes(company)
    still_open = {one.id for one in known}
    return [LostProcess(one, why) for one, why in reasons if one.id in still_open], known


async def _listed(client: Client, company: str | None) -> set[str]:
    of_company = f"= '{company}'" if company is not None else "IS NOT NULL"
    running = f"{visibility.COMPANY.name} {of_company} AND ExecutionStatus = 'Running'"
    return {run.id async for run in client.list_workflows(running)}


async def _reasons(client: Client, processes: Sequence[Open]) -> list[tuple[Open, str]]:
    turn = asyncio.Semaphore(AT_ONCE)

    async def ask(one: Open) -> tuple[Open, str | None]:
        async with turn:
            return one, await why_not_run(client, one.id)

    asked = await asyncio.gather(*map(ask, processes))
    return [(one, why) for one, why in asked if why is not None]


async def why_not_run(client: Client, process_id: str) -> str | None:
    """Why Temporal does not run a process; None when it does."""
    try:
        found = await client.get_workflow_handle(process_id).describe()
    except RPCError as failure:
        if not temporal.is_unknown(failure):
            raise
        return "Temporal does not know it"
    if found.status is None or found.status is WorkflowExecutionStatus.RUNNING:
        return None
    return f"Temporal says that it is {found.status.name.lower().replace('_', ' ')}"


async def note(client: Client) -> int:
    """Note what is not run now, and what is again; gives how much is not."""
    found, known = await _looked(client, None)
    reasons = {one.process.id: one.why for one in found}
    differing = [one for one in known if one.not_run != reasons.get(one.id)]
    for company, some in grouped(differing, lambda one: one.company).items():
        async with database().write(company, WATCH) as tx:
            for one in some:
                await tx.execute(_NOTE, {"id": one.id, "why": (why := reasons.get(one.id))})
                log.warning(
                    "process is run again" if why is None else "process is not run", process=one.id, why=why
                )
    return len(found)
