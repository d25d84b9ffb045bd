"""The book of goods while an operation works on it: what is kept of each item, and the moves to write."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from domains.inventory.rules import valuation
from domains.inventory.rules.valuation import Kept, Layer
from domains.master_data.messages import CostingMethod
from foundation.values.money import ZERO


@dataclass(frozen=True)
class Move:
    """One entry of the ledger of goods: signed quantity and signed value."""

    kind: str
    item_code: str
    line_number: int
    quantity: Decimal
    value: Decimal


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
        self.kept[item_code] = received.kept
        self.moves.append(Move(kind, item_code, line_number, quantity, value))
        if received.adjustment:
            self.moves.append(Move("settlement", item_code, line_number, ZERO, -received.adjustment))
        return received.adjustment

    def issue(self, item_code: str, quantity: Decimal, *, line_number: int) -> Decimal:
        """Let goods go; answers what they cost."""
        issued = valuation.issue(self.kept[item_code], quantity, currency=self.currency)
        self.kept[item_code] = issued.kept
        self.moves.append(Move("issue", item_code, line_number, -quantity, -issued.value))
        return issued.value

    def revalue(self, item_code: str, unit_cost: Decimal) -> Decimal:
        """Give what is on hand another unit cost; answers by how much it is worth more."""
        revalued = valuation.revalue(self.kept[item_code], unit_cost, currency=self.currency)
        self.kept[item_code] = revalued.kept
        self.moves.append(Move("revaluation", item_code, 1, ZERO, revalued.difference))
        return revalued.difference

    def take_back(self, item_code: str, kept: Kept, move: Move) -> None:
        """Keep an item as it is without a document that is taken back."""
        self.kept[item_code] = kept
        self.moves.append(move)

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
