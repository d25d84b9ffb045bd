"""Many orders want the same goods at the same moment, over real connections."""

import asyncio
from collections.abc import Awaitable, Sequence
from decimal import Decimal
from typing import TypeVar

from domains.inventory.messages import StockReceived, StockReserved
from foundation.values.money import ZERO
from tests.activities.inventory.agreement import everything_agrees, stock_of, valuation_of
from tests.builders.inventory import MAIN, GoodsKeeper, a_shipment, an_order, goods

Answer = TypeVar("Answer")
CONNECTIONS = 16
"""As many at a time as the pool has room for; the others wait their turn."""


async def at_once(work: Sequence[Awaitable[Answer]]) -> list[Answer]:
    """All of it at the same time, as far as there are connections."""
    turn = asyncio.Semaphore(CONNECTIONS)

    async def in_turn(one: Awaitable[Answer]) -> Answer:
        async with turn:
            return await one

    return list(await asyncio.gather(*(in_turn(one) for one in work)))


async def test_two_hundred_orders_for_the_last_hundred_get_exactly_a_hundred(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt")
    await keeper.receive(goods("bolt", 100))

    answers = await at_once([keeper.reserve(an_order(("bolt", 1))) for _ in range(200)])

    assert sum(answer.lines[0].reserved_quantity for answer in answers) == 100
    assert sum(answer.is_complete for answer in answers) == 100
    shelf = await stock_of(keeper, "bolt")
    assert [shelf.reserved, shelf.available, shelf.backordered] == [100, 0, 100]
    await everything_agrees(keeper)


async def test_orders_that_cross_never_wait_for_each_other(keeper: GoodsKeeper) -> None:
    items = [await keeper.item(f"item {number}") for number in range(6)]
    await keeper.receive(*(goods(item, 40) for item in items))
    forwards = [an_order(*((item, 1) for item in items)) for _ in range(40)]
    backwards = [an_order(*((item, 1) for item in reversed(items))) for _ in range(40)]

    await at_once([keeper.reserve(order) for pair in zip(forwards, backwards, strict=True) for order in pair])

    for item in items:
        assert (await stock_of(keeper, item)).reserved == 40
    await everything_agrees(keeper)


async def test_goods_never_seen_before_are_wanted_by_orders_that_cross(keeper: GoodsKeeper) -> None:
    items = [await keeper.item(f"item {number}") for number in range(6)]
    orders = [
        an_order(*((item, 1) for item in (items if number % 2 else reversed(items)))) for number in range(30)
    ]

    answers: list[StockReserved | StockReceived] = await at_once(
        [
            *(keeper.reserve(order) for order in orders[:15]),
            keeper.receive(*(goods(item, 30) for item in items)),
            *(keeper.reserve(order) for order in orders[15:]),
        ]
    )

    assert len(answers) == 31
    for item in items:
        shelf = await stock_of(keeper, item)
        assert [shelf.reserved, shelf.backordered] == [30, 0]
    await everything_agrees(keeper)


async def test_receipts_orders_shipments_and_releases_all_at_once_agree_in_the_end(
    keeper: GoodsKeeper,
) -> None:
    items = [
        await keeper.item("average"),
        await keeper.item("layers", costing_method="fifo"),
        await keeper.item("in advance", allow_negative_stock=True),
    ]
    await keeper.receive(*(goods(item, 20, "1.37") for item in items))

    async def order_and_ship(number: int) -> Decimal:
        wanted = [(item, 3) for item in items]
        order = an_order(*(wanted if number % 2 else reversed(wanted)))
        reserved = await keeper.reserve(order)
        leaving = [(line.line_number, line.reserved_quantity) for line in reserved.lines]
        if number % 3 == 0 or not any(quantity for _, quantity in leaving):
            await keeper.release(order.order_id)
            return ZERO
        issued = await keeper.ship(a_shipment(order, *(line for line in leaving if line[1])))
        await keeper.release(order.order_id)
        return issued.cost

    async def receive(number: int) -> Decimal:
        received = await keeper.receive(*(goods(item, 2, f"{1 + number}.{number:02}") for item in items))
        return received.adjustment_value - received.value

    answers = await at_once(
        [work(number) for number in range(30) for work in (order_and_ship, receive)],
    )

    await everything_agrees(keeper)
    worth = sum([(await stock_of(keeper, item)).value for item in items], ZERO)
    assert worth == Decimal("82.20") - sum(answers)


async def test_two_shipments_of_the_same_goods_at_once_leave_once(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt")
    await keeper.receive(goods("bolt", 5))
    order = an_order(("bolt", 5))
    await keeper.reserve(order)

    answers = await asyncio.gather(
        *(keeper.ship(a_shipment(order)) for _ in range(4)), return_exceptions=True
    )

    assert sorted(type(answer).__name__ for answer in answers) == ["GoodsIssued", *3 * ["NotReserved"]]
    assert (await stock_of(keeper, "bolt")).on_hand == 0
    await everything_agrees(keeper)


async def test_the_same_item_moves_in_two_warehouses_at_once(keeper: GoodsKeeper) -> None:
    items = [await keeper.item("average"), await keeper.item("layers", costing_method="fifo")]
    for warehouse in (MAIN, "SECOND"):
        await keeper.receive(*(goods(item, 20, "1.37") for item in items), warehouse_code=warehouse)

    await at_once(
        [
            keeper.sell(item, 1, warehouse_code=warehouse)
            for _ in range(20)
            for item in items
            for warehouse in (MAIN, "SECOND")
        ]
    )

    await everything_agrees(keeper)
    assert [(await valuation_of(keeper, item)).value for item in items] == [ZERO, ZERO]
