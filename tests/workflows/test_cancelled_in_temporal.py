"""A cancellation that is asked for in Temporal itself turns back what still can, and is never lost."""

import asyncio
from typing import Any

from tests.erp import Erp, an_order
from tests.faulty_steps import FaultySteps
from tests.workflows.billing_together import deliver
from tests.workflows.test_returns import inspect, return_of

DATABASE_IS_AWAY = ConnectionRefusedError("nobody listens")


async def shown(erp: Erp, path: str, name: str) -> Any:
    """What a process shows under that name, when it shows anything there."""
    for _ in range(200):
        answer = await erp.request("GET", f"/v1/processes/{erp.company}/{path}")
        if answer.status_code == 200 and (seen := answer.json())[name]:
            return seen[name]
        await asyncio.sleep(0.05)
    raise AssertionError(f"{path} has no {name}")


async def test_an_operator_who_cancels_while_goods_leave_sees_that_it_was_too_late(
    erp: Erp, faults: FaultySteps
) -> None:
    order = await erp.place()
    process = f"order_to_cash/{order['order_id']}"
    faults.broken[erp.company, "receivables.post_invoice"] = DATABASE_IS_AWAY
    shipping = asyncio.create_task(erp.ship(order))
    await shown(erp, process, "exception")

    await erp.process_of(order).cancel()
    faults.forget(erp.company)
    await shipping

    assert await shown(erp, process, "why") == "a cancellation in Temporal has no effect: goods have left"
    assert (await erp.pay(order, "119.00"))["stage"] == "closed"


async def test_an_operator_who_cancels_while_a_shipment_is_refused_takes_the_order_back(
    erp: Erp, faults: FaultySteps
) -> None:
    order = await erp.place()
    process = f"order_to_cash/{order['order_id']}"
    faults.broken[erp.company, "inventory.post_goods_issue"] = DATABASE_IS_AWAY
    path = f"/v1/sales-orders/{order['order_id']}/shipments"
    shipping = asyncio.create_task(erp.request("POST", path, {"shipped_on": "2026-03-05"}, by="warehouse"))
    await shown(erp, process, "exception")

    await erp.process_of(order).cancel()
    faults.forget(erp.company)
    faults.refused[erp.company, "inventory.post_goods_issue"] = 1

    assert (await shipping).status_code >= 400
    await erp.until(order, "cancelled")
    assert (await erp.stock("APPLE"))["reserved"] == "0"


async def test_a_run_that_is_cancelled_begins_nothing_more_and_says_so(erp: Erp, faults: FaultySteps) -> None:
    await deliver(erp)
    faults.broken[erp.company, "receivables.list_months_to_bill"] = DATABASE_IS_AWAY
    month = {"month": "2026-03"}
    running = asyncio.create_task(erp.request("POST", "/v1/collective-invoice-runs", month, by="accountant"))
    process = "collective_invoice_run/2026-03"
    await shown(erp, process, "exception")

    handle = erp.temporal.get_workflow_handle(f"{erp.company}/{process}")
    await handle.cancel()
    faults.forget(erp.company)

    refused = await running
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/run-cancelled")
    assert await shown(erp, process, "outcome") == "cancelled"


async def test_who_waits_to_hear_of_a_refused_process_hears_of_it_although_somebody_cancels_that(
    erp: Erp, faults: FaultySteps
) -> None:
    order = await erp.place(an_order(customer_code="BOB"))
    await erp.ship(order)
    returned = await return_of(erp, order, "2", resolution="replace")
    etag = (await erp.request("GET", "/v1/customers/BOB")).headers["ETag"]
    erp.accepted(await erp.request("PATCH", "/v1/customers/BOB", {"blocked": True}, if_match=etag))
    faults.broken[erp.company, "process.tell"] = DATABASE_IS_AWAY
    inspecting = asyncio.create_task(inspect(erp, returned))
    failure = "process.tell: ConnectionRefusedError"
    for _ in range(200):
        if found := (await erp.get("/v1/processes", failure=failure))["items"]:
            break
        await asyncio.sleep(0.05)
    else:
        raise AssertionError("it can tell the order")

    await erp.temporal.get_workflow_handle(found[0]["id"]).cancel()
    await asyncio.sleep(0.5)
    faults.forget(erp.company)

    assert (await inspecting)["credited_amount"] == "23.80"
