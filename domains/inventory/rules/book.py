"""The book of goods while an operation works on it: what is kept of each item, and the moves to write."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from domains.inventory.rules import valuation
from domains.inventory.rules.valuation import Kept, Layer
from domains.master_data.messages import CostingMethod
from foundation.values.money import ZERO, rounded


class LayerChange(NamedTuple):
    """By how much a layer changed with a move."""

    receipt_id: UUID
    line_number: int
    quantity: Decimal
    value: Decimal


@dataclass(frozen=True)
class Move:
    """One entry of the ledger of goods: signed quantity and signed value."""

    kind: str
    item_code: str
    line_number: int
    quantity: Decimal
    value: Decimal
    warehouse_code: str | None = None
    """Where it moves, when not where the whole document does."""
    in_transit: bool = False
    layers: tuple[LayerChange, ...] = ()


@dataclass
class Book:
    """What is kept of the items, locked, and what changes; all values in the company's currency."""

    kept: dict[str, Kept]
    currency: str
    moves: list[Move] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._before = dict(self.kept)

    def receive(
        self,
        item_code: str,
        quantity: Decimal,
        value: Decimal,
        *,
        receipt_id: UUID,
        line_number: int,
        kind: str = "receipt",
    ) -> Decimal:
        """Take goods in, by a receipt or a return.

        Answers by how much what was issued before cost more than was assumed.
        """
        received = valuation.receive(
            self.kept[item_code],
            quantity,
            value,
            receipt_id=receipt_id,
            line_number=line_number,
            currency=self.currency,
        )
        self.keep(item_code, received.kept, Move(kind, item_code, line_number, quantity, value))
        if received.adjustment:
            self.moves.append(Move("settlement", item_code, line_number, ZERO, -received.adjustment))
        return received.adjustment

    def find(self, item_code: str, quantity: Decimal, *, receipt_id: UUID, line_number: int) -> Decimal:
        """Take in goods that a count found, at the item's current cost; answers as `receive`."""
        value = rounded(quantity * self.kept[item_code].unit_cost, self.currency)
        return self.receive(
            item_code, quantity, value, receipt_id=receipt_id, line_number=line_number, kind="count"
        )

    def issue(self, item_code: str, quantity: Decimal, *, line_number: int, kind: str = "issue") -> Decimal:
        """Let goods go; answers what they cost."""
        issued = valuation.issue(self.kept[item_code], quantity, currency=self.currency)
        self.keep(item_code, issued.kept, Move(kind, item_code, line_number, -quantity, -issued.value))
        return issued.value

    def send_back(
        self, item_code: str, quantity: Decimal, *, of: tuple[UUID, int], line_number: int
    ) -> Decimal:
        """Let goods of a receipt's line go back to the supplier; answers what they were worth."""
        issued = valuation.issue_of(self.kept[item_code], quantity, of, currency=self.currency)
        move = Move("vendor_return", item_code, line_number, -quantity, -issued.value)
        self.keep(item_code, issued.kept, move)
        return issued.value

    def revalue(self, item_code: str, unit_cost: Decimal, *, kind: str = "revaluation") -> Decimal:
        """Give what is on hand another unit cost; answers by how much it is worth more."""
        revalued = valuation.revalue(self.kept[item_code], unit_cost, currency=self.currency)
        self.keep(item_code, revalued.kept, Move(kind, item_code, 1, ZERO, revalued.difference))
        return revalued.difference

    def correct_price(
        self, item_code: str, difference: Decimal, quantity: Decimal, *, receipt_id: UUID, line_number: int
    ) -> Decimal:
        """A receipt's line cost so much more; answers by how much what is left of it is worth more."""
        corrected = valuation.correct_price(
            self.kept[item_code], difference, quantity, (receipt_id, line_number), currency=self.currency
        )
        move = Move("price_correction", item_code, line_number, ZERO, corrected.difference)
        self.keep(item_code, corrected.kept, move)
        return corrected.difference

    def land(self, item_code: str, value: Decimal, *, of: tuple[UUID, int], line_number: int) -> Decimal:
        """What is left of a receipt's line cost so much more on its way; answers by how much it is worth
        more.
        """
        landed = valuation.add_value(self.kept[item_code], value, of)
        self.keep(
            item_code, landed.kept, Move("landed_cost", item_code, line_number, ZERO, landed.difference)
        )
        return landed.difference

    def take_off(
        self, item_code: str, landed: Decimal, left: Decimal, *, of: tuple[UUID, int], line_number: int
    ) -> Decimal:
        """A landed cost is taken back, of which so much is in stock still: what is not has left with goods
        that were issued since, and is settled with their cost. Answers what that is.
        """
        taken = valuation.add_value(self.kept[item_code], -left, of)
        move = Move("reversal", item_code, line_number, ZERO, -landed)
        self.keep(item_code, taken.kept, move)
        if gone := landed + taken.difference:
            self.moves.append(Move("settlement", item_code, line_number, ZERO, gone))
        return gone

    def keep(self, item_code: str, kept: Kept, move: Move) -> None:
        """Keep an item as it is after a move, which notes by how much each layer changed."""
        changes = _changes(self.kept[item_code], kept)
        self.kept[item_code] = kept
        self.moves.append(replace(move, layers=changes))

    def layers_to_keep(self) -> Iterable[tuple[str, Layer]]:
        """The layers that are new or changed, by item; one that is used up is kept at nothing."""
        for item_code, kept in self.kept.items():
            if kept.method is not CostingMethod.FIFO:
                continue
            before = {
                (layer.receipt_id, layer.line_number): layer for layer in self._before[item_code].layers
            }
            for layer in kept.layers:
                if before.pop((layer.receipt_id, layer.line_number), None) != layer:
                    yield item_code, layer
            for layer in before.values():
                yield item_code, Layer(layer.receipt_id, layer.line_number, ZERO, ZERO)


def _changes(before: Kept, after: Kept) -> tuple[LayerChange, ...]:
    """By how much each layer changed."""
    old = {(layer.receipt_id, layer.line_number): layer for layer in before.layers}
    new = {(layer.receipt_id, layer.line_number): layer for layer in after.layers}
    nothing = Layer(UUID(int=0), 0, ZERO, ZERO)
    changes = []
    for key in old | new:
        was, now = old.get(key, nothing), new.get(key, nothing)
        if (was.quantity, was.value) != (now.quantity, now.value):
            changes.append(LayerChange(*key, now.quantity - was.quantity, now.value - was.value))
    return tuple(changes)
