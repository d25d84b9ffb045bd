"""Receipts, sales, returns, landed costs and their reversals, in any order, at any time: whatever was sold in
between, the stock is worth what the ledger says on every day, and costs are spread to the cent.
"""

import random
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from activities import inventory
from activities.ledger import journal
from domains.inventory.messages import ReserveStock
from domains.inventory.messages.landed_costs import PostLandedCost, ReverseLandedCost
from domains.inventory.queries.landed_costs import landed_cost
from foundation.database.connections import database
from foundation.values.errors import BusinessError
from foundation.values.messages import Caller
from tests.builders.finance import an_entry
from tests.builders.inventory import A_DAY, GoodsKeeper, a_return, a_shipment, an_order, goods
from tests.builders.landed_costs import CLEARING
from tests.checked import violations

OF_ORDERS = {"documents_have_their_order", "orders_reserve_what_they_want"}
"""What sales knows of an order, which is here only named by what is done for it."""
ITEMS = ("average", "layers")
STEPS = 60


class Forwarder:
    """Somebody who buys, sells and pays freight at random."""

    def __init__(self, keeper: GoodsKeeper, chance: random.Random) -> None:
        self.keeper, self.chance = keeper, chance
        self.receipts: list[UUID] = []
        self.sold: list[ReserveStock] = []
        self.landed: list[UUID] = []
        self.late = 0
        """How many were taken back after something had moved."""
        self.on = A_DAY

    async def step(self) -> None:
        """One of all that can happen; what is refused has not."""
        self.on += timedelta(days=self.chance.randint(0, 1))
        does = self.chance.choice(
            (self.buy, self.buy, self.sell, self.sell, self.back, self.land, self.unland)
        )
        try:
            await does()
        except BusinessError:
            return

    async def buy(self) -> None:
        """Some of both items."""
        lines = [goods(item, self.some(12), self.cost()) for item in ITEMS]
        self.receipts.append((await self.keeper.receive(*lines, received_on=self.on)).receipt_id)

    async def sell(self) -> None:
        """Some of both items, when there are so many."""
        order = an_order(*((item, self.some(6)) for item in ITEMS), ordered_on=self.on)
        await self.keeper.reserve(order)
        try:
            await self.keeper.ship(a_shipment(order, shipped_on=self.on))
            self.sold.append(order)
        finally:
            await self.keeper.release(order.order_id)

    async def back(self) -> None:
        """A customer brings one back."""
        order = self.chance.choice(self.sold or [an_order((ITEMS[0], 1))])
        await self.keeper.take_back(a_return(order, (self.chance.randint(1, 2), 1), received_on=self.on))

    async def land(self) -> None:
        """Freight of the last receipts."""
        amount = self.cost()
        lines: Any = ((CLEARING, amount), ("3000", f"-{amount}"))
        entry = an_entry(*lines, posted_on=self.on)
        await journal.post_entry(self.keeper.call(), entry)
        basis = self.chance.choice(("quantity", "value"))
        asked = PostLandedCost.model_validate(
            {"landed_cost_id": uuid4(), "source_id": entry.entry_id, "basis": basis, "reason": "freight"}
            | {
                "posted_on": self.on,
                "receipts": [{"receipt_id": one} for one in self.receipts[-3:] or [uuid4()]],
            }
        )
        posted = await inventory.post_landed_cost(self.keeper.call(), asked)
        async with database().read(self.keeper.caller.company) as tx:
            spread = (await landed_cost(tx, asked.landed_cost_id)).lines
        assert sum(line.value for line in spread) == posted.value == Decimal(amount)
        self.landed.append(asked.landed_cost_id)

    async def unland(self) -> None:
        """Any of them was a mistake, however long ago."""
        landed_cost_id = self.chance.choice(self.landed or [uuid4()])
        reverse = ReverseLandedCost(
            document_id=landed_cost_id, reversal_id=uuid4(), reversed_on=self.on, reason="wrong"
        )
        await inventory.reverse_landed_cost(self.keeper.call(), reverse)
        self.landed.remove(landed_cost_id)
        self.late += 1

    def some(self, most: int) -> int:
        """So many."""
        return self.chance.randint(1, most)

    def cost(self) -> str:
        """A price."""
        return f"{self.chance.randint(1, 2_000) / 100:.2f}"


async def broken(company: str) -> list[str]:
    """What does not hold."""
    return [
        f"{one.invariant}: {one.as_text()}"
        for one in await violations(company)
        if one.invariant not in OF_ORDERS
    ]


@pytest.mark.parametrize("seed", range(5))
async def test_stock_is_worth_what_the_ledger_says_whatever_was_sold_in_between(
    seed: int, database: object, caller: Caller
) -> None:
    del database
    keeper = await GoodsKeeper(caller).open()
    for item, method in zip(ITEMS, ("moving_average", "fifo"), strict=True):
        await keeper.item(item, costing_method=method)
    forwarder = Forwarder(keeper, random.Random(seed))

    for _ in range(STEPS):
        await forwarder.step()

    assert await broken(caller.company) == []
    assert forwarder.late
    assert forwarder.sold
    for landed_cost_id in list(forwarder.landed):
        forwarder.landed = [landed_cost_id]
        await forwarder.unland()
    assert await broken(caller.company) == []
