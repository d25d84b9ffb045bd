"""The daily dunning run on a real server: each day once, whoever asks, and also the days that were missed."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from temporalio.client import Client, ScheduleBackfill

from tests.days import TODAY, ZONE
from tests.erp import Erp
from tests.faulty_steps import FaultySteps
from tests.workflows.dunning.reminding import open_years, owe, until


@pytest.fixture
async def erp(on_dev_server: Erp) -> Erp:
    """A company whose processes run on the real server, and that reminds its customers."""
    erp = on_dev_server
    await open_years(erp, TODAY)
    await erp.post("/v1/dunning-procedures/template", {}, by="accountant")
    return erp


async def test_a_run_reminds_everybody_once_and_one_that_cannot_go_on_keeps_nobody_waiting(
    erp: Erp, faults: FaultySteps
) -> None:
    for customer in ("ALICE", "BOB"):
        await owe(erp, TODAY, days_overdue=7, price="10.00", customer=customer)
    faults.refused[erp.company, "receivables.remind_customer"] = 1

    first = await _run(erp)
    again = await _run(erp)

    assert (first["done"], first["exceptions"], first["is_done"]) == (1, 1, True)
    assert again == first
    path = f"/v1/processes/{erp.company}/dunning_run/{TODAY}/repair"
    await erp.post(path, {"action": "retry"}, by="operator")
    for customer in ("ALICE", "BOB"):
        await until(erp, "reminded, level 1", customer)
    assert await _reminded(erp) == ["ALICE", "BOB"]
    yesterday = await _run(erp, TODAY - timedelta(days=1))
    assert yesterday["items"] == 0
    assert await _reminded(erp) == ["ALICE", "BOB"]


async def test_who_is_left_out_pays_in_time_or_is_not_overdue_long_enough_is_not_reminded(erp: Erp) -> None:
    left_out = {"code": "NEVER", "name": "Never", "customers": ["BOB"]}
    await erp.post("/v1/dunning-procedures", left_out, by="accountant")
    await owe(erp, TODAY, days_overdue=30, price="10.00", customer="BOB")
    await owe(erp, TODAY, days_overdue=6, price="10.00", customer="ALICE")

    assert (await _run(erp))["items"] == 0
    response = await erp.request(
        "POST", "/v1/dunning-runs", {"on": str(TODAY + timedelta(days=2))}, by="accountant"
    )
    assert (response.status_code, response.json()["errors"][0]["field"]) == (422, "on")


async def test_days_that_the_schedule_missed_are_made_up_for_each_once(erp: Erp, dev_server: Client) -> None:
    await owe(erp, TODAY, days_overdue=9, price="10.00", customer="ALICE")
    kept = await erp.post("/v1/dunning-runs/schedule", {"hour": 4}, by="accountant")
    assert (kept["hour"], kept["active"]) == (4, True)
    assert datetime.fromisoformat(kept["next_at"]).astimezone(ZONE).strftime("%H:%M") == "04:00"
    missed = [TODAY - timedelta(days=2), TODAY - timedelta(days=1)]

    for _ in range(2):
        await _make_up_for(erp, dev_server, missed)

    runs = (await erp.get("/v1/processes", type="dunning_run"))["items"]
    assert sorted(run["document"] for run in runs) == [str(day) for day in missed]
    await until(erp, "reminded, level 1", "ALICE")
    assert await _reminded(erp) == ["ALICE"]
    (letter,) = (await erp.get("/v1/dunning-letters"))["items"]
    assert (letter["scheduled_on"], letter["written_on"]) == (str(missed[0]), str(TODAY))
    paused = await erp.post("/v1/dunning-runs/schedule", {"active": False}, by="accountant")
    assert paused["next_at"] is None


async def _run(erp: Erp, on: date = TODAY) -> Any:
    return await erp.post("/v1/dunning-runs", {"on": str(on)}, by="accountant")


async def _reminded(erp: Erp) -> list[str]:
    letters = (await erp.get("/v1/dunning-letters"))["items"]
    return sorted(letter["customer_code"] for letter in letters)


async def _make_up_for(erp: Erp, dev_server: Client, days: list[date]) -> None:
    """What the server does by itself once it is up again."""
    schedule = dev_server.get_schedule_handle(f"{erp.company}/dunning_run")
    before = len((await erp.get("/v1/processes", type="scheduled_run"))["items"])
    start = datetime(days[0].year, days[0].month, days[0].day, 3, tzinfo=ZONE)
    await schedule.backfill(ScheduleBackfill(start_at=start, end_at=start + timedelta(days=len(days))))
    for _ in range(600):
        ticks = (await erp.get("/v1/processes", type="scheduled_run"))["items"]
        runs = (await erp.get("/v1/processes", type="dunning_run"))["items"]
        is_over = all(one["outcome"] for one in (*ticks, *runs))
        if is_over and len(ticks) >= max(before, len(days)) and len(runs) >= len(days):
            break
        await asyncio.sleep(0.05)
    else:
        raise AssertionError(f"not all is made up for: {ticks}, {runs}")
    await asyncio.sleep(0.5)
