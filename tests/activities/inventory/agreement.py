"""What must hold of a company's goods after any test."""

from decimal import Decimal
from typing import Any

from domains.inventory.queries.stock import MOVES, STOCK, VALUATIONS, MoveView, StockView, ValuationView
from foundation.database.connections import database
from foundation.database.lists import Listing, View
from tests import checked
from tests.builders.inventory import GoodsKeeper


async def everything_agrees(keeper: GoodsKeeper) -> None:
    """Moves, stock, reservations, values and layers tell the same."""
    await checked.everything_agrees(keeper.caller.company, "inventory")


async def stock_of(keeper: GoodsKeeper, item_code: str) -> StockView:
    """What lies of an item in the one warehouse that has it."""
    (row,) = await _listed(keeper, STOCK, item=item_code)
    return row


async def valuation_of(keeper: GoodsKeeper, item_code: str) -> ValuationView:
    """What an item is worth."""
    (row,) = await _listed(keeper, VALUATIONS, item=item_code)
    return row


async def moves_of(keeper: GoodsKeeper, item_code: str) -> list[MoveView]:
    """The moves of an item, in the order in which they happened."""
    return await _listed(keeper, MOVES, sort="id", item=item_code)


async def _listed(keeper: GoodsKeeper, listing: Listing[View], **wanted: Any) -> list[View]:
    async with database().read(keeper.caller.company) as tx:
        return await listing.all(tx, **wanted)


def quantities(*values: int | str) -> list[Decimal]:
    """Decimals to compare with."""
    return [Decimal(value) for value in values]
