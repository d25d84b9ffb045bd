"""Customer payment: money that arrived without an order.

1. Finance posts it: it settles the invoice that it names, or stays on the customer's account.
2. The orders whose invoices were settled are told.
"""

from uuid import UUID

from temporalio import workflow

from activities.ledger import payments
from domains.ledger.messages import PaymentPosted, PaymentProgress, PostPayment
from foundation.process import Process


@workflow.defn(name="customer_payment")
class CustomerPayment(Process):
    """Money arrives without an order; it is posted, and whoever waited for it is told."""

    @workflow.init
    def __init__(self, payment: PostPayment) -> None:
        super().__init__(payment)
        self.posted: PaymentPosted | None = None

    @workflow.run
    async def run(self, payment: PostPayment) -> UUID:
        """The whole way, as the numbers above say."""
        return await self.conduct(self.procedure(payment))

    async def procedure(self, payment: PostPayment) -> UUID:
        """Steps 1 and 2."""
        done = self.at("posted", outcome="closed", party=payment.customer_code, amount=payment.amount)
        self.posted = await self.step(payments.post_payment, payment, stage=done)
        for settled in self.posted.settled:
            await self.tell(settled.process_id, "invoice_settled", settled)
        return payment.payment_id

    @workflow.update(description="Wait until the payment is posted")
    async def taken_in(self) -> PaymentProgress:
        """What the caller who reports a payment waits for. Refuses what the payment was refused for."""
        await self.reached(lambda: self.posted is not None)
        return self.answer()

    def answer(self) -> PaymentProgress:
        """The payment, for whoever reported it."""
        assert self.posted is not None
        return PaymentProgress(**dict(self.posted), request_hash=self.request_hash)
