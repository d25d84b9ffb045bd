"""Credit is set free with what is really given up of an order, and once."""

from typing import Any

from tests.erp import Erp, an_order


def of_bob(apples: int) -> dict[str, Any]:
    """So many apples at 11.90 with tax."""
    return an_order(customer_code="BOB", lines=[apples_in(apples)])


def apples_in(quantity: int) -> dict[str, Any]:
    """A line of apples."""
    return {"item_code": "APPLE", "quantity": str(quantity), "unit_price": "10.00"}


async def exposure(erp: Erp) -> str:
    """What the customer owes and has on order: an order far over the limit is told it."""
    order = await erp.place(of_bob(90))
    why = (await erp.order(order))["process"]["why"]
    await erp.post(f"/v1/sales-orders/{order['order_id']}/cancellation", {"reason": "only asked"})
    return str(why.partition("exposure ")[2].partition(" and")[0])


async def test_a_cancelled_order_frees_its_own_credit_once(erp: Erp) -> None:
    cancelled, kept = await erp.place(of_bob(30)), await erp.place(of_bob(20))
    path = f"/v1/sales-orders/{cancelled['order_id']}/cancellation"
    before = await exposure(erp)

    for _ in range(2):
        await erp.request("POST", path, {"reason": "no more"}, by="sales clerk")

    assert (before, await exposure(erp)) == ("595.00", "238.00")
    assert await erp.stage_of(kept) == "waiting for shipment"


async def test_an_order_amended_downwards_frees_that_part_once(erp: Erp) -> None:
    order = await erp.place(of_bob(50))
    path = f"/v1/sales-orders/{order['order_id']}/amendments"
    seen = [await exposure(erp)]

    for quantity in (30, 30, 40):
        await erp.post(path, {"lines": [{"item_code": "APPLE", "quantity": str(quantity)}]}, by="sales clerk")
        seen.append(await exposure(erp))

    assert seen == ["595.00", "357.00", "357.00", "476.00"]


async def test_what_is_billed_of_a_part_is_owed_and_no_more_committed(erp: Erp) -> None:
    order = await erp.place(of_bob(50))

    await erp.ship(order, lines=[{"line_number": 1, "quantity": "20"}])
    billed = await exposure(erp)
    # What has left comes back and is credited; what has not left is given up at once.
    back = {"reason": "too late", "goods": "come_back", "money": "refund", "cancelled_on": "2026-03-06"}
    await erp.post(f"/v1/sales-orders/{order['order_id']}/cancellation", back)

    assert (billed, await exposure(erp)) == ("595.00", "238.00")
