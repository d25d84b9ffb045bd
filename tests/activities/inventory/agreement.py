"""What must hold of a company's goods after any test."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from domains.inventory.queries.stock import (
    MoveView,
    StockView,
    ValuationView,
    move_view,
    moves,
    stock,
    stock_view,
    valuation_view,
    valuations,
)
from foundation.database.connections import database
from tests import checked
from tests.builders.inventory import GoodsKeeper


async def everything_agrees(keeper: GoodsKeeper) -> None:
    """Moves, stock, reservations, values and layers tell the same."""
    await checked.everything_agrees(keeper.caller.company, "inventory")


async def stock_of(keeper: GoodsKeeper, item_code: str) -> StockView:
    """What lies of an item in the one warehouse that has it."""
    (row,) = await _rows(keeper, stock(item_code=item_code))
    return stock_view(row)


async def valuation_of(keeper: GoodsKeeper, item_code: str) -> ValuationView:
    """What an item is worth."""
    (row,) = await _rows(keeper, valuations(item_code=item_code))
    return valuation_view(row)


async def moves_of(keeper: GoodsKeeper, item_code: str) -> list[MoveView]:
    """The moves of an item, in the order in which they happened."""
    return [move_view(row) for row in await _rows(keeper, moves(item_code=item_code, sort="id"))]


async def _rows(keeper: GoodsKeeper, query: Any) -> Sequence[Any]:
    async with database().read(keeper.caller.company) as tx:
        return (await tx.execute(query)).all()


def quantities(*values: int | str) -> list[Decimal]:
    """Decimals to compare with."""
    return [Decimal(value) for value in values]
