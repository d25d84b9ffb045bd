"""Each step of a write-off of goods is refused in turn, and its answer gets lost in turn."""

import asyncio
from typing import Any

import pytest

from tests.builders.purchase_orders import PATH as ORDERS
from tests.builders.purchase_orders import SUPPLIER, a_purchase_order, receive
from tests.builders.unbilled_goods import PATH, a_write_off, decide, over, requested, taken_back
from tests.checked import holds_when_at_rest
from tests.erp import Erp
from tests.faulty_steps import FaultySteps

BEFORE = ["payables.propose_goods_write_off", "payables.submit_goods_write_off"]
AFTER = "payables.post_goods_write_off"


async def _came(erp: Erp) -> Any:
    await erp.post("/v1/suppliers", SUPPLIER)
    order = await erp.post(ORDERS, a_purchase_order(("APPLE", "10", "4.00"), ("PEAR", "5", "3.00")))
    await receive(erp, order)
    return order


async def _written_off_once(erp: Erp) -> Any:
    (write_off,) = (await erp.get(PATH))["items"]
    await holds_when_at_rest(erp)
    return write_off


async def test_these_are_all_its_steps(erp: Erp, faults: FaultySteps) -> None:
    order = await _came(erp)
    before = {name for company, name in faults.seen if company == erp.company}
    asked = await requested(erp, order, 1)
    await decide(erp, asked)

    seen = {name for company, name in faults.seen if company == erp.company}
    assert {name for name in seen - before if name.startswith("payables.")} == {*BEFORE, AFTER}
    await _written_off_once(erp)


@pytest.mark.parametrize("step", BEFORE)
async def test_refused_before_anybody_is_asked_nothing_is_written_off(
    erp: Erp, faults: FaultySteps, step: str
) -> None:
    order, before = await _came(erp), await erp.balances()
    faults.refused[erp.company, step] = 1

    path = f"{ORDERS}/{order['order_id']}/goods-write-offs"
    answer = await erp.request("POST", path, a_write_off(1), by="accountant")

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/refused-by-the-test")
    assert await erp.balances() == before
    await decide(erp, await requested(erp, order, 1))
    await _written_off_once(erp)


async def test_refused_after_the_yes_it_waits_until_it_can_be_posted(erp: Erp, faults: FaultySteps) -> None:
    asked = await requested(erp, await _came(erp), 1)
    faults.refused[erp.company, AFTER] = 1_000
    deciding = asyncio.create_task(decide(erp, asked))

    parked = await _parked(erp)
    path, why = f"{PATH}/{asked['write_off_id']}/cancellation", {"reason": "no need"}
    late = await erp.request("POST", path, why, key=f"late in {erp.company}")
    assert late.status_code == 202, late.text  # It comes after the decision, and is refused then.
    faults.forget(erp.company)
    await erp.post(f"/v1/processes/{parked['id']}/repair", {"action": "retry"}, by="operator")
    await deciding

    answer = await erp.request("POST", path, why, key=f"late in {erp.company}")
    assert answer.status_code == 409, answer.text
    assert (await over(erp, asked))["outcome"] == "closed"
    await _written_off_once(erp)


async def test_an_operator_goes_on_without_what_cannot_be_posted(erp: Erp, faults: FaultySteps) -> None:
    order = await _came(erp)
    asked, before = await requested(erp, order, 1), await erp.balances()
    faults.refused[erp.company, AFTER] = 1_000
    deciding = asyncio.create_task(decide(erp, asked))

    parked = await _parked(erp)
    skip = {"action": "skip", "reason": "billed"}
    await erp.post(f"/v1/processes/{parked['id']}/repair", skip, by="operator")
    await deciding

    assert (await over(erp, asked))["stage"] == "not written off"
    assert ((await erp.get(PATH))["items"], await erp.balances()) == ([], before)


async def _parked(erp: Erp) -> Any:
    for _ in range(400):
        if found := (await erp.get("/v1/processes", only_exceptions=True))["items"]:
            return found[0]
        await asyncio.sleep(0.05)
    raise AssertionError("no process is parked")


@pytest.mark.parametrize("step", [*BEFORE, AFTER])
async def test_a_step_whose_answer_gets_lost_happens_once(erp: Erp, faults: FaultySteps, step: str) -> None:
    order = await _came(erp)
    repeated = (erp.company, step)
    faults.repeated.add(repeated)

    asked = await requested(erp, order, 1)
    await decide(erp, asked)

    assert (await over(erp, asked))["outcome"] == "closed"
    assert faults.has_repeated(*repeated)
    await taken_back(erp, await _written_off_once(erp))
    await _written_off_once(erp)
