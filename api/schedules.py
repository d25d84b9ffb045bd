"""Schedules: runs that Temporal starts each day or month, also for those that it missed while it was down."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import Field
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleHandle,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleState,
    ScheduleUpdate,
)
from temporalio.service import RPCError, RPCStatusCode

from api.door import AskedRequest
from foundation import visibility
from foundation.errors import NotFound
from foundation.messages import Caller, Message
from foundation.settings import settings
from workflows.scheduled_run import ScheduledRun, Tick

CATCH_UP = timedelta(days=30)
"""Days that were missed while Temporal was down are made up for, so far back."""
CATCH_UP_MONTHS = timedelta(days=366)
"""So are months."""


class ScheduleAsked(Message):
    """At which hour, in UTC, of each day, or of the first day of each month; or not at all for now."""

    hour: Annotated[int, Field(ge=0, le=23)] = 4
    active: bool = True


class ScheduleView(ScheduleAsked):
    """A schedule as it stands, and when it is next due."""

    next_at: datetime | None


@dataclass(frozen=True)
class Recurring:
    """A run for each day; or for each month, on the first day of the next."""

    process: str
    summary: str
    is_monthly: bool = False

    def id_in(self, company: str) -> str:
        """The schedule's id."""
        return f"{company}/{self.process}"


def schedule_of(recurring: Recurring, caller: Caller, wanted: ScheduleAsked) -> Schedule:
    """The schedule. Each day or month has its run, one after the other; what was missed is made up for."""
    first = [ScheduleRange(1)] if recurring.is_monthly else [ScheduleRange(1, 31)]
    return Schedule(
        action=ScheduleActionStartWorkflow(
            ScheduledRun.run,
            Tick(process=recurring.process),
            id=f"{recurring.id_in(caller.company)}/tick",
            task_queue=settings().task_queue,
            memo={"caller": caller},
            typed_search_attributes=visibility.at_start(caller.company, None),
            static_summary=recurring.summary,
        ),
        spec=ScheduleSpec(
            calendars=[ScheduleCalendarSpec(hour=[ScheduleRange(wanted.hour)], day_of_month=first)],
            time_zone_name="UTC",
        ),
        policy=SchedulePolicy(
            overlap=ScheduleOverlapPolicy.BUFFER_ALL,
            catchup_window=CATCH_UP_MONTHS if recurring.is_monthly else CATCH_UP,
        ),
        state=ScheduleState(paused=not wanted.active, note=recurring.summary),
    )


async def keep(asked: AskedRequest, recurring: Recurring, wanted: ScheduleAsked) -> ScheduleView:
    """Make the schedule, or change it."""
    client: Client = asked.app.state.temporal
    schedule = schedule_of(recurring, asked.caller, wanted)
    schedule_id = recurring.id_in(asked.caller.company)
    try:
        await client.create_schedule(schedule_id, schedule)
    except ScheduleAlreadyRunningError:
        handle = client.get_schedule_handle(schedule_id)
        await handle.update(lambda _: ScheduleUpdate(schedule))
    return await shown(asked, recurring)


async def shown(asked: AskedRequest, recurring: Recurring) -> ScheduleView:
    """The schedule as it stands. Refuses: NotFound."""
    client: Client = asked.app.state.temporal
    handle: ScheduleHandle = client.get_schedule_handle(recurring.id_in(asked.caller.company))
    try:
        described = await handle.describe()
    except RPCError as failure:
        if failure.status is RPCStatusCode.NOT_FOUND:
            raise NotFound("nothing is scheduled; do it with a POST") from None
        raise
    calendar = described.schedule.spec.calendars[0]
    upcoming = described.info.next_action_times
    active = not described.schedule.state.paused
    return ScheduleView(
        hour=calendar.hour[0].start,
        active=active,
        next_at=upcoming[0].astimezone(UTC) if upcoming and active else None,
    )
