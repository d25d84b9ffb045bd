"""Goods that came in by mistake go out again at the value that they came with, or are refused by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from domains.inventory.rules.book import Book, Move
from domains.inventory.rules.reservations import Shelf
from domains.inventory.rules.valuation import Kept, Layer
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
    """What a document moved of an item with one of its lines: signed quantity, and signed value."""

    item_code: str
    line_number: int
    quantity: Decimal
    value: Decimal


def take_out(shelf: Shelf, moved: Moved, number: str) -> None:
    """Take from the shelf what a document put there; not what is set aside. Refuses: GoodsAreGone."""
    free = shelf.stocks[moved.item_code].available
    if free < moved.quantity:
        raise GoodsAreGone(
            f"{number} brought {moved.quantity.normalize():f} {moved.item_code}, and only "
            f"{max(free, ZERO).normalize():f} are there and not set aside"
        )
    shelf.move(moved.item_code, on_hand=-moved.quantity)


def take_back(book: Book, moved: Moved, document_id: UUID, number: str) -> None:
    """Let out what a receipt's line brought, at the value that it brought. Refuses: GoodsAreGone.

    Under first in, first out its layer must be whole; otherwise what is left must be worth as much.
    """
    kept = book.kept[moved.item_code]
    layers = kept.layers
    if kept.method is CostingMethod.FIFO:
        layers = _without_layer(kept, moved, document_id, number)
    quantity, value = kept.quantity - moved.quantity, kept.value - moved.value
    if quantity * value < 0 or (not quantity and value):
        raise GoodsAreGone(
            f"{number} brought {moved.item_code} worth {moved.value:f}, and what is left is worth "
            f"{kept.value:f}: what was issued since left at another cost"
        )
    unit_cost = rounded_unit_cost(value / quantity) if quantity > 0 else kept.unit_cost
    book.take_back(
        moved.item_code,
        replace(kept, quantity=quantity, value=value, unit_cost=unit_cost, layers=layers),
        Move("reversal", moved.item_code, moved.line_number, -moved.quantity, -moved.value),
    )


def _without_layer(kept: Kept, moved: Moved, document_id: UUID, number: str) -> tuple[Layer, ...]:
    """The layers without the line's, which must be as it came."""
    key = (document_id, moved.line_number)
    own = next((layer for layer in kept.layers if (layer.receipt_id, layer.line_number) == key), None)
    if own is not None and (own.quantity, own.value) == (moved.quantity, moved.value):
        return tuple(layer for layer in kept.layers if layer is not own)
    left = own.quantity if own else ZERO
    raise GoodsAreGone(
        f"of the {moved.quantity.normalize():f} {moved.item_code} of {number} {left.normalize():f} are left, "
        "or they are worth something else now"
    )


def check_nothing_moved_since(number: str, item_code: str, later: Sequence[str]) -> None:
    """What an item is worth is given back only while nothing has moved it. Refuses: MovedSince."""
    if later:
        raise MovedSince(f"{', '.join(later)} moved {item_code} after {number}: take that back first")


def value_again(
    book: Book, item_code: str, difference: Decimal, layers_before: Mapping[tuple[UUID, int], Decimal]
) -> None:
    """Give an item the value, and its layers the values, that they had before a revaluation."""
    kept = book.kept[item_code]
    value = kept.value + difference
    layers = tuple(
        replace(layer, value=layers_before[layer.receipt_id, layer.line_number]) for layer in kept.layers
    )
    book.take_back(
        item_code,
        replace(kept, value=value, unit_cost=rounded_unit_cost(value / kept.quantity), layers=layers),
        Move("reversal", item_code, 1, ZERO, difference),
    )
