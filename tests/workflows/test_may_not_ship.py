"""Goods leave only for an order that stands, that nobody holds, and for which something is set aside."""

from decimal import Decimal
from typing import Any

import pytest

from tests.erp import Erp, an_order


async def cancelled(erp: Erp) -> Any:
    order = await erp.place()
    await erp.post(f"/v1/sales-orders/{order['order_id']}/cancellation", {"reason": "no more"})
    return order


async def over_the_limit(erp: Erp) -> Any:
    lines = [{"item_code": "APPLE", "quantity": "100", "unit_price": "10.00"}]
    return await erp.place(an_order(customer_code="BOB", lines=lines))


async def nothing_set_aside(erp: Erp) -> Any:
    await erp.receive({"PEAR": 1})
    lines = [{"item_code": "PEAR", "quantity": "150", "unit_price": "1.00"}]
    return await erp.place(an_order(delivery="complete", lines=lines))


async def held(erp: Erp) -> Any:
    order = await erp.place()
    path = f"/v1/processes/{erp.company}/order_to_cash/{order['order_id']}/hold"
    await erp.post(path, {"reason": "the address looks wrong"}, by="operator")
    return order


@pytest.mark.parametrize(
    "made", [cancelled, over_the_limit, nothing_set_aside, held], ids=lambda one: one.__name__
)
async def test_what_may_not_leave_is_refused_and_stays(erp: Erp, made: Any) -> None:
    order = await made(erp)
    path = f"/v1/sales-orders/{order['order_id']}/shipments"
    before = {item: Decimal((await erp.stock(item))["on_hand"]) for item in ("APPLE", "PEAR")}

    refused = await erp.request("POST", path, {"shipped_on": "2026-03-05"}, by="warehouse")

    assert refused.status_code == 409, refused.text
    assert {item: Decimal((await erp.stock(item))["on_hand"]) for item in before} == before
    assert (await erp.get("/v1/shipments"))["items"] == []
    assert (await erp.get("/v1/invoices"))["items"] == []
