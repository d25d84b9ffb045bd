"""What is begun each day or month, as the API shows and changes it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field
from temporalio.client import Client

from activities.processes import keep_schedule
from api.door import AskedRequest
from foundation.database.tables import KeptSchedule
from foundation.database.transaction import Row
from foundation.process import schedules
from foundation.process.schedules import KeepSchedule
from foundation.runtime import temporal
from foundation.values.errors import NotFound
from foundation.values.messages import Message


class ScheduleAsked(Message):
    """At which hour of each day, or of the first day of each month, where the company is; or not at all for
    now.
    """

    hour: Annotated[int, Field(ge=0, le=23)] = 4
    active: bool = True


class ScheduleView(ScheduleAsked):
    """A schedule as it stands, and when it is next due; nothing while Temporal does not say."""

    next_at: datetime | None


@dataclass(frozen=True)
class Recurring:
    """A run for each day; or for each month, on the first day of the next."""

    process: str
    summary: str
    is_monthly: bool = False


async def keep(asked: AskedRequest, recurring: Recurring, wanted: ScheduleAsked) -> ScheduleView:
    """Make the schedule, or change it: written down first, and made later while Temporal is away."""
    kept = KeepSchedule(
        process=recurring.process,
        summary=recurring.summary,
        is_monthly=recurring.is_monthly,
        hour=wanted.hour,
        active=wanted.active,
        time_zone=str(asked.time_zone),
        correlation_id=asked.caller.correlation_id,
    )
    await asked.run(keep_schedule, kept)
    try:
        if not asked.is_dry_run:
            await schedules.save(asked.app.state.temporal, await _row(asked, recurring))
    except Exception as failure:
        if not temporal.is_away(failure):
            raise
    return await shown(asked, recurring)


async def shown(asked: AskedRequest, recurring: Recurring) -> ScheduleView:
    """The schedule as it stands. Refuses: NotFound."""
    row = await _row(asked, recurring)
    upcoming = await _next(asked.app.state.temporal, row) if row.active else None
    return ScheduleView(hour=row.hour, active=row.active, next_at=upcoming)


async def _row(asked: AskedRequest, recurring: Recurring) -> Row:
    async with asked.read() as tx:
        row = await tx.get(KeptSchedule, (asked.caller.company, recurring.process))
    if row is None:
        raise NotFound("nothing is scheduled; do it with a POST")
    return row


async def _next(client: Client, row: Row) -> datetime | None:
    try:
        described = await client.get_schedule_handle(schedules.id_of(row)).describe()
    except Exception as failure:
        is_lost = temporal.is_unknown(failure)
        if not is_lost and not temporal.is_away(failure):
            raise
        return None
    zone = ZoneInfo(row.time_zone)
    # The hour after it counts on one day of the year.
    upcoming = [at for at in described.info.next_action_times if at.astimezone(zone).hour == row.hour]
    return upcoming[0].astimezone(UTC) if upcoming else None
