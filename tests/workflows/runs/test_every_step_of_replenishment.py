"""Each step of a replenishment run is refused in turn, and its answer gets lost in turn.

Nothing is bought twice, and nothing that could be bought waits for what could not.
"""

import asyncio
from typing import Any

import pytest

from tests.builders.replenishment import (
    ON,
    RULES,
    RUNS,
    a_rule,
    all_ordered,
    asked_for,
    quantities,
    run,
    sold_here,
    waits_for,
)
from tests.builders.requisitions import a_policy, cancel, process_of, until
from tests.checked import violations_at_rest
from tests.erp import Erp
from tests.faulty_steps import FaultySteps

LIST, REQUEST = "replenishment.list_shortages", "replenishment.request_shortages"
TAKE_UP = "procurement.take_up_requisition"
STEPS = [LIST, REQUEST, TAKE_UP]


async def short_of_apples(erp: Erp) -> None:
    """An order waits for twelve apples."""
    await sold_here(erp)
    await waits_for(erp, "112")


async def bought_once(erp: Erp) -> None:
    """What is short is asked for, and ordered, once."""
    assert quantities(await all_ordered(erp)) == {"APPLE": ["12"]}
    assert len((await erp.get("/v1/purchase-orders"))["items"]) == 1
    await settled(erp)
    await erp.at_rest()
    assert await violations_at_rest(erp.company) == []


async def settled(erp: Erp) -> None:
    """Nothing waits for an operator, and the run has ended."""
    for _ in range(400):
        if not (await erp.get("/v1/processes", only_exceptions=True))["items"]:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("something still waits for an operator")


async def parked(erp: Erp) -> Any:
    """The process that waits for an operator."""
    for _ in range(400):
        if found := (await erp.get("/v1/processes", only_exceptions=True))["items"]:
            (shown,) = found
            return shown
        await asyncio.sleep(0.05)
    raise AssertionError("nothing waits for an operator")


async def retried(erp: Erp, shown: Any) -> None:
    """An operator has it tried again."""
    await erp.post(f"/v1/processes/{shown['id']}/repair", {"action": "retry"}, by="operator")


@pytest.mark.parametrize("step", STEPS)
async def test_a_refused_step_waits_until_it_can_be_done(erp: Erp, faults: FaultySteps, step: str) -> None:
    await short_of_apples(erp)
    faults.refused[erp.company, step] = 1_000

    await erp.request("POST", RUNS, {"on": ON})

    shown = await parked(erp)
    assert shown["failure"] == f"{step}: refused-by-the-test"
    faults.forget(erp.company)
    await retried(erp, shown)
    await bought_once(erp)


@pytest.mark.parametrize("step", STEPS)
async def test_a_step_whose_answer_got_lost_happens_once(erp: Erp, faults: FaultySteps, step: str) -> None:
    await short_of_apples(erp)
    faults.repeated.add((erp.company, step))

    await run(erp)

    assert quantities(await all_ordered(erp)) == {"APPLE": ["12"]}
    assert faults.has_repeated(erp.company, step)
    await bought_once(erp)


async def test_what_is_refused_for_one_supplier_keeps_no_other_waiting(erp: Erp, faults: FaultySteps) -> None:
    await short_of_apples(erp)
    abroad = {"supplier_code": "PLANTATION", "item_code": "FIFO-NUT", "unit_price": "2.00", "currency": "USD"}
    await erp.post("/v1/supplier-items", {"code": "PLANTATION/NUT"} | abroad)
    await waits_for(erp, "104", "FIFO-NUT")
    faults.refused[erp.company, REQUEST] = 1

    progress = await run(erp)

    assert (progress["done"], progress["exceptions"]) == (1, 1)
    assert len(await asked_for(erp)) == 1
    await retried(erp, await parked(erp))
    await settled(erp)
    assert quantities(await all_ordered(erp)) == {"APPLE": ["12"], "FIFO-NUT": ["4"]}


async def test_what_is_short_no_more_when_its_turn_comes_is_not_asked_for(
    erp: Erp, faults: FaultySteps
) -> None:
    await short_of_apples(erp)
    faults.refused[erp.company, REQUEST] = 1
    await run(erp)
    await erp.receive({"APPLE": 20})

    await retried(erp, await parked(erp))

    await settled(erp)
    assert await asked_for(erp) == []
    await erp.at_rest()
    assert await violations_at_rest(erp.company) == []


async def test_cancelled_it_is_over_and_short_again(erp: Erp) -> None:
    await short_of_apples(erp)
    await erp.post(RULES, a_rule())
    await a_policy(erp, "credit manager", category="stock")
    await run(erp)
    (requisition,) = await asked_for(erp)
    await until(erp, requisition, "submitted")

    await cancel(erp, requisition)

    process = await process_of(erp, requisition)
    assert (process["stage"], process["outcome"]) == ("cancelled", "cancelled")
    await erp.at_rest()
    assert await violations_at_rest(erp.company) == []
