"""The list of exceptions holds what somebody must look at, all of it, and nothing else."""

import asyncio
from typing import Any

import pytest

from tests.erp import Erp, an_order
from tests.faulty_steps import FaultySteps
from tests.workflows.test_held_and_repaired import parked

GHOST = [{"item_code": "GHOST", "quantity": "1", "unit_price": "1.00"}]


async def exceptions(erp: Erp) -> list[Any]:
    """What an operator sees who asks what is to be looked at."""
    found: list[Any] = (await erp.get("/v1/processes", only_exceptions=True))["items"]
    return found


async def test_a_request_that_was_refused_is_no_exception_and_its_row_says_why(erp: Erp) -> None:
    refused = await erp.request("POST", "/v1/sales-orders", an_order(lines=GHOST), by="sales clerk")

    assert refused.status_code == 422
    assert await exceptions(erp) == []
    (row,) = (await erp.get("/v1/processes", type="order_to_cash"))["items"]
    assert (row["outcome"], row["exception"], row["failure"]) == ("refused", None, None)
    assert "GHOST" in row["why"]


async def test_what_is_refused_after_an_outage_is_no_exception_any_more(
    erp: Erp, faults: FaultySteps
) -> None:
    step = erp.company, "inventory.reserve_stock"
    faults.broken[step] = KeyError("a defect")
    placing = asyncio.create_task(erp.request("POST", "/v1/sales-orders", an_order(), by="sales clerk"))
    await parked(erp, 1, "inventory.reserve_stock: KeyError")
    faults.refused[step] = 1
    del faults.broken[step]

    assert (await placing).status_code == 422
    assert await exceptions(erp) == []
    (row,) = (await erp.get("/v1/processes", type="order_to_cash"))["items"]
    assert (row["outcome"], "is refused by the test" in row["why"]) == ("refused", True)


async def test_a_command_that_is_given_up_leaves_no_exception_behind(erp: Erp, faults: FaultySteps) -> None:
    order = await erp.place()
    faults.broken[erp.company, "inventory.post_goods_issue"] = KeyError("a defect")
    path = f"/v1/sales-orders/{order['order_id']}/shipments"
    shipping = asyncio.create_task(erp.request("POST", path, {"shipped_on": "2026-03-05"}, by="warehouse"))
    (process,) = await parked(erp, 1, "inventory.post_goods_issue: KeyError")

    abort = {"action": "abort", "reason": "tomorrow"}
    await erp.post(f"/v1/processes/{process['id']}/repair", abort, by="operator")

    assert (await shipping).status_code == 422
    assert await exceptions(erp) == []
    faults.forget(erp.company)
    await erp.ship(order)


async def test_a_way_back_that_was_refused_at_first_leaves_no_exception_behind(
    erp: Erp, faults: FaultySteps
) -> None:
    order = await erp.place()
    faults.refused[erp.company, "inventory.release_reservation"] = 1

    await erp.post(f"/v1/sales-orders/{order['order_id']}/cancellation", {"reason": "changed my mind"})

    seen = (await erp.order(order))["process"]
    assert (seen["outcome"], seen["exception"], seen["why"]) == ("cancelled", None, "changed my mind")


@pytest.mark.parametrize("away_for", [1, 4])
async def test_an_exception_is_noted_when_the_database_is_back(
    erp: Erp, faults: FaultySteps, away_for: int
) -> None:
    faults.broken[erp.company, "process.record_stage"] = ConnectionRefusedError("nobody listens")
    faults.broken[erp.company, "inventory.reserve_stock"] = KeyError("a defect")
    placing = asyncio.create_task(erp.request("POST", "/v1/sales-orders", an_order(), by="sales clerk"))
    await asyncio.sleep(away_for)
    assert await exceptions(erp) == []

    # The defect stays; the books are there again.
    del faults.broken[erp.company, "process.record_stage"]

    for _ in range(150):
        if found := await exceptions(erp):
            break
        await asyncio.sleep(0.1)
    else:
        raise AssertionError("nothing is noted")
    assert [one["failure"] for one in found] == ["inventory.reserve_stock: KeyError"]
    faults.forget(erp.company)
    await erp.post(f"/v1/processes/{found[0]['id']}/repair", {"action": "retry"}, by="operator")
    assert (await placing).status_code == 201
    assert await exceptions(erp) == []
