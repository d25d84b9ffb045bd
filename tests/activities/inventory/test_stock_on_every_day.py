"""Whatever is done with goods, on whatever day: nothing is ever below zero, stock is worth on every day what
the ledger says, and everything taken back leaves nothing.
"""

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from activities import inventory
from domains.inventory import messages
from domains.inventory.messages import ReserveStock, ReverseStockCorrection, ReverseStockDocument
from domains.inventory.queries.stock import BALANCES
from domains.ledger.queries.reports import trial_balance
from foundation.database.connections import Database, database
from foundation.values.errors import BusinessError
from tests import machines
from tests.activities.inventory.agreement import everything_agrees
from tests.activities.ledger.what_stands import operations_that_differ, standing
from tests.builders.inventory import GoodsKeeper, a_return, a_shipment, an_order, goods
from tests.machines import Run

START, LAST = date(2026, 3, 1), date(2026, 3, 31)
ITEMS = ("average", "layers")
PLACES = ("MAIN", "SECOND")
items, places = some.sampled_from(ITEMS), some.sampled_from(PLACES)
quantities = some.integers(1, 9)
costs = some.integers(1, 999).map(lambda cents: str(Decimal(cents) / 100))
days = some.integers(0, 20).map(lambda number: START + timedelta(days=number))


class DaysMachine(RuleBasedStateMachine):
    """Two warehouses, an item at average cost and one first in, first out; every document on any day."""

    def __init__(self, run: Run) -> None:
        super().__init__()
        self.run = run
        self.done: list[tuple[Any, str | None, UUID]] = []
        """How each document is taken back."""
        self.receipts: list[UUID] = []
        self.sent: list[UUID] = []
        self.orders: list[ReserveStock] = []

    @initialize()
    def open(self) -> None:
        self.keeper = GoodsKeeper(machines.a_caller())
        self.run(self.keeper.open())
        self.run(self.keeper.item("average"))
        self.run(self.keeper.item("layers", costing_method="fifo"))
        self.empty = self.run(standing(self.keeper.caller.company))
        for item in ITEMS:
            self._receive(item, 30, "2.50", "MAIN", START)

    @rule(item=items, quantity=quantities, cost=costs, place=places, on=days)
    def receive(self, item: str, quantity: int, cost: str, place: str, on: date) -> None:
        self._receive(item, quantity, cost, place, on)

    @rule(item=items, quantity=quantities, place=places, on=days)
    def ship(self, item: str, quantity: int, place: str, on: date) -> None:
        order = an_order((item, quantity), warehouse_code=place)
        self.run(self.keeper.reserve(order))
        shipment = a_shipment(order, shipped_on=on)
        if self._try(self.keeper.ship(shipment)):
            self.orders.append(order)
            self.done.append((inventory.reverse_shipment, None, shipment.shipment_id))
        else:
            self.run(self.keeper.release(order.order_id))

    @precondition(lambda self: self.orders)
    @rule(quantity=quantities, on=days)
    def take_back(self, quantity: int, on: date) -> None:
        back = a_return(self.orders[-1], (1, quantity), received_on=on)
        self._do(self.keeper.take_back(back), inventory.reverse_return, None, back.return_id)

    @rule(item=items, quantity=some.integers(0, 40), place=places, on=days)
    def count(self, item: str, quantity: int, place: str, on: date) -> None:
        lines = ({"item_code": item, "quantity": quantity},)
        self._correct("stock_count", "count", "CountStock", warehouse_code=place, counted_on=on, lines=lines)

    @rule(item=items, quantity=quantities, place=places, on=days)
    def scrap(self, item: str, quantity: int, place: str, on: date) -> None:
        lines = ({"item_code": item, "quantity": quantity},)
        of = {"warehouse_code": place, "reason": "rust", "lines": lines}
        self._correct("scrapping", "scrapping", "ScrapGoods", scrapped_on=on, **of)

    @rule(item=items, quantity=quantities, on=days, is_in_transit=some.booleans())
    def transfer(self, item: str, quantity: int, on: date, *, is_in_transit: bool) -> None:
        of = {"from_warehouse_code": "MAIN", "to_warehouse_code": "SECOND", "is_in_transit": is_in_transit}
        lines = ({"item_code": item, "quantity": quantity},)
        made = self._correct(
            "stock_transfer", "transfer", "TransferStock", transferred_on=on, lines=lines, **of
        )
        if made and is_in_transit:
            self.sent.append(made)

    @precondition(lambda self: self.sent)
    @rule(quantity=quantities, on=days)
    def arrive(self, quantity: int, on: date) -> None:
        of = {"transfer_id": self.sent[-1], "lines": ({"line_number": 1, "quantity": quantity},)}
        self._correct("transfer_receipt", "transfer_receipt", "ReceiveTransfer", received_on=on, **of)

    @rule(item=items, cost=costs, on=days)
    def write_down(self, item: str, cost: str, on: date) -> None:
        of = {"item_code": item, "unit_cost": cost, "reason": "the market"}
        self._correct("write_down", "write_down", "WriteDownItem", written_on=on, **of)

    @rule(cost=costs, on=days, which=some.randoms(use_true_random=False))
    def correct_price(self, cost: str, on: date, which: random.Random) -> None:
        of = {"receipt_id": which.choice(self.receipts), "reason": "misread"}
        lines = ({"line_number": 1, "unit_cost": cost},)
        self._correct("price_correction", "correction", "CorrectPrice", corrected_on=on, lines=lines, **of)

    @precondition(lambda self: len(self.done) > 3)
    @rule(which=some.randoms(use_true_random=False), on=days)
    def take_one_back(self, which: random.Random, on: date) -> None:
        document = which.choice(self.done)
        if self._taken_back(document, on):
            self.done.remove(document)
            self.receipts = [one for one in self.receipts if one != document[2]] or self.receipts
            self.sent = [one for one in self.sent if one != document[2]]

    @invariant()
    def stock_is_worth_what_the_ledger_says(self) -> None:
        if hasattr(self, "keeper"):
            for on in (START + timedelta(days=10), LAST):
                stock, ledger, lowest = self.run(_worth(self.keeper, on))
                assert stock == ledger, on
                assert lowest >= 0, on

    def teardown(self) -> None:
        if not hasattr(self, "keeper"):
            return
        self.run(everything_agrees(self.keeper))
        assert self.run(operations_that_differ(self.keeper.caller.company)) == []
        for document in reversed(self.done):
            assert self._taken_back(document, LAST), document
        assert self.run(standing(self.keeper.caller.company)) == self.empty
        self.run(everything_agrees(self.keeper))

    def _receive(self, item: str, quantity: int, cost: str, place: str, on: date) -> None:
        received = self.run(
            self.keeper.receive(goods(item, quantity, cost), warehouse_code=place, received_on=on)
        )
        self.receipts.append(received.receipt_id)
        self.done.append((inventory.reverse_receipt, None, received.receipt_id))

    def _correct(self, kind: str, id_of: str, command: str, **asked: Any) -> UUID | None:
        """Ask for a correction; gives its id, unless it was refused."""
        document_id = uuid4()
        message = getattr(messages, command)(**{f"{id_of}_id": document_id}, **asked)
        operation = getattr(inventory, OPERATIONS[command])
        wanted = operation(self.keeper.call(), message)
        return document_id if self._do(wanted, inventory.reverse_correction, kind, document_id) else None

    def _do(self, wanted: Any, back: Any, kind: str | None, document_id: UUID) -> bool:
        if is_done := self._try(wanted):
            self.done.append((back, kind, document_id))
        return is_done

    def _try(self, wanted: Any) -> bool:
        try:
            self.run(wanted)
        except BusinessError:
            return False
        return True

    def _taken_back(self, document: tuple[Any, str | None, UUID], on: date) -> bool:
        operation, kind, document_id = document
        of: dict[str, Any] = {
            "document_id": document_id,
            "reversal_id": uuid4(),
            "reversed_on": on,
            "reason": "x",
        }
        command = ReverseStockCorrection(document_type=kind, **of) if kind else ReverseStockDocument(**of)
        if not self._try(operation(self.keeper.call(), command)):
            return False
        if operation is inventory.reverse_shipment:  # What is set aside again keeps no receipt from going.
            for order in self.orders:
                self.run(self.keeper.release(order.order_id))
        return True


OPERATIONS = {
    "CountStock": "count_stock",
    "ScrapGoods": "scrap_goods",
    "TransferStock": "transfer_stock",
    "ReceiveTransfer": "receive_transfer",
    "WriteDownItem": "write_down_item",
    "CorrectPrice": "correct_price",
}


async def _worth(keeper: GoodsKeeper, on: date) -> tuple[Decimal, Decimal, Decimal]:
    """What the stock and the ledger say at the end of a day, and the least that was on hand of anything."""
    async with database().read(keeper.caller.company) as tx:
        balances = await BALANCES.all(tx, as_of=on)
        report = await trial_balance(tx, None, on)
    stock = sum((row.value for row in balances), Decimal(0))
    ledger = sum((row.closing for row in report.rows if row.role == "inventory"), Decimal(0))
    return stock, ledger, min((row.on_hand for row in balances), default=Decimal(0))


async def test_stock_is_right_on_every_day_and_everything_taken_back_leaves_nothing(
    database: Database,
) -> None:
    del database
    assert await machines.run(DaysMachine) >= machines.TRIES
