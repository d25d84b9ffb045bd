"""What was accepted is written down, reaches its process whoever dies, and is answered once, for ever."""

import asyncio
import gc
import json
from datetime import date
from typing import Any

import asyncpg
import pytest
from temporalio.client import WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from activities.ledger.payments import post_payment
from api.door import AskedRequest
from domains.ledger.messages import PostPayment
from foundation.operations import commands, delivery, inbox
from foundation.process.run import CancelRun
from foundation.runtime.settings import settings
from foundation.values.messages import Call, Caller
from tests.erp import Erp, an_order
from tests.faulty_steps import FaultySteps
from tests.workflows.approving import a_held_order, decide
from tests.workflows.test_documents_of_one_operation import temporal_is_away

_ALL = """
    SELECT number, kind, actor, key, answered_at IS NOT NULL AS answered, answer, refusal
    FROM foundation.command WHERE company_id = $1 ORDER BY process_id, number
"""
_DUE_AGAIN = """
    UPDATE foundation.command SET due_at = now() WHERE company_id = $1 AND answered_at IS NULL RETURNING id
"""


_LAST_REQUEST = "SELECT process_id, body, actor, correlation_id FROM foundation.command"
_FACTS_DUE = """
    UPDATE foundation.inbox SET due_at = now() WHERE company_id = $1 AND delivered_at IS NULL RETURNING id
"""


@pytest.fixture
async def owner(owner_url: str) -> Any:
    """The tables' owner, who makes time pass for the relay."""
    connection = await asyncpg.connect(owner_url)
    yield connection
    await connection.close()


async def until_all_is_answered(erp: Erp, owner: Any) -> list[Any]:
    """Temporal is back, and the relay's pause is over; gives all requests."""
    async with asyncio.timeout(20):
        while await owner.fetch(_DUE_AGAIN, erp.company):
            await delivery.send_again(erp.temporal, at_most=10_000)
    return list(await owner.fetch(_ALL, erp.company))


async def test_an_order_placed_while_temporal_is_away_is_confirmed_when_it_is_back(
    erp: Erp, owner: Any
) -> None:
    async with temporal_is_away():
        taken = await erp.request("POST", "/v1/sales-orders", an_order(), by="sales clerk", key="once")
    (started,) = await until_all_is_answered(erp, owner)
    again = await erp.request("POST", "/v1/sales-orders", an_order(), by="sales clerk", key="once")

    assert (taken.status_code, taken.json()["status"]) == (202, "accepted")
    assert (started["number"], started["kind"], started["refusal"]) == (1, "start", None)
    assert (again.status_code, again.json()["status"]) == (201, "confirmed")
    assert len((await erp.get("/v1/sales-orders"))["items"]) == 1


async def test_a_start_that_nobody_waits_for_any_more_is_no_error_in_the_log(
    erp: Erp, faults: FaultySteps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "api_wait_seconds", 0.5)
    faults.broken[erp.company, "sales.place_order"] = ConnectionRefusedError("the database is away")
    gc.collect()  # What others have left behind.
    loop, errors = asyncio.get_running_loop(), []
    loop.set_exception_handler(lambda _, context: errors.append(context))
    taken = await erp.request("POST", "/v1/sales-orders", an_order(), by="sales clerk")
    gc.collect()
    loop.set_exception_handler(None)

    assert (taken.status_code, errors) == (202, [])
    faults.forget(erp.company)


async def test_what_is_shipped_and_paid_while_temporal_is_away_closes_the_order(erp: Erp, owner: Any) -> None:
    order = await erp.place()
    path = f"/v1/sales-orders/{order['order_id']}"
    paid = {"received_on": "2026-03-20", "amount": "119.00", "currency": "EUR"}

    async with temporal_is_away():
        taken = [
            await erp.request("POST", f"{path}/shipments", {"shipped_on": "2026-03-05"}, by="warehouse"),
            await erp.request("POST", f"{path}/payments", paid, by="accountant"),
        ]
    asked = await until_all_is_answered(erp, owner)

    assert [answer.status_code for answer in taken] == [202, 202]
    assert [(one["number"], one["kind"], one["answered"]) for one in asked] == [
        (1, "start", True),
        (2, "ship", True),
        (3, "pay", True),
    ]
    await erp.until(order, "closed")


async def test_what_was_accepted_before_a_hold_and_comes_after_it_waits_for_the_release(
    erp: Erp, owner: Any
) -> None:
    order = await erp.place()
    process = f"/v1/processes/{erp.process_of(order).id}"
    async with temporal_is_away():
        await erp.request("POST", f"/v1/sales-orders/{order['order_id']}/shipments", {}, by="warehouse")
    await erp.post(f"{process}/hold", {"reason": "is the address right?"}, by="operator")
    later = await erp.request("POST", f"/v1/sales-orders/{order['order_id']}/shipments", {}, by="warehouse")
    await owner.execute(_DUE_AGAIN, erp.company)
    await delivery.send_again(erp.temporal, at_most=10_000)
    while_held = await owner.fetch(_ALL, erp.company)
    await erp.post(f"{process}/release", {"reason": "it is"}, by="operator")
    asked = await until_all_is_answered(erp, owner)

    assert (later.status_code, later.json()["type"]) == (409, "/problems/process-held")
    assert [(one["kind"], one["answered"]) for one in while_held][:3] == [
        ("start", True),
        ("ship", False),
        ("hold", True),
    ]
    assert [(one["kind"], one["refusal"]) for one in asked][:3] == [
        ("start", None),
        ("ship", None),
        ("hold", None),
    ]
    await erp.until(order, "waiting for payment")


async def test_a_decision_that_was_accepted_before_a_hold_waits_for_the_release(erp: Erp, owner: Any) -> None:
    order, approval = await a_held_order(erp)
    async with temporal_is_away():
        assert (await decide(erp, approval, "credit manager"))[0] == 202
    await erp.post(f"{approval['process_link']}/hold", {"reason": "wait"}, by="operator")
    await owner.execute(_DUE_AGAIN, erp.company)
    await delivery.send_again(erp.temporal, at_most=10_000)
    while_held = await owner.fetch(_ALL, erp.company)
    await erp.post(f"{approval['process_link']}/release", {"reason": "go on"}, by="operator")
    asked = await until_all_is_answered(erp, owner)

    assert [(one["kind"], one["answered"]) for one in while_held][1:3] == [("decide", False), ("hold", True)]
    assert [(one["kind"], one["refusal"]) for one in asked][1:3] == [("decide", None), ("hold", None)]
    await erp.until(order, "waiting for shipment")


async def test_the_same_key_is_answered_the_same_when_temporal_has_forgotten(erp: Erp, owner: Any) -> None:
    order = await erp.place(key="an order")
    path = f"/v1/sales-orders/{order['order_id']}/shipments"
    shipped = await erp.request("POST", path, {}, by="warehouse", key="a shipment")
    refused = await erp.request("POST", path, {"lines": [{"line_number": 7, "quantity": "1"}]}, key="no")
    await until_all_is_answered(erp, owner)

    async with temporal_is_away():
        again = await erp.request("POST", path, {}, by="warehouse", key="a shipment")
        refused_again = await erp.request(
            "POST", path, {"lines": [{"line_number": 7, "quantity": "1"}]}, key="no"
        )
        placed_again = await erp.place(key="an order")

    assert placed_again["order_id"] == order["order_id"]
    assert (again.status_code, again.json()) == (shipped.status_code, shipped.json())
    said = [answer.json() | {"correlation_id": ""} for answer in (refused, refused_again)]
    assert (refused.status_code, said[0]) == (refused_again.status_code, said[1])
    assert refused.status_code in (409, 422)


async def test_the_same_key_is_answered_the_same_after_midnight(
    erp: Erp, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await erp.place()
    path = f"/v1/sales-orders/{order['order_id']}/shipments"
    monkeypatch.setattr(AskedRequest, "today", date(2026, 3, 31))
    shipped = await erp.request("POST", path, {}, by="warehouse", key="late in the evening")

    monkeypatch.setattr(AskedRequest, "today", date(2026, 4, 1))
    again = await erp.request("POST", path, {}, by="warehouse", key="late in the evening")

    assert (again.status_code, again.json()) == (shipped.status_code, shipped.json())


async def test_an_answer_that_was_not_noted_is_asked_for_again(erp: Erp, owner: Any) -> None:
    order = await erp.place()
    await erp.ship(order)
    asked = await until_all_is_answered(erp, owner)
    forget = "UPDATE foundation.command SET answered_at = NULL, answer = NULL WHERE company_id = $1"
    await owner.execute(forget, erp.company)

    assert await until_all_is_answered(erp, owner) == asked


async def test_a_process_of_another_company_is_not_there(erp: Erp, owner: Any) -> None:
    order = await erp.place()
    other = await erp.post(
        "/v1/companies",
        {
            "code": f"{erp.company}X",
            "name": "X",
            "currency": "EUR",
            "country": "DE",
            "default_warehouse_code": "MAIN",
        },
    )
    stranger = Erp(erp.http, erp.temporal, other["code"])
    path = f"/v1/processes/{erp.company}/order_to_cash/{order['order_id']}"

    for command in ("hold", "release", "repair"):
        body = {"reason": "mine"} if command != "repair" else {"action": "retry"}
        answer = await stranger.request("POST", f"{path}/{command}", body)
        assert (answer.status_code, answer.json()["detail"]) == (404, "there is no such document")
    assert [one["kind"] for one in await owner.fetch(_ALL, erp.company)] == ["start"]
    assert await owner.fetch(_ALL, other["code"]) == []


async def test_requests_that_come_at_once_are_numbered_without_gaps(erp: Erp, owner: Any) -> None:
    order = await erp.place()
    path = f"/v1/sales-orders/{order['order_id']}/payments"
    paid = {"received_on": "2026-03-20", "amount": "1.00", "currency": "EUR"}

    answers = await asyncio.gather(*(erp.request("POST", path, paid, by="accountant") for _ in range(9)))

    assert {answer.status_code for answer in answers} == {201}
    assert [one["number"] for one in await owner.fetch(_ALL, erp.company)] == list(range(1, 11))


async def test_a_command_to_a_process_with_a_parked_step_is_accepted_and_the_step_named(
    erp: Erp, owner: Any, faults: FaultySteps, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await erp.place()
    faults.refused[erp.company, "receivables.post_invoice"] = 10_000
    path = f"/v1/sales-orders/{order['order_id']}"
    monkeypatch.setattr(settings(), "api_wait_seconds", 2.0)

    shipped = await erp.request("POST", f"{path}/shipments", {}, by="warehouse")
    faults.forget(erp.company)
    await erp.post(f"/v1/processes/{shipped.json()['process']}/repair", {"action": "retry"}, by="operator")
    asked = await until_all_is_answered(erp, owner)

    assert (shipped.status_code, shipped.json()["failure"]) == (
        202,
        "receivables.post_invoice: refused-by-the-test",
    )
    assert "Post invoice" in shipped.json()["exception"]
    assert [(one["number"], one["kind"], one["refusal"]) for one in asked] == [
        (1, "start", None),
        (2, "ship", None),
        (3, "repair", None),
    ]


async def test_what_temporal_does_not_take_is_refused_and_nothing_waits_for_it(
    erp: Erp, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await erp.place()
    path = f"/v1/sales-orders/{order['order_id']}/shipments"
    send = WorkflowHandle.execute_update

    async def not_taken(self: Any, update: Any, *args: Any, **more: Any) -> Any:
        if more["id"] == "ship/2":
            raise RPCError("Blob data size exceeds limit.", RPCStatusCode.INVALID_ARGUMENT, b"")
        return await send(self, update, *args, **more)

    monkeypatch.setattr(WorkflowHandle, "execute_update", not_taken)
    refused = await erp.request("POST", path, {"carrier": "DHL"}, by="warehouse", key="too large")
    again = await erp.request("POST", path, {"carrier": "DHL"}, by="warehouse", key="too large")
    shipped = await erp.request("POST", path, {}, by="warehouse")

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/cannot-be-sent")
    assert "Blob data size exceeds limit" in refused.json()["detail"]
    assert again.json()["detail"] == refused.json()["detail"]
    assert shipped.status_code == 201
    assert [one["number"] for one in await until_all_is_answered(erp, owner)] == [1, 2, 3]


async def test_who_is_to_be_told_while_temporal_is_away_is_told_when_it_is_back(erp: Erp, owner: Any) -> None:
    webhook = {"url": "http://127.0.0.1:9/nobody", "events": ["sales.order_confirmed"]}
    async with temporal_is_away():
        subscribed = await erp.request("POST", "/v1/webhooks", webhook)
    (asked,) = await until_all_is_answered(erp, owner)

    assert subscribed.status_code == 201
    assert (asked["kind"], asked["number"], asked["refusal"]) == ("start", 1, None)
    stage = await erp.temporal.get_workflow_handle(f"{erp.company}/announcements").query("progress")
    assert stage["stage"] == "listening"


async def test_a_command_that_its_process_cannot_read_is_refused_and_keeps_no_other_waiting(erp: Erp) -> None:
    order = await erp.place()
    process = erp.process_of(order).id
    caller = Caller(company=erp.company, actor="a tester", correlation_id="unreadable")
    # As the route of another kind of process would send it.
    unreadable = commands.Request(process, "cancel", "unreadable", "hash", CancelRun(reason="no day"))
    accepted = await commands.accept(caller, unreadable)
    assert accepted is not None

    async with asyncio.timeout(10):
        outcome = await delivery.send(erp.temporal, accepted)

    assert outcome.refusal is not None
    assert outcome.refusal["type"] == "cannot-be-sent"
    await delivery.note([(accepted, outcome)])
    await erp.ship(order)


async def test_a_payment_that_was_lost_after_it_was_posted_is_answered_though_the_books_say_it_first(
    erp: Erp, owner: Any
) -> None:
    order = await erp.place()
    await erp.ship(order)
    money = {"received_on": "2026-03-10", "currency": "EUR"}
    path = f"/v1/sales-orders/{order['order_id']}/payments"
    first = await erp.post(path, money | {"amount": "10.00"})
    async with temporal_is_away():
        bounced = {"reason": "returned by the bank", "reversed_on": "2026-03-11"}
        await erp.post(f"/v1/payments/{first['payment_id']}/reversal", bounced)
        paid = await erp.request("POST", path, money | {"amount": order["total_amount"]}, key="paid")
    await posted_before_it_was_lost(erp, owner)

    async with asyncio.timeout(20):
        while await owner.fetch(_FACTS_DUE, erp.company):
            await inbox.send_again(erp.temporal, at_most=10_000)
    await until_all_is_answered(erp, owner)
    again = await erp.request("POST", path, money | {"amount": order["total_amount"]}, key="paid")

    assert (paid.status_code, again.status_code, again.json().get("open_amount")) == (202, 201, "0.00")
    assert await erp.stage_of(order) == "closed"
    assert len((await erp.get("/v1/payments"))["items"]) == 2


async def posted_before_it_was_lost(erp: Erp, owner: Any) -> None:
    """A worker has taken the last request's step, and has died with the server before anybody knew."""
    row = await owner.fetchrow(f"{_LAST_REQUEST} WHERE company_id = $1 ORDER BY id DESC LIMIT 1", erp.company)
    caller = Caller(company=erp.company, actor=row["actor"], correlation_id=row["correlation_id"])
    payment, order_id = json.loads(row["body"]), row["process_id"].rpartition("/")[2]
    call = Call(
        key=f"{row['process_id']}/ledger.post_payment/{payment['payment_id']}",
        caller=caller,
        process_id=row["process_id"],
        process_type="order_to_cash",
    )
    await post_payment(call, PostPayment(**payment, customer_code="ALICE", order_id=order_id))
