"""An order's lines as they are now, against what is set aside for it: what stays, what goes, what waits.

What is added waits first, like everybody else, and is served in its turn: so an amendment overtakes nobody.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from domains.inventory.messages import AmendReservation, LineToReserve
from domains.inventory.rules.reservations import LineReservation, Shelf
from foundation.values.errors import BusinessError, Refusals
from foundation.values.money import ZERO


class LeftAlready(BusinessError):
    """Goods have left for a line that would be wanted no more, or less than that; `errors` names each."""

    status = 409


@dataclass(frozen=True)
class Placed:
    """A reservation and its place among those who wait; without a sequence, the end of the day's queue."""

    reservation: LineReservation
    ordered_on: date
    sequence: int | None = None


def amended(shelf: Shelf, order: AmendReservation, before: Sequence[Placed]) -> list[Placed]:
    """What the order's lines want now: reserved what stays, short what is more; what is set free is free.

    A line that has another number now, because one before it fell away, takes what is set aside for it and
    its place along. A line that waited keeps its place for all that it wants; one that did not gets a new
    one, on the day of the amended order. Rows of lines that are no more want nothing. Refuses: LeftAlready.
    """
    known = {placed.reservation.line_number: placed for placed in before}
    _check_left(order, known)
    stays = _stays(order.lines, before)
    after = [_wanted(shelf, order, line, stays.get(line.line_number)) for line in order.lines]
    kept = {placed.reservation.line_number for placed in stays.values()}
    for placed in before:
        if placed.reservation.line_number not in kept:
            shelf.move(placed.reservation.item_code, reserved=-placed.reservation.reserved)
    gone = known.keys() - {line.line_number for line in order.lines}
    return after + [_gone(known[number], is_free=number not in kept) for number in sorted(gone)]


def _check_left(order: AmendReservation, known: dict[int, Placed]) -> None:
    refusals = Refusals()
    positions = {line.line_number: position for position, line in enumerate(order.lines)}
    for number, placed in sorted(known.items()):
        issued, item_code = placed.reservation.issued, placed.reservation.item_code
        if not issued:
            continue
        has_left = f"{issued.normalize():f} of {item_code} has left for line {number}"
        position = positions.get(number)
        if position is None:
            refusals.add("lines", has_left)
        elif order.lines[position].item_code != item_code:
            refusals.add(f"lines.{position}.item_code", has_left)
        elif order.lines[position].quantity < issued:
            refusals.add(f"lines.{position}.quantity", has_left)
    refusals.raise_if_any(LeftAlready)


def _stays(lines: Sequence[LineToReserve], before: Sequence[Placed]) -> dict[int, Placed]:
    """By the line's number now, what was set aside for it: the same line, else the first of its item."""
    left = {placed.reservation.line_number: placed for placed in before if _is_wanted(placed.reservation)}
    stays: dict[int, Placed] = {}
    for line in lines:
        same = left.get(line.line_number)
        if same and same.reservation.item_code == line.item_code:
            stays[line.line_number] = left.pop(line.line_number)
    for line in lines:
        if line.line_number not in stays:
            first = next(_of_item(line.item_code, left.values()), None)
            if first:
                stays[line.line_number] = left.pop(first.reservation.line_number)
    return stays


def _is_wanted(reservation: LineReservation) -> bool:
    return reservation.wanted > reservation.released


def _of_item(item_code: str, placed: Iterable[Placed]) -> Iterator[Placed]:
    return (one for one in placed if one.reservation.item_code == item_code and not one.reservation.issued)


def _wanted(shelf: Shelf, order: AmendReservation, line: LineToReserve, stays: Placed | None) -> Placed:
    new = LineReservation(order.order_id, order.process_id, line.line_number, line.item_code, line.quantity)
    had = replace(stays.reservation, released=ZERO) if stays else new
    still_wanted = line.quantity - had.issued
    reserved = min(had.reserved, still_wanted)
    shelf.move(line.item_code, reserved=reserved - had.reserved)
    short = still_wanted - reserved
    if short and shelf.stocks[line.item_code].may_be_negative:
        shelf.move(line.item_code, reserved=short)
        reserved, short = still_wanted, ZERO
    now = replace(new, reserved=reserved, short=short, issued=had.issued)
    if stays is None or (short and not had.short):
        return Placed(now, order.ordered_on)
    return replace(stays, reservation=now)


def _gone(placed: Placed, *, is_free: bool) -> Placed:
    had = placed.reservation
    released: Decimal = had.released + (had.reserved + had.short if is_free else ZERO)
    gone = replace(had, wanted=released + had.issued, reserved=ZERO, short=ZERO, released=released)
    return replace(placed, reservation=gone)
