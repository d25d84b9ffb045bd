"""Goods come in, are set aside, wait, and leave: the four operations on PostgreSQL."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from activities import inventory, master_data
from domains.inventory.rules.reservations import NotReserved, NotStocked
from domains.master_data.messages import ItemUnit, PutUnit
from foundation.values.errors import Invalid
from tests.builders.inventory import A_DAY, GoodsKeeper, a_receipt, a_shipment, an_order, goods


async def test_a_receipt_is_numbered_and_valued(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt")

    received = await keeper.receive(goods("bolt", 3, "0.333333"), goods("bolt", 2, "1.005"))

    assert received.receipt_number.startswith("REC-")
    assert received.value == Decimal("3.01")  # 1.00 + 2.01, each line rounded once.
    assert received.adjustment_value == 0
    assert received.served == ()


async def test_what_is_there_is_set_aside_and_the_rest_is_short(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt")
    await keeper.item("nut")
    await keeper.receive(goods("bolt", 10), goods("nut", 5))

    reserved = await keeper.reserve(an_order(("bolt", 4), ("nut", 7), ("bolt", 8)))

    assert [line.reserved_quantity for line in reserved.lines] == [4, 5, 6]
    assert [line.short_quantity for line in reserved.lines] == [0, 2, 2]
    assert not reserved.is_complete


async def test_an_item_never_received_is_short(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt")

    reserved = await keeper.reserve(an_order(("bolt", 4)))

    assert reserved.lines[0].short_quantity == 4


async def test_a_receipt_serves_those_who_wait_oldest_first(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt")
    second = an_order(("bolt", 5))
    third = an_order(("bolt", 5))
    first = an_order(("bolt", 5), ordered_on=A_DAY - timedelta(days=1))
    for order in (second, third, first):
        await keeper.reserve(order)

    received = await keeper.receive(goods("bolt", 12))

    assert [served.order_id for served in received.served] == [
        first.order_id,
        second.order_id,
        third.order_id,
    ]
    assert [served.is_complete for served in received.served] == [True, True, False]
    assert received.served[2].lines[0].short_quantity == 3


async def test_who_waits_is_not_overtaken_by_a_new_order(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt")
    waiting = an_order(("bolt", 8))
    await keeper.reserve(waiting)
    await keeper.receive(goods("bolt", 5))

    overtaking = await keeper.reserve(an_order(("bolt", 1)))
    received = await keeper.receive(goods("bolt", 3))

    assert overtaking.lines[0].reserved_quantity == 0
    assert [served.order_id for served in received.served] == [waiting.order_id]


async def test_an_order_whose_other_item_is_missing_is_not_called_complete(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt")
    await keeper.item("nut")
    await keeper.reserve(an_order(("bolt", 1), ("nut", 1)))

    bolts = await keeper.receive(goods("bolt", 1))
    nuts = await keeper.receive(goods("nut", 1))

    assert [served.is_complete for served in bolts.served] == [False]
    assert [served.is_complete for served in nuts.served] == [True]


async def test_a_release_gives_back_and_serves_who_waits(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt")
    await keeper.receive(goods("bolt", 6))
    holder, waiting = an_order(("bolt", 8)), an_order(("bolt", 4))
    await keeper.reserve(holder)
    await keeper.reserve(waiting)

    released = await keeper.release(holder.order_id)
    again = await keeper.release(holder.order_id)

    assert released.released_quantity == 6
    assert [served.order_id for served in released.served] == [waiting.order_id]
    assert again.released_quantity == 0
    assert not again.served


async def test_a_release_is_content_with_nothing(keeper: GoodsKeeper) -> None:
    released = await keeper.release(uuid4())

    assert released.released_quantity == 0
    assert not released.served


async def test_a_released_order_waits_no_more(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt")
    order = an_order(("bolt", 8))
    await keeper.reserve(order)
    await keeper.release(order.order_id)

    received = await keeper.receive(goods("bolt", 8))

    assert received.served == ()


async def test_goods_leave_at_what_they_cost(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt")
    await keeper.item("nut", costing_method="fifo")
    await keeper.receive(goods("bolt", 2, "1"), goods("bolt", 1, "3"), goods("nut", 2, "1"))
    await keeper.receive(goods("nut", 2, "3"))
    order = an_order(("bolt", 1), ("nut", 3), ("bolt", 2))
    await keeper.reserve(order)

    issued = await keeper.ship(a_shipment(order))

    assert issued.shipment_number.startswith("SHP-")
    assert [line.cost for line in issued.lines] == [Decimal("1.67"), Decimal("5.00"), Decimal("3.33")]
    assert issued.cost == Decimal("10.00")


async def test_no_more_leaves_than_is_set_aside(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt")
    await keeper.item("nut")
    await keeper.receive(goods("bolt", 3), goods("nut", 5))
    order = an_order(("bolt", 5), ("nut", 5))
    await keeper.reserve(order)

    with pytest.raises(NotReserved) as refused:
        await keeper.ship(a_shipment(order))
    await keeper.ship(a_shipment(order, (1, 3), (2, 1)))
    with pytest.raises(NotReserved) as nothing_left:
        await keeper.ship(a_shipment(order, (2, 5), (1, 1)))

    assert [error.field for error in refused.value.errors] == ["lines.0.quantity"]
    assert [error.field for error in nothing_left.value.errors] == ["lines.0.quantity", "lines.1.quantity"]


async def test_the_same_shipment_twice_leaves_once(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt")
    await keeper.receive(goods("bolt", 3))
    order = an_order(("bolt", 3))
    await keeper.reserve(order)
    shipment = a_shipment(order, (1, 1))

    first = await inventory.post_goods_issue(keeper.call("shipment"), shipment)
    second = await inventory.post_goods_issue(keeper.call("shipment"), shipment)
    rest = await keeper.ship(a_shipment(order, (1, 2)))

    assert first == second
    assert rest.shipment_number != first.shipment_number


async def test_what_we_do_not_keep_is_refused_with_every_line(keeper: GoodsKeeper) -> None:
    await keeper.item("advice", kind="service")
    await keeper.item("bolt")

    with pytest.raises(NotStocked) as refused:
        await keeper.receive(goods("bolt", 1), goods("advice", 1), goods("unheard-of", 1))
    with pytest.raises(NotStocked):
        await keeper.reserve(an_order(("bolt", 1), warehouse_code="NOWHERE"))

    assert [error.field for error in refused.value.errors] == ["lines.1.item_code", "lines.2.item_code"]


async def test_goods_come_in_the_units_in_which_they_are_traded(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt", units=(ItemUnit(unit="box", factor=Decimal(50)),))

    await keeper.receive(goods("bolt", 2, "10", unit="box"))
    order = an_order(("bolt", 101))
    reserved = await keeper.reserve(order)

    assert reserved.lines[0].reserved_quantity == 100
    assert (await keeper.ship(a_shipment(order, (1, 100)))).cost == 20


async def test_units_that_an_item_has_not_are_refused_with_every_line(keeper: GoodsKeeper) -> None:
    await master_data.put_unit(keeper.call(), PutUnit(code="speck", name="Speck"))
    await keeper.item("bolt", units=(ItemUnit(unit="speck", factor=Decimal("0.000001")),))

    with pytest.raises(Invalid) as refused:
        await keeper.receive(
            goods("bolt", 1), goods("bolt", 1, unit="crate"), goods("bolt", "0.4", unit="speck")
        )

    assert [error.field for error in refused.value.errors] == ["lines.1.unit", "lines.2.quantity"]


async def test_the_same_receipt_twice_counts_once(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt")
    receipt = a_receipt(goods("bolt", 3), received_on=date(2026, 1, 1))

    await inventory.receive_stock(keeper.call("receipt"), receipt)
    await inventory.receive_stock(keeper.call("receipt"), receipt)
    reserved = await keeper.reserve(an_order(("bolt", 10)))

    assert reserved.lines[0].reserved_quantity == 3
