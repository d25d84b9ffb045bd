"""Each step of a return to a supplier is refused in turn, and its answer gets lost in turn."""

import asyncio
from typing import Any

import pytest

from tests.builders.purchase_orders import PATH, SUPPLIER, a_purchase_order, billed, receive
from tests.builders.vendor_returns import DEBIT_NOTES, RETURNS, a_return, sent_back
from tests.checked import violations_at_rest
from tests.erp import Erp
from tests.faulty_steps import FaultySteps

STEPS = ["inventory.send_goods_back", "payables.post_debit_note"]


async def _billed(erp: Erp) -> Any:
    await erp.post("/v1/suppliers", SUPPLIER)
    order = await erp.post(PATH, a_purchase_order(("APPLE", "10", "4.00")))
    await receive(erp, order)
    await billed(erp, order, "1", "47.60")
    return order


async def _one_of_each(erp: Erp) -> None:
    for path in (RETURNS, DEBIT_NOTES):
        assert len((await erp.get(path))["items"]) == 1
    await erp.at_rest()
    assert not await violations_at_rest(erp.company)


async def test_these_are_all_its_steps(erp: Erp, faults: FaultySteps) -> None:
    order = await _billed(erp)
    before = {name for company, name in faults.seen if company == erp.company}
    await sent_back(erp, order, (1, "4"))

    seen = {name for company, name in faults.seen if company == erp.company}
    # The order asks what is open of its invoice.
    assert seen - before - {"ledger.find_open"} == {*STEPS}
    await _one_of_each(erp)


async def test_refused_at_first_nothing_goes_back(erp: Erp, faults: FaultySteps) -> None:
    order, before = await _billed(erp), await erp.balances()
    faults.refused[erp.company, "inventory.send_goods_back"] = 1

    answer = await erp.request("POST", f"{PATH}/{order['order_id']}/returns", a_return((1, "4")))

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/refused-by-the-test")
    assert await erp.balances() == before
    await sent_back(erp, order, (1, "4"))
    await _one_of_each(erp)


async def test_a_debit_note_that_cannot_be_posted_waits_until_it_can(erp: Erp, faults: FaultySteps) -> None:
    order = await _billed(erp)
    faults.refused[erp.company, "payables.post_debit_note"] = 1_000
    asking = asyncio.create_task(sent_back(erp, order, (1, "4")))

    parked = await _parked(erp)
    assert "is refused by the test" in parked["exception"]
    faults.forget(erp.company)
    await erp.post(f"/v1/processes/{parked['id']}/repair", {"action": "retry"}, by="operator")
    await asking

    await _one_of_each(erp)


async def test_a_debit_note_that_was_posted_by_hand_is_done_without(erp: Erp, faults: FaultySteps) -> None:
    order = await _billed(erp)
    faults.refused[erp.company, "payables.post_debit_note"] = 1
    asking = asyncio.create_task(sent_back(erp, order, (1, "4")))
    parked = await _parked(erp)
    (returned,) = (await erp.get(RETURNS))["items"]

    by_hand = {"posted_on": "2026-03-31", "reason": "on a later day"}
    await erp.post(f"{RETURNS}/{returned['return_id']}/debit-note", by_hand)
    for action in ("retry", "skip"):
        await erp.post(
            f"/v1/processes/{parked['id']}/repair", {"action": action, "reason": "claimed"}, by="operator"
        )
    back = await asking

    (note,) = (await erp.get(DEBIT_NOTES))["items"]
    assert (note["return_number"], note["posted_on"]) == (back["return_number"], "2026-03-31")
    assert (await erp.get("/v1/processes", only_exceptions=True))["items"] == []
    await _one_of_each(erp)


async def _parked(erp: Erp) -> Any:
    for _ in range(400):
        if found := (await erp.get("/v1/processes", only_exceptions=True))["items"]:
            return found[0]
        await asyncio.sleep(0.05)
    raise AssertionError("no process is parked")


@pytest.mark.parametrize("step", STEPS)
async def test_a_step_whose_answer_gets_lost_happens_once(erp: Erp, faults: FaultySteps, step: str) -> None:
    order = await _billed(erp)
    repeated = (erp.company, step)
    faults.repeated.add(repeated)

    await sent_back(erp, order, (1, "4"))

    assert faults.has_repeated(*repeated)
    await _one_of_each(erp)
