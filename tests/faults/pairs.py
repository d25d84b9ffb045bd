"""A company's business by chance, from a seed: what is done before one of the stores is kept, and after."""

import os
from random import Random
from typing import Any

from tests.erp import Erp
from tests.workflows.approving import BIG, a_held_order, decide
from tests.workflows.test_returns import inspect, return_of

SEEDS = range(1, 1 + int(os.environ.get("PERPETUAL_PAIRS", "1")))
"""So many pairs; more than one on request."""
MONEY = {"small": "119.00", "big": f"{int(BIG[0]['quantity']) * 10 * 119 / 100:.2f}"}


class Business:
    """Orders, by what can be done next with them."""

    def __init__(self, erp: Erp, seed: int) -> None:
        self.erp, self.chance = erp, Random(f"pair {seed}")
        self.held: list[tuple[Any, Any]] = []
        self.placed: list[tuple[Any, str]] = []
        self.shipped: list[tuple[Any, str]] = []
        self.closed: list[Any] = []
        self.coming_back: list[Any] = []

    async def begin(self) -> None:
        """The company, with goods enough, and one order at each stage."""
        await self.erp.open_for_business()
        await self.erp.receive({"APPLE": 5_000})
        for _ in range(3):
            await self.place()
        await self.ship()
        await self.pay()
        await self.ship()

    async def go_on(self, steps: int) -> None:
        """Some of what can be done, by chance."""
        for _ in range(steps):
            can = [self.place, self.hold if not self.held else self.decide]
            can += [self.ship] * 2 if self.placed else []
            can += [self.pay] * 2 if self.shipped else []
            can += [self.take_back] if self.closed else []
            can += [self.inspect] if self.coming_back else []
            await self.chance.choice(can)()

    async def place(self) -> None:
        """An order."""
        self.placed.append((await self.erp.place(), "small"))

    async def hold(self) -> None:
        """An order that waits for a decision."""
        self.held.append(await a_held_order(self.erp))

    async def decide(self) -> None:
        """The decision."""
        order, approval = self.held.pop()
        assert (await decide(self.erp, approval, "credit manager"))[0] == 200
        await self.erp.until(order, "waiting for shipment")
        await self.erp.ship(order)
        await self.erp.pay(order, MONEY["big"])

    async def ship(self) -> None:
        """All of an order."""
        order, size = self.placed.pop(self.chance.randrange(len(self.placed)))
        await self.erp.until(order, "waiting for shipment")
        await self.erp.ship(order)
        self.shipped.append((order, size))

    async def pay(self) -> None:
        """All of it."""
        order, size = self.shipped.pop(self.chance.randrange(len(self.shipped)))
        await self.erp.until(order, "waiting for payment")
        await self.erp.pay(order, MONEY[size])
        self.closed.append(order)

    async def take_back(self) -> None:
        """Some of it is to come back."""
        order = self.closed.pop(self.chance.randrange(len(self.closed)))
        await self.erp.until(order, "closed")
        self.coming_back.append(await return_of(self.erp, order, "3"))

    async def inspect(self) -> None:
        """It has come."""
        await inspect(self.erp, self.coming_back.pop())

    async def end(self) -> None:
        """Everything comes to its end."""
        while self.held:
            await self.decide()
        while self.placed:
            await self.ship()
        while self.shipped:
            await self.pay()
        while self.coming_back:
            await self.inspect()
