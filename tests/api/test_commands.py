"""What can be asked of a document or a process now, who may, and why not the rest."""

import json
from typing import Any

from tests.erp import Erp, an_order


async def commands(erp: Erp, path: str, **more: Any) -> dict[str, Any]:
    """The commands of a document or process, by name."""
    found = (await erp.get(f"{path}/commands", **more))["commands"]
    return {one["name"]: one for one in found}


def allowed(found: dict[str, Any]) -> set[str]:
    return {name for name, one in found.items() if one["allowed"]}


async def is_refused_as_said(erp: Erp, command: Any, body: Any) -> bool:
    """Whether the route refuses with the sentence that the list gives."""
    response = await erp.request("POST", command["path"], body)
    assert response.status_code >= 400, response.text
    return bool(response.json()["detail"] == command["why_not"])


async def test_an_order_offers_what_its_process_takes_at_its_stage(erp: Erp) -> None:
    order = await erp.place()
    path = f"/v1/sales-orders/{order['order_number']}"
    placed = await commands(erp, path)
    by_warehouse = await commands(erp, path, by="warehouse")
    await erp.ship(order)
    shipped = await commands(erp, path)

    everything = {"amendments", "approval", "billing", "cancellation", "closing", "payments", "returns"}
    everything |= {"shipments"}
    assert set(placed) == everything | {"repair", "hold", "release"}
    assert allowed(placed) == {"amendments", "cancellation", "payments", "shipments", "hold"}
    assert allowed(by_warehouse) == {"shipments"}
    assert not by_warehouse["payments"]["has_permission"]
    assert "sales.payment.receive" in by_warehouse["payments"]["why_not"]
    assert allowed(shipped) == {"cancellation", "payments", "returns", "hold"}
    assert await is_refused_as_said(erp, shipped["shipments"], {})
    lines = [{"item_code": "APPLE", "quantity": "1"}]
    assert await is_refused_as_said(erp, shipped["amendments"], {"reason": "less", "lines": lines})
    assert await is_refused_as_said(erp, shipped["approval"], {"approved": True})


async def test_a_held_process_offers_to_be_released_and_one_that_is_over_offers_nothing(erp: Erp) -> None:
    order = await erp.place()
    process = f"/v1/processes/{erp.company}/order_to_cash/{order['order_id']}"
    await erp.post(f"{process}/hold", {"reason": "looked into"}, by="operator")
    held = await commands(erp, process)
    assert await is_refused_as_said(erp, held["shipments"], {})
    await erp.post(f"{process}/release", {"reason": "seen"}, by="operator")
    await erp.ship(order)
    await erp.pay(order, "119.00")
    over = await commands(erp, process)

    assert allowed(held) == {"release"}
    assert "looked into" in held["shipments"]["why_not"]
    assert allowed(over) == {"returns"}
    assert await is_refused_as_said(erp, over["payments"], {"amount": "1.00", "currency": "EUR"})
    assert (await erp.request("GET", f"{process}x/commands")).status_code == 404


async def test_a_decision_is_offered_to_whoever_may_take_it(erp: Erp) -> None:
    lines = [{"item_code": "APPLE", "quantity": "90", "unit_price": "20.00"}]
    order = await erp.place(an_order(customer_code="BOB", lines=lines))
    path = f"/v1/sales-orders/{order['order_id']}"

    assert (await commands(erp, path, by="credit manager"))["approval"]["allowed"]
    mine = (await commands(erp, path, by="sales clerk"))["approval"]
    real = await erp.request("POST", f"{path}/approval", {"approved": True}, by="sales clerk")

    assert (mine["allowed"], mine["has_permission"]) == (False, True)
    assert (real.status_code, real.json()["detail"]) == (403, mine["why_not"])


async def test_a_document_without_a_process_offers_the_routes_below_it(erp: Erp) -> None:
    money = {"received_on": "2026-03-06", "customer_code": "ALICE", "amount": "5.00", "currency": "EUR"}
    paid = await erp.post("/v1/payments", money, by="accountant")
    path = f"/v1/payments/{paid['payment_number']}"
    before = await commands(erp, path)
    await erp.post(f"{path}/reversal", {"reason": "returned"}, by="accountant")
    after = await commands(erp, path)
    schemas = (await erp.http.get("/openapi.json")).json()["components"]["schemas"]

    assert allowed(before) == {"allocations", "refund", "reversal"}
    assert before["allocations"]["depends_on"] == ["invoice_id"]
    assert before["reversal"]["path"] == f"/v1/payments/{paid['payment_id']}/reversal"
    assert before["reversal"]["body"].rpartition("/")[2] in schemas
    assert before["reversal"]["description"].startswith("Take a payment back")
    assert allowed(after) <= {"refund"}
    assert await is_refused_as_said(erp, after["reversal"], {"reason": "again"})
    assert (await erp.request("GET", "/v1/payments/PAY-0/commands")).status_code == 404
    assert json.dumps(after).count("allowed") == len(after)
