"""Scheduled run: what is to be done each day, or each month, is started for what it was scheduled for.

1. The scheduled time says which day it is for the company, or which month is over: not the clock, for after
   an outage they are made up for.
2. The run is started, named by its day or month. One that has had its run gets no other.
"""

from datetime import UTC, datetime

from temporalio import workflow
from temporalio.common import SearchAttributeKey

from foundation.process.process import Process
from foundation.values.days import moment_in
from foundation.values.messages import Message
from workflows.collective_invoice_run import RunMonth
from workflows.dunning_run import RunOn

SCHEDULED_AT = SearchAttributeKey.for_datetime("TemporalScheduledStartTime")
"""Set by the Temporal server on whatever a schedule starts."""


class Tick(Message):
    """Which run is started; the time it was scheduled for is the schedule's, unless it is given."""

    process: str
    at: datetime | None = None
    time_zone: str = "UTC"
    """The company's."""
    hour: int | None = None
    """At which it is to start there; at any when it is not said."""

    def is_due(self, at: datetime) -> bool:
        """Whether a moment is of this hour, or of the next on a day on which clocks leave this one out."""
        if self.hour in (None, at.hour):
            return True
        # A time that there is not becomes another one on its way there and back.
        return at.replace(hour=self.hour).astimezone(UTC).astimezone(at.tzinfo).hour != self.hour


RUNS: dict[str, type[RunOn | RunMonth]] = {
    "dunning_run": RunOn,
    "replenishment_run": RunOn,
    "collective_invoice_run": RunMonth,
}


@workflow.defn(name="scheduled_run")
class ScheduledRun(Process):
    """The run of the day or month that was scheduled."""

    @workflow.init
    def __init__(self, tick: Tick) -> None:
        super().__init__(tick)

    @workflow.run
    async def run(self, tick: Tick) -> str:
        """Steps 1 and 2; gives the id of the run, if its hour has come."""
        return await self.conduct(self.procedure(tick))

    async def procedure(self, tick: Tick) -> str:
        """Start the run, and do not wait for it. Does nothing if it was started before."""
        scheduled = workflow.info().typed_search_attributes.get(SCHEDULED_AT)
        at = moment_in(tick.time_zone, tick.at or scheduled or workflow.info().start_time)
        run = RUNS[tick.process].scheduled(at)
        if not tick.is_due(at):
            await self.note(self.at("not due", outcome="closed"))
            return ""
        self.know(document=run.period)
        await self.begin(tick.process, run.period, run, party=None, summary=f"The run of {run.period}")
        await self.note(self.at("started", outcome="closed"))
        return f"{self.caller.company}/{tick.process}/{run.period}"
