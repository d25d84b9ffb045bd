"""A person's decision about a process that waits for none is refused, and changes nothing."""

from typing import Any

import pytest

from tests.erp import Erp


@pytest.fixture
async def order(erp: Erp) -> Any:
    """An order that waits for the warehouse: nothing of it is parked, and nobody holds it."""
    return await erp.place()


def process(erp: Erp, order: Any) -> str:
    return f"/v1/processes/{erp.company}/order_to_cash/{order['order_id']}"


async def decided(erp: Erp, order: Any) -> list[str]:
    """What the books say that people have decided about the process."""
    timeline = (await erp.get(process(erp, order)))["timeline"]
    return [entry["operation"] for entry in timeline if entry["operation"] == "process.decide"]


@pytest.mark.parametrize("action", ["retry", "skip", "abort"])
async def test_nothing_parked_cannot_be_repaired(erp: Erp, order: Any, action: str) -> None:
    asked = {"action": action, "reason": "because"}

    refused = await erp.request("POST", f"{process(erp, order)}/repair", asked, by="operator")

    problem = refused.json()
    assert (refused.status_code, problem["type"]) == (409, "/problems/nothing-to-repair")
    assert problem["detail"] == "nothing is parked here"
    assert await decided(erp, order) == []
    await erp.ship(order)
    assert await erp.stage_of(order) == "waiting for payment"


async def test_what_is_not_held_cannot_be_released(erp: Erp, order: Any) -> None:
    refused = await erp.request(
        "POST", f"{process(erp, order)}/release", {"reason": "because"}, by="operator"
    )

    problem = refused.json()
    assert (refused.status_code, problem["type"]) == (409, "/problems/not-held")
    assert problem["detail"] == "this is not held"
    assert await decided(erp, order) == []
    assert await erp.stage_of(order) == "waiting for shipment"


@pytest.mark.parametrize("decision", ["repair", "release", "hold"])
async def test_what_is_over_or_was_never_there_takes_no_decision(erp: Erp, order: Any, decision: str) -> None:
    await erp.post(f"/v1/sales-orders/{order['order_id']}/cancellation", {"reason": "no more"})
    asked = {"action": "abort", "reason": "because"} if decision == "repair" else {"reason": "because"}
    nowhere = f"/v1/processes/{erp.company}/order_to_cash/00000000-0000-0000-0000-000000000007"

    over = await erp.request("POST", f"{process(erp, order)}/{decision}", asked, by="operator")
    never = await erp.request("POST", f"{nowhere}/{decision}", asked, by="operator")

    assert (over.status_code, over.json()["type"]) == (409, "/problems/process-ended")
    assert (never.status_code, never.json()["type"]) == (404, "/problems/not-found")
    assert await decided(erp, order) == []
