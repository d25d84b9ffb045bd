"""A worker forgets processes that it cannot keep in memory, and takes them up again from their history."""

from temporalio.client import Client
from temporalio.worker import Worker

from foundation.runtime.settings import settings
from tests.erp import Erp, an_order
from tests.histories.instead import instead
from workers import registry


async def test_more_orders_than_a_worker_can_keep_in_mind_all_come_to_their_end(
    erp: Erp, temporal: Client
) -> None:
    queue = f"forgetful {erp.company}"
    forgetful = Worker(
        temporal,
        task_queue=queue,
        workflows=registry.processes(),
        activities=registry.operations(),
        workflow_runner=registry.sandbox(),
        max_cached_workflows=2,
        max_concurrent_workflow_tasks=2,
    )
    # What is taken up again takes long: who asks waits for the answer itself, not for a 202.
    with instead(settings(), task_queue=queue, api_wait_seconds=60.0):
        async with forgetful:
            orders = [await erp.place(an_order()) for _ in range(6)]
            for order in orders:
                await erp.ship(order)
            stages = [(await erp.pay(order, "119.00"))["stage"] for order in orders]

    assert stages == ["closed"] * 6
