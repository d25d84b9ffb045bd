"""What is set aside, waits or comes in one warehouse is none of another's."""

from uuid import uuid4

import pytest

from domains.inventory.rules.reservations import NotReserved
from tests.builders.inventory import GoodsKeeper, a_shipment, an_order, goods


async def test_goods_of_another_warehouse_are_neither_set_aside_nor_serve_who_waits(
    keeper: GoodsKeeper,
) -> None:
    await keeper.item("bolt")
    await keeper.receive(goods("bolt", 5), warehouse_code="SECOND")
    waiting = an_order(("bolt", 3))

    reserved = await keeper.reserve(waiting)
    elsewhere = await keeper.receive(goods("bolt", 5), warehouse_code="SECOND")
    here = await keeper.receive(goods("bolt", 3))

    assert reserved.lines[0].reserved_quantity == 0
    assert reserved.lines[0].short_quantity == 3
    assert elsewhere.served == ()
    assert [served.order_id for served in here.served] == [waiting.order_id]


async def test_what_an_order_has_set_aside_in_one_warehouse_does_not_leave_from_another(
    keeper: GoodsKeeper,
) -> None:
    await keeper.item("bolt")
    for warehouse in ("MAIN", "SECOND"):
        await keeper.receive(goods("bolt", 5), warehouse_code=warehouse)
    order = an_order(("bolt", 5))
    await keeper.reserve(order)

    with pytest.raises(NotReserved):
        await keeper.ship(a_shipment(order, warehouse_code="SECOND"))
    with pytest.raises(NotReserved):
        await keeper.ship(a_shipment(order, order_id=uuid4()))

    assert (await keeper.ship(a_shipment(order))).lines
