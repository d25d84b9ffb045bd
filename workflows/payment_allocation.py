"""Payment allocation: money on a customer's account is used for an open invoice.

1. Finance allocates it.
2. The order whose invoice was settled is told.
"""

from uuid import UUID

from temporalio import workflow

from activities.ledger import payments
from domains.ledger.messages import AllocatePayment, PaymentPosted, PaymentProgress
from foundation.process import Process


@workflow.defn(name="payment_allocation")
class PaymentAllocation(Process):
    """Money on account is used for an open invoice, and the order is told."""

    @workflow.init
    def __init__(self, allocation: AllocatePayment) -> None:
        super().__init__(allocation)
        self.posted: PaymentPosted | None = None

    @workflow.run
    async def run(self, allocation: AllocatePayment) -> UUID:
        """The whole way, as the numbers above say."""
        return await self.conduct(self.procedure(allocation))

    async def procedure(self, allocation: AllocatePayment) -> UUID:
        """Steps 1 and 2."""
        done = self.at("allocated", outcome="closed")
        self.posted = await self.step(payments.allocate_payment, allocation, stage=done)
        for settled in self.posted.settled:
            await self.tell(settled.process_id, "invoice_settled", settled)
        return allocation.allocation_id

    @workflow.update(description="Wait until the money is allocated")
    async def taken_in(self) -> PaymentProgress:
        """What the caller waits for. Refuses what the allocation was refused for."""
        await self.reached(lambda: self.posted is not None)
        return self.answer()

    def answer(self) -> PaymentProgress:
        """The payment as it is used now, for whoever asked for it."""
        assert self.posted is not None
        return PaymentProgress(**dict(self.posted), request_hash=self.request_hash)
