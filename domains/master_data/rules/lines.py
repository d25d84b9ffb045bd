"""What every line of an order says of an item, whoever orders it: which item, in which unit, how much."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from domains.master_data.rules.units import in_stock_unit, why_not_whole
from domains.master_data.views import ItemView
from foundation.values.errors import Refusals
from foundation.values.money import ONE

MOST: Final = Decimal(10) ** 12
"""Quantities and amounts have 18 digits, six of them decimals: they are smaller than this."""


def named_item(
    field: str, item_code: str, items: Mapping[str, ItemView], refusals: Refusals
) -> ItemView | None:
    """The item that a line names; notes that there is none."""
    item = items.get(item_code)
    if item is None:
        refusals.add(f"{field}.item_code", f"there is no item {item_code}")
    return item


def is_traded_so(field: str, item: ItemView, unit: str, agreed: Decimal | None, refusals: Refusals) -> bool:
    """Whether the item is traded in the unit, or was when it was `agreed` on; notes that it is not."""
    if item.factor(unit) is None and agreed is None:
        refusals.add(f"{field}.unit", f"{item.code} is not traded in {unit}")
        return False
    return True


def stock_quantity(
    field: str, item: ItemView, unit: str, quantity: Decimal, agreed: Decimal | None, refusals: Refusals
) -> Decimal | None:
    """A quantity in the stock unit, as `agreed` or by the item's conversion; notes what cannot be counted."""
    factor = item.factor(unit) or ONE
    if quantity >= MOST or quantity * factor >= MOST or (agreed is not None and agreed >= MOST):
        refusals.add(f"{field}.quantity", "more than we can count")
        return None
    in_stock = in_stock_unit(quantity, unit, item) if agreed is None else agreed
    if why := why_not_whole(quantity, unit, item):
        refusals.add(f"{field}.quantity", why)
    if not in_stock:
        refusals.add(f"{field}.quantity", f"less than a millionth of the stock unit {item.unit}")
        return None
    return in_stock
