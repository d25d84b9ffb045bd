"""Goods that come back: never more than left, and at what they cost when they left.

Source: IFRS 15, B25: what is recovered is measured by the former carrying amount of the goods.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domains.inventory.messages import LineToTakeBack
from domains.inventory.rules.valuation import share
from foundation.values.days import TooEarly
from foundation.values.errors import BusinessError, Refusals
from foundation.values.money import rounded

_NOTHING = Decimal(0)
A_ROUNDING = Decimal("0.00001")
"""Shipments of parts are each rounded to six decimals of the stock unit, so that together they may differ by
a few millionths from the whole: who gives back as good as all that left gives back all."""


class NotShipped(BusinessError):
    """More would come back than has left for the order and is not back yet; `errors` names each line."""

    status = 409


@dataclass(frozen=True)
class GoodsOutside:
    """What has left for an order line and has not come back: in the stock unit, and what it cost."""

    item_code: str
    quantity: Decimal
    cost: Decimal


@dataclass(frozen=True)
class ReturnedLine:
    """What comes back of an order line, and what it had cost; `restocked_cost` is the part on the shelf."""

    line_number: int
    item_code: str
    quantity: Decimal
    scrapped_quantity: Decimal
    cost: Decimal
    restocked_cost: Decimal

    @property
    def restocked_quantity(self) -> Decimal:
        """What goes back to the shelf."""
        return self.quantity - self.scrapped_quantity


def returned_lines(
    lines: Sequence[LineToTakeBack], outside: Mapping[int, GoodsOutside], currency: str
) -> tuple[ReturnedLine, ...]:
    """What comes back, at original cost: its share of what is outside, and all of the rest with the last.

    Costs are rounded half-up per line, so that everything taken back costs to the cent what its shipments
    did; the scrapped part has what the restocked part leaves. Refuses: NotShipped.
    """
    check_is_outside(lines, outside)
    return tuple(_returned(line, outside[line.line_number], currency) for line in lines)


def check_is_outside(lines: Sequence[LineToTakeBack], outside: Mapping[int, GoodsOutside]) -> None:
    """Refuses: NotShipped, with every line that is too much, or more scrapped than it is."""
    refusals = Refusals()
    seen: set[int] = set()
    for position, line in enumerate(lines):
        field, number, left = f"lines.{position}", line.line_number, outside.get(line.line_number)
        if number in seen:
            refusals.add(f"{field}.line_number", f"line {number} is named twice")
        elif left is None:
            refusals.add(f"{field}.line_number", f"nothing of line {number} has left, or all is back")
        elif line.quantity > left.quantity + A_ROUNDING:
            at_most = f"{left.quantity.normalize():f} of {left.item_code}"
            refusals.add(f"{field}.quantity", f"{at_most} has left and is not back, not {line.quantity:f}")
        if line.scrapped_quantity > line.quantity:
            refusals.add(f"{field}.scrapped_quantity", "more is scrapped than came back")
        seen.add(number)
    refusals.raise_if_any(NotShipped)


def check_had_left(
    lines: Sequence[LineToTakeBack], left_by: Mapping[int, Decimal], received_on: date
) -> None:
    """Nothing comes back before it has left. Refuses: TooEarly."""
    for line in lines:
        left = max(left_by.get(line.line_number, _NOTHING), _NOTHING)
        if line.quantity > left + A_ROUNDING:
            had_left = f"{left.normalize():f}" if left else "nothing"
            why = f"of line {line.line_number} {had_left} had left by {received_on}, not {line.quantity:f}"
            raise TooEarly(f"received_on: {why}", errors=[("received_on", why)])


def _returned(line: LineToTakeBack, outside: GoodsOutside, currency: str) -> ReturnedLine:
    is_all = abs(line.quantity - outside.quantity) <= A_ROUNDING
    quantity = outside.quantity if is_all else line.quantity
    is_scrapped = line.scrapped_quantity == line.quantity
    scrapped = quantity if is_scrapped else min(line.scrapped_quantity, quantity)
    cost = share(rounded(outside.cost, currency), quantity, outside.quantity, currency)
    return ReturnedLine(
        line_number=line.line_number,
        item_code=outside.item_code,
        quantity=quantity,
        scrapped_quantity=scrapped,
        cost=cost,
        restocked_cost=share(cost, quantity - scrapped, quantity, currency) if scrapped else cost,
    )
