"""Collective invoice: what a customer was delivered in a month is billed together, and waits for its money.

1. The month's run has billed it, dated the month's last day (`collective_invoice_run`).
2. Each order is told its share.
3. We wait for the money: the invoice is paid as any other, and credited order by order.
4. The orders are told that it is paid.

There is one for each customer, currency, payment terms, and net or gross prices, and month, named by them: a
month that is asked for twice, or made up for after an outage, is billed once. An invoice that is written is
not cancelled: what is wrong with it is credited.
"""

from decimal import Decimal

from temporalio import workflow

from activities.receivables import billing_due
from domains.ledger.messages import SettledInvoice
from domains.receivables.messages import AwaitPayment, TellOrders
from foundation.mailbox import Event, fact
from foundation.process import Process


@workflow.defn(name="collective_invoice")
class CollectiveInvoice(Process):
    """A customer's month is billed together, and waits for its money."""

    invoice_settled = fact(
        "invoice_settled", SettledInvoice, "Money has settled the invoice, or a credit has lowered it"
    )

    @workflow.init
    def __init__(self, wait: AwaitPayment) -> None:
        super().__init__(wait)
        self.open_amount = wait.open_amount
        self.about, self.told = wait.about, wait.told

    @workflow.run
    async def run(self, wait: AwaitPayment) -> str:
        """The whole way; gives the invoice's number."""
        await self.conduct(self.procedure(wait))
        if self.now.outcome is None:
            known = {"open_amount": self.open_amount, "now": self.now}
            workflow.continue_as_new(
                wait.model_copy(update={**known, "about": self.about, "told": self.told})
            )
        return self.now.document or ""

    async def procedure(self, wait: AwaitPayment) -> None:
        """Steps 2 to 4, or as many of them as one run takes."""
        self.know(document=wait.month, party=wait.customer_code)
        if wait.now is not None:
            self.now = wait.now
        if self.about == "billed":
            if not await self.tell_orders(wait):
                return
            self.about, self.told = "paid", None
        await self.serve_until(lambda: self.open_amount == 0)
        if await self.tell_orders(wait):
            await self.note(self.at("paid", outcome="closed"))

    # 2. and 4. The orders are told

    async def tell_orders(self, wait: AwaitPayment) -> bool:
        """Tell each order its share, or that it is paid; false when a new run is to go on with it."""
        stage = self.at("waiting for payment", waiting_on="customer")
        while workflow.info().get_current_history_length() < wait.most_events:
            tell = TellOrders(invoice_id=wait.invoice_id, about=self.about, after=self.told)
            per = f"{self.about}/{self.told or ''}"
            told = await self.step(billing_due.tell_orders_of_invoice, tell, per=per, must=True)
            self.told = told.last
            if self.about == "billed" and self.now.stage == "starting":
                self.lower(told.total_amount)
                known = {"document": told.invoice_number, "amount": told.total_amount}
                await self.note(stage.model_copy(update=known | {"currency": wait.currency}))
            if told.is_all:
                return True
        # What has come meanwhile is taken along.
        await self.serve_until(lambda: self.mailbox.next() is None)
        return False

    # 3. We wait for the money

    async def take(self, event: Event) -> None:
        """Note what is open now."""
        match event.message:
            case SettledInvoice() as settled:
                self.lower(settled.open_amount)

    def lower(self, open_amount: Decimal) -> None:
        """News may arrive twice and out of order, and an invoice only ever gets less open."""
        self.open_amount = open_amount if self.open_amount is None else min(self.open_amount, open_amount)

    def on_cancellation_requested(self) -> None:
        """An operator's cancellation in the Temporal Web UI takes no invoice back."""
        workflow.logger.info("a collective invoice is not cancelled: it is credited")
