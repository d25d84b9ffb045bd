"""What a document moved by mistake is moved back at the value that it moved, or is refused by name."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from domains.inventory.rules.book import Book, LayerChange, Move
from domains.inventory.rules.reservations import Shelf
from domains.inventory.rules.valuation import Kept, Layer, share
from domains.master_data.messages import CostingMethod
from foundation.values.errors import BusinessError
from foundation.values.money import ZERO, rounded_unit_cost


class GoodsAreGone(BusinessError):
    """What the document brought has left, is set aside, or is worth something else now."""

    status = 409


class MovedSince(BusinessError):
    """The item was moved after the document: take that back first."""

    status = 409


@dataclass(frozen=True)
class Moved:
    """What a document moved of an item with one of its lines: signed quantity and value, and the layers."""

    item_code: str
    line_number: int
    quantity: Decimal
    value: Decimal
    warehouse_code: str | None = None
    in_transit: bool = False
    layers: tuple[LayerChange, ...] = ()


def take_out(shelf: Shelf, moved: Moved, number: str) -> None:
    """Undo on the shelf what a document moved there; what is set aside stays. Refuses: GoodsAreGone, unless
    the item may be issued before it is there: then what has left had left before it came.
    """
    stock = shelf.stocks[moved.item_code]
    if moved.in_transit:
        shelf.move(moved.item_code, in_transit=-moved.quantity)
        return
    if stock.available < moved.quantity and moved.quantity > 0 and not stock.may_be_negative:
        raise GoodsAreGone(
            f"{number} brought {moved.quantity.normalize():f} {moved.item_code}, and only "
            f"{max(stock.available, ZERO).normalize():f} are there and not set aside"
        )
    shelf.move(moved.item_code, on_hand=-moved.quantity)


def take_back(book: Book, moved: Sequence[Moved], reversal_id: UUID, number: str) -> None:
    """Undo what a document moved of one item, at the value that it moved. Refuses: GoodsAreGone.

    Under first in, first out each layer gets back what was taken from it, and must have what was put to it.
    """
    item_code = moved[0].item_code
    kept = book.kept[item_code]
    quantity = kept.quantity - sum((one.quantity for one in moved), ZERO)
    value = kept.value - sum((one.value for one in moved), ZERO)
    if quantity * value < 0 or (not quantity and value):
        raise GoodsAreGone(
            f"{number} moved {item_code}, and what would be left of it would be worth {value:f}, for "
            f"{quantity.normalize():f}: what was issued since left at another cost"
        )
    layers = kept.layers
    if kept.method is CostingMethod.FIFO:
        new = Layer(reversal_id, moved[0].line_number, quantity, value, came_back=True)
        layers = _layers_again(kept, moved, new, number, book.currency)
    unit_cost = rounded_unit_cost(value / quantity) if quantity > 0 else kept.unit_cost
    after = replace(kept, quantity=quantity, value=value, unit_cost=unit_cost, layers=layers)
    first, *others = (_mirror(one) for one in moved)
    book.keep(item_code, after, first)
    for other in others:
        book.keep(item_code, after, other)


def _mirror(moved: Moved) -> Move:
    return Move(
        "reversal",
        moved.item_code,
        moved.line_number,
        -moved.quantity,
        -moved.value,
        moved.warehouse_code,
        moved.in_transit,
    )


def _layers_again(
    kept: Kept,
    moved: Sequence[Moved],
    wanted: Layer,
    number: str,
    currency: str,
) -> tuple[Layer, ...]:
    """The layers as they were, together as much as is wanted. What has come back and was in none of them gets
    one of its own; what had covered such goods is taken from theirs.
    """
    layers = {(layer.receipt_id, layer.line_number): layer for layer in kept.layers}
    for change in (change for one in moved for change in one.layers):
        key = (change.receipt_id, change.line_number)
        was = layers.get(key, Layer(*key, ZERO, ZERO))
        quantity, value = was.quantity - change.quantity, was.value - change.value
        if quantity < 0 or value < 0 or (not quantity and value):
            raise GoodsAreGone(
                f"of the {change.quantity.normalize():f} {moved[0].item_code} that {number} brought "
                f"{was.quantity.normalize():f} are left, or they are worth something else now"
            )
        layers[key] = replace(was, quantity=quantity, value=value)
    kept_layers = [layer for layer in layers.values() if layer.quantity]
    more = max(wanted.quantity, ZERO) - sum((layer.quantity for layer in kept_layers), ZERO)
    worth = max(wanted.value, ZERO) - sum((layer.value for layer in kept_layers), ZERO)
    if more < 0:
        kept_layers, more, worth = _from_what_came_back(kept_layers, more, worth, currency)
    if more < 0 or worth < 0 or (not more and worth):
        there = sum((layers[change[:2]].quantity for one in moved for change in one.layers), ZERO)
        left = sum((change.quantity for one in moved for change in one.layers), there)
        raise GoodsAreGone(
            f"of what {number} moved of {moved[0].item_code} {left.normalize():f} are left: "
            "the rest covers what was issued before it came"
        )
    return (*kept_layers, replace(wanted, quantity=more, value=worth)) if more else tuple(kept_layers)


def _from_what_came_back(
    layers: list[Layer], more: Decimal, worth: Decimal, currency: str
) -> tuple[list[Layer], Decimal, Decimal]:
    """Goods that had left before they came, and have come back since: what is taken back had covered them.

    Gives the layers, and what is missing still. A layer is taken wholly, or in proportion to its value.
    """
    left = []
    for layer in layers:
        taken = min(layer.quantity, -more) if layer.came_back else ZERO
        value = (
            layer.value if taken == layer.quantity else share(layer.value, taken, layer.quantity, currency)
        )
        more, worth = more + taken, worth + value
        if taken < layer.quantity:
            left.append(replace(layer, quantity=layer.quantity - taken, value=layer.value - value))
    if not more and worth and left and (last := left[-1]).came_back and last.value + worth >= 0:
        # The cents that the proportion has left over.
        left[-1], worth = replace(last, value=last.value + worth), ZERO
    return left, more, worth


def check_nothing_moved_since(number: str, item_code: str, later: Sequence[str]) -> None:
    """What an item is worth is given back only while nothing has moved it. Refuses: MovedSince."""
    if later:
        raise MovedSince(f"{', '.join(later)} moved {item_code} after {number}: take that back first")
