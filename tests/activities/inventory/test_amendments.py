"""An order wants something else: what is set aside for it changes, and nobody is overtaken."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from activities import inventory
from domains.inventory.messages import ReservationAmended, ReserveStock
from domains.inventory.queries.stock import RESERVATIONS, ReservationView
from domains.inventory.rules.amendments import LeftAlready
from domains.inventory.rules.reservations import NotReserved, NotStocked
from foundation.database.connections import database
from foundation.values.errors import Invalid
from tests.activities.inventory.agreement import everything_agrees, stock_of
from tests.builders.inventory import A_DAY, GoodsKeeper, Wanted, a_shipment, amended, an_order, goods


async def ordered(keeper: GoodsKeeper, *wanted: Wanted, **changes: Any) -> ReserveStock:
    """An order that has its goods set aside, as far as they go."""
    order = an_order(*wanted, **changes)
    await keeper.reserve(order)
    return order


async def rows_of(keeper: GoodsKeeper, order: ReserveStock) -> list[ReservationView]:
    """What is kept of an order's lines, by number."""
    async with database().read(keeper.caller.company) as tx:
        rows = await RESERVATIONS.all(tx, order=order.order_id)
    return sorted(rows, key=lambda row: row.line_number)


def state(answer: ReservationAmended) -> list[tuple[str, int, int]]:
    """Every line's item, what is set aside of it, and what is short."""
    return [(line.item_code, int(line.reserved_quantity), int(line.short_quantity)) for line in answer.lines]


async def served_by(keeper: GoodsKeeper, **quantities: int) -> list[UUID]:
    """The orders that goods which come in now serve, in that order."""
    received = await keeper.receive(*(goods(item, quantity) for item, quantity in quantities.items()))
    return [served.order_id for served in received.served]


async def test_what_is_wanted_no_more_serves_who_waits(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt")
    await keeper.item("nut")
    await keeper.receive(goods("bolt", 10), goods("nut", 5))
    order = await ordered(keeper, ("bolt", 8), ("nut", 5))
    waiting, younger = [await ordered(keeper, ("bolt", 4), ("nut", 2)) for _ in range(2)]

    answer = await keeper.amend(amended(order, ("bolt", 6)))

    assert state(answer) == [("bolt", 6, 0)]
    assert answer.is_complete
    assert [served.order_id for served in answer.served] == [waiting.order_id, younger.order_id]
    assert [served.is_complete for served in answer.served] == [True, False]
    await everything_agrees(keeper)


async def test_what_is_wanted_more_is_set_aside_as_far_as_it_is_there(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt")
    await keeper.item("nut")
    await keeper.receive(goods("bolt", 10), goods("nut", 1))
    order = await ordered(keeper, ("bolt", 4))

    answer = await keeper.amend(amended(order, ("bolt", 9), ("nut", 3)))

    assert state(answer) == [("bolt", 9, 0), ("nut", 1, 2)]
    assert not answer.is_complete
    assert answer.served == ()
    assert await served_by(keeper, nut=2) == [order.order_id]
    await everything_agrees(keeper)


async def test_an_amendment_overtakes_nobody(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt")
    await keeper.item("nut")
    await keeper.receive(goods("bolt", 5), goods("nut", 4))
    order = await ordered(keeper, ("bolt", 5), ("nut", 4))
    waiting = await ordered(keeper, ("bolt", 9))

    answer = await keeper.amend(amended(order, ("nut", 4), ("bolt", 3), ("bolt", 5)))

    assert state(answer) == [("nut", 4, 0), ("bolt", 3, 0), ("bolt", 0, 5)]
    assert [served.order_id for served in answer.served] == [waiting.order_id]
    assert await served_by(keeper, bolt=7) == [waiting.order_id]
    assert await served_by(keeper, bolt=5) == [order.order_id]
    await everything_agrees(keeper)


async def test_a_line_that_waits_keeps_its_place_and_one_that_did_not_gets_the_last(
    keeper: GoodsKeeper,
) -> None:
    await keeper.item("bolt")
    await keeper.item("nut")
    await keeper.receive(goods("nut", 2))
    order = await ordered(keeper, ("bolt", 2), ("nut", 2))
    other = await ordered(keeper, ("bolt", 2), ("nut", 2))

    await keeper.amend(amended(order, ("bolt", 3), ("nut", 3)))

    assert await served_by(keeper, bolt=5) == [order.order_id, other.order_id]
    assert await served_by(keeper, nut=3) == [other.order_id, order.order_id]
    await everything_agrees(keeper)


async def test_a_new_want_waits_from_the_day_that_the_amendment_says(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt")
    order = await ordered(keeper, ("bolt", 1), ordered_on=A_DAY)
    await keeper.receive(goods("bolt", 1))
    other = await ordered(keeper, ("bolt", 2), ordered_on=A_DAY + timedelta(days=2))

    await keeper.amend(amended(order, ("bolt", 3), ordered_on=A_DAY + timedelta(days=3)))

    assert await served_by(keeper, bolt=4) == [other.order_id, order.order_id]


async def test_a_line_takes_its_goods_and_its_place_along_to_another_number(keeper: GoodsKeeper) -> None:
    for item in ("bolt", "nut", "washer"):
        await keeper.item(item)
    await keeper.receive(goods("bolt", 1), goods("nut", 3))
    order = await ordered(keeper, ("bolt", 1), ("nut", 5), ("washer", 2))
    other = await ordered(keeper, ("nut", 1), ("washer", 1), ("bolt", 1))

    answer = await keeper.amend(amended(order, ("nut", 5), ("washer", 2)))

    assert state(answer) == [("nut", 3, 2), ("washer", 0, 2)]
    assert [served.lines[0].item_code for served in answer.served] == ["bolt"]
    assert await served_by(keeper, nut=3) == [order.order_id, other.order_id]
    assert await served_by(keeper, washer=3) == [order.order_id, other.order_id]
    rows = await rows_of(keeper, order)
    assert [(row.item_code, int(row.wanted_quantity)) for row in rows] == [("nut", 5), ("washer", 2)]
    await everything_agrees(keeper)


async def test_lines_come_and_go_and_come_back(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt")
    await keeper.item("nut")
    await keeper.receive(goods("bolt", 4))
    order = await ordered(keeper, ("bolt", 1), ("nut", 2))
    waiting = await ordered(keeper, ("nut", 1))

    gone = await keeper.amend(amended(order, ("bolt", 1)))
    back = await keeper.amend(amended(order, ("bolt", 1), ("nut", 2)))
    nothing = await keeper.amend(amended(order))
    again = await keeper.amend(amended(order, ("nut", 1), ("bolt", 2)))

    assert [state(answer) for answer in (gone, back, nothing, again)] == [
        [("bolt", 1, 0)],
        [("bolt", 1, 0), ("nut", 0, 2)],
        [],
        [("nut", 0, 1), ("bolt", 2, 0)],
    ]
    assert await served_by(keeper, nut=2) == [waiting.order_id, order.order_id]
    await everything_agrees(keeper)


async def test_content_when_nothing_changes(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt")
    await keeper.receive(goods("bolt", 3))
    order = await ordered(keeper, ("bolt", 5))
    other = await ordered(keeper, ("bolt", 5))
    before = await rows_of(keeper, order)

    answer = await keeper.amend(amended(order, ("bolt", 5)))

    assert state(answer) == [("bolt", 3, 2)]
    assert answer.served == ()
    assert await rows_of(keeper, order) == before
    assert await served_by(keeper, bolt=3) == [order.order_id, other.order_id]


async def test_an_order_that_wanted_no_goods_wants_some_now(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt")
    await keeper.receive(goods("bolt", 5))

    answer = await keeper.amend(amended(an_order(), ("bolt", 3)))

    assert state(answer) == [("bolt", 3, 0)]
    assert (await stock_of(keeper, "bolt")).reserved == 3


async def test_an_item_that_may_be_negative_is_set_aside_at_once(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt", allow_negative_stock=True)
    order = await ordered(keeper, ("bolt", 1))

    answer = await keeper.amend(amended(order, ("bolt", 3), ("bolt", 2)))

    assert state(answer) == [("bolt", 3, 0), ("bolt", 2, 0)]
    assert (await stock_of(keeper, "bolt")).reserved == 5
    await everything_agrees(keeper)


async def test_what_has_left_cannot_be_amended_away(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt")
    await keeper.item("nut")
    await keeper.receive(goods("bolt", 5), goods("nut", 5))
    order = await ordered(keeper, ("bolt", 3), ("nut", 3), ("nut", 2))
    await keeper.ship(a_shipment(order, (1, 2), (2, 2), (3, 1)))

    with pytest.raises(LeftAlready) as refused:
        await keeper.amend(amended(order, ("nut", 3), ("nut", 1)))
    more = await keeper.amend(amended(order, ("bolt", 2), ("nut", 4), ("nut", 1)))

    assert [error.field for error in refused.value.errors] == [
        "lines.0.item_code",
        "lines.1.quantity",
        "lines",
    ]
    assert state(more) == [("bolt", 0, 0), ("nut", 2, 0), ("nut", 0, 0)]
    await everything_agrees(keeper)


async def test_what_we_do_not_keep_and_another_warehouse_are_refused(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt")
    order = await ordered(keeper, ("bolt", 1))

    with pytest.raises(NotStocked) as refused:
        await keeper.amend(amended(order, ("bolt", 1), ("unheard-of", 1)))
    with pytest.raises(Invalid) as elsewhere:
        await keeper.amend(amended(order, ("bolt", 1), warehouse_code="SECOND"))

    assert [error.field for error in refused.value.errors] == ["lines.1.item_code"]
    assert [error.field for error in elsewhere.value.errors] == ["warehouse_code"]


async def test_the_same_amendment_twice_counts_once(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt")
    await keeper.receive(goods("bolt", 5))
    order = await ordered(keeper, ("bolt", 5))
    amendment = amended(order, ("bolt", 2))

    first = await inventory.amend_reservation(keeper.call("amend"), amendment)
    await ordered(keeper, ("bolt", 3))
    again = await inventory.amend_reservation(keeper.call("amend"), amendment)

    assert first == again
    assert (await stock_of(keeper, "bolt")).reserved == 5


async def test_an_amendment_and_a_shipment_at_once_never_both_have_the_goods(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt")
    await keeper.item("nut")
    for _ in range(8):
        await keeper.receive(goods("bolt", 3), goods("nut", 3))
        order = await ordered(keeper, ("bolt", 3))

        outcomes = await asyncio.gather(
            keeper.amend(amended(order, ("nut", 3))),
            keeper.ship(a_shipment(order, (1, 2))),
            return_exceptions=True,
        )

        (refused,) = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        assert isinstance(refused, LeftAlready | NotReserved)
        await everything_agrees(keeper)


async def test_amendments_that_cross_and_releases_at_once_agree_in_the_end(keeper: GoodsKeeper) -> None:
    items = [await keeper.item(f"item {number}") for number in range(4)]
    await keeper.receive(*(goods(item, 15) for item in items))
    orders = [
        await ordered(keeper, (items[number % 4], 3), (items[(number + 1) % 4], 2)) for number in range(12)
    ]

    async def change(number: int) -> None:
        order = orders[number]
        wanted = [(items[(number + step) % 4], 1 + (number + step) % 5) for step in (3, 2, 1)]
        await asyncio.gather(
            keeper.amend(amended(order, *wanted)),
            keeper.release(order.order_id)
            if number % 3 == 0
            else keeper.amend(amended(order, *wanted[::-1])),
            keeper.receive(goods(items[number % 4], 1)),
        )

    await asyncio.gather(*(change(number) for number in range(12)))

    await everything_agrees(keeper)
    for item in items:
        shelf = await stock_of(keeper, item)
        assert shelf.reserved == min(shelf.on_hand, shelf.reserved + shelf.backordered)
    for order in orders:
        await keeper.release(order.order_id)
    assert [(await stock_of(keeper, item)).reserved for item in items] == 4 * [Decimal(0)]
