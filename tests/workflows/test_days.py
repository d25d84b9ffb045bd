"""Nothing is of an earlier day than what it rests on: refused by name, or done on the later of both days."""

from decimal import Decimal
from typing import Any

import pytest

from tests.erp import Erp, an_order


async def refused(erp: Erp, path: str, body: dict[str, Any], field: str) -> bool:
    """Whether this is refused because of the day in that field."""
    answer = await erp.request("POST", path, body)
    problem = answer.json()
    named = [error["field"] for error in problem.get("errors", ())]
    return (answer.status_code, problem["type"], named) == (422, "/problems/too-early", [field])


async def test_money_is_neither_used_nor_paid_back_before_it_came(erp: Erp) -> None:
    order = await erp.place()
    await erp.ship(order)
    (invoice,) = (await erp.get("/v1/invoices"))["items"]
    money = {"customer_code": "ALICE", "amount": "20.00", "currency": "EUR", "received_on": "2026-03-20"}
    paid = f"/v1/payments/{(await erp.post('/v1/payments', money))['payment_id']}"
    use = {"invoice_id": invoice["invoice_id"], "amount": "5.00"}

    assert await refused(erp, f"{paid}/refund", {"refunded_on": "2026-03-19"}, "refunded_on")
    assert await refused(erp, f"{paid}/allocations", use | {"allocated_on": "2026-03-19"}, "allocated_on")
    await erp.post(f"{paid}/allocations", use | {"allocated_on": "2026-03-20"})
    await erp.post(f"{paid}/refund", {"refunded_on": "2026-03-20"})


async def test_money_on_account_is_not_used_for_an_invoice_before_the_invoice(erp: Erp) -> None:
    early = {"customer_code": "ALICE", "amount": "20.00", "currency": "EUR", "received_on": "2026-03-03"}
    paid = f"/v1/payments/{(await erp.post('/v1/payments', early))['payment_id']}"
    order = await erp.place()
    await erp.ship(order, shipped_on="2026-03-05")
    (invoice,) = (await erp.get("/v1/invoices"))["items"]
    settles = {"invoice_id": invoice["invoice_id"]}

    on_order = {"received_on": "2026-03-04", "amount": "1.00", "currency": "EUR"}
    await erp.post(f"/v1/sales-orders/{order['order_id']}/payments", on_order)  # The money was there first.
    assert await refused(erp, f"{paid}/allocations", settles | {"allocated_on": "2026-03-04"}, "allocated_on")
    await erp.post(f"{paid}/allocations", settles | {"allocated_on": "2026-03-05"})


@pytest.mark.parametrize("ships", [True, False])
async def test_an_order_uses_and_pays_back_money_on_the_later_of_both_days(erp: Erp, ships: bool) -> None:
    order = await erp.place()
    await erp.pay(order, "20.00", received_on="2026-03-20")
    path = f"/v1/sales-orders/{order['order_id']}/cancellation"
    if ships:
        await erp.ship(order, shipped_on="2026-03-05")
    else:
        await erp.post(path, {"reason": "never mind", "cancelled_on": "2026-03-10"}, by="sales clerk")

    entries = (await erp.get("/v1/journal-entries", limit=100))["items"]
    used = [entry for entry in entries if "PAY-2026-000001" in entry["text"]]
    assert [entry["posted_on"] for entry in used] == ["2026-03-20", "2026-03-20"]
    assert (await erp.balances())["customer_on_account"] == 0


async def test_nothing_leaves_and_nothing_is_cancelled_before_its_order(erp: Erp) -> None:
    order = await erp.place()
    path = f"/v1/sales-orders/{order['order_id']}"

    assert await refused(erp, f"{path}/shipments", {"shipped_on": "2026-03-01"}, "shipped_on")
    early = {"reason": "never mind", "cancelled_on": "2026-03-01"}
    assert await refused(erp, f"{path}/cancellation", early, "cancelled_on")
    assert await erp.stage_of(order) == "waiting for shipment"


async def test_an_order_is_billed_when_the_last_of_it_has_left(erp: Erp) -> None:
    order = await erp.place(an_order(invoicing="order"))
    await erp.ship(order, shipped_on="2026-03-09", lines=[{"line_number": 1, "quantity": "4"}])
    await erp.ship(order, shipped_on="2026-03-05")

    (invoice,) = (await erp.get("/v1/invoices"))["items"]
    assert invoice["invoiced_on"] == "2026-03-09"


async def test_nothing_comes_back_before_it_left_and_then_it_can_still_be_said_when_it_came(erp: Erp) -> None:
    order = await erp.place()
    await erp.ship(order, shipped_on="2026-03-05", lines=[{"line_number": 1, "quantity": "4"}])
    await erp.ship(order, shipped_on="2026-03-09")
    path = f"/v1/sales-orders/{order['order_id']}/returns"
    returned = await erp.post(path, {"reason": "too many"}, by="sales clerk")
    path = f"/v1/returns/{returned['return_id']}/inspection"
    some = {"received_on": "2026-03-08", "lines": [{"line_number": 1, "quantity": "5"}]}

    assert await refused(erp, path, {"received_on": "2026-03-04"}, "received_on")
    assert await refused(erp, path, some, "received_on")
    assert (await erp.get("/v1/processes", only_exceptions=True))["items"] == []
    closed = await erp.post(path, some | {"lines": [{"line_number": 1, "quantity": "4"}]})

    assert closed["stage"] == "closed"
    assert Decimal((await erp.stock("APPLE"))["on_hand"]) == 94
