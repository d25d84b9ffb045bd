"""Goods go back to a supplier: never more than came, and at what they had been taken in at.

What no invoice has billed goes back first, then what is billed; of both the receipt that came last, which is
where faulty goods are found. What they are worth when they leave is what the costing method says (IAS 2.25);
they had cost what their receipt says (IAS 2.10), and the difference is a price difference.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from domains.inventory.messages.vendor_returns import LineSentBack, LineToSendBack
from domains.inventory.rules.returns import A_ROUNDING
from domains.inventory.rules.valuation import share
from domains.ledger.messages import Opened
from foundation.values.errors import BusinessError, Refusals
from foundation.values.money import UNIT_COST, ZERO


class NotToSendBack(BusinessError):
    """More would go back to the supplier than has come and is not back yet; `errors` names each line."""

    status = 409


class OrderHasEnded(BusinessError):
    """The purchase order has ended: nothing comes again for it, and nothing is billed."""

    status = 409


@dataclass(frozen=True)
class CameForLine:
    """A line of a receipt that stands: what of it did not go back, in the unit of stock, and what that had
    been taken in at; and what of that no invoice has billed.
    """

    receipt_id: UUID
    receipt_number: str
    receipt_line_number: int
    received_on: date
    order_line_number: int
    item_code: str
    unit: str
    stock_per_unit: Decimal
    """How much one unit is in the stock unit, not rounded."""
    stock_quantity: Decimal
    value: Decimal
    unbilled_quantity: Decimal
    """In the stock unit."""
    unbilled_value: Decimal
    opened: Opened
    """What is not billed, as the books know it."""
    last_billed_on: date

    @property
    def billed_quantity(self) -> Decimal:
        """What of it an invoice has billed, in the stock unit."""
        return self.stock_quantity - self.unbilled_quantity

    def in_order_unit(self, stock_quantity: Decimal) -> Decimal:
        """Six decimals."""
        return (stock_quantity / self.stock_per_unit).quantize(UNIT_COST)


@dataclass(frozen=True)
class PartSentBack:
    """What goes back of one line of a receipt, all of it billed or none; `cost` is what it is worth now."""

    line_number: int
    came: CameForLine
    stock_quantity: Decimal
    is_billed: bool
    value: Decimal
    position: int
    """Of the line that was asked for, from nothing."""
    cost: Decimal = ZERO

    @property
    def item_code(self) -> str:
        """What it is."""
        return self.came.item_code

    @property
    def quantity(self) -> Decimal:
        """In the unit of the order."""
        return self.came.in_order_unit(self.stock_quantity)


@dataclass(frozen=True)
class AskedBack:
    """A line that is asked for, in the stock unit: what leaves the shelf."""

    line_number: int
    item_code: str
    stock_quantity: Decimal


def parts_sent_back(
    lines: Sequence[LineToSendBack], came: Iterable[CameForLine], on: date, currency: str
) -> tuple[PartSentBack, ...]:
    """What goes back of which receipts. Values are shares of what came, rounded half-up, and all of the rest
    with the last; what has come only after the day is taken last. Refuses: NotToSendBack.
    """
    known = _newest_first(came, on)
    refusals, seen = Refusals(), set[int]()
    parts: list[PartSentBack] = []
    for position, line in enumerate(lines):
        of_line = known.get(line.line_number, [])
        if not of_line or line.line_number in seen:
            why = f"nothing of line {line.line_number} is here to go back, or it is named twice"
            refusals.add(f"lines.{position}.line_number", why)
            continue
        seen.add(line.line_number)
        wanted = in_stock_unit(line.quantity, of_line[0].stock_per_unit)
        there = sum((one.stock_quantity for one in of_line), ZERO)
        if wanted > there + A_ROUNDING:
            may = f"{of_line[0].in_order_unit(there).normalize():f} {of_line[0].unit}"
            refusals.add(f"lines.{position}.quantity", f"no more than {may} came and did not go back")
            continue
        taken = there if abs(there - wanted) <= A_ROUNDING else wanted
        parts += _parts(position, taken, of_line, currency)
    refusals.raise_if_any(NotToSendBack)
    return tuple(replace(part, line_number=number) for number, part in enumerate(parts, start=1))


def in_stock_unit(quantity: Decimal, stock_per_unit: Decimal) -> Decimal:
    """A quantity of the order's unit in the stock unit. A piece of a dozen, 0.083333, is one: a quantity with
    six decimals that a whole number of pieces would be written as means these.
    """
    exact = (quantity * stock_per_unit).quantize(UNIT_COST)
    whole = exact.to_integral_value()
    return whole if (whole / stock_per_unit).quantize(UNIT_COST) == quantity.quantize(UNIT_COST) else exact


def _newest_first(came: Iterable[CameForLine], on: date) -> dict[int, list[CameForLine]]:
    known: dict[int, list[CameForLine]] = {}
    for one in sorted(came, key=lambda one: (one.received_on, one.receipt_number), reverse=True):
        if one.stock_quantity > 0:
            known.setdefault(one.order_line_number, []).append(one)
    for of_line in known.values():
        of_line.sort(key=lambda one: one.received_on > on)
    return known


def _parts(
    position: int, wanted: Decimal, came: Sequence[CameForLine], currency: str
) -> Iterable[PartSentBack]:
    """What is not billed before what is."""
    for is_billed in (False, True):
        for one in came:
            there, worth = one.unbilled_quantity, one.unbilled_value
            if is_billed:
                there, worth = one.billed_quantity, one.value - one.unbilled_value
            taken = min(wanted, there)
            if taken > 0:
                wanted -= taken
                yield PartSentBack(0, one, taken, is_billed, share(worth, taken, there, currency), position)


def asked_back(parts: Iterable[PartSentBack]) -> list[AskedBack]:
    """What leaves the shelf, line by line as it was asked for."""
    found: dict[int, AskedBack] = {}
    for part in parts:
        was = found.get(part.position, AskedBack(part.position + 1, part.item_code, ZERO))
        found[part.position] = replace(was, stock_quantity=was.stock_quantity + part.stock_quantity)
    return list(found.values())


def lines_sent_back(parts: Iterable[PartSentBack]) -> tuple[LineSentBack, ...]:
    """What went back, by lines of the order."""
    found: dict[int, LineSentBack] = {}
    for part in parts:
        number, unbilled = part.came.order_line_number, ZERO if part.is_billed else part.quantity
        was = found.get(number)
        found[number] = LineSentBack(
            line_number=number,
            item_code=part.item_code,
            quantity=part.quantity + (was.quantity if was else ZERO),
            unbilled_quantity=unbilled + (was.unbilled_quantity if was else ZERO),
        )
    return tuple(found.values())


def check_order_takes(order_number: str, *, has_ended: bool, why: str) -> None:
    """Refuses: OrderHasEnded."""
    if has_ended:
        raise OrderHasEnded(f"{order_number} has ended: {why}")


def costs_of(parts: Iterable[PartSentBack], costs: Mapping[int, Decimal]) -> tuple[PartSentBack, ...]:
    """The parts with what each is worth when it leaves, by its number."""
    return tuple(replace(part, cost=costs[part.line_number]) for part in parts)
