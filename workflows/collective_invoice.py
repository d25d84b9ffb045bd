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
from typing import Any

from temporalio import workflow

from activities.ledger import open_items
from activities.receivables import billing_due
from domains.ledger.messages import FindOpen, ReopenedInvoice, SettledInvoice
from domains.receivables.messages import AwaitPayment, Telling, TellOrders
from foundation.operations.mailbox import Event, fact
from foundation.process.next_run import Carried, known
from foundation.process.process import Process

InvoiceSoFar = Carried[AwaitPayment, Telling]


@workflow.defn(name="collective_invoice")
class CollectiveInvoice(Process):
    """A customer's month is billed together, and waits for its money."""

    kind = "Invoice"

    invoice_settled = fact(
        "invoice_settled", SettledInvoice, "Money has settled the invoice, or a credit has lowered it"
    )

    invoice_reopened = fact("invoice_reopened", ReopenedInvoice, "What had settled it was taken back")

    @workflow.init
    def __init__(self, wait: AwaitPayment | InvoiceSoFar) -> None:
        super().__init__(wait)
        self.invoice, self.facts = known(wait, lambda _: Telling())

    @workflow.run
    async def run(self, wait: AwaitPayment | InvoiceSoFar) -> str:
        """The whole way, or on from where an earlier run has come to; gives the invoice's number."""
        await self.conduct(self.procedure(self.invoice))
        return self.now.document or ""

    async def procedure(self, invoice: AwaitPayment) -> None:
        """Steps 2 to 4."""
        if self.facts.about == "billed":
            await self.tell_orders(invoice)
            self.know_of(about="paid", told=None)
        await self.rest_until(lambda: self.facts.open_amount == 0)
        await self.tell_orders(invoice)
        await self.note(self.at("paid", outcome="closed"))

    # 2. and 4. The orders are told

    async def tell_orders(self, invoice: AwaitPayment) -> None:
        """Tell each order its share, or that it is paid; so many at a time."""
        is_all = False
        while not is_all:
            await self.rest_until(self.has_room)
            about, after = self.facts.about, self.facts.told
            tell = TellOrders(invoice_id=invoice.invoice_id, about=about, after=after)
            per = f"{about}/{after or ''}"
            told = await self.step(billing_due.tell_orders_of_invoice, tell, per=per, must=True)
            is_all = told.is_all
            self.know_of(told=told.last)
            if self.now.stage == "starting":
                self.lower(told.total_amount)
                self.know(document=told.invoice_number, party=invoice.customer_code)
                self.know(amount=told.total_amount, currency=invoice.currency)
                await self.note(self.at("waiting for payment", waiting_on="customer"))

    def has_room(self) -> bool:
        """Whether the history of this run has room for more orders."""
        length = workflow.info().get_current_history_length()
        return length < self.MOST_EVENTS or self.mailbox.takes_as_before

    # 3. We wait for the money

    async def take(self, event: Event) -> None:
        """Note what is open now."""
        match event.message:
            case SettledInvoice() as settled:
                # What was told before the invoice was opened again may arrive after that.
                if event.number >= self.facts.opened_again:
                    self.lower(settled.open_amount)
            case ReopenedInvoice() as reopened:
                find = FindOpen(invoice_id=reopened.invoice_id)
                found = await self.step(
                    open_items.find_open, find, per=f"opened again {event.number}", must=True
                )
                opened_again = max(event.number, self.facts.opened_again)
                self.know_of(open_amount=found.open_amount, opened_again=opened_again)

    def lower(self, open_amount: Decimal) -> None:
        """Note what is open, unless less was known to be: facts arrive twice and late, and it rises
        only when it is opened again.
        """
        known = self.facts.open_amount
        self.know_of(open_amount=open_amount if known is None else min(known, open_amount))

    def know_of(self, **facts: Any) -> None:
        """Change what the process knows."""
        self.facts = self.facts.model_copy(update=facts)

    def on_cancellation_requested(self) -> None:
        """An operator's cancellation in the Temporal Web UI takes no invoice back."""
        workflow.logger.info("a collective invoice is not cancelled: it is credited")
