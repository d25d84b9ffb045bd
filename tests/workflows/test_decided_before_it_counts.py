"""What a person decides about a process is written down before it counts, however long that takes."""

import asyncio
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle

from tests.erp import Erp, Refused, an_order
from tests.faulty_steps import FaultySteps
from tests.workflows.approving import a_held_order, decide
from tests.workflows.test_held_and_repaired import FAILURE, parked, shipped_but_not_billed

DATABASE_IS_AWAY = ConnectionRefusedError("nobody listens")


def path_of(erp: Erp, order: Any) -> str:
    """Where the order's process is."""
    return f"/v1/processes/{erp.company}/order_to_cash/{order['order_id']}"


async def has_come(process: WorkflowHandle[Any, Any], event: "EventType.ValueType", count: int) -> None:
    """Wait until the process's history has so many events of a kind."""
    for _ in range(200):
        history = await process.fetch_history()
        if len([one for one in history.events if one.event_type == event]) >= count:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{count} events of the kind {event} have not come")


async def a_moment_of_outage(erp: Erp, faults: FaultySteps, operation: str) -> None:
    """The operation's database is away for long enough that a first round of attempts is over."""
    faults.broken[erp.company, operation] = DATABASE_IS_AWAY
    await asyncio.sleep(4)


async def test_a_hold_that_cannot_be_written_holds_nothing_yet_and_holds_when_it_is_written(
    erp: Erp, faults: FaultySteps
) -> None:
    order = await erp.place()
    faults.broken[erp.company, "process.decide"] = DATABASE_IS_AWAY
    asked = {"reason": "the address looks wrong"}
    holding = asyncio.create_task(erp.post(f"{path_of(erp, order)}/hold", asked, by="operator"))
    await asyncio.sleep(4)

    assert (await erp.process_of(order).query("progress"))["exception"] is None
    assert (await erp.get(path_of(erp, order)))["exception"] is None
    faults.forget(erp.company)
    await holding

    held = await erp.get(path_of(erp, order))
    assert (held["exception"], held["failure"]) == ("held by Olga Operator: the address looks wrong", "held")
    with pytest.raises(Refused, match="release it first"):
        await erp.ship(order)


async def test_no_step_begins_while_a_hold_is_being_written_and_a_second_hold_waits_its_turn(
    erp: Erp, faults: FaultySteps
) -> None:
    order = await erp.place()
    faults.broken[erp.company, "process.decide"] = DATABASE_IS_AWAY
    hold = f"{path_of(erp, order)}/hold"
    holding = asyncio.create_task(erp.post(hold, {"reason": "first"}, by="operator"))
    await asyncio.sleep(0.5)
    again = asyncio.create_task(erp.request("POST", hold, {"reason": "second"}, by="operator"))
    shipping = asyncio.create_task(erp.ship(order))
    await asyncio.sleep(2)

    assert (await erp.stock("APPLE"))["on_hand"] == "100"
    faults.forget(erp.company)
    await holding
    refused = await again
    assert (refused.status_code, "first already" in refused.text) == (409, True)
    assert (await erp.stock("APPLE"))["on_hand"] == "100"

    await erp.post(f"{path_of(erp, order)}/release", {"reason": "it is right"}, by="operator")
    await shipping
    assert (await erp.stock("APPLE"))["on_hand"] == "90"


async def test_a_release_that_cannot_be_written_releases_nothing_yet(erp: Erp, faults: FaultySteps) -> None:
    order = await erp.place()
    await erp.post(f"{path_of(erp, order)}/hold", {"reason": "wait"}, by="operator")
    faults.broken[erp.company, "process.decide"] = DATABASE_IS_AWAY
    asked = {"reason": "it is right"}
    releasing = asyncio.create_task(erp.post(f"{path_of(erp, order)}/release", asked, by="operator"))
    await asyncio.sleep(1)

    assert (await erp.process_of(order).query("progress"))["failure"] == "held"
    faults.forget(erp.company)
    await releasing

    assert (await erp.get(path_of(erp, order)))["exception"] is None
    await erp.ship(order)


async def test_a_step_is_not_tried_while_it_is_being_given_up(erp: Erp, faults: FaultySteps) -> None:
    faults.broken[erp.company, "inventory.reserve_stock"] = KeyError("a defect")
    placing = asyncio.create_task(erp.request("POST", "/v1/sales-orders", an_order(), by="sales clerk"))
    (process,) = await parked(erp, 1, "inventory.reserve_stock: KeyError")
    faults.broken[erp.company, "process.decide"] = DATABASE_IS_AWAY
    path = f"/v1/processes/{process['id']}"
    asked = {"action": "abort", "reason": "not today"}
    aborting = asyncio.create_task(erp.post(f"{path}/repair", asked, by="operator"))
    await asyncio.sleep(0.5)
    # It would work now, and is given up all the same: what a person has said goes first.
    del faults.broken[erp.company, "inventory.reserve_stock"]
    await asyncio.sleep(3)
    assert (await erp.stock("APPLE"))["reserved"] == "0"

    faults.forget(erp.company)
    await aborting
    answer = await placing

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/step-aborted")
    assert (await erp.stock("APPLE"))["reserved"] == "0"
    seen = await erp.get(path)
    assert (seen["outcome"], seen["exception"], seen["failure"]) == ("refused", None, None)
    assert "not today" in seen["why"]


async def test_a_step_that_works_after_a_decision_about_it_leaves_the_next_one_alone(
    erp: Erp, faults: FaultySteps
) -> None:
    """A decision is about the step it was written for: it is not kept for one that parks later."""
    (waiting,) = await shipped_but_not_billed(erp, faults, 1)
    (process,) = await parked(erp, 1)
    path = f"/v1/processes/{process['id']}"
    await erp.post(f"{path}/repair", {"action": "retry"}, by="operator")
    await erp.post(f"{path}/repair", {"action": "retry"}, by="operator")
    faults.forget(erp.company)
    await erp.post(f"{path}/repair", {"action": "retry"}, by="operator")
    await waiting

    with pytest.raises(Refused, match="nothing is parked"):
        await erp.post(f"{path}/repair", {"action": "retry"}, by="operator")
    assert await parked(erp, 0, FAILURE) == []


async def test_what_turns_a_process_back_while_it_is_held_counts_before_what_it_was_told_earlier(
    erp: Erp, faults: FaultySteps
) -> None:
    order = await erp.place()
    await erp.ship(order)
    path = f"/v1/sales-orders/{order['order_id']}/returns"
    returned = await erp.post(path, {"reason": "too many"}, by="sales clerk")
    process_id = f"{erp.company}/customer_return/{returned['return_id']}"
    hold = {"reason": "is it really here?"}
    holding = asyncio.create_task(erp.post(f"/v1/processes/{process_id}/hold", hold, by="operator"))
    process = erp.temporal.get_workflow_handle(process_id)
    faults.broken[erp.company, "process.decide"] = DATABASE_IS_AWAY
    await has_come(process, EventType.EVENT_TYPE_TIMER_STARTED, 1)  # The first round of attempts is over.
    path = f"/v1/returns/{returned['return_id']}/inspection"
    inspecting = asyncio.create_task(erp.request("POST", path, {"received_on": "2026-04-01"}))
    await has_come(process, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED, 3)

    await process.cancel()
    faults.forget(erp.company)
    await holding
    await erp.post(f"/v1/processes/{process_id}/release", {"reason": "it is not"}, by="operator")

    refused = await inspecting
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/process-ended")
    assert (await erp.stock("APPLE"))["on_hand"] == "90"


async def test_what_is_asked_for_while_a_decision_is_written_down_finds_it_made(
    erp: Erp, faults: FaultySteps
) -> None:
    order, approval = await a_held_order(erp)
    await a_moment_of_outage(erp, faults, "approval.decide")
    deciding = asyncio.create_task(decide(erp, approval, "credit manager"))
    await has_come(erp.process_of(order), EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED, 2)
    shipping = asyncio.create_task(erp.post(f"/v1/sales-orders/{order['order_id']}/shipments", {}))
    await has_come(erp.process_of(order), EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED, 3)
    faults.forget(erp.company)

    assert (await shipping)["shipment_number"]
    assert (await deciding)[0] == 200


async def test_a_replacement_begins_when_what_it_is_for_is_in_the_history(erp: Erp) -> None:
    order = await erp.place()
    await erp.ship(order)
    asked = {"reason": "broken", "resolution": "replace"}
    returned = await erp.post(f"/v1/sales-orders/{order['order_id']}/returns", asked)
    await erp.post(f"/v1/returns/{returned['return_id']}/inspection", {"received_on": "2026-04-01"})

    process = erp.temporal.get_workflow_handle(f"{erp.company}/customer_return/{returned['return_id']}")
    assert await is_in_the_history_before(process, "process.begin")


@pytest.mark.parametrize(
    "what, body, step",
    [
        ("cancellation", {"reason": "no more", "goods": "stay"}, "sales.authorise_return"),
        ("cancellation", {"reason": "no more", "goods": "stay"}, "process.begin"),
        ("closing", {"reason": "no more"}, "inventory.release_reservation"),
        ("shipments/{shipment}/reversal", {"reason": "not sent"}, "sales.take_fulfilment_back"),
    ],
)
async def test_what_is_seldom_asked_for_is_in_the_history_before_its_first_step(
    erp: Erp, what: str, body: dict[str, Any], step: str
) -> None:
    order = await erp.place(an_order(invoicing="collective"))
    shipped = await erp.post(
        f"/v1/sales-orders/{order['order_id']}/shipments", {"lines": [{"line_number": 1, "quantity": "4"}]}
    )

    if "reversal" in what:
        await erp.post(f"/v1/shipments/{shipped['shipment_id']}/reversal", body, by="warehouse")
    else:
        await erp.post(f"/v1/sales-orders/{order['order_id']}/{what}", body)

    assert await is_in_the_history_before(erp.process_of(order), step)


async def is_in_the_history_before(process: WorkflowHandle[Any, Any], step: str) -> bool:
    """Whether the last command had become part of the history when the step was taken because of it."""
    events = (await process.fetch_history()).events
    asked = [
        event.event_id
        for event in events
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
    ]
    taken = [
        event.marker_recorded_event_attributes.workflow_task_completed_event_id
        for event in events
        if step in str(event.marker_recorded_event_attributes.details)
    ]
    return len(taken) == 1 and taken[0] > asked[-1]
