"""Goods leave on no day before they came: on no day is less than nothing on hand."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from asyncpg import PostgresError
from sqlalchemy import text

from activities import inventory
from domains.inventory.messages import ReverseStockDocument
from domains.inventory.rules.reservations import NotThereYet
from domains.ledger.rules.journal import NoFiscalYear, PeriodLocked
from foundation.database.connections import Database
from tests.activities.inventory.agreement import everything_agrees, stock_of
from tests.activities.inventory.test_reversed_stock import lock
from tests.builders.inventory import GoodsKeeper, a_shipment, an_order, goods
from tests.erp import Erp
from tests.erp import an_order as a_sales_order


def day(number: int) -> date:
    """A day in March."""
    return date(2026, 3, number)


async def ship_on(keeper: GoodsKeeper, quantity: int, number: int) -> None:
    """So much of nut is set aside and leaves on a day in March."""
    order = an_order(("nut", quantity))
    await keeper.reserve(order)
    await keeper.ship(a_shipment(order, shipped_on=day(number)))


async def test_a_shipment_on_a_day_before_its_goods_came_is_refused_through_the_door(erp: Erp) -> None:
    order = await erp.place(a_sales_order(ordered_on="2026-02-01"))
    path = f"/v1/sales-orders/{order['order_id']}/shipments"

    refused = await erp.request("POST", path, {"shipped_on": "2026-02-28"})

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/not-there-yet")
    assert refused.json()["errors"] == [
        {
            "field": "shipped_on",
            "message": "0 of APPLE was on hand on 2026-02-28: 10 can leave from 2026-03-01 on",
        }
    ]
    await erp.ship(order, shipped_on="2026-03-01")


async def test_what_left_later_is_not_there_on_the_days_before(keeper: GoodsKeeper) -> None:
    await keeper.item("nut")
    await keeper.receive(goods("nut", 10), received_on=day(2))
    await ship_on(keeper, 7, 20)
    await keeper.receive(goods("nut", 5), received_on=day(25))

    with pytest.raises(NotThereYet) as refused:
        await ship_on(keeper, 4, 10)
    assert refused.value.errors[0].message == (
        "10 of nut was on hand on 2026-03-10, and 3 of it did not leave later: 4 can leave from 2026-03-25 on"
    )
    await ship_on(keeper, 3, 10)

    with pytest.raises(NotThereYet):
        await ship_on(keeper, 1, 24)
    assert (await stock_of(keeper, "nut")).on_hand == 5
    await everything_agrees(keeper)


async def test_a_receipt_is_not_taken_back_on_a_day_when_its_goods_were_needed(keeper: GoodsKeeper) -> None:
    await keeper.item("nut")
    first = await keeper.receive(goods("nut", 10), received_on=day(2))
    await ship_on(keeper, 7, 5)
    await keeper.receive(goods("nut", 10), received_on=day(20))
    asked = {"document_id": first.receipt_id, "reason": "wrong", "reversal_id": uuid4()}

    with pytest.raises(NotThereYet) as refused:
        early = ReverseStockDocument(**asked, reversed_on=day(10))
        await inventory.reverse_receipt(keeper.call(), early)
    assert [error.field for error in refused.value.errors] == ["reversed_on"]
    assert "10 can leave from 2026-03-20 on" in refused.value.errors[0].message

    await inventory.reverse_receipt(keeper.call(), ReverseStockDocument(**asked, reversed_on=day(20)))
    await everything_agrees(keeper)


async def test_an_item_that_may_be_negative_leaves_on_any_day(keeper: GoodsKeeper) -> None:
    await keeper.item("nut", allow_negative_stock=True)
    await keeper.receive(goods("nut", 10), received_on=day(20))

    await ship_on(keeper, 12, 10)

    assert (await stock_of(keeper, "nut")).on_hand == -2
    await everything_agrees(keeper)


async def test_the_database_refuses_a_day_too_early_as_well(keeper: GoodsKeeper, database: Database) -> None:
    await keeper.item("nut")
    await keeper.receive(goods("nut", 10), received_on=day(20))
    move = text(
        "INSERT INTO inventory.stock_move (kind, item_code, warehouse_code, moved_on, quantity, value, "
        "document_id, line_number) VALUES ('issue', 'nut', 'MAIN', CAST(:on AS date), -1, 0, :document, 1)"
    )

    async def issue_on(on: date) -> None:
        async with database.transaction() as tx:
            scope = {"company": keeper.caller.company}
            await tx.execute(text("SELECT set_config('perpetual.company', :company, true)"), scope)
            await tx.execute(text("UPDATE inventory.stock SET on_hand = on_hand - 1"))
            await tx.execute(move, {"on": on, "document": str(uuid4())})

    with pytest.raises(PostgresError, match="before they came"):
        await issue_on(day(19))
    await issue_on(day(20))


async def test_a_receipt_in_a_locked_period_or_beyond_the_years_is_refused_and_leaves_nothing(
    keeper: GoodsKeeper,
) -> None:
    await keeper.item("nut")
    await keeper.receive(goods("nut", 1), received_on=day(31))
    await lock(keeper, day(15))

    with pytest.raises(PeriodLocked):
        await keeper.receive(goods("nut", 5), received_on=day(15))
    with pytest.raises(NoFiscalYear):
        await keeper.receive(goods("nut", 5), received_on=date(2062, 3, 1))

    assert (await stock_of(keeper, "nut")).on_hand == Decimal(1)
    await everything_agrees(keeper)
