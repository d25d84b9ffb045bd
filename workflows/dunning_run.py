"""Dunning run: on a day, everybody who is to be reminded and is not gets a dunning of its own.

1. Finance says who has something overdue by the days of the first level; so many customers at once.
2. A dunning is started for each. One that cannot go on waits by itself, and keeps nobody else waiting.

There is one run for each day, named by it: a day that is asked for twice, or made up for after an outage, is
done once.
"""

from datetime import date
from typing import Self
from uuid import UUID, uuid5

from temporalio import workflow

from activities.receivables import dunning
from domains.receivables.messages import DunningRunProgress, FindOverdue, OverdueCustomer, OverdueFound
from foundation.messages import Message
from foundation.run import Run
from workflows.dunning import RunDunning


class RunOn(Message):
    """The day; after which customer the run goes on, and how many dunnings it has begun before."""

    on: date
    after: str = ""
    begun: int = 0

    @classmethod
    def scheduled(cls, day: date) -> Self:
        """The run of the day that a schedule has come to."""
        return cls(on=day)

    @property
    def period(self) -> str:
        """What names the run."""
        return str(self.on)


def dunning_id_of(first_item: UUID, on: date) -> UUID:
    """The dunning that a day's run begins for what has been overdue the longest."""
    return uuid5(first_item, f"dunning from {on}")


@workflow.defn(name="dunning_run")
class DunningRun(Run):
    """On a day, a dunning for everybody who is to be reminded."""

    @workflow.init
    def __init__(self, run: RunOn) -> None:
        super().__init__(RunOn(on=run.on), begun=run.begun)
        self.on = run.on

    @workflow.run
    async def run(self, run: RunOn) -> int:
        """Steps 1 and 2; gives how many dunnings were begun."""
        found = await self.conduct(self.procedure(run))
        if not self.is_done:
            after = found.customers[-1].customer_code
            workflow.continue_as_new(run.model_copy(update={"after": after, "begun": self.begun}))
        return self.begun

    async def procedure(self, run: RunOn) -> OverdueFound:
        """Some of the customers; a new run goes on with those after them."""
        self.know(document=str(run.on))
        find = FindOverdue(on=run.on, after=run.after)
        found = await self.step(dunning.find_overdue, find, per=run.after, must=True)
        await self.begin_each(found.customers, self.remind, is_all=found.is_all)
        return found

    async def remind(self, customer: OverdueCustomer) -> bool:
        """Begin a dunning; whether it is a new one."""
        dunning_id = dunning_id_of(customer.first_item_id, self.on)
        code = customer.customer_code
        return await self.begin(
            "dunning",
            f"{code}/{dunning_id}",
            RunDunning(dunning_id=dunning_id, customer_code=code, on=self.on),
            party=code,
            summary=f"Reminds {code} of what is overdue",
        )

    def answer(self) -> DunningRunProgress:
        """What the caller who asks for a day's run is told."""
        return DunningRunProgress(on=self.on, begun=self.begun, is_done=self.is_done)
