"""What came in, in the units in which stock is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from domains.inventory.messages import ReceiptAsked, ReceiptLine, ReceivedFor, ReceiveStock
from domains.inventory.rules.quantities import check_units
from domains.master_data.rules.units import in_stock_unit
from domains.master_data.views import ItemView, PartyView
from foundation.values.errors import Refusals
from foundation.values.money import HUNDRED, rounded, rounded_unit_cost


@dataclass(frozen=True)
class StockedLine:
    """One line of a receipt: as it came, and in the stock unit; costs are in the company's currency.

    The value is rounded to the minor unit, the unit cost to six decimals.
    """

    line_number: int
    item_code: str
    quantity: Decimal
    unit: str
    unit_cost: Decimal
    stock_quantity: Decimal
    value: Decimal
    order_line_number: int | None


def check_supplier(receipt: ReceiptAsked, supplier: PartyView | None) -> None:
    """A supplier is named of a purchase only, is in the register of parties, and not blocked.

    Refuses: Invalid.
    """
    refusals = Refusals()
    if receipt.reason != "purchase":
        refusals.add("supplier_code", f"nobody is owed for a receipt of the reason {receipt.reason}")
    elif supplier is None:
        refusals.add("supplier_code", f"there is no supplier {receipt.supplier_code}")
    elif supplier.blocked:
        refusals.add("supplier_code", f"{supplier.name} is blocked")
    refusals.raise_if_any()


def check_not_blocked(receipt: ReceiptAsked, items: Mapping[str, ItemView]) -> None:
    """No more is bought of what is blocked; what was found, or there from the beginning, is taken in.

    Refuses: Invalid, with every such line.
    """
    refusals = Refusals()
    for position, line in enumerate(receipt.lines):
        if receipt.reason == "purchase" and items[line.item_code].blocked:
            refusals.add(f"lines.{position}.item_code", f"{items[line.item_code].name} is blocked")
    refusals.raise_if_any()


def stocked_lines(
    receipt: ReceiveStock, items: Mapping[str, ItemView], currency: str, rate: Decimal
) -> tuple[StockedLine, ...]:
    """The lines in stock units; a line is worth its quantity times its unit cost, rounded once, half-up.

    `rate` is units of the receipt's currency for one of the company's. Refuses: Invalid, as `check_units`,
    when they are no order's.
    """
    order = receipt.order
    if order is None:
        check_units(receipt.lines, items)
    return tuple(
        _stocked(position, line, items[line.item_code], order, currency, rate)
        for position, line in enumerate(receipt.lines)
    )


def _stocked(
    position: int,
    line: ReceiptLine,
    item: ItemView,
    order: ReceivedFor | None,
    currency: str,
    rate: Decimal,
) -> StockedLine:
    """One line; what was ordered is converted as it was agreed then."""
    unit_cost = line.unit_cost * (HUNDRED - line.discount_percent) / HUNDRED / rate
    if order is None:
        stock_quantity = in_stock_unit(line.quantity, line.unit, item)
    else:
        stock_quantity = order.stock_quantities[position]
    return StockedLine(
        line_number=position + 1,
        item_code=line.item_code,
        quantity=line.quantity,
        unit=line.unit or item.unit,
        unit_cost=rounded_unit_cost(unit_cost),
        stock_quantity=stock_quantity,
        value=rounded(line.quantity * unit_cost, currency),
        order_line_number=None if order is None else order.line_numbers[position],
    )
