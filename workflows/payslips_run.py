"""Payslips run: the payslips of a payroll run are computed, or posted, few at a time.

1. Payroll lists the payslips of the run that are to be done.
2. Each is done for itself: one that cannot be keeps no other waiting, and is held. Those of a group that the
   database refuses are tried again one by one, so that only the one in the way is held.
3. What failed otherwise waits until somebody has mended it, or does without it. Then the payroll run is told.
"""

from uuid import UUID

from temporalio import workflow

from activities.payroll import payslips, runs
from domains.payroll.messages.runs import ListPayslips, PayslipsCalculated, PayslipsPosted, PayslipStatus
from foundation.process.next_run import Carried, known
from foundation.process.run import Run, SoFar
from foundation.process.run_messages import Listed, ListSome
from foundation.values.messages import Message, Stage


class RunPayslips(Message):
    """The payroll run, whose payslips that stand so are done, and what its process is told then: that they
    are computed, or posted.
    """

    payroll_run_id: UUID
    run_number: str
    process_id: str
    status: PayslipStatus
    tells: str


PayslipsSoFar = Carried[RunPayslips, SoFar]
CALCULATED, POSTED = "payslips_calculated", "payslips_posted"
TOLD: dict[str, type[PayslipsCalculated | PayslipsPosted]] = {
    CALCULATED: PayslipsCalculated,
    POSTED: PayslipsPosted,
}


@workflow.defn(name="payslips_run")
class PayslipsRun(Run):
    """Payslips of a payroll run are computed, or posted."""

    @workflow.init
    def __init__(self, run: RunPayslips | PayslipsSoFar) -> None:
        super().__init__(run)
        self.asked, _ = known(run, lambda _: SoFar())

    @workflow.run
    async def run(self, run: RunPayslips | PayslipsSoFar) -> str:
        """Steps 1 to 3; gives how it ended."""
        await self.conduct(self.procedure(self.asked))
        return self.now.stage

    async def procedure(self, run: RunPayslips) -> None:
        """Steps 1 to 3, or as much of them as one run of the process takes."""
        self.know(document=run.run_number)
        if run.tells == CALCULATED:
            await self.over_many(self.list_payslips, payslips.calculate_payslips, self.fills)
        else:
            await self.over_many(self.list_payslips, payslips.post_payslips, self.fills)

    def fills(self) -> dict[str, bool]:
        """Step 2: what could not be done together is done one by one, and who is in the way is held."""
        return {"one_by_one": self.so_far.rounds > 0}

    async def end(self, stage: Stage) -> None:
        """Step 3: the payroll run is told with it."""
        done = TOLD[self.asked.tells](run_id=self.asked.payroll_run_id)
        await self.tell(self.asked.process_id, self.asked.tells, done, stage=stage)

    async def list_payslips(self, ask: ListSome) -> Listed:
        """Step 1."""
        wanted = ListPayslips(**dict(ask), payroll_run_id=self.asked.payroll_run_id, status=self.asked.status)
        return await self.lists(runs.list_payslips, wanted)
