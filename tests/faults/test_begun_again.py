"""A process that is reset, or begun again from its start, asks nobody for what was decided before."""

import asyncio
from typing import Any
from uuid import uuid4

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import WorkflowHandle
from temporalio.common import WorkflowIDReusePolicy

from domains.sales.messages import PlaceOrder
from foundation.process import begun_again
from foundation.runtime import visibility
from foundation.runtime.settings import settings
from foundation.values.messages import Caller
from tests.erp import Erp
from tests.workflows.approving import a_held_order, a_policy, asked_about, asked_at_once, decide, hire, level

FIRST_TASK_HAS_ENDED = 4
"""After the start, and the first task scheduled and started."""


async def reset(erp: Erp, order: Any) -> WorkflowHandle[Any, Any]:
    """The process forgets all it has done; what it was told comes again."""
    process = erp.process_of(order)
    wanted = ResetWorkflowExecutionRequest(
        namespace=erp.temporal.namespace,
        workflow_execution=WorkflowExecution(workflow_id=process.id),
        reason="a test wants to see what happens then",
        workflow_task_finish_event_id=FIRST_TASK_HAS_ENDED,
        request_id=str(uuid4()),
    )
    await erp.temporal.workflow_service.reset_workflow_execution(wanted)
    return process


async def begin_again(erp: Erp, order: Any) -> None:
    """The process is lost, and begun again from what was asked for; nothing else comes again."""
    process = erp.process_of(order)
    first = (await process.fetch_history()).events[0].workflow_execution_started_event_attributes
    (command,) = await erp.temporal.data_converter.decode(first.input.payloads, [PlaceOrder])
    if (await process.describe()).close_time is None:
        await process.terminate("a test wants to see what happens then")
    await erp.temporal.start_workflow(
        "order_to_cash",
        command,
        id=process.id,
        task_queue=settings().task_queue,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        memo={"caller": Caller(company=erp.company, actor="Sam Sales", correlation_id="begun again")},
        search_attributes=visibility.at_start(erp.company, None),
    )


async def timeline(erp: Erp, approval: Any) -> list[str]:
    """What happened to the approval."""
    story = await erp.get(f"/v1/approvals/{approval['id']}")
    return [event["what"] for event in story["timeline"]]


async def until_at(process: WorkflowHandle[Any, Any], stage: str) -> None:
    """Wait until a process has come so far, as it says itself."""
    for _ in range(200):
        if (await process.query("progress"))["stage"] == stage:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{process.id} has not come to '{stage}'")


async def test_a_decision_that_comes_again_before_the_question_waits_for_it(on_dev_server: Erp) -> None:
    erp = on_dev_server
    order, approval = await a_held_order(erp)
    assert (await decide(erp, approval, "credit manager"))[0] == 200
    assert await erp.stage_of(order) == "waiting for shipment"

    process = await reset(erp, order)
    # What is asked for before that is refused: the order has not come so far again.
    await until_at(process, "waiting for shipment")

    await erp.ship(order, lines=[{"line_number": 1, "quantity": "40"}])
    decided = [
        event.workflow_execution_update_completed_event_attributes
        async for event in process.fetch_history_events()
        if event.HasField("workflow_execution_update_completed_event_attributes")
    ]
    outcomes = {one.meta.update_id.partition("/")[0]: one.outcome.WhichOneof("value") for one in decided}
    assert outcomes["decide"] == "success"
    assert await timeline(erp, approval) == ["asked", "decided"]


async def test_an_approval_in_the_books_is_not_asked_for_again_when_the_process_is_begun_again(
    on_dev_server: Erp,
) -> None:
    erp = on_dev_server
    order, approval = await a_held_order(erp)
    assert (await decide(erp, approval, "credit manager"))[0] == 200

    process_id = erp.process_of(order).id
    assert await begun_again.begin_again(erp.temporal, erp.company, process_id, "a test wants it")
    assert not await begun_again.send_all(erp.temporal, {process_id: erp.company}, seconds=20)

    await erp.ship(order, lines=[{"line_number": 1, "quantity": "40"}])
    assert (await erp.stock("APPLE"))["on_hand"] == "60"
    assert await timeline(erp, approval) == ["asked", "decided"]


async def test_a_rejection_in_the_books_takes_the_order_back_when_the_process_is_begun_again(
    on_dev_server: Erp,
) -> None:
    erp = on_dev_server
    order, approval = await a_held_order(erp)
    assert (await decide(erp, approval, "credit manager", approved=False))[0] == 200

    await begin_again(erp, order)

    assert (await erp.process_of(order).result())["outcome"] == "cancelled"
    assert await timeline(erp, approval) == ["asked", "decided"]
    assert (await erp.order(order))["order"]["status"] == "rejected"


async def decided_halfway(erp: Erp) -> tuple[Any, list[Any], str]:
    """An order of which the first level has said yes, and one of two at the second; and who may decide."""
    roles = ("credit manager", "accountant", "warehouse", "operator")
    await a_policy(
        erp, "CHAIN", *(level(number, role) for number, role in zip((1, 2, 2, 3), roles, strict=True))
    )
    order, first = await a_held_order(erp)
    assert (await decide(erp, first, "credit manager"))[0] == 200
    asked = await asked_at_once(erp, order, 3)
    walt = await hire(erp, "Walt Warehouse", "warehouse")
    assert (await decide(erp, asked[2], walt))[0] == 200
    # Who is asked was found when it began: another policy of today changes nothing.
    await a_policy(erp, "OTHER", level(1, "viewer"), from_amount="1")
    return order, await asked_about(erp, order), await hire(erp, "Olga Others", "accountant", "operator")


def as_asked(asked: list[Any]) -> list[tuple[Any, ...]]:
    """What does not change of approvals when a process is begun again."""
    names = ("id", "level", "role", "status", "decided_by", "requested_at", "remind_at", "reminders")
    return [tuple(one[name] for name in names) for one in asked]


async def goes_on_with_who_is_left(erp: Erp, order: Any, before: list[Any], other: str) -> None:
    """Nobody was asked twice, and no level is forgotten."""
    asked = await asked_about(erp, order)
    assert as_asked(asked) == as_asked(before)
    assert [(one["role"], one["status"]) for one in asked][1:] == [
        ("accountant", "open"),
        ("warehouse", "approved"),
    ]
    assert (await decide(erp, asked[1], other))[0] == 200
    last = (await asked_at_once(erp, order, 4))[3]
    assert (last["role"], last["level"], last["policy"]) == ("operator", 3, "CHAIN")
    assert (await decide(erp, last, other))[0] == 403
    assert (await decide(erp, last, await hire(erp, "Otto Other", "operator")))[0] == 200
    await until_at(erp.process_of(order), "waiting for shipment")
    assert [len(await timeline(erp, one)) for one in await asked_about(erp, order)] == [2] * 4


async def test_a_chain_that_is_begun_again_asks_nobody_twice_and_forgets_no_level(on_dev_server: Erp) -> None:
    erp = on_dev_server
    order, before, other = await decided_halfway(erp)
    process_id = erp.process_of(order).id

    assert await begun_again.begin_again(erp.temporal, erp.company, process_id, "a test wants it")
    assert not await begun_again.send_all(erp.temporal, {process_id: erp.company}, seconds=20)

    await goes_on_with_who_is_left(erp, order, before, other)
    await erp.ship(order)
    assert await erp.stage_of(order) == "waiting for payment"


async def test_a_chain_that_is_lost_and_told_nothing_again_finds_its_decisions_in_the_books(
    on_dev_server: Erp,
) -> None:
    erp = on_dev_server
    order, before, other = await decided_halfway(erp)

    await begin_again(erp, order)
    await until_at(erp.process_of(order), "waiting for a credit decision")

    # Its first decisions were given and do not come again: a command after them would wait for them.
    await goes_on_with_who_is_left(erp, order, before, other)
    assert (await erp.order(order))["order"]["status"] == "confirmed"


async def test_a_chain_that_is_reset_takes_the_decisions_that_come_again(on_dev_server: Erp) -> None:
    erp = on_dev_server
    order, before, other = await decided_halfway(erp)

    process = await reset(erp, order)
    await until_at(process, "waiting for a credit decision")

    await goes_on_with_who_is_left(erp, order, before, other)
    await erp.ship(order)
    assert await erp.stage_of(order) == "waiting for payment"
