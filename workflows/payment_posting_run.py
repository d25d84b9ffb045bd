"""Payment posting run: what a payment run pays is posted, invoice by invoice.

1. Banking lists the invoices of the payment run, supplier by supplier; or its wages, few together.
2. Each is looked at once more: what has changed since it was approved is left out, the rest is posted as on
   its way to the bank. One that cannot be posted keeps no other waiting.
3. What could not be posted waits until somebody has mended it, or does without it. Then the payment run is
   told.
"""

from uuid import UUID

from temporalio import workflow

from activities.banking import payment_run_posting as posting
from activities.banking import wages
from domains.banking.messages.payment_runs import ListRunInvoices, ListRunWages, PaymentsPosted
from foundation.process.next_run import Carried, known
from foundation.process.run import Run, SoFar
from foundation.process.run_messages import Listed, ListSome
from foundation.values.messages import Message, Stage


class PostPaymentRun(Message):
    """The payment run, and the process that waits for its payments."""

    payment_run_id: UUID
    run_number: str
    process_id: str
    is_of_wages: bool = False


PostingSoFar = Carried[PostPaymentRun, SoFar]


@workflow.defn(name="payment_posting_run")
class PaymentPostingRun(Run):
    """What a payment run pays is posted."""

    @workflow.init
    def __init__(self, run: PostPaymentRun | PostingSoFar) -> None:
        super().__init__(run)
        self.asked, _ = known(run, lambda _: SoFar())

    @workflow.run
    async def run(self, run: PostPaymentRun | PostingSoFar) -> str:
        """Steps 1 to 3; gives how it ended."""
        await self.conduct(self.procedure(self.asked))
        return self.now.stage

    async def procedure(self, run: PostPaymentRun) -> None:
        """Steps 1 to 3, or as much of them as one run of the process takes."""
        self.know(document=run.run_number)
        if self.asked.is_of_wages:
            await self.over_many(self.list_wages, wages.pay_run_wages, dict)
        else:
            await self.over_many(self.list_invoices, posting.pay_run_invoice, dict)

    async def end(self, stage: Stage) -> None:
        """Step 3: the payment run is told with it."""
        posted = PaymentsPosted(run_id=self.asked.payment_run_id)
        await self.tell(self.asked.process_id, "payments_posted", posted, stage=stage)

    async def list_invoices(self, ask: ListSome) -> Listed:
        """Step 1."""
        wanted = ListRunInvoices(**dict(ask), payment_run_id=self.asked.payment_run_id)
        return await self.lists(posting.list_run_invoices, wanted)

    async def list_wages(self, ask: ListSome) -> Listed:
        """Step 1, of wages: what is listed has no amounts."""
        wanted = ListRunWages(**dict(ask), payment_run_id=self.asked.payment_run_id)
        return await self.lists(wages.list_run_wages, wanted)
