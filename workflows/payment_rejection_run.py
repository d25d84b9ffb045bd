"""Payment rejection run: what payments have paid that the bank has rejected is owed again.

1. Banking lists the payments that a status report rejects, supplier by supplier.
2. What each has paid is reversed: its invoices are owed again, and may be proposed again. One that cannot be
   taken back keeps no other waiting.
3. What could not be taken back, in a locked period, or because a statement says that it was made, waits until
   somebody has mended it, or does without it.
"""

from temporalio import workflow

from activities.banking import payment_statuses
from domains.banking.messages.payment_statuses import ListRejected, RejectPayments
from foundation.process.next_run import Carried, known
from foundation.process.run import Run, SoFar
from foundation.process.run_messages import Listed, ListSome

RejectionSoFar = Carried[RejectPayments, SoFar]


@workflow.defn(name="payment_rejection_run")
class PaymentRejectionRun(Run):
    """What rejected payments had paid is owed again."""

    @workflow.init
    def __init__(self, run: RejectPayments | RejectionSoFar) -> None:
        super().__init__(run)
        self.asked, _ = known(run, lambda _: SoFar())

    @workflow.run
    async def run(self, run: RejectPayments | RejectionSoFar) -> str:
        """Steps 1 to 3; gives how it ended."""
        await self.conduct(self.procedure(self.asked))
        return self.now.stage

    async def procedure(self, run: RejectPayments) -> None:
        """Steps 1 to 3, or as much of them as one run of the process takes."""
        self.know(document=run.file_name)
        await self.over_many(self.list_rejected, payment_statuses.reject_payment, dict)

    async def list_rejected(self, ask: ListSome) -> Listed:
        """Step 1."""
        wanted = ListRejected(**dict(ask), report_id=self.asked.report_id)
        return await self.lists(payment_statuses.list_rejected_payments, wanted)
