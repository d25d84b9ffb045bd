"""Shipments and goods returns are taken back: goods, their cost, and what was set aside."""

from datetime import date
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest

from activities import inventory
from domains.inventory.messages import ReleaseReservation, ReserveStock, ReverseStockDocument
from domains.inventory.queries.stock import RESERVATIONS
from domains.inventory.rules.reversals import GoodsAreGone
from domains.ledger.rules.reversals import ReversedAlready, StandsOnIt
from foundation.database.connections import database
from foundation.values.days import TooEarly
from tests.activities.inventory.agreement import everything_agrees
from tests.activities.ledger.what_stands import operations_that_differ, standing
from tests.builders.finance import Accountant
from tests.builders.inventory import A_DAY, GoodsKeeper, a_return, a_shipment, an_order, goods

every_method = pytest.mark.parametrize("method", ["moving_average", "fifo"])


def of(document_id: UUID, **changes: Any) -> ReverseStockDocument:
    """A document is taken back."""
    asked = {"document_id": document_id, "reversal_id": uuid4(), "reversed_on": A_DAY, "reason": "wrong"}
    return ReverseStockDocument(**asked | changes)


async def all_agrees(keeper: GoodsKeeper) -> None:
    """Stock agrees with itself, the books with it, and each operation's moves with its entries."""
    await everything_agrees(keeper)
    await Accountant(keeper.caller).everything_agrees()
    assert await operations_that_differ(keeper.caller.company) == []


async def set_aside(keeper: GoodsKeeper, order: ReserveStock) -> list[tuple[Any, ...]]:
    """What is set aside, short and issued of an order, line by line."""
    async with database().read(keeper.caller.company) as tx:
        rows = await RESERVATIONS.all(tx, order=order.order_id)
    return [(row.reserved_quantity, row.short_quantity, row.issued_quantity) for row in rows]


@every_method
async def test_a_shipment_that_is_taken_back_leaves_everything_as_it_was(
    method: str, keeper: GoodsKeeper
) -> None:
    await keeper.item("nut", costing_method=method)
    await keeper.receive(goods("nut", 3, "1"), goods("nut", 5, "2.11"))
    order = an_order(("nut", 6))
    await keeper.reserve(order)
    before = await standing(keeper.caller.company)
    shipment = a_shipment(order, (1, 4))
    issued = await keeper.ship(shipment)

    answer = await inventory.reverse_shipment(keeper.call(), of(shipment.shipment_id))

    assert (answer.document_number, answer.document_type) == (issued.shipment_number, "shipment")
    assert await set_aside(keeper, order) == [(6, 0, 0)]
    assert await standing(keeper.caller.company) == before
    with pytest.raises(ReversedAlready):
        await inventory.reverse_shipment(keeper.call(), of(shipment.shipment_id))
    again = await keeper.ship(a_shipment(order, (1, 4)))
    assert again.cost == issued.cost
    await all_agrees(keeper)


@every_method
async def test_a_shipment_of_which_goods_came_back_is_taken_back_after_its_return(
    method: str, keeper: GoodsKeeper
) -> None:
    await keeper.item("nut", costing_method=method)
    await keeper.receive(goods("nut", 5, "2"))
    order = an_order(("nut", 4))
    await keeper.reserve(order)
    shipment = a_shipment(order)
    await keeper.ship(shipment)
    before = await standing(keeper.caller.company)
    back = await keeper.take_back(a_return(order, (1, 2), scrapped=1))

    with pytest.raises(StandsOnIt, match=back.return_number):
        await inventory.reverse_shipment(keeper.call(), of(shipment.shipment_id))
    await inventory.reverse_return(keeper.call(), of(back.return_id))

    assert await standing(keeper.caller.company) == before
    await keeper.take_back(a_return(order, (1, 4), return_id=(again := uuid4())))
    await inventory.reverse_return(keeper.call(), of(again))
    with pytest.raises(TooEarly):
        early = of(shipment.shipment_id, reversed_on=date(2026, 3, 1))
        await inventory.reverse_shipment(keeper.call(), early)
    await inventory.reverse_shipment(keeper.call(), of(shipment.shipment_id))
    assert await set_aside(keeper, order) == [(4, 0, 0)]
    await all_agrees(keeper)


async def test_goods_that_came_back_and_were_promised_again_do_not_go_to_the_customer(
    keeper: GoodsKeeper,
) -> None:
    await keeper.item("nut")
    await keeper.receive(goods("nut", 4, "2"))
    order = an_order(("nut", 4))
    await keeper.reserve(order)
    await keeper.ship(a_shipment(order))
    back = await keeper.take_back(a_return(order, (1, 2)))
    await keeper.reserve(an_order(("nut", 1)))

    with pytest.raises(GoodsAreGone, match="only 1 are there and not set aside"):
        await inventory.reverse_return(keeper.call(), of(back.return_id))
    await all_agrees(keeper)


@every_method
async def test_a_shipment_before_its_goods_came_is_taken_back_after_they_came(
    method: str, keeper: GoodsKeeper
) -> None:
    await keeper.item("nut", costing_method=method, allow_negative_stock=True)
    order = an_order(("nut", 3))
    await keeper.reserve(order)
    shipment = a_shipment(order)
    await keeper.ship(shipment)
    await keeper.receive(goods("nut", 10, "2"))

    await inventory.reverse_shipment(keeper.call(), of(shipment.shipment_id))

    assert await set_aside(keeper, order) == [(3, 0, 0)]
    await all_agrees(keeper)


async def test_at_the_average_what_left_before_it_came_is_taken_back_in_any_order(
    keeper: GoodsKeeper,
) -> None:
    """Nothing is refused: an item that may be issued before it is there may be less than nothing."""
    before = await standing(keeper.caller.company)
    for number, order in enumerate(permutations(range(4))):
        documents = await _sold_before_it_was_bought(keeper, f"nut-{number}", "moving_average")
        for place in order:
            assert await _is_taken_back(keeper, *documents[place]), f"{order}: {place}"
            await everything_agrees(keeper)
    assert await standing(keeper.caller.company) == before
    await all_agrees(keeper)


@every_method
async def test_the_last_document_is_taken_back_first_and_all_is_as_before_it(
    method: str, keeper: GoodsKeeper
) -> None:
    """A receipt that covered what had left before it came leaves that less than nothing again."""
    await keeper.item("nut", costing_method=method, allow_negative_stock=True)
    await keeper.receive(goods("nut", 2, "1"))
    order = an_order(("nut", 5))
    await keeper.reserve(order)
    await keeper.ship(a_shipment(order))
    before = await standing(keeper.caller.company)
    late = await keeper.receive(goods("nut", 10, "2.37"))

    await inventory.reverse_receipt(keeper.call(), of(late.receipt_id))

    assert await standing(keeper.caller.company) == before
    await all_agrees(keeper)


async def test_goods_that_may_not_be_less_than_nothing_do_not_go_back_when_they_have_left(
    keeper: GoodsKeeper,
) -> None:
    await keeper.item("nut")
    received = await keeper.receive(goods("nut", 4, "2"))
    order = an_order(("nut", 1))
    await keeper.reserve(order)
    await keeper.ship(a_shipment(order))

    with pytest.raises(GoodsAreGone, match="only 3 are there and not set aside"):
        await inventory.reverse_receipt(keeper.call(), of(received.receipt_id))


async def test_first_in_first_out_what_left_before_it_came_is_taken_back_in_some_order(
    keeper: GoodsKeeper,
) -> None:
    """Goods are told apart: a receipt stays while some of its own have left. Of what is refused until
    something else is taken back, nothing is left in the end.
    """
    before = await standing(keeper.caller.company)
    for number, order in enumerate(permutations(range(4))):
        documents = await _sold_before_it_was_bought(keeper, f"nut-{number}", "fifo")
        todo = [documents[place] for place in order]
        while todo:
            left = [one for one in todo if not await _is_taken_back(keeper, *one)]
            assert len(left) < len(todo), f"{order}: nothing more can be taken back of {left}"
            todo = left
    assert await standing(keeper.caller.company) == before
    await all_agrees(keeper)


async def _sold_before_it_was_bought(
    keeper: GoodsKeeper, item: str, method: str
) -> list[tuple[Any, UUID, UUID | None]]:
    """How each document is taken back, and for which order goods were set aside."""
    await keeper.item(item, costing_method=method, allow_negative_stock=True)
    first = await keeper.receive(goods(item, 2, "1"))
    documents: list[tuple[Any, UUID, UUID | None]] = [(inventory.reverse_receipt, first.receipt_id, None)]
    for quantity in (3, 2):
        order = an_order((item, quantity))
        await keeper.reserve(order)
        shipment = a_shipment(order)
        await keeper.ship(shipment)
        documents.append((inventory.reverse_shipment, shipment.shipment_id, order.order_id))
    late = await keeper.receive(goods(item, 10, "2.37"))
    return [*documents, (inventory.reverse_receipt, late.receipt_id, None)]


async def _is_taken_back(keeper: GoodsKeeper, reverse: Any, document: UUID, order: UUID | None) -> bool:
    try:
        await reverse(keeper.call(), of(document))
    except GoodsAreGone:
        return False
    if order is not None:
        await inventory.release_reservation(keeper.call(), ReleaseReservation(order_id=order))
    return True
