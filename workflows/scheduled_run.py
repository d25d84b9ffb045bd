"""Scheduled run: what is to be done each day is started for the day that it was scheduled for.

1. The scheduled time says which day it is: not the clock, for after an outage the days are made up for.
2. The day's run is started, named by the day. A day that has had its run gets no other.
"""

from datetime import datetime

from temporalio import workflow
from temporalio.common import SearchAttributeKey, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from foundation import visibility
from foundation.messages import Message
from foundation.process import Process
from workflows.dunning_run import DunningRun, RunOn

SCHEDULED_AT = SearchAttributeKey.for_datetime("TemporalScheduledStartTime")
"""Set by the Temporal server on whatever a schedule starts."""


class Tick(Message):
    """Which run is started; the time it was scheduled for is the schedule's, unless it is given."""

    process: str
    at: datetime | None = None


RUNS = {"dunning_run": DunningRun}


@workflow.defn(name="scheduled_run")
class ScheduledRun(Process):
    """The run of the day that was scheduled."""

    @workflow.init
    def __init__(self, tick: Tick) -> None:
        super().__init__(tick)

    @workflow.run
    async def run(self, tick: Tick) -> str:
        """Steps 1 and 2; gives the id of the day's run."""
        return await self.conduct(self.procedure(tick))

    async def procedure(self, tick: Tick) -> str:
        """Start the day's run, which goes its own way; content when it was started before."""
        scheduled = workflow.info().typed_search_attributes.get(SCHEDULED_AT)
        day = (tick.at or scheduled or workflow.info().start_time).date()
        company = self.caller.company
        process_id = f"{company}/{tick.process}/{day}"
        self.know(document=str(day))
        try:
            await workflow.start_child_workflow(
                RUNS[tick.process].run,
                RunOn(on=day),
                id=process_id,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                parent_close_policy=workflow.ParentClosePolicy.ABANDON,
                memo={"caller": self.caller},
                search_attributes=visibility.at_start(company, None),
                static_summary=f"The run of {day}",
            )
        except WorkflowAlreadyStartedError:
            workflow.logger.info("%s was started before", process_id)
        await self.note(self.at("started", outcome="closed"))
        return process_id
