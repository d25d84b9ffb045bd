"""Replenishment run: once a day, what runs short is asked for, supplier by supplier.

1. Replenishment lists what is short now, beyond all that is on order or requisitioned, and where it is
   bought.
2. For each supplier and warehouse a requisition is entered over what is still short then, and its process
   begins. What nobody sells is refused, and keeps nothing else waiting.
3. The run is done when all were tried; what could not be asked for waits until somebody has mended it.

There is one run for each day, named by it: a day that is asked for twice, or made up for after an outage, is
done once. Runs of several days at the same time ask for nothing twice: see `replenishment.request_shortages`.
"""

from temporalio import workflow

from activities.replenishment import shortages
from domains.replenishment.messages import ListShortages, ReplenishmentRunProgress
from foundation.process.next_run import known
from foundation.process.run import Run, SoFar
from foundation.process.run_messages import Listed, ListSome
from workflows.dunning_run import RunOn, RunOnSoFar


@workflow.defn(name="replenishment_run")
class ReplenishmentRun(Run):
    """On a day, what runs short is asked for."""

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
        await self.over_many(self.list_shortages, shortages.request_shortages, dict)

    async def list_shortages(self, ask: ListSome) -> Listed:
        """Step 1."""
        return await self.lists(shortages.list_shortages, ListShortages(**dict(ask), on=self.asked.on))

    def answer(self) -> ReplenishmentRunProgress:
        """What the caller who asks for a day's run is told."""
        return ReplenishmentRunProgress(**dict(self.progress_of_items()), on=self.asked.on)
