"""Goods come back from a customer, at what they cost when they left."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from activities import inventory
from domains.inventory.messages import GoodsTakenBack, LineToTakeBack, ReserveStock, TakeBackGoods
from domains.inventory.rules.reservations import NotStocked
from domains.inventory.rules.returns import NotShipped
from foundation.values.errors import Conflict
from foundation.values.money import ZERO
from tests.activities.inventory.agreement import everything_agrees, moves_of, stock_of, valuation_of
from tests.builders.inventory import (
    A_DAY,
    GoodsKeeper,
    Wanted,
    a_return,
    a_shipment,
    an_order,
    goods,
)


async def shipped(keeper: GoodsKeeper, *wanted: Wanted) -> ReserveStock:
    """An order that has been shipped in full."""
    order = an_order(*wanted)
    await keeper.reserve(order)
    await keeper.ship(a_shipment(order))
    return order


def costs(backs: Iterable[GoodsTakenBack]) -> list[Decimal]:
    """What the first line of each return had cost."""
    return [back.lines[0].cost for back in backs]


async def test_all_that_comes_back_in_parts_costs_to_the_cent_what_left(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt")
    await keeper.receive(goods("bolt", 7, "1.43"))  # 10.01 in all.
    order = an_order(("bolt", 7))
    await keeper.reserve(order)
    left = [await keeper.ship(a_shipment(order, (1, quantity))) for quantity in (3, 1, 3)]
    await keeper.receive(goods("bolt", 10, "99"))  # What it costs today does not matter.

    backs = [await keeper.take_back(a_return(order, (1, quantity))) for quantity in (2, "0.5", 1, "3.5")]

    assert costs(backs) == [Decimal("2.86"), Decimal("0.72"), Decimal("1.43"), Decimal("5.00")]
    assert sum(costs(backs)) == sum(shipment.cost for shipment in left) == Decimal("10.01")
    assert all(back.restocked_value == back.lines[0].cost and back.scrapped_value == 0 for back in backs)
    assert (await valuation_of(keeper, "bolt")).value == Decimal("1000.01")
    await everything_agrees(keeper)


async def test_what_came_back_under_fifo_is_the_newest_layer(keeper: GoodsKeeper) -> None:
    await keeper.item("nut", costing_method="fifo")
    await keeper.receive(goods("nut", 2, "1"))
    order = await shipped(keeper, ("nut", 2))
    await keeper.receive(goods("nut", 2, "5"))

    first, second = [await keeper.take_back(a_return(order, (1, 1))) for _ in range(2)]

    assert [first.restocked_value, second.restocked_value] == [1, 1]
    assert [(await keeper.sell("nut", 1)).cost for _ in range(4)] == [5, 5, 1, 1]
    await everything_agrees(keeper)


async def test_goods_sold_before_they_were_there_are_settled_by_a_return(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt", allow_negative_stock=True)
    await keeper.receive(goods("bolt", 2, "10"))
    order = await shipped(keeper, ("bolt", 2))
    await keeper.receive(goods("bolt", 1, "13"))
    await keeper.sell("bolt", 2)  # One at 13, and one that is not there, assumed at 13.

    back = await keeper.take_back(a_return(order, (1, 2)))

    assert [back.restocked_value, back.adjustment_value] == [20, -3]
    kept = await valuation_of(keeper, "bolt")
    assert [kept.quantity, kept.value] == [1, 10]
    assert [(move.kind, move.value) for move in (await moves_of(keeper, "bolt"))[-2:]] == [
        ("return", Decimal(20)),
        ("settlement", Decimal(3)),
    ]
    await everything_agrees(keeper)


async def test_what_is_scrapped_goes_to_no_shelf_and_its_cost_is_told(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt")
    await keeper.receive(goods("bolt", 3, "3.335"))  # 10.01 in all.
    order = await shipped(keeper, ("bolt", 3))

    part = await keeper.take_back(a_return(order, (1, 2), scrapped=1))
    whole = await keeper.take_back(a_return(order, (1, 1), scrapped=1))

    assert (part.lines[0].cost, part.restocked_value, part.scrapped_value) == (
        Decimal("6.67"),
        Decimal("3.34"),
        Decimal("3.33"),
    )
    assert [whole.restocked_value, whole.scrapped_value] == [ZERO, Decimal("3.34")]
    assert (await stock_of(keeper, "bolt")).on_hand == 1
    assert [move.kind for move in await moves_of(keeper, "bolt")] == ["receipt", "issue", "return"]
    await everything_agrees(keeper)


async def test_goods_that_come_back_serve_who_waits_oldest_first(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt")
    await keeper.receive(goods("bolt", 10))
    order = await shipped(keeper, ("bolt", 10))
    younger, older = an_order(("bolt", 4)), an_order(("bolt", 3), ordered_on=A_DAY - timedelta(days=1))
    for waiting in (younger, older):
        await keeper.reserve(waiting)

    back = await keeper.take_back(a_return(order, (1, 6), scrapped=1))
    rest = await keeper.take_back(a_return(order, (1, 4)))

    assert [served.order_id for served in back.served] == [older.order_id, younger.order_id]
    assert [served.is_complete for served in back.served] == [True, False]
    assert back.served[1].lines[0].short_quantity == 2
    assert [(served.order_id, served.is_complete) for served in rest.served] == [(younger.order_id, True)]
    shelf = await stock_of(keeper, "bolt")
    assert [shelf.on_hand, shelf.reserved, shelf.backordered] == [9, 7, 0]
    await everything_agrees(keeper)


async def test_no_more_comes_back_than_has_left(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt")
    await keeper.item("nut")
    await keeper.receive(goods("bolt", 5), goods("nut", 5))
    order = an_order(("bolt", 5), ("nut", 5))
    await keeper.reserve(order)
    with pytest.raises(NotShipped):
        await keeper.take_back(a_return(order, (1, 1)))
    await keeper.ship(a_shipment(order, (1, 3)))
    await keeper.take_back(a_return(order, (1, 1)))

    with pytest.raises(NotShipped) as refused:
        await keeper.take_back(a_return(order, (1, "2.1"), (2, 1), (9, 1), (1, 1)))
    await keeper.take_back(a_return(order, (1, 2)))
    with pytest.raises(NotShipped) as nothing_left:
        await keeper.take_back(a_return(order, (1, "0.000001")))

    assert [error.field for error in refused.value.errors] == [
        "lines.0.quantity",
        "lines.1.line_number",
        "lines.2.line_number",
        "lines.3.line_number",
    ]
    assert [error.field for error in nothing_left.value.errors] == ["lines.0.line_number"]
    assert (await stock_of(keeper, "bolt")).on_hand == 5
    await everything_agrees(keeper)


async def test_more_cannot_be_scrapped_than_came_back(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt")
    await keeper.receive(goods("bolt", 5))
    order = await shipped(keeper, ("bolt", 5))

    with pytest.raises(NotShipped) as refused:
        await keeper.take_back(a_return(order, (1, 2), scrapped=3))

    assert [error.field for error in refused.value.errors] == ["lines.0.scrapped_quantity"]


async def test_parts_that_were_rounded_come_back_as_a_whole(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt")
    await keeper.receive(goods("bolt", 1, "10"))
    order = an_order(("bolt", 1))
    await keeper.reserve(order)
    for _ in range(3):
        await keeper.ship(a_shipment(order, (1, "0.333333")))

    back = await keeper.take_back(a_return(order, (1, 1), scrapped=1))

    assert (back.lines[0].quantity, back.lines[0].scrapped_quantity) == 2 * (Decimal("0.999999"),)
    assert back.scrapped_value == 10
    await everything_agrees(keeper)


async def test_goods_come_back_where_they_left_from_unless_another_warehouse_takes_them(
    keeper: GoodsKeeper,
) -> None:
    await keeper.item("bolt")
    await keeper.receive(goods("bolt", 3), warehouse_code="SECOND")
    order = an_order(("bolt", 3), warehouse_code="SECOND")
    await keeper.reserve(order)
    await keeper.ship(a_shipment(order))

    await keeper.take_back(a_return(order, (1, 1)))
    await keeper.take_back(a_return(order, (1, 1), warehouse_code="MAIN"))
    with pytest.raises(NotStocked):
        await keeper.take_back(a_return(order, (1, 1), warehouse_code="NOWHERE"))

    assert [move.warehouse_code for move in (await moves_of(keeper, "bolt"))[-2:]] == ["SECOND", "MAIN"]
    await everything_agrees(keeper)


async def test_the_same_return_twice_counts_once(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt")
    await keeper.receive(goods("bolt", 3))
    order = await shipped(keeper, ("bolt", 3))
    back = a_return(order, (1, 2))

    first = await keeper.take_back(back, key="return")
    again = await keeper.take_back(back, key="return")
    with pytest.raises(Conflict):
        await keeper.take_back(a_return(order, (1, 1)), key="return")

    assert first == again
    assert first.return_number.startswith("RET-")
    assert (await stock_of(keeper, "bolt")).on_hand == 2


async def test_returns_at_once_never_take_back_more_than_left(keeper: GoodsKeeper) -> None:
    items = [await keeper.item("average"), await keeper.item("layers", costing_method="fifo")]
    await keeper.receive(*(goods(item, 5, "3.333") for item in items))
    order = await shipped(keeper, *((item, 5) for item in items))

    async def back(number: int) -> GoodsTakenBack:
        lines = [(1, 2), (2, 2)] if number % 2 else [(2, 2), (1, 2)]
        warehouse = "SECOND" if number % 3 else "MAIN"
        return await keeper.take_back(a_return(order, *lines, warehouse_code=warehouse))

    answers = await asyncio.gather(*(back(number) for number in range(8)), return_exceptions=True)
    last = await keeper.take_back(a_return(order, (1, 1), (2, 1)))

    assert sorted(type(answer).__name__ for answer in answers) == 2 * ["GoodsTakenBack"] + 6 * ["NotShipped"]
    taken = [answer for answer in answers if isinstance(answer, GoodsTakenBack)]
    assert sum((back.restocked_value for back in [*taken, last]), ZERO) == 2 * Decimal("16.67")
    assert [(await valuation_of(keeper, item)).value for item in items] == 2 * [Decimal("16.67")]
    await everything_agrees(keeper)


async def test_returns_shipments_and_receipts_at_once_agree_in_the_end(keeper: GoodsKeeper) -> None:
    items = [
        await keeper.item("average"),
        await keeper.item("layers", costing_method="fifo"),
        await keeper.item("in advance", allow_negative_stock=True),
    ]
    await keeper.receive(*(goods(item, 12, "1.37") for item in items))
    orders = [an_order(*((item, 3) for item in items)) for _ in range(8)]
    for order in orders:
        await keeper.reserve(order)

    async def there_and_back(number: int) -> None:
        order = orders[number]
        if number < 4:  # The others wait: they are served by what comes back.
            await keeper.ship(a_shipment(order))
            wanted = [(1, "1.5"), (2, 2), (3, 3)]
            await keeper.take_back(a_return(order, *(wanted if number % 2 else reversed(wanted)), scrapped=1))
        await keeper.receive(*(goods(item, 1, f"2.{number}1") for item in items))

    await asyncio.gather(*(there_and_back(number) for number in range(8)))

    await everything_agrees(keeper)
    for item, came_back in zip(items, ("2", "4", "8"), strict=True):
        assert (await stock_of(keeper, item)).on_hand == 20 - 12 + Decimal(came_back)


async def test_goods_of_an_order_that_nobody_knows_cannot_come_back(keeper: GoodsKeeper) -> None:
    unknown = TakeBackGoods(
        return_id=uuid4(),
        order_id=uuid4(),
        received_on=A_DAY,
        lines=(LineToTakeBack(line_number=1, quantity=Decimal(1)),),
    )

    with pytest.raises(NotShipped):
        await inventory.take_back_goods(keeper.call(), unknown)
