"""What the database refuses, whoever asks."""

import pytest
from asyncpg import PostgresError
from sqlalchemy import text

from domains.inventory.queries.stock import VALUATIONS
from foundation.database.connections import Database
from tests.builders.inventory import GoodsKeeper, a_return, a_shipment, an_order, goods
from tests.checked import violations
from tests.guards import past_the_guards

BROKEN = {
    "more on hand than moved": "UPDATE inventory.stock SET on_hand = on_hand + 1",
    "more reserved than ordered": "UPDATE inventory.stock SET reserved = reserved + 1",
    "another value than moved": "UPDATE inventory.item_valuation SET value = value + 1",
    "another layer than kept": "UPDATE inventory.cost_layer SET remaining_value = remaining_value + 1",
    "a shipment that cost another sum": "INSERT INTO inventory.shipment_line "
    "SELECT id, 99, company_id, 'nut', 1, 1 FROM inventory.shipment",
    "a receipt of another value": "INSERT INTO inventory.stock_move "
    "(kind, item_code, warehouse_code, moved_on, quantity, value, document_id, line_number) "
    "SELECT 'settlement', 'nut', 'MAIN', received_on, 0, 1, id, 1 FROM inventory.stock_receipt",
    "a return of another value": "INSERT INTO inventory.stock_move "
    "(kind, item_code, warehouse_code, moved_on, quantity, value, document_id, line_number) "
    "SELECT 'settlement', 'nut', 'MAIN', received_on, 0, 1, id, 1 FROM inventory.goods_return",
    "more back than left": "INSERT INTO inventory.goods_return_line "
    "SELECT id, 99, company_id, 'nut', 3, 3, 0, 0 FROM inventory.goods_return; "
    "INSERT INTO inventory.shipment_line SELECT id, 99, company_id, 'nut', 2, 0 FROM inventory.shipment",
    "back at another cost than it left": "INSERT INTO inventory.goods_return_line "
    "SELECT id, 98, company_id, 'nut', 2, 2, 0, 0 FROM inventory.goods_return; "
    "INSERT INTO inventory.shipment_line "
    "SELECT id, line, company_id, 'nut', 2, c.cost FROM inventory.shipment, "
    "(VALUES (98, 1), (99, -1)) AS c (line, cost)",
    "somebody who waits for what is there": "UPDATE inventory.reservation "
    "SET short_quantity = 1, issued_quantity = issued_quantity - 1",
}
REFUSED = [
    "UPDATE inventory.stock SET on_hand = -1, reserved = 0",
    "UPDATE inventory.stock SET reserved = on_hand + 1",
    "UPDATE inventory.stock SET reserved = -1",
    "UPDATE inventory.reservation SET reserved_quantity = reserved_quantity + 1",
    "UPDATE inventory.item_valuation SET quantity = 0",
    "UPDATE inventory.cost_layer SET remaining_quantity = -1",
    "UPDATE inventory.stock_move SET value = 0",
    "DELETE FROM inventory.stock_move",
    "UPDATE inventory.shipment SET cost = 0",
    "DELETE FROM inventory.stock_receipt",
    "UPDATE inventory.goods_return SET scrapped_value = 1",
    "DELETE FROM inventory.goods_return_line",
    "INSERT INTO inventory.goods_return_line SELECT id, 9, company_id, 'nut', 1, 2, 1, 1 "
    "FROM inventory.goods_return",
    "DELETE FROM inventory.reservation",
]


@pytest.fixture
async def some_goods(keeper: GoodsKeeper) -> GoodsKeeper:
    """A company where goods have come, wait, have left, and have come back."""
    await keeper.item("nut", costing_method="fifo")
    await keeper.receive(goods("nut", 10, "2"))
    order = an_order(("nut", 4))
    await keeper.reserve(order)
    await keeper.ship(a_shipment(order, (1, 2)))
    await keeper.take_back(a_return(order, (1, 1)))
    return keeper


@pytest.mark.parametrize("statement", REFUSED)
async def test_the_database_refuses(statement: str, some_goods: GoodsKeeper, database: Database) -> None:
    with pytest.raises(PostgresError):
        await _do(database, some_goods, statement)


@pytest.mark.parametrize("statement", BROKEN.values(), ids=BROKEN)
async def test_what_does_not_agree_is_found(statement: str, some_goods: GoodsKeeper, owner_url: str) -> None:
    assert await violations(some_goods.caller.company, "inventory") == []
    await past_the_guards(owner_url, some_goods.caller.company, statement)

    assert await violations(some_goods.caller.company, "inventory")


async def test_nobody_sees_another_company_s_goods(some_goods: GoodsKeeper, database: Database) -> None:
    del some_goods

    async with database.read("another company") as tx:
        assert await VALUATIONS.all(tx) == []


async def _do(database: Database, keeper: GoodsKeeper, statement: str) -> None:
    async with database.transaction() as tx:
        scope = {"company": keeper.caller.company}
        await tx.execute(text("SELECT set_config('perpetual.company', :company, true)"), scope)
        for one in statement.split("; "):
            await tx.execute(text(one))
