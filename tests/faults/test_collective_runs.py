"""The monthly run of collective invoices on a real server: each month once, also those that were missed."""

import asyncio
from datetime import datetime
from typing import Any

import pytest
from temporalio.client import Client, ScheduleBackfill

from foundation.process import batch
from tests.days import TODAY, ZONE
from tests.erp import Erp
from tests.faulty_steps import FaultySteps
from tests.workflows.billing_together import agrees, deliver, pay, until_billed


@pytest.fixture
def erp(on_dev_server: Erp) -> Erp:
    """A company whose processes run on the real server."""
    return on_dev_server


async def test_a_month_is_billed_once_and_one_that_cannot_be_billed_keeps_nobody_waiting(
    erp: Erp, faults: FaultySteps
) -> None:
    orders = [
        await deliver(erp, "2", customer_code=customer, payment_terms_code=terms)
        for customer in ("ALICE", "BOB")
        for terms in ("NET30", "DISC")
    ]
    faults.refused[erp.company, "receivables.post_collective_invoice"] = 1

    first = await _run(erp, "2026-03")
    again = await _run(erp, "2026-03")

    assert (first["done"], first["exceptions"], first["is_done"]) == (3, 1, True)
    assert again == first
    path = f"/v1/processes/{erp.company}/collective_invoice_run/2026-03/repair"
    await erp.post(path, {"action": "retry"}, by="operator")
    for order in orders:
        await until_billed(erp, order)
    invoices = (await erp.get("/v1/invoices"))["items"]
    assert sorted((one["customer_code"], one["invoiced_on"]) for one in invoices) == [
        ("ALICE", "2026-03-31"),
        ("ALICE", "2026-03-31"),
        ("BOB", "2026-03-31"),
        ("BOB", "2026-03-31"),
    ]
    assert {one["total_amount"] for one in invoices} == {"23.80"}
    assert (await _run(erp, "2026-04"))["items"] == 0
    await agrees(erp)


async def test_the_months_of_a_customer_are_billed_in_their_order(
    erp: Erp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "CHUNK", 1)
    orders = [await deliver(erp, "1", on=f"2026-0{month}-05") for month in (3, 4, 5)]

    await _run(erp, "2026-05")

    for order in orders:
        await until_billed(erp, order)
    invoices = (await erp.get("/v1/invoices", sort="number"))["items"]
    assert [one["invoiced_on"] for one in invoices] == ["2026-03-31", "2026-04-30", "2026-05-31"]


async def test_a_month_that_is_not_over_is_not_billed(erp: Erp) -> None:
    asked = {"month": f"{TODAY:%Y-%m}"}

    response = await erp.request("POST", "/v1/collective-invoice-runs", asked, by="accountant")

    assert (response.status_code, response.json()["errors"][0]["field"]) == (422, "month")


async def test_months_that_the_schedule_missed_are_made_up_for_in_their_order_each_once(
    erp: Erp, dev_server: Client
) -> None:
    march = await deliver(erp, on="2026-03-05")
    april = await deliver(erp, "5", on="2026-04-30")
    may = await deliver(erp, "1", on="2026-05-01")
    kept = await erp.post("/v1/collective-invoice-runs/schedule", {"hour": 3}, by="accountant")
    assert f"{datetime.fromisoformat(kept['next_at']).astimezone(ZONE):%d %H:%M}" == "01 03:00"
    assert (await erp.get("/v1/collective-invoice-runs/schedule"))["hour"] == 3

    for _ in range(2):
        await _make_up_for_two_months(erp, dev_server)
    for order in (march, april):
        await until_billed(erp, order)

    runs = (await erp.get("/v1/processes", type="collective_invoice_run"))["items"]
    assert sorted(run["document"] for run in runs) == ["2026-03", "2026-04"]
    invoices = (await erp.get("/v1/invoices", sort="number"))["items"]
    assert [(one["invoiced_on"], one["total_amount"]) for one in invoices] == [
        ("2026-03-31", "119.00"),
        ("2026-04-30", "59.50"),
    ]
    assert await erp.stage_of(may) == "waiting for the collective invoice"
    for invoice in invoices:
        await pay(erp, invoice, invoice["total_amount"], on="2026-05-20")
    for order in (march, april):
        await erp.until(order, "closed")
    await agrees(erp)
    paused = await erp.post("/v1/collective-invoice-runs/schedule", {"active": False}, by="accountant")
    assert paused["next_at"] is None


async def test_a_run_bills_the_months_before_it_that_had_none(erp: Erp) -> None:
    march, april = await deliver(erp, on="2026-03-05"), await deliver(erp, "5", on="2026-04-30")

    assert (await _run(erp, "2026-04"))["done"] == 2

    for order in (march, april):
        await until_billed(erp, order)
    invoices = (await erp.get("/v1/invoices", sort="number"))["items"]
    assert [one["invoiced_on"] for one in invoices] == ["2026-03-31", "2026-04-30"]
    assert (await _run(erp, "2026-03"))["items"] == 0
    await agrees(erp)


async def _run(erp: Erp, month: str) -> Any:
    return await erp.post("/v1/collective-invoice-runs", {"month": month}, by="accountant")


async def _make_up_for_two_months(erp: Erp, dev_server: Client) -> None:
    """What the server does by itself once it is up again."""
    schedule = dev_server.get_schedule_handle(f"{erp.company}/collective_invoice_run")
    before = len((await erp.get("/v1/processes", type="scheduled_run"))["items"])
    since, until = datetime(2026, 4, 1, tzinfo=ZONE), datetime(2026, 5, 2, tzinfo=ZONE)
    await schedule.backfill(ScheduleBackfill(start_at=since, end_at=until))
    for _ in range(600):
        ticks = (await erp.get("/v1/processes", type="scheduled_run"))["items"]
        runs = (await erp.get("/v1/processes", type="collective_invoice_run"))["items"]
        is_over = all(one["outcome"] for one in (*ticks, *runs))
        if is_over and len(ticks) >= max(before, 2) and len(runs) >= 2:
            break
        await asyncio.sleep(0.05)
    else:
        raise AssertionError(f"not all is made up for: {ticks}, {runs}")
    await asyncio.sleep(0.5)
