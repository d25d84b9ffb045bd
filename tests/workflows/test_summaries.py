"""The Temporal Web UI says of a process whose it is; what it is found by holds codes only."""

from temporalio.client import WorkflowExecutionDescription, WorkflowHandle

from tests.erp import Erp

ALICE = "Alice's Apples (ALICE)"


async def shown(handle: WorkflowHandle[object, object]) -> tuple[WorkflowExecutionDescription, str | None]:
    """The process as it is listed, and its summary from when it was started."""
    found = await handle.describe()
    return found, await found.static_summary()


async def test_an_order_says_for_whom_it_is_by_code_from_its_start_and_by_name_in_each_step(erp: Erp) -> None:
    order = await erp.place()
    process = erp.process_of(order)

    found, summary = await shown(process)
    details = str(await process.query("__temporal_workflow_metadata"))
    history = await process.fetch_history()
    steps = [event.user_metadata.summary.data.decode() for event in history.events]

    assert summary == "Order for ALICE, 1 line"
    assert f"Order {order['order_number']} for Alice" in details
    assert "(ALICE), 119.00 EUR" in details
    assert any(f"{order['order_number']} · {ALICE}" in step for step in steps)
    assert "Apples" not in str(found.typed_search_attributes)


async def test_a_return_says_of_which_order_of_whom_it_is(erp: Erp) -> None:
    order = await erp.place()
    await erp.ship(order)
    path = f"/v1/sales-orders/{order['order_id']}/returns"

    back = await erp.post(path, {"reason": "rotten", "lines": []}, by="sales clerk")

    process = erp.temporal.get_workflow_handle(f"{erp.company}/customer_return/{back['return_id']}")
    found, summary = await shown(process)
    assert summary == f"Return of {order['order_number']} by {ALICE}"
    assert "Apples" not in str(found.typed_search_attributes)
