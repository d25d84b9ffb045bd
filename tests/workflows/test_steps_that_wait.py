"""Steps after which there is no way back wait when they are refused, and go on after a repair."""

import asyncio
from typing import Any

from tests.erp import Erp
from tests.faulty_steps import FaultySteps

MONEY = {"received_on": "2026-03-03", "amount": "119.00", "currency": "EUR"}


async def _parked(erp: Erp) -> Any:
    for _ in range(400):
        if parked := (await erp.get("/v1/processes", only_exceptions=True))["items"]:
            return parked[0]
        await asyncio.sleep(0.05)
    raise AssertionError("no process was parked")


async def _repaired(erp: Erp, faults: FaultySteps) -> str:
    """The process that was parked, after whatever was in its way is gone."""
    parked = await _parked(erp)
    faults.forget(erp.company)
    await erp.post(f"/v1/processes/{parked['id']}/repair", {"action": "retry"}, by="operator")
    return str(parked["id"])


async def test_money_that_came_before_waits_to_be_used(erp: Erp, faults: FaultySteps) -> None:
    order = await erp.place()
    await erp.post(f"/v1/sales-orders/{order['order_id']}/payments", MONEY, by="accountant")
    faults.refused[erp.company, "ledger.allocate_payment"] = 1_000
    shipping = asyncio.create_task(erp.ship(order))

    await _repaired(erp, faults)
    await shipping

    await erp.until(order, "closed")
    items = (await erp.get("/v1/open-items", side="receivable"))["items"]
    assert [item for item in items if item["open_amount"] != "0.00"] == [], "all of the money was used"
    (payment,) = (await erp.get("/v1/payments"))["items"]
    assert payment["on_account_amount"] == "0.00"


async def test_a_return_waits_to_be_cancelled(erp: Erp, faults: FaultySteps) -> None:
    order = await erp.place()
    await erp.ship(order)
    asked = {"reason": "too many", "lines": [{"line_number": 1, "quantity": "2"}]}
    returned = await erp.post(f"/v1/sales-orders/{order['order_id']}/returns", asked, by="sales clerk")
    faults.refused[erp.company, "sales.cancel_return"] = 1_000
    path = f"/v1/returns/{returned['return_id']}"
    cancelling = asyncio.create_task(
        erp.post(f"{path}/cancellation", {"reason": "keeps them"}, by="sales clerk")
    )

    await _repaired(erp, faults)
    await cancelling

    assert (await erp.get(path))["status"] == "cancelled"
