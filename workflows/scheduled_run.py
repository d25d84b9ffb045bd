"""Scheduled run: what is to be done each day, or each month, is started for what it was scheduled for.

1. The scheduled time says which day it is, or which month is over: not the clock, for after an outage they
   are made up for.
2. The run is started, named by its day or month. One that has had its run gets no other.
"""

from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from foundation import visibility
from foundation.messages import Message
from foundation.process import Process
from workflows.collective_invoice_run import CollectiveInvoiceRun, RunMonth
from workflows.dunning_run import DunningRun, RunOn

SCHEDULED_AT = SearchAttributeKey.for_datetime("TemporalScheduledStartTime")
"""Set by the Temporal server on whatever a schedule starts."""


class Tick(Message):
    """Which run is started; the time it was scheduled for is the schedule's, unless it is given."""

    process: str
    at: datetime | None = None


RUNS: dict[str, tuple[Any, type[RunOn | RunMonth]]] = {
    "dunning_run": (DunningRun, RunOn),
    "collective_invoice_run": (CollectiveInvoiceRun, RunMonth),
}


@workflow.defn(name="scheduled_run")
class ScheduledRun(Process):
    """The run of the day or month that was scheduled."""

    @workflow.init
    def __init__(self, tick: Tick) -> None:
        super().__init__(tick)

    @workflow.run
    async def run(self, tick: Tick) -> str:
        """Steps 1 and 2; gives the id of the run."""
        return await self.conduct(self.procedure(tick))

    async def procedure(self, tick: Tick) -> str:
        """Start the run, which goes its own way; content when it was started before."""
        scheduled = workflow.info().typed_search_attributes.get(SCHEDULED_AT)
        day = (tick.at or scheduled or workflow.info().start_time).date()
        process, command = RUNS[tick.process]
        run = command.scheduled(day)
        company = self.caller.company
        process_id = f"{company}/{tick.process}/{run.period}"
        self.know(document=run.period)
        try:
            await workflow.start_child_workflow(
                process.run,
                run,
                id=process_id,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                parent_close_policy=workflow.ParentClosePolicy.ABANDON,
                memo={"caller": self.caller},
                search_attributes=visibility.at_start(company, None),
                static_summary=f"The run of {run.period}",
            )
        except WorkflowAlreadyStartedError:
            workflow.logger.info("%s was started before", process_id)
        await self.note(self.at("started", outcome="closed"))
        return process_id
