"""Goods come back, at what they cost when they left."""

from decimal import Decimal

from tests.activities.inventory.agreement import everything_agrees
from tests.builders.inventory import GoodsKeeper, a_return, a_shipment, an_order, goods


async def test_everything_that_comes_back_costs_what_it_did_when_it_left(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt")
    await keeper.receive(goods("bolt", 3, "0.333333"))
    order = an_order(("bolt", 3))
    await keeper.reserve(order)
    for _ in range(3):
        await keeper.ship(a_shipment(order, (1, 1)))

    backs = [await keeper.take_back(a_return(order, (1, 1))) for _ in range(3)]

    assert [back.lines[0].cost for back in backs] == [Decimal("0.33"), Decimal("0.34"), Decimal("0.33")]
    await everything_agrees(keeper)
