"""What a hostile reviewer found: each once more, so that it stays mended."""

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from api.door import AskedRequest
from tests.erp import Erp, an_order
from tests.faulty_steps import FaultySteps

MONEY = {"received_on": "2026-03-20", "amount": "0.01", "currency": "EUR"}


async def test_one_key_on_two_orders_makes_a_document_for_each(erp: Erp) -> None:
    orders = [await erp.place(), await erp.place()]

    shipped = [await erp.ship_with_key(order, "the same") for order in orders]
    paid = [
        await erp.request("POST", f"/v1/sales-orders/{order['order_id']}/payments", MONEY, key="the same")
        for order in orders
    ]

    assert len({one["shipment_number"] for one in shipped}) == 2
    assert [answer.status_code for answer in paid] == [201, 201]
    assert len({answer.json()["payment_number"] for answer in paid}) == 2


async def test_a_return_that_an_operator_cancels_lets_its_order_go_on(erp: Erp) -> None:
    order = await erp.place()
    await erp.ship(order)
    path = f"/v1/sales-orders/{order['order_id']}"
    cancelled = await erp.post(f"{path}/cancellation", {"reason": "never mind"}, by="sales clerk")

    process = erp.temporal.get_workflow_handle(f"{erp.company}/customer_return/{cancelled['return_id']}")
    await process.cancel()

    await erp.until(order, "waiting for payment")
    assert (await erp.pay(order, "119.00"))["stage"] == "closed"


async def test_more_commands_at_once_than_temporal_takes_are_all_done_once_and_told_so(erp: Erp) -> None:
    order = await erp.place()
    await erp.ship(order)
    path = f"/v1/sales-orders/{order['order_id']}/payments"

    async def pay(number: int, amount: str) -> int:
        for _ in range(20):
            answer = await erp.request("POST", path, MONEY | {"amount": amount}, key=f"payment {number}")
            if answer.status_code != 202 or answer.json().get("status") != "accepted":
                return answer.status_code
            await asyncio.sleep(0.5)
        raise AssertionError("never answered")

    answers = await asyncio.gather(*(pay(number, "0.01") for number in range(20)))

    assert answers == [201] * 20
    payments: Any = (await erp.get("/v1/payments", limit=100))["items"]
    assert sum(Decimal(one["amount"]) for one in payments) == Decimal("0.20")


async def test_the_plan_of_a_cancellation_of_what_was_never_placed_is_refused(erp: Erp) -> None:
    lines = [{"item_code": "GHOST", "quantity": "1", "unit_price": "1.00"}]
    refused = await erp.request("POST", "/v1/sales-orders", an_order(lines=lines), key="a ghost")
    assert refused.status_code == 422
    (process,) = (await erp.get("/v1/processes", type="order_to_cash"))["items"]
    order_id = process["id"].rpartition("/")[2]

    path = f"/v1/sales-orders/{order_id}/cancellation?dry_run=true"
    answer = await erp.request("POST", path, {"reason": "never mind"})

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/process-ended")


async def test_a_path_with_a_character_that_no_text_can_hold_is_not_found(erp: Erp) -> None:
    for path in (f"/v1/processes/{erp.company}/order_to_cash/%00/hold", "/v1/customers/A%00"):
        method = "POST" if path.endswith("hold") else "GET"
        answer = await erp.request(method, path, {"reason": "?"} if method == "POST" else None)
        assert answer.status_code == 404, answer.text


async def test_what_one_operation_does_is_answered_the_same_after_midnight(
    erp: Erp, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = {"warehouse_code": "MAIN", "lines": [{"item_code": "PEAR", "quantity": "7", "unit_cost": "4"}]}
    money = {"customer_code": "ALICE", "amount": "5.00", "currency": "EUR"}
    asked = {"/v1/stock-receipts": receipt, "/v1/payments": money}
    monkeypatch.setattr(AskedRequest, "today", date(2026, 3, 31))
    first = [await erp.request("POST", path, body, key="late") for path, body in asked.items()]

    monkeypatch.setattr(AskedRequest, "today", date(2026, 4, 1))
    again = [await erp.request("POST", path, body, key="late") for path, body in asked.items()]
    other = await erp.request("POST", "/v1/payments", money | {"amount": "6.00"}, key="late")

    assert [answer.status_code for answer in first] == [201, 201]
    assert [answer.json() for answer in again] == [answer.json() for answer in first]
    assert (other.status_code, other.json()["type"]) == (409, "/problems/conflict")


@pytest.mark.parametrize(("resolution", "refunded"), [("refund", "4.30"), ("on_account", "0.00")])
async def test_what_is_billed_while_it_comes_back_is_credited(
    erp: Erp, faults: FaultySteps, resolution: str, refunded: str
) -> None:
    lines: list[Any] = [{"item_code": "APPLE", "quantity": "4", "unit_price": "10.00"}]
    lines.append({"item_code": "PEAR", "quantity": "1", "unit_price": "0.00"})
    order = await erp.place(an_order(lines=lines, invoicing="order"))
    await erp.pay(order, "40.00", received_on="2026-03-03")
    path = f"/v1/sales-orders/{order['order_id']}"
    await erp.ship(order, lines=[{"line_number": 1, "quantity": "2"}, {"line_number": 2, "quantity": "1"}])
    lines = [{"line_number": 1, "quantity": "1"}, {"line_number": 2, "quantity": "1"}]
    back = {"reason": "too many", "lines": lines, "resolution": resolution}
    returned = await erp.post(f"{path}/returns", back, by="sales clerk")
    faults.refused[erp.company, "sales.close_return"] = 10_000  # It has looked for invoices, and found none.
    inspecting = asyncio.create_task(
        erp.post(f"/v1/returns/{returned['return_id']}/inspection", {"received_on": "2026-03-05"})
    )
    process = f"/v1/processes/{erp.company}/customer_return/{returned['return_id']}"
    for _ in range(100):
        if (await erp.get(process))["exception"]:
            break
        await asyncio.sleep(0.05)
    else:
        raise AssertionError("the return does not wait at its end")

    await erp.ship(order)
    faults.forget(erp.company)
    await erp.post(f"{process}/repair", {"action": "retry"}, by="operator")
    await inspecting
    await erp.until(order, "closed")

    (note,) = (await erp.get("/v1/credit-notes"))["items"]
    assert (note["total_amount"], note["credited_on"]) == ("11.90", "2026-03-05")
    balances = await erp.balances()
    assert (balances["bank"], balances["receivable"]) == (Decimal("40.00") - Decimal(refunded), Decimal(0))


async def test_goods_received_before_their_invoices_day_are_credited_on_that_day(erp: Erp) -> None:
    order = await erp.place(an_order(invoicing="order"))
    await erp.ship(order, shipped_on="2026-03-03", lines=[{"line_number": 1, "quantity": "4"}])
    path = f"/v1/sales-orders/{order['order_id']}/returns"
    returned = await erp.post(path, {"reason": "too many"}, by="sales clerk")
    await erp.ship(order, shipped_on="2026-03-05")

    inspection = {"received_on": "2026-03-04"}
    closed = await erp.post(f"/v1/returns/{returned['return_id']}/inspection", inspection, by="warehouse")

    assert closed["stage"] == "closed"
    (note,) = (await erp.get("/v1/credit-notes"))["items"]
    assert note["credited_on"] == "2026-03-05"
