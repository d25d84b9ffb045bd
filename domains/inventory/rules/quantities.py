"""Quantities as people give them, in any unit of an item, and in the stock unit."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from domains.master_data.rules.units import check_unit
from domains.master_data.views import ItemView
from foundation.values.errors import Refusals


class LineInUnit(Protocol):
    """A line that names an item and a quantity in one of its units."""

    @property
    def item_code(self) -> str:
        """The item."""

    @property
    def quantity(self) -> Decimal:
        """In the unit."""

    @property
    def unit(self) -> str | None:
        """One of the item's units; its stock unit when empty."""


def check_units(lines: Sequence[LineInUnit], items: Mapping[str, ItemView]) -> None:
    """Refuses: Invalid, with every line whose unit the item has not, that is less than a stock unit's
    millionth, or divides what cannot be divided.
    """
    refusals = Refusals()
    for position, line in enumerate(lines):
        check_unit(line.quantity, line.unit, items[line.item_code], f"lines.{position}.", refusals)
    refusals.raise_if_any()
