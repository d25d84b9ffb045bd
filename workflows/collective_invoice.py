"""Collective invoice: what a customer was delivered in a month is billed together, and waits for its money.

1. Finance bills all that is due, dated the month's last day; nothing, when it was all taken back meanwhile.
2. Each order is told its share.
3. We wait for the money: the invoice is paid as any other, and credited order by order.
4. The orders are told that it is paid.

There is one for each customer, currency, payment terms, and net or gross prices, and month, named by them: a
month that is asked for twice, or made up for after an outage, is billed once. An invoice that is written is
not cancelled: what is wrong with it is credited.
"""

from decimal import Decimal
from uuid import UUID

from temporalio import workflow

from activities.receivables import billing_due, invoices
from domains.ledger.messages import SettledInvoice
from domains.receivables.messages import (
    About,
    CollectiveInvoicePosted,
    MonthInTurn,
    PostCollectiveInvoice,
    TellOrders,
)
from foundation.messages import Stage
from foundation.money import ZERO
from foundation.process import Process


class BillMonth(MonthInTurn):
    """What to bill; and how far the process has come, before it went on as a new run."""

    invoice_id: UUID
    posted: CollectiveInvoicePosted | None = None
    open_amount: Decimal = ZERO
    about: About = "billed"
    """What the orders are told."""
    told: UUID | None = None
    """The last order that was told it."""
    now: Stage | None = None
    most_events: int = 1_000
    """Then the process goes on as a new run, with an empty history."""


@workflow.defn(name="collective_invoice")
class CollectiveInvoice(Process):
    """A customer's month is billed together, and waits for its money."""

    @workflow.init
    def __init__(self, run: BillMonth) -> None:
        super().__init__(run)
        self.posted = run.posted
        self.open_amount: Decimal | None = run.open_amount if run.posted else None
        """None before it is known; news may be older than what is known."""
        self.about, self.told = run.about, run.told

    @workflow.run
    async def run(self, run: BillMonth) -> str:
        """The whole way; gives the invoice's number."""
        await self.conduct(self.procedure(run))
        if self.now.outcome is None:
            known = {"posted": self.posted, "open_amount": self.open_amount, "now": self.now}
            workflow.continue_as_new(run.model_copy(update={**known, "about": self.about, "told": self.told}))
        return self.posted.invoice_number if self.posted else ""

    async def procedure(self, run: BillMonth) -> None:
        """Steps 1 to 4, or as many of them as one run takes."""
        if run.now is not None:
            self.now = run.now
        posted = self.posted = self.posted or await self.bill(run)
        if not posted.invoice_number:
            await self.note(self.at("nothing due", outcome="closed"))
            return
        if self.about == "billed":
            if not await self.tell_orders(run):
                return
            self.about, self.told = "paid", None
        await workflow.wait_condition(lambda: self.open_amount == 0)
        if await self.tell_orders(run):
            await self.note(self.at("paid", outcome="closed"))

    # 1. Finance bills all that is due

    async def bill(self, run: BillMonth) -> CollectiveInvoicePosted:
        """A month that cannot be billed yet waits, and shows why: for the month before it, say."""
        group = {name: getattr(run, name) for name in MonthInTurn.model_fields}
        post = PostCollectiveInvoice(
            **group, invoice_id=run.invoice_id, process_id=workflow.info().workflow_id
        )
        self.know(document=run.month, party=run.customer_code)
        stage = self.at("waiting for payment", waiting_on="customer")
        posted = await self.step(invoices.post_collective_invoice, post, must=True, stage=stage)
        if self.open_amount is None or posted.total_amount < self.open_amount:
            self.open_amount = posted.total_amount
        if posted.invoice_number:
            known = {"document": posted.invoice_number, "amount": posted.total_amount}
            await self.note(stage.model_copy(update=known | {"currency": run.currency}))
        return posted

    # 2. and 4. The orders are told

    async def tell_orders(self, run: BillMonth) -> bool:
        """Tell each order its share, or that it is paid; false when a new run is to go on with it."""
        while workflow.info().get_current_history_length() < run.most_events:
            tell = TellOrders(invoice_id=run.invoice_id, about=self.about, after=self.told)
            per = f"{self.about}/{self.told or ''}"
            told = await self.step(billing_due.tell_orders_of_invoice, tell, per=per, must=True)
            self.told = told.last
            if told.is_all:
                return True
        return False

    # 3. We wait for the money

    @workflow.signal(description="Money of the customer has settled the invoice, or a credit has lowered it")
    async def invoice_settled(self, settled: SettledInvoice, number: int) -> None:
        """Note what is open now; news may arrive twice and out of order, and an invoice only ever gets less
        open.
        """
        del number
        known = settled.open_amount if self.open_amount is None else self.open_amount
        self.open_amount = min(known, settled.open_amount)

    def on_cancellation_requested(self) -> None:
        """An operator's cancellation in the Temporal Web UI takes no invoice back."""
        workflow.logger.info("a collective invoice is not cancelled: it is credited")
