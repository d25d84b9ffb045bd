"""Goods that leave the shelf, for another place or for none: lines in the stock unit, what is on its way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from domains.inventory.messages import ArrivedLine, GoodsLine
from domains.master_data.rules.units import in_stock_unit
from domains.master_data.views import ItemView
from foundation.values.errors import BusinessError, Refusals
from foundation.values.money import ZERO


class NotInTransit(BusinessError):
    """More would arrive than is on its way, or the transfer arrived at once; `errors` names each line."""

    status = 409


@dataclass(frozen=True)
class StockLine:
    """One line as it was asked for, and in the stock unit."""

    line_number: int
    item_code: str
    quantity: Decimal
    unit: str
    stock_quantity: Decimal


@dataclass(frozen=True)
class InTransit:
    """What of one line of a transfer is still on its way, in the stock unit."""

    line_number: int
    item_code: str
    quantity: Decimal


def stock_lines(lines: Sequence[GoodsLine], items: Mapping[str, ItemView]) -> list[StockLine]:
    """The lines in stock units; their units are known."""
    return [
        StockLine(
            line_number=number,
            item_code=line.item_code,
            quantity=line.quantity,
            unit=line.unit or items[line.item_code].unit,
            stock_quantity=in_stock_unit(line.quantity, line.unit, items[line.item_code]),
        )
        for number, line in enumerate(lines, start=1)
    ]


def needed(lines: Sequence[StockLine]) -> dict[str, Decimal]:
    """How much leaves of each item."""
    total = dict.fromkeys((line.item_code for line in lines), ZERO)
    for line in lines:
        total[line.item_code] += line.stock_quantity
    return total


def arrived(lines: Sequence[ArrivedLine], on_its_way: Mapping[int, InTransit]) -> list[InTransit]:
    """What arrives: the lines named, or all that is on its way. Refuses: NotInTransit."""
    refusals = Refusals()
    seen: set[int] = set()
    for position, line in enumerate(lines):
        open_line = on_its_way.get(line.line_number)
        if line.line_number in seen:
            refusals.add(f"lines.{position}.line_number", f"line {line.line_number} is named twice")
        elif open_line is None:
            refusals.add(f"lines.{position}.line_number", f"nothing of line {line.line_number} is on its way")
        elif line.quantity > open_line.quantity:
            left = f"{open_line.quantity.normalize():f} of {open_line.item_code}"
            refusals.add(f"lines.{position}.quantity", f"{left} is on its way, not {line.quantity:f}")
        seen.add(line.line_number)
    if not on_its_way:
        refusals.add("lines", "nothing is on its way")
    refusals.raise_if_any(NotInTransit)
    if not lines:
        return list(on_its_way.values())
    return [
        InTransit(line.line_number, on_its_way[line.line_number].item_code, line.quantity) for line in lines
    ]
