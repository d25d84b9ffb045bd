"""Whatever is received, set aside, shipped, given back and returned, in whatever order: stock is as a simple
model says, to the cent.
"""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import text

from domains.inventory.messages import ReserveStock
from domains.inventory.queries.stock import STOCK, VALUATIONS
from foundation.database.connections import Database, database
from tests import machines
from tests.activities.inventory.agreement import everything_agrees
from tests.builders.inventory import GoodsKeeper, a_return, a_shipment, an_order, goods
from tests.machines import Run

ITEMS = ("average", "layers", "in advance")
NOTHING = Decimal(0)
quantities = some.integers(1, 12).map(Decimal)
costs = some.integers(1, 999).map(lambda cents: Decimal(cents) / 100)


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def part_of(value: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    return value if part == whole else cents(value * part / whole)


@dataclass
class Line:
    """What one order wants of an item."""

    order: int
    wanted: Decimal
    reserved: Decimal = NOTHING
    short: Decimal = NOTHING
    outside: Decimal = NOTHING
    cost: Decimal = NOTHING


@dataclass
class Goods:
    """One item: what is there and what it is worth, who wants it in the order in which they came."""

    name: str
    on_hand: Decimal = NOTHING
    value: Decimal = NOTHING
    each: Decimal = NOTHING
    layers: list[list[Decimal]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    @property
    def reserved(self) -> Decimal:
        return sum((line.reserved for line in self.lines), NOTHING)

    @property
    def short(self) -> Decimal:
        return sum((line.short for line in self.lines), NOTHING)

    def serve(self) -> None:
        for line in self.lines:
            served = min(line.short, max(self.on_hand - self.reserved, NOTHING))
            line.short, line.reserved = line.short - served, line.reserved + served

    def come(self, quantity: Decimal, value: Decimal) -> None:
        covered = min(quantity, max(-self.on_hand, NOTHING))
        actual = part_of(value, covered, quantity) if covered else NOTHING
        assumed = -part_of(self.value, covered, -self.on_hand) if covered else NOTHING
        if quantity > covered:
            self.layers.append([quantity - covered, value - actual])
        self.on_hand, self.value = self.on_hand + quantity, self.value + value - actual + assumed
        self._know(value / quantity)
        self.serve()

    def go(self, quantity: Decimal) -> Decimal:
        there = min(quantity, max(self.on_hand, NOTHING))
        worth, each = NOTHING, self.each
        if self.name == "layers":
            left = there
            while left:
                layer = self.layers[0]
                taken = min(left, layer[0])
                part = part_of(layer[1], taken, layer[0])
                worth, left, each = worth + part, left - taken, layer[1] / layer[0]
                layer[0], layer[1] = layer[0] - taken, layer[1] - part
                if not layer[0]:
                    self.layers.pop(0)
        elif there:
            worth = part_of(self.value, there, self.on_hand)
        worth += cents((quantity - there) * each)
        self.on_hand, self.value = self.on_hand - quantity, self.value - worth
        self._know(each)
        return worth

    def _know(self, otherwise: Decimal) -> None:
        each = self.value / self.on_hand if self.on_hand > 0 else otherwise
        self.each = each.quantize(Decimal("0.000001"), ROUND_HALF_UP)


class StockMachine(RuleBasedStateMachine):
    """A warehouse with an item valued at the average, one first in, first out, and one in advance."""

    def __init__(self, run: Run) -> None:
        super().__init__()
        self.run = run
        self.orders: list[ReserveStock] = []
        self.goods = {name: Goods(name) for name in ITEMS}

    @initialize()
    def open(self) -> None:
        self.keeper = GoodsKeeper(machines.a_caller())
        self.run(self.keeper.open())
        self.run(self.keeper.item("average"))
        self.run(self.keeper.item("layers", costing_method="fifo"))
        self.run(self.keeper.item("in advance", allow_negative_stock=True))

    @rule(item=some.sampled_from(ITEMS), quantity=quantities, cost=costs)
    def receive(self, item: str, quantity: Decimal, cost: Decimal) -> None:
        self.run(self.keeper.receive(goods(item, quantity, str(cost))))
        self.goods[item].come(quantity, cents(quantity * cost))

    @rule(wanted=some.dictionaries(some.sampled_from(ITEMS), quantities, min_size=1))
    def reserve(self, wanted: dict[str, Decimal]) -> None:
        order = an_order(*wanted.items())
        self.run(self.keeper.reserve(order))
        self.orders.append(order)
        for item, quantity in wanted.items():
            kept = self.goods[item]
            there = quantity if item == "in advance" else max(kept.on_hand - kept.reserved, NOTHING)
            reserved = min(quantity, there)
            number = len(self.orders) - 1
            kept.lines.append(Line(number, quantity, reserved, quantity - reserved))

    @precondition(lambda self: self.orders)
    @rule(which=some.data())
    def release(self, which: Any) -> None:
        number = which.draw(some.integers(0, len(self.orders) - 1))
        self.run(self.keeper.release(self.orders[number].order_id))
        for line in self._lines(number).values():
            line.reserved = line.short = NOTHING
        for kept in self.goods.values():
            kept.serve()

    @precondition(lambda self: self._shippable())
    @rule(which=some.data())
    def issue(self, which: Any) -> None:
        number = which.draw(some.sampled_from(self._shippable()))
        order, leaving = self.orders[number], []
        for at, item, line in self._numbered(number):
            most = min(line.reserved, line.reserved if item == "in advance" else self.goods[item].on_hand)
            if most and (quantity := Decimal(which.draw(some.integers(0, int(most))))):
                leaving.append((at, item, line, quantity))
        if not leaving:
            return
        answer = self.run(self.keeper.ship(a_shipment(order, *((x[0], x[3]) for x in leaving))))
        for (_, item, line, quantity), told in zip(leaving, answer.lines, strict=True):
            cost = self.goods[item].go(quantity)
            assert told.cost == cost
            line.reserved, line.outside, line.cost = (
                line.reserved - quantity,
                line.outside + quantity,
                line.cost + cost,
            )

    @precondition(lambda self: self._outside())
    @rule(which=some.data())
    def take_back(self, which: Any) -> None:
        number = which.draw(some.sampled_from(self._outside()))
        lines = [entry for entry in self._numbered(number) if entry[2].outside]
        at, item, line = which.draw(some.sampled_from(lines))
        quantity = Decimal(which.draw(some.integers(1, int(line.outside))))
        self.run(self.keeper.take_back(a_return(self.orders[number], (at, quantity))))
        cost = part_of(line.cost, quantity, line.outside)
        line.outside, line.cost = line.outside - quantity, line.cost - cost
        self.goods[item].come(quantity, cost)

    @invariant()
    def stock_is_as_the_model_says(self) -> None:
        if not hasattr(self, "keeper"):
            return
        found = self.run(_stock(self.keeper))
        for name, kept in self.goods.items():
            told = found.get(name, (NOTHING, NOTHING, NOTHING, NOTHING))
            assert told == (kept.on_hand, kept.reserved, kept.short, kept.value), name
        lines = {
            (self.orders[line.order].order_id, name): (line.reserved, line.short)
            for name, kept in self.goods.items()
            for line in kept.lines
        }
        assert self.run(_reservations(self.keeper)) == lines

    def teardown(self) -> None:
        if hasattr(self, "keeper"):
            self.run(everything_agrees(self.keeper))

    def _lines(self, number: int) -> dict[str, Line]:
        return {
            item: line for item, kept in self.goods.items() for line in kept.lines if line.order == number
        }

    def _numbered(self, number: int) -> list[tuple[int, str, Line]]:
        lines = self._lines(number)
        return [(x.line_number, x.item_code, lines[x.item_code]) for x in self.orders[number].lines]

    def _shippable(self) -> list[int]:
        every = range(len(self.orders))
        return [n for n in every if any(line.reserved for line in self._lines(n).values())]

    def _outside(self) -> list[int]:
        every = range(len(self.orders))
        return [n for n in every if any(line.outside for line in self._lines(n).values())]


async def _stock(keeper: GoodsKeeper) -> dict[str, tuple[Decimal, ...]]:
    async with database().read(keeper.caller.company) as tx:
        rows = await STOCK.all(tx)
        worth = await VALUATIONS.all(tx)
    values = {row.item_code: row.value for row in worth}
    return {
        row.item_code: (row.on_hand, row.reserved, row.backordered, values.get(row.item_code, NOTHING))
        for row in rows
    }


async def _reservations(keeper: GoodsKeeper) -> dict[tuple[UUID, str], tuple[Decimal, Decimal]]:
    columns = "order_id, item_code, reserved_quantity, short_quantity"
    async with database().read(keeper.caller.company) as tx:
        rows = await tx.execute(text(f"SELECT {columns} FROM inventory.reservation"))
        return {(row.order_id, row.item_code): (row.reserved_quantity, row.short_quantity) for row in rows}


async def test_stock_is_as_a_simple_model_says(database: Database) -> None:
    del database
    assert await machines.run(StockMachine) >= machines.TRIES
