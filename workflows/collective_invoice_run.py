"""Collective invoice run: when a month is over, everybody who was delivered in it and is billed together is.

1. Finance lists which months of which customers are due: this one, and those before it that had no run.
2. Each is billed; with its invoice begins the process that tells its orders and waits for its money. A
   customer's months are billed in their order. One that cannot be billed keeps no other customer waiting.
3. The run is done when all were tried; what could not be billed waits until somebody has mended it.

There is one run for each month, named by it: a month that is asked for twice, or made up for after an outage,
is done once.
"""

from datetime import datetime
from typing import Self

from temporalio import workflow

from activities.receivables import billing_due, invoices
from domains.receivables.messages import CollectiveRunProgress, ListMonths, Month
from domains.receivables.rules.collective import month_before
from foundation.process.next_run import Carried, known
from foundation.process.run import Run, SoFar
from foundation.process.run_messages import Listed, ListSome
from foundation.values.messages import Message


class RunMonth(Message):
    """The month."""

    month: Month

    @classmethod
    def scheduled(cls, at: datetime) -> Self:
        """A schedule of the first days of a month bills the month before."""
        return cls(month=month_before(at.date()))

    @property
    def period(self) -> str:
        """What names the run."""
        return self.month


RunMonthSoFar = Carried[RunMonth, SoFar]


@workflow.defn(name="collective_invoice_run")
class CollectiveInvoiceRun(Run):
    """When a month is over, a collective invoice for everybody who is billed together."""

    @workflow.init
    def __init__(self, run: RunMonth | RunMonthSoFar) -> None:
        super().__init__(run)
        self.asked, _ = known(run, lambda _: SoFar())

    @workflow.run
    async def run(self, run: RunMonth | RunMonthSoFar) -> str:
        """Steps 1 to 3; gives how it ended."""
        await self.conduct(self.procedure(self.asked))
        return self.now.stage

    async def procedure(self, run: RunMonth) -> None:
        """Steps 1 to 3, or as much of them as one run of the process takes."""
        self.know(document=run.month)
        await self.over_many(self.list_months, invoices.post_collective_invoice, dict)

    async def list_months(self, ask: ListSome) -> Listed:
        """Step 1, so many customers at a time."""
        return await self.lists(
            billing_due.list_months_to_bill, ListMonths(**dict(ask), month=self.asked.month)
        )

    def answer(self) -> CollectiveRunProgress:
        """What the caller who asks for a month's run is told."""
        return CollectiveRunProgress(**dict(self.progress_of_items()), month=self.asked.month)
