"""Each step of a requisition is refused in turn, and its answer gets lost in turn.

Nothing stays committed that should not be, and nothing is ordered twice.
"""

import asyncio
from typing import Any

import pytest

from tests.builders.budgets import of_budget
from tests.builders.purchase_orders import PATH as ORDERS
from tests.builders.requisitions import (
    PATH,
    a_policy,
    a_requisition,
    cancel,
    decide,
    entered,
    process_of,
    ready,
    until,
)
from tests.checked import violations_at_rest
from tests.erp import Erp
from tests.faulty_steps import FaultySteps

BEFORE = ["procurement.enter_requisition", "procurement.submit_requisition"]
AFTER = ["procurement.approve_requisition", "procurement.close_requisition"]
BACK = ["procurement.cancel_requisition"]
ORDERING = ["procurement.place_purchase_order"]
OF_OTHERS = {"procurement.put_supplier_item", "procurement.issue_purchase_order"}
"""A record that is needed first; and what the order's process does once it is placed."""


async def _asked(erp: Erp) -> Any:
    await ready(erp)
    await a_policy(erp, "accountant")
    requisition = await entered(erp)
    await until(erp, requisition, "submitted")
    return requisition


async def _whole_way(erp: Erp) -> Any:
    requisition = await _asked(erp)
    await decide(erp, requisition, by="accountant")
    return await until(erp, requisition, "ordered")


async def _ordered_once(erp: Erp) -> None:
    assert await of_budget(erp) == ("40.00", "60.00")
    assert len((await erp.get(ORDERS))["items"]) == 1
    await erp.at_rest()
    assert await violations_at_rest(erp.company) == []


async def test_these_are_all_the_steps_of_a_requisition(erp: Erp, faults: FaultySteps) -> None:
    await _whole_way(erp)

    seen = {name for company, name in faults.seen if company == erp.company}
    assert {name for name in seen if name.startswith("procurement.")} - OF_OTHERS == {
        *BEFORE,
        *AFTER,
        *ORDERING,
    }


@pytest.mark.parametrize("step", BEFORE)
async def test_refused_before_it_is_approved_it_is_turned_back(
    erp: Erp, faults: FaultySteps, step: str
) -> None:
    await ready(erp)
    await a_policy(erp, "accountant")
    faults.refused[erp.company, step] = 1

    answer = await erp.request("POST", PATH, a_requisition())

    if step == BEFORE[0]:
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/refused-by-the-test")
        assert (await erp.get(PATH))["items"] == []
    else:
        assert await until(erp, (await erp.get(PATH))["items"][0], "cancelled")
    assert await of_budget(erp) == ("0.00", "100.00")
    requisition = await entered(erp)
    await until(erp, requisition, "submitted")


@pytest.mark.parametrize("step", AFTER)
async def test_refused_after_that_a_step_waits_until_it_can_be_done(
    erp: Erp, faults: FaultySteps, step: str
) -> None:
    requisition = await _asked(erp)
    faults.refused[erp.company, step] = 1_000
    deciding = asyncio.create_task(decide(erp, requisition, by="accountant"))

    parked = await _until_parked(erp)
    faults.forget(erp.company)
    await erp.post(f"/v1/processes/{parked['id']}/repair", {"action": "retry"}, by="operator")
    await deciding

    assert (await until(erp, requisition, "ordered"))["why_ended"] == ""
    await _ordered_once(erp)


@pytest.mark.parametrize("step", [AFTER[0], AFTER[1], ORDERING[0]])
async def test_cancelled_while_it_is_being_ordered_it_is_refused_at_once(
    erp: Erp, faults: FaultySteps, step: str
) -> None:
    await ready(erp)
    faults.broken[erp.company, step] = RuntimeError("broken by the test")
    requisition = await entered(erp)
    parked = await _until_parked(erp)

    path = f"{PATH}/{requisition['requisition_id']}/cancellation"
    answer = await erp.request("POST", path, {"reason": "no need"})

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/process-ended")
    assert "approved: cancel its orders" in answer.json()["detail"]
    faults.forget(erp.company)
    await erp.post(f"/v1/processes/{parked['id']}/repair", {"action": "retry"}, by="operator")
    await until(erp, requisition, "ordered")


async def test_a_way_back_that_is_refused_waits_until_it_can_be_done(erp: Erp, faults: FaultySteps) -> None:
    requisition = await _asked(erp)
    faults.refused[erp.company, "procurement.cancel_requisition"] = 1_000
    cancelling = asyncio.create_task(cancel(erp, requisition))

    parked = await _until_parked(erp)
    assert await of_budget(erp) == ("40.00", "60.00")
    faults.forget(erp.company)
    await erp.post(f"/v1/processes/{parked['id']}/repair", {"action": "retry"}, by="operator")
    await cancelling

    await until(erp, requisition, "cancelled")
    assert await of_budget(erp) == ("0.00", "100.00")


async def test_cancelled_in_temporal_while_it_waits_it_gives_the_budget_back(erp: Erp) -> None:
    requisition = await _asked(erp)
    process = await process_of(erp, requisition)

    await erp.temporal.get_workflow_handle(process["id"]).cancel()

    assert (await until(erp, requisition, "cancelled"))["why_ended"] == "cancelled by an operator"
    assert await of_budget(erp) == ("0.00", "100.00")


async def test_cancelled_in_temporal_when_it_is_being_ordered_it_is_ordered(
    erp: Erp, faults: FaultySteps
) -> None:
    requisition = await _asked(erp)
    faults.refused[erp.company, "procurement.close_requisition"] = 1_000
    deciding = asyncio.create_task(decide(erp, requisition, by="accountant"))

    parked = await _until_parked(erp)
    await erp.temporal.get_workflow_handle(parked["id"]).cancel()
    faults.forget(erp.company)
    await erp.post(f"/v1/processes/{parked['id']}/repair", {"action": "retry"}, by="operator")
    await deciding

    assert (await until(erp, requisition, "ordered"))["why_ended"] == ""
    await _ordered_once(erp)


async def test_cancelled_between_two_who_are_asked_it_gives_the_budget_back(erp: Erp) -> None:
    await ready(erp)
    await a_policy(erp, "accountant", "credit manager")
    requisition = await entered(erp)
    await until(erp, requisition, "submitted")
    await decide(erp, requisition, by="accountant")

    await cancel(erp, requisition)

    assert await of_budget(erp) == ("0.00", "100.00")
    document = requisition["requisition_number"]
    asked = (await erp.get("/v1/approvals", document=document))["items"]
    assert sorted(one["status"] for one in asked) == ["approved", "withdrawn"]


async def test_an_order_that_is_refused_gives_its_budget_back(erp: Erp, faults: FaultySteps) -> None:
    requisition = await _asked(erp)
    faults.refused[erp.company, "procurement.place_purchase_order"] = 1

    await decide(erp, requisition, by="accountant")

    assert "refused by the test" in (await until(erp, requisition, "cancelled"))["why_ended"]
    assert await of_budget(erp) == ("0.00", "100.00")


@pytest.mark.parametrize("step", [*BEFORE, *AFTER, *ORDERING])
async def test_a_step_whose_answer_got_lost_happens_once(erp: Erp, faults: FaultySteps, step: str) -> None:
    faults.repeated.add((erp.company, step))

    await _whole_way(erp)

    assert faults.has_repeated(erp.company, step)
    await _ordered_once(erp)


async def test_a_way_back_whose_answer_got_lost_happens_once(erp: Erp, faults: FaultySteps) -> None:
    requisition = await _asked(erp)
    faults.repeated.add((erp.company, "procurement.cancel_requisition"))

    await cancel(erp, requisition)

    assert faults.has_repeated(erp.company, "procurement.cancel_requisition")
    assert await of_budget(erp) == ("0.00", "100.00")
    await erp.at_rest()
    assert await violations_at_rest(erp.company) == []


async def _until_parked(erp: Erp) -> Any:
    for _ in range(200):
        if parked := (await erp.get("/v1/processes", only_exceptions=True))["items"]:
            return parked[0]
        await asyncio.sleep(0.05)
    raise AssertionError("no process was parked")
