"""Leave taken back: leave that was approved is not taken after all, or was not.

1. hr says whether it can be: once approved, it stays so until it is taken back.
2. Payroll pays its days, if it did not. It refuses what a posted payslip was lowered by.
3. hr gives the days back.

It waits for nobody, and the first two steps refuse before they change anything. Once payroll pays the days
there is no way back: hr gives them back, however long that takes.
"""

from temporalio import workflow

from activities.hr import leave_requests
from activities.payroll import absences
from domains.hr.messages.leave import TakeLeaveBack
from domains.payroll.messages.absences import WithdrawAbsence
from foundation.operations.mailbox import Event
from foundation.process.process import Process


@workflow.defn(name="leave_taken_back")
class LeaveTakenBack(Process):
    """Leave that was approved is not taken after all, or was not."""

    kind = "Leave taken back"

    @workflow.init
    def __init__(self, asked: TakeLeaveBack) -> None:
        super().__init__(asked)

    @workflow.run
    async def run(self, asked: TakeLeaveBack) -> str:
        """Steps 1 to 3; gives how it ended."""
        await self.conduct(self.procedure(asked))
        return self.now.outcome or "cancelled"

    async def procedure(self, asked: TakeLeaveBack) -> None:
        """Steps 1 to 3."""
        # Without a stage: whoever asks is answered with what becomes of it, also when payroll refuses.
        found = await self.step(leave_requests.find_leave_to_take_back, asked)
        self.know(document=found.leave_number)
        withdraw = WithdrawAbsence(absence_id=asked.leave_id)
        await self.step(absences.withdraw_absence, withdraw, may_abort=False)
        done = self.at("taken back", outcome="closed")
        await self.step(leave_requests.take_leave_back, asked, stage=done, must=True)

    async def take(self, event: Event) -> None:
        """Nothing is asked for on the way."""
