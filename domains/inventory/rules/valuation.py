"""What goods are worth: moving average and first in, first out, per company and item.

One item is valued once in a company, whatever warehouse it lies in. Quantities are in the stock unit. Values
are in the company's currency and rounded half-up to its minor unit, once, when a move is written; so the
values of all moves add up to the value kept, to the cent. A unit cost is value divided by quantity and is
never rounded before it is multiplied.

When an item may go below nothing, what is not there is issued at the last known cost and kept as a negative
value. The next receipt covers it first, and the difference between what it cost and what was assumed is an
adjustment of what was issued.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from domains.master_data.messages import CostingMethod
from foundation.values.errors import BusinessError
from foundation.values.money import ZERO, allocated, rounded, rounded_unit_cost


class NothingToRevalue(BusinessError):
    """There is no stock of the item whose value could change."""

    status = 409


@dataclass(frozen=True)
class Layer:
    """What is left of one receipt line, under first in, first out."""

    receipt_id: UUID
    line_number: int
    quantity: Decimal
    value: Decimal
    came_back: bool = False
    """Made by a reversal: goods that had left before they came, and were covered by whatever came then."""


@dataclass(frozen=True)
class Kept:
    """What is kept of an item: how much, what it is worth, and what one unit costs now.

    `unit_cost` is value by quantity, to six decimals; with nothing on hand, the cost that was known last.
    `layers` are oldest first, and only under first in, first out; they hold at least what is to be issued.
    """

    method: CostingMethod = CostingMethod.MOVING_AVERAGE
    quantity: Decimal = ZERO
    value: Decimal = ZERO
    unit_cost: Decimal = ZERO
    layers: tuple[Layer, ...] = ()


@dataclass(frozen=True)
class Received:
    """After a receipt; `adjustment` is by how much goods issued before cost more than was assumed."""

    kept: Kept
    adjustment: Decimal


@dataclass(frozen=True)
class Issued:
    """After an issue; `value` is what left."""

    kept: Kept
    value: Decimal


@dataclass(frozen=True)
class Revalued:
    """After a revaluation; `difference` is by how much the stock is worth more."""

    kept: Kept
    difference: Decimal


def receive(
    kept: Kept, quantity: Decimal, value: Decimal, *, receipt_id: UUID, line_number: int, currency: str
) -> Received:
    """Take goods in. What was issued before it was there is covered first, and its cost settled.

    `value` is the receipt's, rounded; `kept` afterwards is worth it less the adjustment.
    """
    covered = min(quantity, max(-kept.quantity, ZERO))
    actual = share(value, covered, quantity, currency)
    assumed = -share(kept.value, covered, -kept.quantity, currency) if covered else ZERO
    adjustment = actual - assumed
    layers = kept.layers
    if kept.method is CostingMethod.FIFO and quantity > covered:
        layers += (Layer(receipt_id, line_number, quantity - covered, value - actual),)
    after = replace(
        kept,
        quantity=kept.quantity + quantity,
        value=kept.value + value - adjustment,
        layers=layers,
    )
    return Received(_with_unit_cost(after, otherwise=value / quantity), adjustment)


def issue(kept: Kept, quantity: Decimal, *, currency: str) -> Issued:
    """Let goods go, at the average or from the oldest layers; what is not there, at the last known cost.

    Whether there may be less than nothing is decided where the goods lie, not here.
    """
    there = min(quantity, max(kept.quantity, ZERO))
    if kept.method is CostingMethod.FIFO:
        value, layers, newest_cost = _from_layers(kept, there, currency)
    else:
        value, layers, newest_cost = share(kept.value, there, kept.quantity, currency), (), kept.unit_cost
    if quantity > there:
        value += rounded((quantity - there) * newest_cost, currency)
    after = replace(kept, quantity=kept.quantity - quantity, value=kept.value - value, layers=layers)
    return Issued(_with_unit_cost(after, otherwise=newest_cost), value)


def issue_of(kept: Kept, quantity: Decimal, line: tuple[UUID, int], *, currency: str) -> Issued:
    """Let goods of a receipt's line go: first in, first out, from its own layer as long as anything is left
    of it, then from the oldest; at the average as any goods, which cannot be told apart (IAS 2.25).

    `kept` must hold all layers.
    """
    own = [layer for layer in kept.layers if (layer.receipt_id, layer.line_number) == line]
    others = [layer for layer in kept.layers if (layer.receipt_id, layer.line_number) != line]
    issued = issue(replace(kept, layers=(*own, *others)), quantity, currency=currency)
    place = {(layer.receipt_id, layer.line_number): at for at, layer in enumerate(kept.layers)}
    left = sorted(issued.kept.layers, key=lambda layer: place[layer.receipt_id, layer.line_number])
    return replace(issued, kept=replace(issued.kept, layers=tuple(left)))


def revalue(kept: Kept, unit_cost: Decimal, *, currency: str) -> Revalued:
    """Give what is on hand another unit cost; layers change in proportion to their value.

    `kept` must hold all layers. Refuses: NothingToRevalue.
    """
    if kept.quantity <= 0:
        raise NothingToRevalue("nothing is on hand: the next receipt brings its own cost")
    value = rounded(kept.quantity * unit_cost, currency)
    weights = [layer.value for layer in kept.layers]
    if not any(weights):
        weights = [layer.quantity for layer in kept.layers]
    worth = allocated(value, weights, currency)
    layers = tuple(replace(layer, value=part) for layer, part in zip(kept.layers, worth, strict=True))
    return Revalued(
        _with_unit_cost(replace(kept, value=value, layers=layers), otherwise=unit_cost), value - kept.value
    )


def correct_price(
    kept: Kept, difference: Decimal, received: Decimal, line: tuple[UUID, int], *, currency: str
) -> Revalued:
    """A receipt's line cost so much more: what is left of it is worth its share, rounded half-up.

    The rest is cost of what was issued.

    First in, first out: what is left is in the line's layer. Moving average: goods cannot be told apart, and
    as much of them is taken to be left as is on hand, at most what was received (IAS 2.10, 2.25). What is
    left is never worth less than nothing. `kept` must hold all layers.
    """
    left = left_of(kept, received, line)
    return add_value(kept, share(difference, left, received, currency), line)


def left_of(kept: Kept, received: Decimal, line: tuple[UUID, int]) -> Decimal:
    """How much is left of what came with a receipt's line: as much as its layer holds; at the average, goods
    cannot be told apart, and as much is taken to be left as is on hand. At most what was received.
    """
    if kept.method is CostingMethod.FIFO:
        own = _layer_of(kept, line)
        return min(own.quantity, received) if own else ZERO
    return min(max(kept.quantity, ZERO), received)


def add_value(kept: Kept, value: Decimal, line: tuple[UUID, int]) -> Revalued:
    """What is left of a receipt's line is worth so much more, or less when negative, and never less than
    nothing; answers by how much it is. `kept` must hold all layers.
    """
    if kept.method is CostingMethod.FIFO:
        own = _layer_of(kept, line)
        worth = own.value if own else ZERO
        part = max(value, -worth) if own else ZERO
        layers = tuple(replace(layer, value=worth + part) if layer is own else layer for layer in kept.layers)
    else:
        part, layers = max(value, -max(kept.value, ZERO)) if kept.quantity > 0 else ZERO, kept.layers
    after = replace(kept, value=kept.value + part, layers=layers)
    return Revalued(_with_unit_cost(after, otherwise=kept.unit_cost), part)


def _layer_of(kept: Kept, line: tuple[UUID, int]) -> Layer | None:
    return next((layer for layer in kept.layers if (layer.receipt_id, layer.line_number) == line), None)


def share(value: Decimal, part: Decimal, whole: Decimal, currency: str) -> Decimal:
    """The part's share of a value: rounded, and all of it when the part is the whole."""
    if part == whole:
        return value
    return rounded(value * part / whole, currency) if part else ZERO


def _with_unit_cost(kept: Kept, *, otherwise: Decimal) -> Kept:
    unit_cost = kept.value / kept.quantity if kept.quantity > 0 else otherwise
    return replace(kept, unit_cost=rounded_unit_cost(unit_cost))


def _from_layers(kept: Kept, quantity: Decimal, currency: str) -> tuple[Decimal, tuple[Layer, ...], Decimal]:
    """What leaves, oldest first: its value, what remains of the layers, and the newest cost among them."""
    value, unit_cost = ZERO, kept.unit_cost
    for position, layer in enumerate(kept.layers):
        if not quantity:
            return value, kept.layers[position:], unit_cost
        taken = min(quantity, layer.quantity)
        worth = share(layer.value, taken, layer.quantity, currency)
        value, quantity, unit_cost = value + worth, quantity - taken, layer.value / layer.quantity
        if taken < layer.quantity:
            rest = replace(layer, quantity=layer.quantity - taken, value=layer.value - worth)
            return value, (rest, *kept.layers[position + 1 :]), unit_cost
    return value, (), unit_cost
