"""Each step of a change of bank details is refused in turn, and its answer gets lost in turn.

Money never goes elsewhere than somebody has said yes to, and the change is made once.
"""

import asyncio
from typing import Any

import pytest

from tests.builders.bank_details import (
    CLERK,
    NEW_IBAN,
    OLD_IBAN,
    PATH,
    asked_for,
    cancel,
    changes,
    decide,
    elsewhere,
    people,
    until,
    wait_hours,
)
from tests.builders.payment_runs import MILL
from tests.checked import violations_at_rest
from tests.erp import Erp
from tests.faulty_steps import FaultySteps

MILL_PATH = "/v1/suppliers/MILL"
BEFORE = ["master_data.take_up_bank_details_change", "master_data.submit_bank_details_change"]
AFTER = [
    "master_data.approve_bank_details_change",
    "master_data.apply_bank_details",
    "banking.open_payment_runs_again",
]
BACK = "master_data.cancel_bank_details_change"


async def _ready(erp: Erp) -> None:
    await erp.post("/v1/suppliers", MILL)
    await people(erp)
    await wait_hours(erp, 0)


async def _asked(erp: Erp) -> Any:
    await _ready(erp)
    return await asked_for(erp, MILL_PATH, elsewhere(), by=CLERK)


async def _ibans(erp: Erp) -> list[str]:
    return [one["iban"] for one in (await erp.get(MILL_PATH))["bank_accounts"]]


async def _until_ended(erp: Erp, outcome: str = "closed") -> None:
    for _ in range(400):
        found = (await erp.get("/v1/processes", type="bank_details_change"))["items"]
        if found and found[0]["outcome"]:
            break
        await asyncio.sleep(0.05)
    else:
        raise AssertionError(f"it has not ended: {found}")
    assert [one["outcome"] for one in found] == [outcome]
    await erp.at_rest()
    assert await violations_at_rest(erp.company) == []


async def _parked(erp: Erp) -> Any:
    for _ in range(400):
        found = (await erp.get("/v1/processes", only_exceptions=True))["items"]
        if found:
            return found[0]
        await asyncio.sleep(0.05)
    raise AssertionError("nothing is parked")


async def test_these_are_all_the_steps_of_a_change(erp: Erp, faults: FaultySteps) -> None:
    change = await _asked(erp)
    erp.accepted(await decide(erp, change))
    await _until_ended(erp)

    seen = {name for company, name in faults.seen if company == erp.company}
    assert {name for name in seen if "bank_details" in name or "again" in name} == {*BEFORE, *AFTER}


async def test_until_it_is_taken_up_nothing_is_asked_and_nothing_is_changed(
    erp: Erp, faults: FaultySteps
) -> None:
    await _ready(erp)
    faults.refused[erp.company, BEFORE[0]] = 1_000
    erp.accepted(await erp.request("PATCH", MILL_PATH, elsewhere(), by=CLERK, if_match="*"))

    parked = await _parked(erp)
    assert (await erp.get("/v1/approvals"))["items"] == []
    assert await _ibans(erp) == [OLD_IBAN]
    faults.forget(erp.company)
    await erp.post(f"/v1/processes/{parked['id']}/repair", {"action": "retry"}, by="operator")

    (change,) = await changes(erp)
    erp.accepted(await decide(erp, change))
    await until(erp, change, "effective")
    assert await _ibans(erp) == [NEW_IBAN]
    await _until_ended(erp)


async def test_refused_before_somebody_is_asked_nothing_is_changed(erp: Erp, faults: FaultySteps) -> None:
    await _ready(erp)
    faults.refused[erp.company, BEFORE[1]] = 1

    erp.accepted(await erp.request("PATCH", MILL_PATH, elsewhere(), by=CLERK, if_match="*"))

    await _until_ended(erp, "refused")
    (change,) = await changes(erp)
    assert (change["status"], await _ibans(erp)) == ("cancelled", [OLD_IBAN])
    await asked_for(erp, MILL_PATH, elsewhere(), by=CLERK)


@pytest.mark.parametrize("step", AFTER)
async def test_refused_after_that_a_step_waits_until_it_can_be_done(
    erp: Erp, faults: FaultySteps, step: str
) -> None:
    change = await _asked(erp)
    faults.refused[erp.company, step] = 1_000
    deciding = asyncio.create_task(decide(erp, change))

    parked = await _parked(erp)
    late = await cancel(erp, change) if step != AFTER[0] else None
    faults.forget(erp.company)
    await erp.post(f"/v1/processes/{parked['id']}/repair", {"action": "retry"}, by="operator")
    erp.accepted(await deciding)

    assert late is None or late.status_code == 409
    await until(erp, change, "effective")
    await _until_ended(erp)
    assert await _ibans(erp) == [NEW_IBAN]


@pytest.mark.parametrize("step", [*BEFORE, *AFTER])
async def test_when_the_answer_of_a_step_gets_lost_the_change_is_made_once(
    erp: Erp, faults: FaultySteps, step: str
) -> None:
    await _ready(erp)
    before = (await erp.get(MILL_PATH))["version"]
    faults.repeated.add((erp.company, step))
    change = await asked_for(erp, MILL_PATH, elsewhere(), by=CLERK)
    erp.accepted(await decide(erp, change))

    await _until_ended(erp)

    assert faults.has_repeated(erp.company, step)
    assert (await _ibans(erp), (await erp.get(MILL_PATH))["version"]) == ([NEW_IBAN], before + 2)


async def test_when_the_answer_of_its_way_back_gets_lost_it_is_cancelled_once(
    erp: Erp, faults: FaultySteps
) -> None:
    change = await _asked(erp)
    faults.repeated.add((erp.company, BACK))

    erp.accepted(await cancel(erp, change))

    assert faults.has_repeated(erp.company, BACK)
    assert (await erp.get(f"{PATH}/{change['change_id']}"))["status"] == "cancelled"
    await _until_ended(erp, "cancelled")
