"""Quantities as people give them, in any unit of an item, and in the stock unit."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from domains.master_data.rules.units import in_stock_unit, why_not_whole
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
        item = items[line.item_code]
        if item.factor(line.unit) is None:
            known = ", ".join([item.unit, *(other.unit for other in item.units)])
            refusals.add(f"lines.{position}.unit", f"{item.code} is kept in {known}, not in {line.unit}")
        elif line.quantity and not in_stock_unit(line.quantity, line.unit, item):
            refusals.add(f"lines.{position}.quantity", f"is nothing when counted in {item.unit}")
        elif why := why_not_whole(line.quantity, line.unit, item):
            refusals.add(f"lines.{position}.quantity", why)
    refusals.raise_if_any()
