"""Collective invoices: what is to be billed at the end of the month, and the runs that bill it."""

from typing import Annotated, Any

from fastapi import Body

from api import processes, schedules
from api.door import Asked, Router, allows
from api.lists import add_list
from api.schedules import Recurring, ScheduleAsked, ScheduleView
from domains.receivables.messages import CollectiveRunAsked, CollectiveRunProgress
from domains.receivables.queries import billing as queries
from domains.receivables.rules.collective import last_day_of, month_before
from foundation.values.errors import Invalid
from workflows.collective_invoice_run import RunMonth

runs = Router(prefix="/v1/collective-invoice-runs", tags=["Finance"])
due = Router(prefix="/v1/billing-due", tags=["Finance"])

READ, RUN = (allows(f"receivables.collective_invoice.{verb}") for verb in ("read", "run"))
MONTHLY = Recurring("collective_invoice_run", "Last month's deliveries are billed together", is_monthly=True)

RUNS: dict[str, Any] = {
    "last month": {"summary": "Everything that was delivered until the end of last month", "value": {}},
    "a month": {"summary": "Until the end of March", "value": {"month": "2026-03"}},
}


@runs.post("", status_code=201, dependencies=[RUN])
async def run(
    wanted: Annotated[CollectiveRunAsked, Body(openapi_examples=RUNS)], asked: Asked
) -> CollectiveRunProgress:
    """Write the collective invoices of a month that is over, and of those before it that had none.

    A month that had its run gets no other: what was told later is billed with the next.
    """
    month = wanted.month or month_before(asked.today)
    if last_day_of(month) >= asked.today:
        why = f"{month} is not over yet"
        raise Invalid(f"month: {why}", errors=[("month", why)])
    start = processes.Start(
        name="collective_invoice_run",
        document_id=month,
        command=RunMonth(month=month),
        answer_type=CollectiveRunProgress,
        summary=f"The run of {month}",
    )
    progress: CollectiveRunProgress = await processes.start(asked, start)
    return progress


@runs.post("/schedule", dependencies=[RUN])
async def schedule(wanted: ScheduleAsked, asked: Asked) -> ScheduleView:
    """Have a run on the first day of each month, also for months that were missed; or none for now."""
    return await schedules.keep(asked, MONTHLY, wanted)


@runs.get("/schedule", dependencies=[READ])
async def scheduled(asked: Asked) -> ScheduleView:
    """When the next run is due."""
    return await schedules.shown(asked, MONTHLY)


add_list(due, queries.BILLING_DUE, READ)
