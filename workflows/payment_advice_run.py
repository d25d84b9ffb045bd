"""Payment advice run: suppliers are told what a payment run pays them.

1. Banking lists the payments in the file for the bank, supplier by supplier.
2. Of each the remittance advice is written, once. A mail rule sends it: that is no part of this run, and
   nobody waits for a mail server here.
3. What could not be written waits until somebody has mended it, or does without it.
"""

from temporalio import workflow

from activities.banking import payment_advices
from domains.banking.messages.payment_advices import AdvisePayments, ListPaymentAdvices
from foundation.process.next_run import Carried, known
from foundation.process.run import Run, SoFar
from foundation.process.run_messages import Listed, ListSome

AdvicesSoFar = Carried[AdvisePayments, SoFar]


@workflow.defn(name="payment_advice_run")
class PaymentAdviceRun(Run):
    """Suppliers are told what a payment run pays them."""

    @workflow.init
    def __init__(self, run: AdvisePayments | AdvicesSoFar) -> None:
        super().__init__(run)
        self.asked, _ = known(run, lambda _: SoFar())

    @workflow.run
    async def run(self, run: AdvisePayments | AdvicesSoFar) -> str:
        """Steps 1 to 3; gives how it ended."""
        await self.conduct(self.procedure(self.asked))
        return self.now.stage

    async def procedure(self, run: AdvisePayments) -> None:
        """Steps 1 to 3, or as much of them as one run of the process takes."""
        self.know(document=run.run_number)
        await self.over_many(self.list_payments, payment_advices.advise_payment, dict)

    async def list_payments(self, ask: ListSome) -> Listed:
        """Step 1."""
        of_run = self.asked.model_dump(include={"payment_run_id", "ordered_on"})
        return await self.lists(
            payment_advices.list_payment_advices, ListPaymentAdvices(**dict(ask), **of_run)
        )
