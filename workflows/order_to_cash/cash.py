"""Step 6: money arrives for the order, or settles its invoices from elsewhere."""

from decimal import Decimal

from temporalio import workflow

from activities.ledger import payments
from domains.ledger.messages import PostPayment, ReceivePayment, SettledInvoice
from domains.sales.messages import PaymentReceived
from foundation.messages import Caller
from workflows.order_to_cash.order import Order
from workflows.order_to_cash.refusals import BilledCollectively, OrderNotConfirmed


class Cash(Order):
    """Money for the order."""

    @workflow.update(description="Money has arrived for this order")
    async def pay(self, payment: ReceivePayment, by: Caller) -> PaymentReceived:
        """Post the payment and settle the order's invoices; what is too much stays on account."""
        await self.when_taken()
        async with self.turn:
            self.check_payment(payment, by)
            post = PostPayment(
                **dict(payment), customer_code=self.placed.customer_code, order_id=self.order_id
            )
            posted = await self.step(payments.post_payment, post, per=payment.payment_id, by=by)
            self.payments[payment.payment_id] = posted
            self.settle(posted.settled)
        if self.fulfilment.is_billed and self.is_paid:
            await workflow.wait_condition(lambda: self.now.outcome is not None or self.ending is not None)
        return PaymentReceived(
            **dict(self.answer()),
            payment_id=payment.payment_id,
            payment_number=posted.payment_number,
            open_amount=sum(self.open_amounts.values(), Decimal(0)),
            on_account_amount=posted.on_account_amount,
        )

    @pay.validator
    def check_payment(self, payment: ReceivePayment, by: Caller) -> None:
        """Refuses: BilledCollectively, OrderNotConfirmed."""
        del payment, by
        if self.is_taken and self.is_collective:
            numbers = ", ".join(invoice.invoice_number for invoice in self.invoices.values())
            raise BilledCollectively(
                f"the order is billed with others of its customer ({numbers or 'not yet'}): pay the invoice, "
                "or in advance onto the customer's account, with POST /v1/payments"
            )
        if (not self.is_taken and not self.is_beginning) or self.ending or self.now.outcome:
            raise OrderNotConfirmed(
                f"the order is at '{self.now.stage}' and takes no payment; other money goes to /v1/payments"
            )

    @workflow.signal(description="One of this order's invoices was settled by other money of the customer")
    async def invoice_settled(self, settled: SettledInvoice, number: int) -> None:
        """Note what is open now, once."""
        if number not in self.heard:
            self.heard.add(number)
            self.settle((settled,))
