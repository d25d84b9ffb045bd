"""Dunning run: once a day, whoever is overdue is reminded, level by level, until it pays or somebody decides.

1. Finance lists who is overdue by the days of the first level and is not reminded yet, and whose next letter
   may be due, or who may have paid.
2. For each of them it does what is to be done: it begins to remind it, writes the letter that is due, with
   its fee and its interest, or ends what is over. One that cannot be done keeps nobody else waiting.
3. The run is done when all were tried; what could not be done waits until somebody has mended it.

There is one run for each day, named by it: a day that is asked for twice, or made up for after an outage, is
done once. A letter is named by the day it was due, and dated when it is written: whoever catches up writes it
once, and the next level counts from there, so that nobody gets two letters at once.
"""

from datetime import date, datetime
from typing import Any, Self

from temporalio import workflow

from activities.receivables import dunning
from domains.receivables.messages import DunningRunProgress, ListOverdue
from foundation.process.next_run import Carried, known
from foundation.process.run import Run, SoFar
from foundation.process.run_messages import Listed, ListSome
from foundation.values.days import moment_in
from foundation.values.messages import Message


class RunOn(Message):
    """The day, and the company's time zone."""

    on: date
    time_zone: str = "UTC"

    @classmethod
    def scheduled(cls, at: datetime) -> Self:
        """The run of the day that a schedule has come to, where the company is."""
        return cls(on=at.date(), time_zone=str(at.tzinfo))

    @property
    def period(self) -> str:
        """What names the run."""
        return str(self.on)


RunOnSoFar = Carried[RunOn, SoFar]


@workflow.defn(name="dunning_run")
class DunningRun(Run):
    """On a day, whoever is overdue is reminded."""

    @workflow.init
    def __init__(self, run: RunOn | RunOnSoFar) -> None:
        super().__init__(run)
        self.asked, _ = known(run, lambda _: SoFar())

    @workflow.run
    async def run(self, run: RunOn | RunOnSoFar) -> str:
        """Steps 1 to 3; gives how it ended."""
        await self.conduct(self.procedure(self.asked))
        return self.now.stage

    async def procedure(self, run: RunOn) -> None:
        """Steps 1 to 3, or as much of them as one run of the process takes."""
        self.know(document=str(run.on))
        await self.over_many(self.list_overdue, dunning.remind_customer, self.filled_in)

    async def list_overdue(self, ask: ListSome) -> Listed:
        """Step 1, so many customers at a time."""
        return await self.lists(dunning.list_overdue, ListOverdue(**dict(ask), on=self.asked.on))

    def filled_in(self) -> dict[str, Any]:
        """A letter is dated when it is written: today, where the company is, whatever day the run is for."""
        return {"today": str(moment_in(self.asked.time_zone, workflow.now()).date())}

    def answer(self) -> DunningRunProgress:
        """What the caller who asks for a day's run is told."""
        return DunningRunProgress(**dict(self.progress_of_items()), on=self.asked.on)
