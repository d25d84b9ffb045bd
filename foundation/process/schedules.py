"""Schedules: runs that Temporal starts each day or month, also for those that it missed while it was down.

What is scheduled is a row of the books. Temporal's schedule is made from it, at once by whoever was asked for
it, and again by the workers when Temporal has lost it, or has an older one: then with the days and months
that have passed meanwhile. A day or month that had its run gets no other.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select, text
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleBackfill,
    ScheduleCalendarSpec,
    ScheduleListDescription,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleState,
    ScheduleUpdate,
)

from foundation.database.connections import database
from foundation.database.tables import KeptSchedule
from foundation.database.transaction import Row
from foundation.runtime import visibility
from foundation.runtime.settings import settings
from foundation.values.messages import Caller, Message

log = structlog.get_logger()

TICK = "scheduled_run"
"""The process that a schedule starts; it begins the run of the day or month."""
CATCH_UP = timedelta(days=30)
"""Days that were missed while Temporal was down are made up for, so far back."""
LAST_HOUR = 23
CATCH_UP_MONTHS = timedelta(days=366)
"""So are months."""


class KeepSchedule(Message):
    """A run for each day; or for each month, on the first day of the next."""

    process: str
    summary: str
    is_monthly: bool
    hour: int
    active: bool
    time_zone: str = "UTC"
    correlation_id: str


def id_of(row: Row) -> str:
    """The schedule's id in Temporal."""
    return f"{row.company_id}/{row.process}"


async def save(client: Client, row: Row) -> None:
    """Make Temporal's schedule, or change it."""
    try:
        await client.create_schedule(id_of(row), _as_schedule(row))
    except ScheduleAlreadyRunningError:
        await _change(client, row)


async def make_again(client: Client) -> int:
    """Make the schedules that Temporal has lost, and change those that it has otherwise; gives how many."""
    rows = await _all()
    if not rows:
        return 0
    listed = {one.id: one async for one in await client.list_schedules()}
    differing = [row for row in rows if not _is_so(row, listed.get(id_of(row)))]
    for row in differing:
        if id_of(row) in listed:
            await _change(client, row)
        else:
            await _make_again(client, row)
        log.warning("schedule was made again", schedule=id_of(row))
    return len(differing)


async def _all() -> list[Row]:
    async with database().transaction() as tx:
        companies = await tx.scalars(text("SELECT company_id FROM foundation.companies_with_schedules()"))
    rows: list[Row] = []
    for company in companies:
        async with database().read(company) as tx:
            rows += await tx.execute(select(KeptSchedule.__table__))
    return rows


def _is_so(row: Row, listed: ScheduleListDescription | None) -> bool:
    """Whether Temporal has it as it should be, by its list."""
    if listed is None or listed.schedule is None:
        return False
    spec = listed.schedule.spec
    hours = [one.hour[0].start for one in spec.calendars if one.hour]
    is_then = hours == [row.hour] and (spec.time_zone_name or "UTC") == row.time_zone
    return is_then and listed.schedule.state.paused is not row.active


async def _make_again(client: Client, row: Row) -> None:
    """Also for what has passed since it was saved: with Temporal's store went what it knows of that."""
    now = datetime.now(UTC)
    since = max(row.changed_at, now - _catch_up(row))
    missed = ScheduleBackfill(start_at=since, end_at=now, overlap=ScheduleOverlapPolicy.BUFFER_ALL)
    try:
        await client.create_schedule(id_of(row), _as_schedule(row), backfill=[missed] if row.active else [])
    except ScheduleAlreadyRunningError:
        return  # Its list lags behind, or another worker was faster.


async def _change(client: Client, row: Row) -> None:
    """Tell Temporal what the books say now, until they say what it was told: another may save meanwhile.

    Whoever tells it last has then read what was saved last.
    """
    told: Row | None = None
    while (now := await _read(row)) != told:
        await _tell(client, now)
        told = now


async def _tell(client: Client, row: Row) -> None:
    schedule = _as_schedule(row)
    await client.get_schedule_handle(id_of(row)).update(lambda _: ScheduleUpdate(schedule))


async def _read(row: Row) -> Row:
    async with database().read(row.company_id) as tx:
        return await tx.get(KeptSchedule, (row.company_id, row.process)) or row


def _catch_up(row: Row) -> timedelta:
    return CATCH_UP_MONTHS if row.is_monthly else CATCH_UP


def _as_schedule(row: Row) -> Schedule:
    """Each day or month has its run, one after the other; what was missed is made up for.

    The hour after it counts on the day on which clocks are put forward, and the hour itself does not come.
    """
    first = [ScheduleRange(1)] if row.is_monthly else [ScheduleRange(1, 31)]
    hours = ScheduleRange(row.hour, min(row.hour + 1, LAST_HOUR))
    tick: dict[str, Any] = {"process": row.process, "time_zone": row.time_zone, "hour": row.hour}
    return Schedule(
        action=ScheduleActionStartWorkflow(
            TICK,
            tick,
            id=f"{id_of(row)}/tick",
            task_queue=settings().task_queue,
            memo={
                "caller": Caller(company=row.company_id, actor=row.actor, correlation_id=row.correlation_id)
            },
            typed_search_attributes=visibility.at_start(row.company_id, None),
            static_summary=row.summary,
        ),
        spec=ScheduleSpec(
            calendars=[ScheduleCalendarSpec(hour=[hours], day_of_month=first)],
            time_zone_name=row.time_zone,
        ),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.BUFFER_ALL, catchup_window=_catch_up(row)),
        state=ScheduleState(paused=not row.active, note=row.summary),
    )
