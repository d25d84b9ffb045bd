"""Each step of a request for leave, and of taking it back, is refused in turn, and its answer gets lost.

No day is taken twice or lost, and payroll knows of no absence that hr does not.
"""

import asyncio
from typing import Any

import asyncpg
import pytest

from tests.builders import leave
from tests.builders.leave import (
    OFFICER,
    PATH,
    TYPES,
    approved,
    asked_for,
    balance,
    cancelled,
    decided,
    granted,
    ready,
    taken_back,
    until,
)
from tests.checked import violations_at_rest
from tests.erp import Erp
from tests.faulty_steps import FaultySteps

BEFORE = ["hr.take_up_leave", "hr.submit_leave", "payroll.note_absence"]
LAST = "hr.approve_leave"
BACK = "hr.cancel_leave"
TAKING_BACK = ["hr.find_leave_to_take_back", "payroll.withdraw_absence", "hr.take_leave_back"]
ANNUAL = {"leave_type_code": "ANNUAL"}
UNPAID = {"leave_type_code": "UNPAID"}
NOBODY_ASKED = leave.UNPAID | {"code": "CARE", "name": "Care, without pay", "needs_approval": False}


async def with_leave(erp: Erp) -> None:
    """Everybody has thirty days of 2026."""
    await ready(erp)
    await granted(erp)


async def absences(owner_url: str, erp: Erp) -> int:
    """How many absences payroll knows that stand."""
    owner = await asyncpg.connect(owner_url)
    try:
        query = "SELECT count(*) FROM payroll.absence WHERE company_id = $1 AND stands"
        found: int = await owner.fetchval(query, erp.company)
        return found
    finally:
        await owner.close()


async def in_order(erp: Erp) -> None:
    """Nothing is broken when everything has come to rest."""
    await erp.at_rest()
    assert await violations_at_rest(erp.company) == []


async def parked_at(erp: Erp) -> Any:
    """The process that waits for an operator."""
    for _ in range(400):
        if parked := (await erp.get("/v1/processes", only_exceptions=True))["items"]:
            return parked[0]
        await asyncio.sleep(0.05)
    raise AssertionError("no process was parked")


async def mended(erp: Erp, faults: FaultySteps) -> None:
    """What was refused can be done now."""
    parked = await parked_at(erp)
    faults.forget(erp.company)
    await erp.post(f"/v1/processes/{parked['id']}/repair", {"action": "retry"}, by="operator")


async def test_these_are_all_the_steps(erp: Erp, faults: FaultySteps) -> None:
    await with_leave(erp)
    await taken_back(erp, await approved(erp, **UNPAID))

    seen = {name for company, name in faults.seen if company == erp.company}
    ours = {name for name in seen if name.startswith(("hr.", "payroll."))}
    assert ours & {*BEFORE, LAST, *TAKING_BACK} == {*BEFORE, LAST, *TAKING_BACK}
    assert {name for name in ours if not name.startswith(("hr.put", "hr.grant", "hr.request"))} == {
        *BEFORE,
        LAST,
        *TAKING_BACK,
    }


@pytest.mark.parametrize("step", BEFORE[1:])
async def test_refused_before_it_is_approved_it_gives_the_days_back(
    erp: Erp, faults: FaultySteps, owner_url: str, step: str
) -> None:
    await with_leave(erp)
    faults.refused[erp.company, step] = 1
    request = await asked_for(erp, **(UNPAID if step == BEFORE[2] else ANNUAL))
    if step == BEFORE[2]:
        await decided(erp, request)

    now = await until(erp, request, "cancelled")

    assert "refused by the test" in now["why_ended"]
    assert await balance(erp, "2026-12-31") == "30"
    assert await absences(owner_url, erp) == 0
    await approved(erp)
    await in_order(erp)


@pytest.mark.parametrize("step", [BEFORE[0], LAST])
async def test_a_step_that_must_be_done_waits_until_it_can_be(
    erp: Erp, faults: FaultySteps, step: str
) -> None:
    await with_leave(erp)
    faults.refused[erp.company, step] = 1_000
    if step == LAST:
        request = await asked_for(erp)
        deciding = asyncio.create_task(decided(erp, request))
        await mended(erp, faults)
        await deciding
    else:
        request = await asked_for(erp)
        await mended(erp, faults)
        await decided(erp, request)

    await until(erp, request, "approved")
    assert await balance(erp, "2026-12-31") == "29"
    await in_order(erp)


async def test_a_way_back_that_is_refused_waits_until_it_can_be_done(erp: Erp, faults: FaultySteps) -> None:
    await with_leave(erp)
    request = await asked_for(erp)
    await until(erp, request, "submitted")
    faults.refused[erp.company, BACK] = 1_000
    cancelling = asyncio.create_task(cancelled(erp, request))

    await mended(erp, faults)
    await cancelling

    await until(erp, request, "cancelled")
    assert await balance(erp, "2026-12-31") == "30"
    await in_order(erp)


@pytest.mark.parametrize("step", [BEFORE[2], LAST])
async def test_cancelled_once_it_is_decided_it_is_refused_at_once(
    erp: Erp, faults: FaultySteps, step: str
) -> None:
    await with_leave(erp)
    await erp.post(TYPES, NOBODY_ASKED)
    faults.broken[erp.company, step] = RuntimeError("broken by the test")
    request = await asked_for(erp, leave_type_code=NOBODY_ASKED["code"])
    await parked_at(erp)

    path = f"{PATH}/{request['leave_id']}/cancellation"
    answer = await erp.request("POST", path, {"reason": "no need"}, by=OFFICER)

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/process-ended")
    await mended(erp, faults)
    await until(erp, request, "approved")


async def test_cancelled_in_temporal_while_it_waits_it_gives_the_days_back(erp: Erp) -> None:
    await with_leave(erp)
    request = await asked_for(erp)
    await until(erp, request, "submitted")
    (process,) = (await erp.get("/v1/processes", document=request["leave_number"]))["items"]

    await erp.temporal.get_workflow_handle(process["id"]).cancel()

    assert (await until(erp, request, "cancelled"))["why_ended"] == "cancelled by an operator"
    assert await balance(erp, "2026-12-31") == "30"


@pytest.mark.parametrize("step", TAKING_BACK[:2])
async def test_taking_back_that_is_refused_changes_nothing_that_is_not_done_again(
    erp: Erp, faults: FaultySteps, owner_url: str, step: str
) -> None:
    await with_leave(erp)
    request = await approved(erp, **UNPAID)
    faults.refused[erp.company, step] = 1

    path = f"{PATH}/{request['leave_id']}/taking-back"
    answer = await erp.request("POST", path, {"reason": "ill"}, by=OFFICER)

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/refused-by-the-test")
    assert (await until(erp, request, "approved"))["why_ended"] == ""
    await taken_back(erp, request)
    await until(erp, request, "taken_back")
    assert await absences(owner_url, erp) == 0
    assert await balance(erp, "2026-12-31") == "30"
    await in_order(erp)


async def abort(erp: Erp) -> int:
    """An operator gives the parked step up; whether that may be."""
    path = f"/v1/processes/{(await parked_at(erp))['id']}/repair"
    return (
        await erp.request("POST", path, {"action": "abort", "reason": "stuck"}, by="operator")
    ).status_code


async def test_given_up_while_payroll_is_told_the_days_are_paid(
    erp: Erp, faults: FaultySteps, owner_url: str
) -> None:
    """Payroll knows of the absence; the answer gets lost, and an operator gives up."""
    await with_leave(erp)
    faults.lost.add((erp.company, BEFORE[2]))
    request = await asked_for(erp, **UNPAID)
    deciding = asyncio.create_task(decided(erp, request))

    assert await abort(erp) < 300

    faults.forget(erp.company)
    await until(erp, request, "cancelled")
    assert await absences(owner_url, erp) == 0
    await deciding
    await in_order(erp)


@pytest.mark.parametrize("step", TAKING_BACK[1:])
async def test_taking_back_is_not_given_up_once_payroll_may_pay_the_days(
    erp: Erp, faults: FaultySteps, owner_url: str, step: str
) -> None:
    await with_leave(erp)
    request = await approved(erp, **UNPAID)
    faults.lost.add((erp.company, step))
    taking_back = asyncio.create_task(taken_back(erp, request))

    assert await abort(erp) == 409

    await mended(erp, faults)
    await taking_back
    await until(erp, request, "taken_back")
    assert await absences(owner_url, erp) == 0
    await in_order(erp)


async def test_taking_back_that_hr_refuses_last_waits_until_it_can_be_done(
    erp: Erp, faults: FaultySteps
) -> None:
    await with_leave(erp)
    request = await approved(erp, **ANNUAL)
    faults.refused[erp.company, TAKING_BACK[2]] = 1_000
    taking_back = asyncio.create_task(taken_back(erp, request))

    await mended(erp, faults)

    await taking_back
    await until(erp, request, "taken_back")
    assert await balance(erp, "2026-12-31") == "30"
    await in_order(erp)


@pytest.mark.parametrize("step", [*BEFORE, LAST, *TAKING_BACK])
async def test_a_step_whose_answer_got_lost_happens_once(
    erp: Erp, faults: FaultySteps, owner_url: str, step: str
) -> None:
    await with_leave(erp)
    faults.repeated.add((erp.company, step))

    request = await approved(erp, **UNPAID)
    annual = await approved(erp, "2026-09-01")
    if step in TAKING_BACK:
        await taken_back(erp, request)
        await taken_back(erp, annual)

    assert faults.has_repeated(erp.company, step)
    assert await balance(erp, "2026-12-31") == ("30" if step in TAKING_BACK else "29")
    assert await absences(owner_url, erp) == (0 if step in TAKING_BACK else 1)
    await in_order(erp)


async def test_a_way_back_whose_answer_got_lost_happens_once(erp: Erp, faults: FaultySteps) -> None:
    await with_leave(erp)
    faults.repeated.add((erp.company, BACK))
    request = await asked_for(erp)
    await until(erp, request, "submitted")

    await cancelled(erp, request)

    assert faults.has_repeated(erp.company, BACK)
    assert await balance(erp, "2026-12-31") == "30"
    await in_order(erp)
