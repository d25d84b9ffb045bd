"""Prices: which line of a price list holds for an item, a quantity and a day."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from domains.master_data.messages import PriceListLine
from domains.master_data.rules.validity import holds
from domains.master_data.views import ItemView
from foundation.values.money import rounded_unit_cost


def price_for(
    lines: Iterable[PriceListLine], item: ItemView, unit: str | None, quantity: Decimal, on: date
) -> Decimal | None:
    """The price of one `unit` when `quantity` of it is bought on a day; None when the list has none.

    A line in the very unit asked for comes before one in the stock unit, which is converted by the unit's
    factor, six decimals. Of the scales reached the largest wins; of several for the same quantity the one
    that came into force last.
    """
    unit = unit or item.unit
    factor = item.factor(unit)
    valid = [line for line in lines if line.item_code == item.code and holds(line, on)]
    own = [line for line in valid if (line.unit or item.unit) == unit and line.min_quantity <= quantity]
    if own:
        return max(own, key=_rank).unit_price
    if factor is None:
        return None
    stock = [
        line
        for line in valid
        if (line.unit or item.unit) == item.unit and line.min_quantity <= quantity * factor
    ]
    if not stock:
        return None
    return rounded_unit_cost(max(stock, key=_rank).unit_price * factor)


def _rank(line: PriceListLine) -> tuple[Decimal, date]:
    return line.min_quantity, line.valid_from or date.min
