"""What a return is inspected with, and an order cancelled with, is refused before goods move."""

from typing import Any

import pytest

from tests.erp import Erp, an_order
from tests.workflows.test_returns import delivered, inspect, return_of


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ([("1", "3"), ("1", "0")], "lines.1.line_number"),
        ([("9", "0")], "lines.0.line_number"),
        ([("1", "1.5")], "lines.0.quantity"),
    ],
)
async def test_what_cannot_have_come_back_is_refused_before_goods_move(
    erp: Erp, lines: list[tuple[str, str]], field: str
) -> None:
    whole = await erp.request("PATCH", "/v1/items/APPLE", {"is_whole": True}, if_match="*")
    erp.accepted(whole)
    order = await delivered(erp)
    returned = await return_of(erp, order, "3")
    path = f"/v1/returns/{returned['return_id']}/inspection"
    came = [{"line_number": number, "quantity": quantity} for number, quantity in lines]

    refused = await erp.request("POST", path, {"received_on": "2026-04-01", "lines": came}, by="warehouse")

    assert refused.status_code in (409, 422), refused.text
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert (await erp.get("/v1/goods-returns"))["items"] == []
    assert (await inspect(erp, returned))["credited_amount"] == "35.70"


async def paid_in_dollars(erp: Erp, paid: str = "142.80") -> Any:
    """An order in dollars that was delivered and paid; its rate holds for a week."""
    await erp.post("/v1/exchange-rates", {"currency": "USD", "valid_from": "2026-03-02", "rate": "1.20"})
    path = f"/v1/companies/{erp.company}"
    erp.accepted(await erp.request("PATCH", path, {"exchange_rate_days": 7}, if_match="*"))
    lines = [{"item_code": "APPLE", "quantity": "10", "unit_price": "12"}]
    order = await erp.place(an_order(currency="USD", lines=lines))
    await erp.ship(order, lines=[{"line_number": 1, "quantity": "4"}])
    if paid:
        await erp.pay(order, paid, currency="USD", received_on="2026-03-06")
    return order


async def test_what_is_to_be_refunded_needs_the_rate_of_its_day_before_goods_are_taken_back(erp: Erp) -> None:
    returned = await return_of(erp, await paid_in_dollars(erp), "4")
    path = f"/v1/returns/{returned['return_id']}/inspection"

    refused = await erp.request("POST", path, {"received_on": "2026-04-01"}, by="warehouse")

    assert refused.status_code == 422, refused.text
    assert refused.json()["type"] == "/problems/exchange-rate-too-old"
    assert [error["field"] for error in refused.json()["errors"]] == ["received_on"]
    assert (await erp.get("/v1/goods-returns"))["items"] == []
    await erp.post("/v1/exchange-rates", {"currency": "USD", "valid_from": "2026-04-01", "rate": "1.10"})
    assert (await inspect(erp, returned))["refunded_amount"] == "57.12"


async def test_an_order_that_was_paid_beforehand_is_cancelled_with_the_rate_of_its_day(erp: Erp) -> None:
    order = await paid_in_dollars(erp)
    path = f"/v1/sales-orders/{order['order_id']}/cancellation"
    asked = {"reason": "no more", "cancelled_on": "2026-04-01"}

    refused = await erp.request("POST", path, asked, by="sales clerk")

    assert refused.status_code == 422, refused.text
    assert [error["field"] for error in refused.json()["errors"]] == ["cancelled_on"]
    await erp.post("/v1/exchange-rates", {"currency": "USD", "valid_from": "2026-04-01", "rate": "1.10"})
    await inspect(erp, await erp.post(path, asked, by="sales clerk"))
    await erp.until(order, "cancelled")
    assert (await erp.balances())["customer_on_account"] == 0


async def test_what_was_not_paid_is_credited_without_a_rate(erp: Erp) -> None:
    returned = await return_of(erp, await paid_in_dollars(erp, paid=""), "4")

    assert (await inspect(erp, returned))["credited_amount"] == "57.12"
