"""A company that reminds its customers, as a test sees it: through the REST API, on a clock of its own."""

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from foundation.runtime import visibility
from foundation.runtime.settings import settings
from foundation.values.messages import Caller
from tests.checked import everything_agrees
from tests.erp import Erp, an_order
from workflows.dunning_run import DunningRun, RunOn


@dataclass
class Reminding:
    """One company's ERP on a clock that the test moves."""

    erp: Erp
    clock: WorkflowEnvironment
    begun_on: date = date.min

    async def open_for_business(self) -> None:
        """The company, its books around today, and a procedure of three letters (7, 21 and 35 days)."""
        await self.erp.open_for_business()
        self.begun_on = await self.today()
        await open_years(self.erp, self.begun_on)
        await self.erp.post("/v1/dunning-procedures/template", {}, by="accountant")

    async def today(self) -> date:
        """The day on the clock."""
        return (await self.clock.get_current_time()).date()

    async def pass_days(self, days: int) -> None:
        """So many days go by, each with its run."""
        for _ in range(days):
            await self.clock.sleep(timedelta(days=1))
            await self.run()

    # What is owed

    async def owe(self, *, days_overdue: int = 7, price: str = "10.00", customer: str = "ALICE") -> Any:
        """An invoice for 10 apples, with 19 % tax, overdue by so many days; 119.00 unless told otherwise."""
        return await owe(self.erp, self.begun_on, days_overdue=days_overdue, price=price, customer=customer)

    async def pay(self, order: Any, amount: str) -> Any:
        """The customer pays."""
        return await self.erp.pay(order, amount, received_on=str(await self.today()))

    # How it is reminded

    async def run(self) -> WorkflowHandle[Any, Any]:
        """The run of today on the clock, as a schedule begins it; over, or done but for what could not be."""
        return await run(self.erp, await self.today())

    async def dunning(self, customer: str = "ALICE") -> Any:
        """The customer's dunning as the API shows it."""
        (one,) = (await self.erp.get("/v1/dunning", customer=customer))["items"]
        return one

    async def tell(self, what: str, body: Any) -> Any:
        """A command to the customer's dunning."""
        dunning = await self.dunning()
        return await self.erp.post(f"/v1/dunning/{dunning['dunning_id']}/{what}", body, by="accountant")

    async def until(self, stage: str, customer: str = "ALICE") -> None:
        """Wait a moment for the dunning to stand there; fail when it does not."""
        await until(self.erp, stage, customer)

    async def letters(self) -> list[Any]:
        """The letters, the first first."""
        found = (await self.erp.get("/v1/dunning-letters", sort="number"))["items"]
        return [await self.erp.get(f"/v1/dunning-letters/{one['letter_id']}") for one in found]

    async def days_of_letters(self) -> list[tuple[int, int]]:
        """Of each letter its level, and how many days after the beginning it was written."""
        letters = await self.letters()
        days = (date.fromisoformat(letter["written_on"]) - self.begun_on for letter in letters)
        return [(letter["level"], day.days) for letter, day in zip(letters, days, strict=True)]

    async def charges(self) -> dict[str, Decimal]:
        """What letters have charged, by account role."""
        balances = await self.erp.balances()
        return {role: -balances[role] for role in ("dunning_fees", "interest_income") if balances[role]}

    async def everything_agrees(self) -> None:
        """The letters are posted and owed, and no number is missing."""
        await everything_agrees(self.erp.company, "ledger", "orders", "processes")

    async def stop_all(self) -> None:
        """End what is open still; the server that skips time stands still when a process is killed."""
        for one in (await self.erp.get("/v1/processes", type="dunning_run", only_open=True))["items"]:
            if one["failure"] == "held":
                why = {"reason": "the test is over"}
                await self.erp.post(f"/v1/processes/{one['id']}/release", why, by="operator")
            else:
                path, why = f"/v1/runs/{one['id']}/cancellation", {"reason": "the test is over"}
                cancelled = await self.erp.request("POST", path, why, by="operator")
                # It was open when it was listed, and has come to its end by itself since.
                if cancelled.status_code != 409 or not cancelled.json()["type"].endswith("process-ended"):
                    self.erp.accepted(cancelled)


async def open_years(erp: Erp, today: date) -> None:
    """Fiscal years for half a year around today."""
    known = {one["code"] for one in (await erp.get("/v1/fiscal-years"))["items"]}
    for year in sorted({str((today + timedelta(days=days)).year) for days in (-180, 0, 180)} - known):
        body = {"code": year, "starts_on": f"{year}-01-01", "ends_on": f"{year}-12-31"}
        await erp.post("/v1/fiscal-years", body)


async def owe(erp: Erp, today: date, *, days_overdue: int, price: str, customer: str) -> Any:
    """An order of 10 apples whose invoice, payable in 30 days, is overdue by so many days."""
    billed_on = str(today - timedelta(days=days_overdue + 30))
    lines = [{"item_code": "APPLE", "quantity": "10", "unit_price": price}]
    terms = {"payment_terms_code": "NET30"} if customer != "ALICE" else {}
    order = await erp.place(an_order(customer_code=customer, ordered_on=billed_on, lines=lines, **terms))
    shipped = await erp.ship(order, shipped_on=billed_on)
    (invoice,) = (await erp.get("/v1/invoices", number=shipped["invoice_number"]))["items"]
    assert invoice["due_on"] == str(today - timedelta(days=days_overdue))
    return order | {"invoice_id": invoice["invoice_id"], "invoice_number": invoice["invoice_number"]}


async def run(erp: Erp, on: date) -> WorkflowHandle[Any, Any]:
    """A day's run, started by itself; when it has tried all that it is for."""
    handle = await erp.temporal.start_workflow(
        DunningRun.run,
        RunOn(on=on),
        id=f"{erp.company}/dunning_run/{on}",
        task_queue=settings().task_queue,
        memo={"caller": Caller(company=erp.company, actor="a tester", correlation_id="by hand")},
        search_attributes=visibility.at_start(erp.company, None),
    )
    for _ in range(400):
        found = await erp.request("GET", f"/v1/processes/{handle.id}")
        if found.status_code == 200 and (found.json()["outcome"] or found.json()["exception"]):
            return handle
        await asyncio.sleep(0.02)
    raise AssertionError(f"the run of {on} is not done: {found.text}")


async def until(erp: Erp, stage: str, customer: str) -> None:
    """Wait a moment for the customer's newest dunning to stand somewhere; fail when it does not."""
    now: Any = None
    for _ in range(100):
        found = (await erp.get("/v1/dunning", customer=customer))["items"]
        if found and (now := found[0])["stage"] == stage:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"the dunning is at {now}, not at '{stage}'")
