"""What came in, in the units in which stock is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from domains.inventory.messages import ReceiptAsked
from domains.master_data.queries import ItemView
from domains.master_data.rules.units import in_stock_unit
from foundation.money import rounded


@dataclass(frozen=True)
class StockedLine:
    """One line of a receipt: as it came, and in the stock unit; its value is rounded to the minor unit."""

    line_number: int
    item_code: str
    quantity: Decimal
    unit: str
    unit_cost: Decimal
    stock_quantity: Decimal
    value: Decimal


def stocked_lines(
    receipt: ReceiptAsked, items: Mapping[str, ItemView], currency: str
) -> tuple[StockedLine, ...]:
    """The lines in stock units; a line is worth its quantity times its unit cost, rounded once, half-up.

    Refuses what master data refuses for a unit.
    """
    lines = []
    for number, line in enumerate(receipt.lines, start=1):
        item = items[line.item_code]
        unit = line.unit or item.unit
        lines.append(
            StockedLine(
                line_number=number,
                item_code=line.item_code,
                quantity=line.quantity,
                unit=unit,
                unit_cost=line.unit_cost,
                stock_quantity=in_stock_unit(line.quantity, unit, item),
                value=rounded(line.quantity * line.unit_cost, currency),
            )
        )
    return tuple(lines)
