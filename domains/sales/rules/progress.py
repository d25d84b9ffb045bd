"""What was delivered and billed of an order's lines: never more than ordered, never billed before it left.

Quantities are in the order lines' units; what is short is in stock units.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from domains.sales.messages import LineQuantity, OrderStatus, RecordFulfilment, TakeFulfilmentBack
from foundation.values.errors import BusinessError, Refusals
from foundation.values.money import UNIT_COST, ZERO


class NotAsOrdered(BusinessError):
    """More is delivered than was ordered, or billed than was delivered; `errors` names each line."""

    status = 409


@dataclass(frozen=True)
class LineProgress:
    """One line of an order, and how far it has come."""

    line_number: int
    quantity: Decimal
    stock_quantity: Decimal
    short_quantity: Decimal
    delivered_quantity: Decimal
    billed_quantity: Decimal
    returned_quantity: Decimal = ZERO
    """What has come back, or is to."""


@dataclass(frozen=True)
class Progress:
    """The lines that have changed, and how far the whole order has come."""

    changed: tuple[LineProgress, ...]
    all_delivered: bool
    all_billed: bool

    @property
    def status(self) -> OrderStatus:
        """Delivered when nothing is left to leave."""
        return OrderStatus.DELIVERED if self.all_delivered else OrderStatus.CONFIRMED


def record(lines: Sequence[LineProgress], news: RecordFulfilment) -> Progress:
    """How far an order has come after the news. Refuses: NotAsOrdered, with everything that is wrong."""
    refusals = Refusals()
    known = {line.line_number for line in lines}
    delivered = _by_line("delivered", news.delivered, known, refusals)
    billed = _by_line("billed", news.billed, known, refusals)
    after = [_further(line, delivered, billed) for line in lines]
    for line in after:
        number = line.line_number
        ordered, left, on_bills = (
            f"{quantity.normalize():f}"
            for quantity in (line.quantity, line.delivered_quantity, line.billed_quantity)
        )
        if number in delivered and line.delivered_quantity > line.quantity:
            refusals.add("delivered", f"line {number}: {left} of {ordered} ordered")
        elif number in billed and line.billed_quantity > line.delivered_quantity:
            refusals.add("billed", f"line {number}: {on_bills} of {left} delivered")
    refusals.raise_if_any(NotAsOrdered)
    return _progress(lines, after)


def take_back(lines: Sequence[LineProgress], back: TakeFulfilmentBack) -> Progress:
    """How far an order has come when some of it has not left after all, or is to be billed again.

    Refuses: NotAsOrdered, when that is more than left or was billed, or when a return of it was agreed on.
    """
    refusals = Refusals()
    known = {line.line_number for line in lines}
    delivered = _by_line("delivered", back.delivered, known, refusals)
    billed = _by_line("billed", back.billed, known, refusals)
    after = [_further(line, _less(delivered), _less(billed)) for line in lines]
    for line in after:
        number, returned = line.line_number, f"{line.returned_quantity.normalize():f}"
        if line.billed_quantity < 0 or line.delivered_quantity < line.billed_quantity:
            field = "billed" if number in billed else "delivered"
            refusals.add(field, f"line {number}: less would be left than is billed, or than nothing")
        elif number in delivered and line.delivered_quantity < line.returned_quantity:
            why = f"line {number}: a return of {returned} was agreed on, which has come or is awaited"
            refusals.add("delivered", why)
    refusals.raise_if_any(NotAsOrdered)
    return _progress(lines, after)


def _less(quantities: dict[int, Decimal]) -> dict[int, Decimal]:
    return {number: -quantity for number, quantity in quantities.items()}


def _progress(before: Sequence[LineProgress], after: Sequence[LineProgress]) -> Progress:
    return Progress(
        changed=tuple(new for new, old in zip(after, before, strict=True) if new != old),
        all_delivered=all(line.delivered_quantity == line.quantity for line in after),
        all_billed=all(line.billed_quantity == line.quantity for line in after),
    )


def _by_line(
    field: str, news: Sequence[LineQuantity], known: set[int], refusals: Refusals
) -> dict[int, Decimal]:
    """The quantities added up per line; lines that are not on the order are noted."""
    total: dict[int, Decimal] = {}
    for position, line in enumerate(news):
        if line.line_number not in known:
            refusals.add(f"{field}.{position}.line_number", f"line {line.line_number} is not on the order")
        total[line.line_number] = total.get(line.line_number, ZERO) + line.quantity
    return total


def _further(line: LineProgress, delivered: dict[int, Decimal], billed: dict[int, Decimal]) -> LineProgress:
    has_left = line.delivered_quantity + delivered.get(line.line_number, ZERO)
    still_open = (line.stock_quantity * (line.quantity - has_left) / line.quantity).quantize(UNIT_COST)
    return replace(
        line,
        # What has left was not short after all.
        short_quantity=max(min(line.short_quantity, still_open), ZERO),
        delivered_quantity=has_left,
        billed_quantity=line.billed_quantity + billed.get(line.line_number, ZERO),
    )
