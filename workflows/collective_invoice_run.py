"""Collective invoice run: when a month is over, everybody who was delivered in it and is billed together is.

1. Finance says which months of which customers are due: this one, and those before it that had no run.
2. A collective invoice is started for each. One that cannot go on waits by itself, and keeps nobody else
   waiting.

There is one run for each month, named by it: a month that is asked for twice, or made up for after an outage,
is done once.
"""

from datetime import date
from typing import Self

from temporalio import workflow

from activities.receivables import billing_due
from domains.receivables.messages import (
    BillingDueFound,
    CollectiveRunProgress,
    FindBillingDue,
    Month,
    MonthInTurn,
    MonthToBill,
)
from domains.receivables.rules.collective import invoice_id_of, month_before
from foundation.begins_each import BeginsEach
from foundation.messages import Message
from workflows.collective_invoice import BillMonth


class RunMonth(Message):
    """The month; after what the run goes on, and how many invoices it has begun before."""

    month: Month
    after: MonthToBill | None = None
    begun: int = 0

    @classmethod
    def scheduled(cls, day: date) -> Self:
        """A schedule of the first days of a month bills the month before."""
        return cls(month=month_before(day))

    @property
    def period(self) -> str:
        """What names the run."""
        return self.month


@workflow.defn(name="collective_invoice_run")
class CollectiveInvoiceRun(BeginsEach):
    """When a month is over, a collective invoice for everybody who is billed together."""

    @workflow.init
    def __init__(self, run: RunMonth) -> None:
        super().__init__(RunMonth(month=run.month), begun=run.begun)
        self.month = run.month

    @workflow.run
    async def run(self, run: RunMonth) -> int:
        """Steps 1 and 2; gives how many collective invoices were begun."""
        found = await self.conduct(self.procedure(run))
        if not self.is_done:
            last = found.months[-1]
            after = MonthToBill(**{name: getattr(last, name) for name in MonthToBill.model_fields})
            workflow.continue_as_new(run.model_copy(update={"after": after, "begun": self.begun}))
        return self.begun

    async def procedure(self, run: RunMonth) -> BillingDueFound:
        """Some of what is due; a new run goes on with what comes after it."""
        self.know(document=run.month)
        find = FindBillingDue(month=run.month, after=run.after)
        per = invoice_id_of(self.caller.company, run.after) if run.after else ""
        found = await self.step(billing_due.find_billing_due, find, per=per, must=True)
        await self.begin_each(found.months, self.bill, is_all=found.is_all)
        return found

    async def bill(self, month: MonthInTurn) -> bool:
        """Begin a collective invoice; whether it is a new one."""
        code, invoice_id = month.customer_code, invoice_id_of(self.caller.company, month)
        return await self.begin(
            "collective_invoice",
            f"{month.month}/{invoice_id}",
            BillMonth(**dict(month), invoice_id=invoice_id),
            party=code,
            summary=f"Bills {code} for {month.month}",
        )

    def answer(self) -> CollectiveRunProgress:
        """What the caller who asks for a month's run is told."""
        return CollectiveRunProgress(month=self.month, begun=self.begun, is_done=self.is_done)
