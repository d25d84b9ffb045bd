"""Units: what a quantity in one unit is in the item's stock unit."""

from decimal import Decimal

from domains.master_data.views import ItemView
from foundation.values.errors import BusinessError, Refusals

SIX_DECIMALS = Decimal("0.000001")


class UnknownUnit(BusinessError):
    """The item is not traded in this unit."""


def why_not_whole(quantity: Decimal, unit: str | None, item: ItemView) -> str | None:
    """Why an item cannot be divided so; None when it can, or need not be."""
    other = next((other for other in item.units if other.unit == unit and unit != item.unit), None)
    if other is not None and other.is_whole and quantity % 1:
        return f"a {other.unit} of {item.code} cannot be divided: give a whole number"
    if item.is_whole and in_stock_unit(quantity, unit, item) % 1:
        return f"{item.code} is kept in whole {item.unit}: {quantity.normalize():f} cannot be divided so"
    return None


def check_unit(quantity: Decimal, unit: str | None, item: ItemView, of: str, refusals: Refusals) -> None:
    """Note a unit that the item has not, a quantity that is less than a stock unit's millionth, and one that
    divides what cannot be divided; `of` is where they stand (`lines.0.`).
    """
    if item.factor(unit) is None:
        known = ", ".join([item.unit, *(other.unit for other in item.units)])
        refusals.add(f"{of}unit", f"{item.code} is traded in {known}, not in {unit}")
    elif quantity and not in_stock_unit(quantity, unit, item):
        refusals.add(f"{of}quantity", f"is nothing when counted in {item.unit}")
    elif why := why_not_whole(quantity, unit, item):
        refusals.add(f"{of}quantity", why)


def in_stock_unit(quantity: Decimal, unit: str | None, item: ItemView) -> Decimal:
    """The quantity in the item's stock unit, six decimals.

    Refuses: UnknownUnit, naming the units there are.
    """
    factor = item.factor(unit)
    if factor is None:
        known = ", ".join([item.unit, *(other.unit for other in item.units)])
        raise UnknownUnit(f"{item.code} is not traded in {unit}: its units are {known}")
    return (quantity * factor).quantize(SIX_DECIMALS)
