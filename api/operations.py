"""Processes as an operator sees them, from the database, also when they are long over; held, released and
repaired, one by one or all that fail alike.
"""

import asyncio
from datetime import datetime
from typing import Any, Literal

from fastapi import Request
from sqlalchemy import ColumnElement, Select, and_, any_, func, literal, or_, select

from api import commands, processes, repairs, web_ui
from api.commands import CommandsView
from api.door import Asked, AskedRequest, Router, allows
from api.lists import add_list
from foundation.database.lists import Filter, Listing, between, equal, named, only
from foundation.database.rehearsal import Would, would_be_done
from foundation.database.tables import OperationLog, ProcessState
from foundation.database.transaction import Row
from foundation.process.holding import Hold
from foundation.process.parking import Repair
from foundation.values.errors import BusinessError, NotFound
from foundation.values.messages import BETWEEN_ROLES, Message, ShownAmount, Stage, Text

# So many processes are repaired at the same time: enough to be quick, and no flood after an outage.
AT_ONCE = 10
TASK_FAILURE = "workflow task"
"""The class of what is wrong with a process whose workflow task fails."""
NOT_RUN = "not run"
"""The class of what is wrong with a process that Temporal does not run."""


_BY_ITSELF = {
    TASK_FAILURE: "it goes on by itself when programs run that fit its history",
    NOT_RUN: "`perpetual check --temporal --mend` begins it again from the books",
}


class NotByDecision(BusinessError):
    """What is wrong with these processes is nothing that a person can decide about."""


class ProcessView(Message):
    """Where a process stands, why it waits, on whom and since when."""

    id: str
    type: str
    stage: str
    waiting_on: str | None
    waiting_since: datetime | None
    waiting_until: datetime | None
    document: str | None
    party: str | None
    amount: ShownAmount | None
    currency: str | None
    why: str | None
    exception: str | None
    failure: str | None
    outcome: str | None
    started_by: str
    correlation_id: str
    started_at: datetime
    changed_at: datetime
    closed_at: datetime | None


class TimelineEntry(Message):
    """One thing that was done."""

    at: datetime
    operation: str
    by: str
    correlation_id: str
    status: Literal["applied", "voided"]


class ProcessStory(ProcessView):
    """A process with everything that was done in it, oldest first."""

    web_ui: str | None = None
    """Its page in the Temporal Web UI, as long as Temporal knows it."""
    timeline: list[TimelineEntry]


class RepairOfMany(Repair):
    """What to do with every process that fails of the same."""

    failure: str
    """As the processes show it: `receivables.post_invoice: period-locked`."""
    type: str | None = None
    """Only processes of this type."""


class Repaired(Message):
    """One of the processes that fail alike, and what became of it."""

    id: str
    document: str | None
    exception: str | None
    result: str
    """`would be …`, `retry`, `skip`, `abort`, or why not."""


class RepairedMany(Message):
    """Every process that failed of it."""

    failure: str
    items: list[Repaired]


router = Router(prefix="/v1/processes", tags=["Processes"])


def process_view(state: Row) -> ProcessView:
    """A process's row as it is answered."""
    shown = {name: getattr(state, name) for name in ProcessView.model_fields}
    if state.task_failure is not None:
        # It says more than what the process itself could say last.
        shown |= {"exception": state.task_failure, "failure": TASK_FAILURE}
    if state.not_run is not None:
        shown |= {"exception": state.not_run, "failure": NOT_RUN}
    return ProcessView(**shown)


_WRONG = or_(
    ProcessState.exception.is_not(None),
    ProcessState.task_failure.is_not(None),
    ProcessState.not_run.is_not(None),
)


def _fails_of(failure: str) -> ColumnElement[bool]:
    if failure == TASK_FAILURE:
        return ProcessState.task_failure.is_not(None)
    return ProcessState.not_run.is_not(None) if failure == NOT_RUN else ProcessState.failure == failure


def _waits_on(role: str) -> ColumnElement[bool]:
    several = func.string_to_array(ProcessState.waiting_on, BETWEEN_ROLES)
    return or_(
        ProcessState.waiting_on == role,
        and_(ProcessState.waiting_on.like(f"%{BETWEEN_ROLES}%"), literal(role) == any_(several)),
    )


PROCESSES = Listing(
    name="processes",
    about="Processes, the newest first; what waits on whom, what is parked.",
    view=ProcessView,
    rows=select(ProcessState),
    to_view=process_view,
    filters=(
        equal(ProcessState.type),
        equal(ProcessState.stage),
        Filter("waiting_on", Text, _waits_on, "Only those that wait on this role, or on it and others"),
        equal(ProcessState.party),
        equal(ProcessState.document),
        equal(ProcessState.outcome),
        Filter("failure", Text, _fails_of, "Only those that fail of this, as they show it"),
        only("only_open", ProcessState.outcome.is_(None), "Only those that have not ended"),
        only("only_exceptions", _WRONG, "Only those that need a person"),
        *between(ProcessState.started_at),
    ),
    sorts=named(
        ProcessState.started_at,
        ProcessState.changed_at,
        ProcessState.waiting_since,
        ProcessState.amount,
        ProcessState.party,
    ),
    order="-started_at",
    unique=(ProcessState.id,),
)
add_list(router, PROCESSES, allows("operations.process.read"))


@router.get("/{process_id:path}/commands", dependencies=[allows("operations.process.read")])
async def process_commands(process_id: str, asked: Asked, request: Request) -> CommandsView:
    """What can be asked of a process and its document now, who may, and why not the rest."""
    return await commands.of_process(asked, request, process_id)


@router.get("/{process_id:path}", dependencies=[allows("operations.process.read")])
async def look_at_process(process_id: str, asked: Asked) -> ProcessStory:
    """One process with its timeline, and its page in the Temporal Web UI."""
    story = await one_process(process_id, asked)
    return story.model_copy(update={"web_ui": await web_ui.page_of(asked.app.state.temporal, process_id)})


async def one_process(process_id: str, asked: AskedRequest) -> ProcessStory:
    """One process with its timeline, from the database: also after Temporal has forgotten it."""
    async with asked.read() as tx:
        state = await tx.get(ProcessState, process_id)
        if state is None:
            raise NotFound(f"there is no process {process_id}")
        log = select(OperationLog).where(
            OperationLog.company_id == asked.caller.company, OperationLog.process_id == process_id
        )
        done = await tx.execute(log.order_by(OperationLog.recorded_at))
    timeline = [
        TimelineEntry(
            at=row.recorded_at,
            operation=row.name,
            by=row.actor,
            correlation_id=row.correlation_id,
            status="applied" if row.status == "applied" else "voided",
        )
        for row in done
    ]
    return ProcessStory(**dict(process_view(state)), timeline=timeline)


@router.post("/repairs", dependencies=[allows("operations.process.repair")])
async def repair_many(decision: RepairOfMany, asked: Asked) -> RepairedMany:
    """Repair every process that fails of the same: try again, go on without the step, or give up.

    A dry run says what would become of each.
    """
    if decision.failure in _BY_ITSELF:
        raise NotByDecision(
            f"{decision.failure}: no repair helps such a process; {_BY_ITSELF[decision.failure]}"
        )
    async with asked.read() as tx:
        found = await tx.execute(_failing(decision))
    limit = asyncio.Semaphore(AT_ONCE)
    repair = Repair(action=decision.action, reason=decision.reason)

    async def one(state: Row) -> Repaired:
        async with limit:
            do = repairs.would_repair if asked.is_dry_run else repairs.outcome_of
            result = await do(asked, state, repair)
        return Repaired(id=state.id, document=state.document, exception=state.exception, result=result)

    items = await asyncio.gather(*(one(state) for state in found))
    would_be_done(Would(what=f"{one.id}: {one.result}", document=one.document) for one in items)
    return RepairedMany(failure=decision.failure, items=list(items))


def _failing(decision: RepairOfMany) -> Select[Any]:
    alike = select(ProcessState).where(
        ProcessState.failure == decision.failure, ProcessState.outcome.is_(None)
    )
    if decision.type is not None:
        alike = alike.where(ProcessState.type == decision.type)
    return alike.order_by(ProcessState.started_at, ProcessState.id)


@router.post("/{process_id:path}/repair", dependencies=[allows("operations.process.repair")])
async def repair(process_id: str, decision: Repair, asked: Asked) -> ProcessStory:
    """A parked step: try it again now, go on without it, or give it up and take back what was done."""
    async with asked.read() as tx:
        state = await tx.get(ProcessState, process_id)
    if state is None:
        raise NotFound("there is no such document")
    await repairs.repair(asked, state, decision)
    return await one_process(process_id, asked)


@router.post("/{process_id:path}/hold", dependencies=[allows("operations.process.hold")])
async def hold(process_id: str, why: Hold, asked: Asked) -> ProcessStory:
    """Let a process take no further step until it is released."""
    await processes.command(asked, process_id, "hold", why, Stage)
    return await one_process(process_id, asked)


@router.post("/{process_id:path}/release", dependencies=[allows("operations.process.hold")])
async def release(process_id: str, why: Hold, asked: Asked) -> ProcessStory:
    """Let a process that is held go on."""
    await processes.command(asked, process_id, "release", why, Stage)
    return await one_process(process_id, asked)
