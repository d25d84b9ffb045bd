"""A fact that comes while the worker is dead over a shipment does not change what the shipment bills."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from foundation.runtime.faults import AFTER_COMMIT
from foundation.runtime.settings import settings
from tests.erp import Erp, an_order
from tests.faults.machines import Nursery
from tests.faulty_steps import FaultySteps

QUEUE = "dies over a shipment"


@pytest.fixture
def deadly(on_dev_server: Erp, tmp_path: Path) -> dict[str, str]:
    """Of a worker that dies once when the invoice is committed."""
    return {
        "PERPETUAL_TASK_QUEUE": f"{QUEUE} {on_dev_server.company}",
        "PERPETUAL_DIE_AT": f"{AFTER_COMMIT}:receivables.post_invoice",
        "PERPETUAL_DIE_ONCE": str(tmp_path / "died"),
    }


async def place(erp: Erp, monkeypatch: pytest.MonkeyPatch, **more: Any) -> Any:
    """An order that the worker of the test takes care of."""
    # The nursery in which the worker is forked needs a while to begin.
    monkeypatch.setattr(settings(), "api_wait_seconds", 25.0)
    with monkeypatch.context() as only:
        only.setattr(settings(), "task_queue", f"{QUEUE} {erp.company}")
        return await erp.place(an_order(**more))


async def test_an_invoice_that_is_paid_while_the_worker_is_dead_has_its_freight_still(
    on_dev_server: Erp, nursery: Nursery, deadly: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    erp = on_dev_server
    dying = await nursery.fork(deadly)
    order = await place(erp, monkeypatch, freight_amount="10.00", freight_tax_code="S19")
    shipping = asyncio.create_task(erp.ship(order))
    await dying.wait()
    (invoice,) = (await erp.get("/v1/invoices"))["items"]
    money = {"customer_code": "ALICE", "currency": "EUR", "received_on": "2026-03-20", "amount": "130.90"}
    await erp.post("/v1/payments", money | {"invoice_id": invoice["invoice_id"]})

    again = await nursery.fork(deadly)

    await ends_closed(erp, order)
    os.kill(again.pid, signal.SIGTERM)
    await again.wait()
    await shipping
    (invoice,) = (await erp.get("/v1/invoices"))["items"]
    assert invoice["total_amount"] == "130.90"


async def test_what_comes_back_while_the_worker_is_dead_is_credited_and_not_left_out_of_the_invoice(
    on_dev_server: Erp,
    nursery: Nursery,
    deadly: dict[str, str],
    faults: FaultySteps,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    erp = on_dev_server
    dying = await nursery.fork(deadly)
    order = await place(erp, monkeypatch, invoicing="order")
    await erp.ship(order, lines=[{"line_number": 1, "quantity": "4"}])
    returns = f"/v1/sales-orders/{order['order_id']}/returns"
    returned = await erp.post(returns, {"reason": "too many"}, by="sales clerk")
    faults.refused[erp.company, "sales.close_return"] = 10_000  # It has looked for invoices, and found none.
    inspection = f"/v1/returns/{returned['return_id']}/inspection"
    inspecting = asyncio.create_task(erp.post(inspection, {"received_on": "2026-03-05"}))
    process = f"/v1/processes/{erp.company}/customer_return/{returned['return_id']}"
    await until_parked(erp, process)
    shipping = asyncio.create_task(erp.ship(order))
    await dying.wait()
    faults.forget(erp.company)
    # The step may have been tried again by itself, and the return have ended, before anybody repairs it.
    repaired = await erp.request("POST", f"{process}/repair", {"action": "retry"}, by="operator")
    assert repaired.status_code == 200 or repaired.json()["type"].endswith("/process-ended")
    await inspecting

    again = await nursery.fork(deadly)
    await shipping
    await erp.pay(order, "71.40")

    await ends_closed(erp, order)
    os.kill(again.pid, signal.SIGTERM)
    await again.wait()
    (invoice,) = (await erp.get("/v1/invoices"))["items"]
    (note,) = (await erp.get("/v1/credit-notes"))["items"]
    assert (invoice["total_amount"], note["total_amount"]) == ("119.00", "47.60")


async def until_parked(erp: Erp, process: str) -> None:
    """The process waits for a step that is refused."""
    for _ in range(200):
        if (await erp.get(process))["exception"]:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{process} does not wait")


async def ends_closed(erp: Erp, order: Any) -> None:
    """The order is closed in the end, and nothing had to be repaired for it."""
    for _ in range(400):
        seen = (await erp.order(order))["process"]
        assert seen["exception"] is None
        if seen["outcome"] is not None:
            break
        await asyncio.sleep(0.1)
    else:
        raise AssertionError(f"it has no end: {seen}")
    assert seen["outcome"] == "closed"
