"""A worker killed (-9) between the commit of an operation and its acknowledgement: the operation happened
once.

For every operation of order to cash there is a worker that dies at that point, on a task queue of its own,
and is started again by its supervisor. The attempt is repeated, finds its key, and answers what the first
one did.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from domains.ledger.messages import ReceivePayment
from domains.sales.messages import ConfirmShipment, PlaceOrder
from foundation.runtime import visibility
from foundation.runtime.faults import AFTER_COMMIT
from foundation.values.messages import Caller, Message
from tests.erp import Erp
from tests.faults.machines import Nursery
from workflows.order_to_cash import OrderToCash

OPERATIONS = [
    "sales.place_order",
    "receivables.check_credit",
    "inventory.reserve_stock",
    "sales.confirm_order",
    "inventory.post_goods_issue",
    "receivables.post_invoice",
    "sales.record_fulfilment",
    "ledger.post_payment",
    "sales.close_order",
]
PATIENCE = timedelta(seconds=90)


class SupervisedWorker:
    """A worker that is started again whenever it dies, and armed to die once."""

    def __init__(self, nursery: Nursery, operation: str, folder: Path, environment: dict[str, str]) -> None:
        self.nursery = nursery
        self.once = folder / f"{operation}.died"
        self.environment = environment | {
            "PERPETUAL_DIE_AT": f"{AFTER_COMMIT}:{operation}",
            "PERPETUAL_DIE_ONCE": str(self.once),
        }
        self.deaths: list[int] = []

    async def keep_running(self) -> None:
        """Start it again and again, until cancelled."""
        while True:
            process = await self.nursery.fork(self.environment)
            try:
                self.deaths.append(await process.wait())
            except asyncio.CancelledError:
                os.kill(process.pid, signal.SIGKILL)
                await process.wait()
                raise


async def test_a_worker_killed_after_the_commit_of_any_operation_leaves_one_effect(
    erp: Erp, dev_server: Client, nursery: Nursery, tmp_path: Path
) -> None:
    limit = asyncio.Semaphore(5)  # Each worker is a process of its own; two cores start no more at a time.

    async def die_at(operation: str) -> None:
        async with limit:
            environment = {"PERPETUAL_TASK_QUEUE": f"dies at {operation}"}
            worker = SupervisedWorker(nursery, operation, tmp_path, environment)
            async with supervised(worker):
                order_id = await whole_way(dev_server, erp.company, f"dies at {operation}")
            assert worker.once.exists(), f"no worker died at {operation}"
            assert -signal.SIGKILL in worker.deaths
            await has_one_of_each(erp, order_id)

    await asyncio.gather(*(die_at(operation) for operation in OPERATIONS))

    assert len((await erp.get("/v1/invoices", limit=200))["items"]) == len(OPERATIONS)
    assert len((await erp.get("/v1/payments", limit=200))["items"]) == len(OPERATIONS)
    stock = await erp.stock("APPLE")
    assert (stock["on_hand"], stock["reserved"]) == (str(100 - len(OPERATIONS)), "0")
    balances = await erp.balances()
    assert balances["receivable"] == 0
    assert balances["bank"] == Decimal("11.90") * len(OPERATIONS)


@asynccontextmanager
async def supervised(worker: SupervisedWorker) -> AsyncIterator[None]:
    """Keep the worker running for a while."""
    running = asyncio.create_task(worker.keep_running())
    yield
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def whole_way(client: Client, company: str, queue: str) -> UUID:
    """An order of one apple at 10.00, shipped and paid, by Temporal's own client."""
    order_id = uuid4()
    order = PlaceOrder.model_validate(
        {
            "order_id": order_id,
            "customer_code": "ALICE",
            "ordered_on": "2026-03-02",
            "lines": [{"item_code": "APPLE", "quantity": "1", "unit_price": "10.00"}],
        }
    )
    caller = Caller(company=company, actor="a tester", correlation_id=queue)
    begin = WithStartWorkflowOperation(
        OrderToCash.run,
        order,
        id=f"{company}/order_to_cash/{order_id}",
        task_queue=queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        memo={"caller": caller},
        search_attributes=visibility.at_start(company, "ALICE"),
    )
    await client.execute_update_with_start_workflow(
        "started", start_workflow_operation=begin, id="started", rpc_timeout=PATIENCE
    )
    shipment = ConfirmShipment.model_validate({"shipment_id": uuid4(), "shipped_on": "2026-03-05"})
    payment = ReceivePayment.model_validate(
        {"payment_id": uuid4(), "received_on": "2026-03-20", "amount": "11.90", "currency": "EUR"}
    )
    handle = client.get_workflow_handle(f"{company}/order_to_cash/{order_id}")
    commands: list[tuple[str, Message]] = [("ship", shipment), ("pay", payment)]
    for update, command in commands:
        await handle.execute_update(update, args=[command, caller], id=update, rpc_timeout=PATIENCE)
    result: dict[str, Any] = await handle.result(rpc_timeout=PATIENCE)
    assert result["outcome"] == "closed"
    return order_id


async def has_one_of_each(erp: Erp, order_id: UUID) -> None:
    """Every operation is in the log of the order's process, once."""
    timeline = (await erp.get(f"/v1/sales-orders/{order_id}"))["process"]["timeline"]
    assert sorted(entry["operation"] for entry in timeline) == sorted(OPERATIONS)
