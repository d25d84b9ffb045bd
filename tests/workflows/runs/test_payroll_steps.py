"""Each step of a payroll run is refused, and repeated, in turn: people are paid once, or not at all."""

import asyncio
from typing import Any

import pytest

from tests.builders.payroll import (
    CLERK,
    PATH,
    approved,
    asked_of,
    calculated,
    hired,
    in_dollars,
    opened,
    payslips_of,
    seen,
    submitted,
    until,
    wanted,
)
from tests.checked import violations
from tests.erp import Erp
from tests.faulty_steps import FaultySteps
from tests.workflows.runs.test_payment_runs import parked, repaired

OPEN, TOTAL, EDIT = "payroll.open_payroll_run", "payroll.total_payroll_run", "payroll.edit_payroll_run"
SUBMIT, CANCEL = "payroll.submit_payroll_run", "payroll.cancel_payroll_run"
RELEASE, SEAL = "payroll.release_payroll_run", "payroll.seal_payroll_run"
LIST, CALCULATE, POST = "payroll.list_payslips", "payroll.calculate_payslips", "payroll.post_payslips"
STEPS = [OPEN, LIST, CALCULATE, TOTAL, EDIT, SUBMIT, RELEASE, POST, SEAL]


async def two_people(erp: Erp) -> Erp:
    """A company that pays two people."""
    own = await in_dollars(erp)
    await hired(own, "E-1")
    await hired(own, "E-2", "4000.00")
    return own


async def left_out(own: Erp, run: Any, code: str = "E-2") -> Any:
    """The run without somebody."""
    body = {"version": run["version"], "leave_out": [code]}
    await own.post(f"{PATH}/{run['run_id']}/edits", body, by=CLERK)
    return await calculated(own, run)


async def paid_once(own: Erp, run: Any) -> None:
    """One of the two is paid, and the run is sealed."""
    done = await until(own, run, lambda now: now["status"] == "sealed")
    assert {code: one["status"] for code, one in (await payslips_of(own, run)).items()} == {
        "E-1": "posted",
        "E-2": "left_out",
    }
    assert (done["people"], done["gross_amount"]) == (1, "5000.00")
    assert (await own.balances())["payroll_expense"] == 5000
    await own.at_rest()
    assert await violations(own.company) == []


@pytest.mark.parametrize("step", STEPS)
async def test_a_step_whose_answer_got_lost_happens_once(erp: Erp, faults: FaultySteps, step: str) -> None:
    own = await two_people(erp)
    faults.repeated.add((own.company, step))

    run = await left_out(own, await opened(own))
    await submitted(own, run)
    await approved(own, run)

    await paid_once(own, run)
    assert faults.has_repeated(own.company, step)


async def test_a_cancellation_whose_answer_got_lost_happens_once(erp: Erp, faults: FaultySteps) -> None:
    own = await two_people(erp)
    faults.repeated.add((own.company, CANCEL))
    run = await opened(own)

    await own.post(f"{PATH}/{run['run_id']}/cancellation", {"reason": "no"}, by=CLERK)

    assert faults.has_repeated(own.company, CANCEL)
    assert (await seen(own, run))["status"] == "cancelled"


async def test_an_opening_that_is_refused_leaves_nothing(erp: Erp, faults: FaultySteps) -> None:
    own = await two_people(erp)
    faults.refused[own.company, OPEN] = 1

    answer = await own.request("POST", PATH, wanted(), by=CLERK)

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/refused-by-the-test")
    assert (await own.get(PATH))["items"] == []
    assert (await opened(own))["people"] == 2


async def test_an_edit_that_is_refused_changes_nothing(erp: Erp, faults: FaultySteps) -> None:
    own = await two_people(erp)
    run = await opened(own)
    faults.refused[own.company, EDIT] = 1
    body = {"version": run["version"], "leave_out": ["E-2"]}

    answer = await own.request("POST", f"{PATH}/{run['run_id']}/edits", body, by=CLERK)

    assert answer.json()["type"] == "/problems/refused-by-the-test"
    assert (await seen(own, run))["content_hash"] == run["content_hash"]
    assert (await left_out(own, run))["people"] == 1


@pytest.mark.parametrize("step", [SUBMIT, RELEASE])
async def test_a_run_that_is_refused_before_it_is_paid_is_turned_back(
    erp: Erp, faults: FaultySteps, step: str
) -> None:
    own = await two_people(erp)
    run = await opened(own)
    faults.refused[own.company, step] = 1

    body = {"version": run["version"]}
    answer = await own.request("POST", f"{PATH}/{run['run_id']}/submission", body, by=CLERK)
    if step == SUBMIT:
        assert answer.json()["type"] == "/problems/refused-by-the-test"
    else:
        await approved(own, run)

    now = await until(own, run, lambda now: now["status"] == "cancelled")
    assert "refused by the test" in now["reason"]
    assert {one["status"] for one in (await payslips_of(own, run)).values()} == {"withdrawn"}
    assert (await opened(own))["people"] == 2
    await own.at_rest()
    assert await violations(own.company) == []


@pytest.mark.parametrize("step", [LIST, CALCULATE, TOTAL])
async def test_a_run_that_is_not_computed_waits_until_it_can_be(
    erp: Erp, faults: FaultySteps, step: str
) -> None:
    own = await two_people(erp)
    faults.refused[own.company, step] = 1_000
    run = await own.post(PATH, wanted(), by=CLERK)

    shown = await parked(own)
    assert shown["failure"] == f"{step}: refused-by-the-test"
    early = await own.request("POST", f"{PATH}/{run['run_id']}/submission", {"version": 1}, by=CLERK)
    assert early.status_code == (202 if step == TOTAL else 409)
    faults.forget(own.company)
    await repaired(own, shown)

    assert (await calculated(own, run))["people"] == 2


@pytest.mark.parametrize("step", [LIST, POST, SEAL])
async def test_a_step_that_is_refused_after_that_waits_until_it_can_be_done(
    erp: Erp, faults: FaultySteps, step: str
) -> None:
    own = await two_people(erp)
    run = await left_out(own, await opened(own))
    faults.refused[own.company, step] = 1_000
    await submitted(own, run)
    await approved(own, run)

    shown = await parked(own)
    assert shown["failure"] == f"{step}: refused-by-the-test"
    late = await own.request("POST", f"{PATH}/{run['run_id']}/cancellation", {"reason": "late"}, by=CLERK)
    # A step that is parked keeps commands waiting; a run that posts does not.
    assert late.status_code == (202 if step == SEAL else 409)
    assert step == SEAL or late.json()["type"] == "/problems/payroll-released"
    faults.forget(own.company)
    await repaired(own, shown)

    await paid_once(own, run)


async def test_a_way_back_that_is_refused_waits_until_it_can_be_done(erp: Erp, faults: FaultySteps) -> None:
    own = await two_people(erp)
    run = await opened(own)
    faults.refused[own.company, CANCEL] = 1_000
    path = f"{PATH}/{run['run_id']}/cancellation"
    cancelling = asyncio.create_task(own.post(path, {"reason": "no"}, by=CLERK))

    shown = await parked(own)
    faults.forget(own.company)
    while not cancelling.done():
        retry = {"action": "retry", "reason": "mended"}
        await own.request("POST", f"/v1/processes/{shown['id']}/repair", retry, by="operator")
        await asyncio.sleep(0.1)

    assert (await cancelling)["status"] == "cancelled"


async def test_who_was_not_computed_is_held_and_computed_again(erp: Erp, faults: FaultySteps) -> None:
    own = await two_people(erp)
    faults.refused[own.company, CALCULATE] = 1
    run = await own.post(PATH, wanted(), by=CLERK)
    await repaired(own, await parked(own), "skip")

    without = await calculated(own, run)
    held = await payslips_of(own, run)
    body = {"version": without["version"], "calculate_again": ["E-1", "E-2"]}
    await own.post(f"{PATH}/{run['run_id']}/edits", body, by=CLERK)
    mended = await calculated(own, without)

    assert {one["held_because"] for one in held.values()} == {"not-computed"}
    assert (without["people"], mended["people"]) == (0, 2)


async def test_who_was_not_posted_is_held_and_paid_by_a_correction(erp: Erp, faults: FaultySteps) -> None:
    own = await two_people(erp)
    run = await left_out(own, await opened(own))
    faults.refused[own.company, POST] = 1
    await submitted(own, run)
    await approved(own, run)
    await repaired(own, await parked(own), "skip")

    done = await until(own, run, lambda now: now["status"] == "sealed")
    slips = await payslips_of(own, run)
    correction = await opened(own, kind="correction")

    assert (done["people"], done["gross_amount"]) == (0, "0.00")
    assert slips["E-1"]["held_because"] == "not-posted-with-its-run"
    assert correction["people"] == 2
    await own.at_rest()
    assert await violations(own.company) == []


async def test_a_run_that_is_held_goes_on_when_it_is_released(erp: Erp) -> None:
    own = await two_people(erp)
    run = await opened(own)
    (process,) = (await own.get("/v1/processes", document=run["run_number"], type="payroll_run"))["items"]
    await own.post(f"/v1/processes/{process['id']}/hold", {"reason": "a look"})

    body = {"version": run["version"]}
    refused = await own.request("POST", f"{PATH}/{run['run_id']}/submission", body, by=CLERK)
    await own.post(f"/v1/processes/{process['id']}/release", {"reason": "looked"})

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/process-held")
    await submitted(own, run)


@pytest.mark.parametrize("stage", ["open", "submitted", "sealed"])
async def test_cancelled_in_temporal_it_turns_back_until_it_is_released(erp: Erp, stage: str) -> None:
    own = await two_people(erp)
    run = await opened(own)
    if stage != "open":
        await submitted(own, run)
        await asked_of(own, run)

    handle = own.temporal.get_workflow_handle(f"{own.company}/payroll_run/{run['run_id']}")
    if stage == "sealed":
        await approved(own, run)
        await until(own, run, lambda now: now["status"] in ("released", "sealed"))
    await handle.cancel()

    ends = "sealed" if stage == "sealed" else "cancelled"
    now = await until(own, run, lambda now: now["status"] == ends)
    assert now["reason"] == ("" if stage == "sealed" else "cancelled by an operator")
    await own.at_rest()
    assert await violations(own.company) == []
