"""Schedules: runs that Temporal starts each day, also for days that it missed while it was down."""

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


class ScheduleAsked(Message):
    """At which hour of each day, in UTC; or not at all for now."""

    hour: Annotated[int, Field(ge=0, le=23)] = 4
    active: bool = True


class ScheduleView(ScheduleAsked):
    """A schedule as it stands, and when it is next due."""

    next_at: datetime | None


@dataclass(frozen=True)
class Daily:
    """A run for each day."""

    process: str
    summary: str

    def id_in(self, company: str) -> str:
        """The schedule's id."""
        return f"{company}/{self.process}"


def schedule_of(daily: Daily, caller: Caller, wanted: ScheduleAsked) -> Schedule:
    """The schedule. Each day has its run, one after the other; what was missed is made up for."""
    return Schedule(
        action=ScheduleActionStartWorkflow(
            ScheduledRun.run,
            Tick(process=daily.process),
            id=f"{daily.id_in(caller.company)}/tick",
            task_queue=settings().task_queue,
            memo={"caller": caller},
            typed_search_attributes=visibility.at_start(caller.company, None),
            static_summary=daily.summary,
        ),
        spec=ScheduleSpec(
            calendars=[ScheduleCalendarSpec(hour=[ScheduleRange(wanted.hour)])], time_zone_name="UTC"
        ),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.BUFFER_ALL, catchup_window=CATCH_UP),
        state=ScheduleState(paused=not wanted.active, note=daily.summary),
    )


async def keep(asked: AskedRequest, daily: Daily, wanted: ScheduleAsked) -> ScheduleView:
    """Make the schedule, or change it."""
    client: Client = asked.app.state.temporal
    schedule = schedule_of(daily, asked.caller, wanted)
    schedule_id = daily.id_in(asked.caller.company)
    try:
        await client.create_schedule(schedule_id, schedule)
    except ScheduleAlreadyRunningError:
        handle = client.get_schedule_handle(schedule_id)
        await handle.update(lambda _: ScheduleUpdate(schedule))
    return await shown(asked, daily)


async def shown(asked: AskedRequest, daily: Daily) -> ScheduleView:
    """The schedule as it stands. Refuses: NotFound."""
    client: Client = asked.app.state.temporal
    handle: ScheduleHandle = client.get_schedule_handle(daily.id_in(asked.caller.company))
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
