"""A return: what may come back of what was delivered, and what of that did.

Quantities are in the order lines' units.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from domains.sales.messages import LineQuantity, LineReceived, ReturnLine
from foundation.values.errors import BusinessError, Refusals
from foundation.values.money import UNIT_COST, ZERO

AUTHORISED, CLOSED, CANCELLED = "authorised", "closed", "cancelled"


class NotDelivered(BusinessError):
    """More would come back than was delivered and is not coming back yet; `errors` names each line."""

    status = 409


class NotAsAuthorised(BusinessError):
    """More has come back than was agreed, or more is scrapped than has come; `errors` names each line."""

    status = 409


class ReturnHasEnded(BusinessError):
    """The return was closed, or cancelled: it cannot end otherwise any more."""

    status = 409


@dataclass(frozen=True)
class DeliveredLine:
    """One line of an order: what was ordered, what has left of it, and what of that comes back."""

    line_number: int
    item_code: str
    quantity: Decimal
    unit: str
    stock_quantity: Decimal
    is_stocked: bool
    delivered_quantity: Decimal
    returned_quantity: Decimal
    replaces_line_number: int | None = None

    @property
    def outside(self) -> Decimal:
        """What may still come back."""
        return self.delivered_quantity - self.returned_quantity


@dataclass(frozen=True)
class EndedLine:
    """What came of one line of a return: what was accepted, what of that scrapped, and what was given up."""

    line_number: int
    accepted: Decimal
    scrapped: Decimal
    given_up: Decimal


def advance(now: str, wanted: str) -> str:
    """The status that the return gets, which may be the one it has. Refuses: ReturnHasEnded."""
    if now not in (AUTHORISED, wanted):
        raise ReturnHasEnded(f"a return that is {now} cannot become {wanted}")
    return wanted


def lines_to_return(
    asked: Sequence[LineQuantity], delivered: Sequence[DeliveredLine]
) -> tuple[ReturnLine, ...]:
    """The lines of a return: those asked for, or everything that was delivered and is not coming back yet.

    Stock quantities have six decimals. Refuses: NotDelivered, with every line that is too much.
    """
    known = {line.line_number: line for line in delivered}
    if not asked:
        everything = [(line, line.outside) for line in delivered if line.outside > 0]
        if not everything:
            raise NotDelivered("nothing was delivered that could come back")
        return tuple(_to_return(line, quantity) for line, quantity in everything)
    refusals = Refusals()
    seen: set[int] = set()
    for position, line in enumerate(asked):
        field, ordered = f"lines.{position}", known.get(line.line_number)
        if ordered is None or line.line_number in seen:
            why = f"line {line.line_number} is not on the order, or named twice"
            refusals.add(f"{field}.line_number", why)
        elif line.quantity > ordered.outside:
            most = f"{ordered.outside.normalize():f} {ordered.unit}"
            refusals.add(f"{field}.quantity", f"at most {most} may come back, not {line.quantity:f}")
        seen.add(line.line_number)
    refusals.raise_if_any(NotDelivered)
    return tuple(_to_return(known[line.line_number], line.quantity) for line in asked)


def _to_return(line: DeliveredLine, quantity: Decimal) -> ReturnLine:
    stock_quantity = line.stock_quantity
    if quantity != line.quantity:
        stock_quantity = (quantity * line.stock_quantity / line.quantity).quantize(UNIT_COST)
    return ReturnLine(
        line_number=line.line_number,
        item_code=line.item_code,
        quantity=quantity,
        unit=line.unit,
        stock_quantity=stock_quantity,
        is_stocked=line.is_stocked,
        replaces_line_number=line.replaces_line_number,
    )


def ended_lines(
    authorised: Sequence[tuple[int, Decimal]], received: Sequence[LineReceived]
) -> tuple[EndedLine, ...]:
    """What came of every line that was authorised, by number and quantity; one not named has not come.

    Refuses: NotAsAuthorised, with every line that is too much, or more scrapped than came.
    """
    agreed = dict(authorised)
    refusals = Refusals()
    came: dict[int, LineReceived] = {}
    for position, line in enumerate(received):
        field, quantity = f"lines.{position}", agreed.get(line.line_number)
        if quantity is None or line.line_number in came:
            why = f"line {line.line_number} is not on the return, or named twice"
            refusals.add(f"{field}.line_number", why)
        elif line.quantity > quantity:
            most = f"{quantity.normalize():f}"
            refusals.add(f"{field}.quantity", f"at most {most} was to come back, not {line.quantity:f}")
        if line.scrapped_quantity > line.quantity:
            refusals.add(f"{field}.scrapped_quantity", "more is scrapped than came back")
        came[line.line_number] = line
    refusals.raise_if_any(NotAsAuthorised)
    nothing = LineReceived(line_number=0, quantity=ZERO)
    return tuple(
        EndedLine(
            line_number=number,
            accepted=came.get(number, nothing).quantity,
            scrapped=came.get(number, nothing).scrapped_quantity,
            given_up=quantity - came.get(number, nothing).quantity,
        )
        for number, quantity in sorted(agreed.items())
    )
