"""An order is wanted otherwise before it is shipped: priced, checked and set aside again; with its diff."""

import asyncio
from typing import Any

import pytest

from tests.checked import violations
from tests.erp import Erp, Refused, an_order


async def amend(erp: Erp, order: Any, *lines: tuple[str, str], **more: Any) -> Any:
    """Want these items in these quantities now, at 10.00 each."""
    asked = [{"item_code": item, "quantity": quantity, "unit_price": "10.00"} for item, quantity in lines]
    path = f"/v1/sales-orders/{order['order_id']}/amendments"
    return await erp.post(path, {"lines": asked, **more}, by="sales clerk")


async def test_more_of_one_line_and_another_line_are_priced_set_aside_and_shipped(erp: Erp) -> None:
    order = await erp.place()

    amended = await amend(erp, order, ("APPLE", "12"), ("FIFO-NUT", "5"), reason="a party")

    assert (amended["version"], amended["order"]["total_amount"]) == (2, "202.30")
    (first, second) = amended["changes"]
    assert (first["before"]["quantity"], first["after"]["quantity"]) == ("10", "12")
    assert (second["before"], second["after"]["item_code"]) == (None, "FIFO-NUT")
    assert [(await erp.stock(item))["reserved"] for item in ("APPLE", "FIFO-NUT")] == ["12", "5"]
    await erp.ship(order)
    assert (await erp.pay(order, "202.30"))["stage"] == "closed"


async def test_less_is_released_and_serves_who_waits(erp: Erp) -> None:
    order = await erp.place(an_order(lines=[{"item_code": "APPLE", "quantity": "100", "unit_price": "1.00"}]))
    waiting = await erp.place()
    assert await erp.stage_of(waiting) == "waiting for stock"

    await amend(erp, order, ("APPLE", "90"))

    await erp.until(waiting, "waiting for shipment")
    assert (await erp.stock("APPLE"))["reserved"] == "100"


async def test_over_the_credit_limit_nothing_is_changed(erp: Erp) -> None:
    order = await erp.place(an_order(customer_code="BOB"))

    with pytest.raises(Refused, match="over-credit-limit"):
        await amend(erp, order, ("APPLE", "90"))

    seen = (await erp.order(order))["order"]
    assert (seen["total_amount"], (await erp.stock("APPLE"))["reserved"]) == ("119.00", "10")
    amended = await amend(erp, order, ("APPLE", "84"))
    assert amended["order"]["total_amount"] == "999.60"


async def test_what_is_wrong_is_told_per_field_and_changes_nothing(erp: Erp) -> None:
    order = await erp.place()

    path = f"/v1/sales-orders/{order['order_id']}/amendments"
    lines = [{"item_code": "APPLE", "quantity": "1"}, {"item_code": "NONE", "quantity": "1"}]
    refused = await erp.request("POST", path, {"lines": lines}, by="sales clerk")

    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == ["lines.1.item_code"]
    assert (await erp.stock("APPLE"))["reserved"] == "10"


async def test_after_something_has_left_or_is_over_nothing_can_be_amended(erp: Erp) -> None:
    order = await erp.place()
    await erp.ship(order, lines=[{"line_number": 1, "quantity": "1"}])

    with pytest.raises(Refused, match="not-amendable"):
        await amend(erp, order, ("APPLE", "9"))


async def test_what_is_short_after_an_amendment_waits_and_is_served_by_a_receipt(erp: Erp) -> None:
    order = await erp.place()

    await amend(erp, order, ("APPLE", "110"))
    await erp.ship(order, lines=[{"line_number": 1, "quantity": "100"}])
    assert await erp.stage_of(order) == "waiting for stock"
    await erp.receive({"APPLE": 10})
    await erp.until(order, "waiting for shipment")
    await erp.ship(order, shipped_on="2026-03-06")

    assert await erp.stage_of(order) == "waiting for payment"


@pytest.mark.parametrize("attempt", range(5))
async def test_a_receipt_at_the_same_instant_as_an_amendment_leaves_both_in_agreement(
    erp: Erp, attempt: int
) -> None:
    del attempt
    lines = [{"item_code": "APPLE", "quantity": "105", "unit_price": "1.00"}]
    order = await erp.place(an_order(lines=lines))

    await asyncio.gather(amend(erp, order, ("APPLE", "120")), erp.receive({"APPLE": 10}))
    for _ in range(100):
        stock = await erp.stock("APPLE")
        if stock["reserved"] == "110":
            break
        await asyncio.sleep(0.05)
    else:
        raise AssertionError(f"not all that came is set aside: {stock}")
    shipped = await erp.request(
        "POST",
        f"/v1/sales-orders/{order['order_id']}/shipments",
        {"shipped_on": "2026-03-05"},
        by="warehouse",
    )

    assert shipped.status_code == 201, shipped.text
    assert (await erp.stock("APPLE"))["reserved"] == "0"


async def test_cancelled_after_an_amendment_all_of_it_is_released(erp: Erp) -> None:
    order = await erp.place()
    await amend(erp, order, ("PEAR", "20"))

    path = f"/v1/sales-orders/{order['order_id']}/cancellation"
    await erp.post(path, {"reason": "no more"}, by="sales clerk")

    assert [(await erp.stock(item))["reserved"] for item in ("APPLE", "PEAR")] == ["0", "0"]


async def test_an_order_over_the_limit_may_become_less_and_is_committed_with_less(erp: Erp) -> None:
    lines = [{"item_code": "APPLE", "quantity": "90", "unit_price": "10.00"}]
    order = await erp.place(an_order(customer_code="BOB", lines=lines))
    path = f"/v1/sales-orders/{order['order_id']}"
    await erp.post(f"{path}/approval", {"approved": True}, by="credit manager")

    amended = await amend(erp, order, ("APPLE", "88"))

    assert amended["order"]["total_amount"] == "1047.20"
    assert await violations(erp.company) == []
