"""What may be set aside for whom: never more than is there, and first who has waited longest."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from domains.inventory.messages import LineToIssue, LineToReserve, ReserveStock
from foundation.values.errors import BusinessError, Refusals
from foundation.values.money import ZERO


class NotReserved(BusinessError):
    """More would leave than is set aside for the order; `errors` names each line."""

    status = 409


class NotOnHand(BusinessError):
    """More would leave than is there, and the item does not allow that; `errors` names each line."""

    status = 409


class NotThereYet(BusinessError):
    """Goods would leave on a day before they came; `errors` names the field, and the first day possible."""

    status = 409


class NotStocked(BusinessError):
    """The warehouse is unknown, or an item is unknown or no thing to be kept; `errors` names each."""


@dataclass(frozen=True)
class OnHand:
    """What is on hand from the end of a day on, until something moves."""

    on: date
    quantity: Decimal


@dataclass(frozen=True)
class ShelfStock:
    """What lies of an item in one warehouse, and how much of it is set aside."""

    item_code: str
    on_hand: Decimal = ZERO
    reserved: Decimal = ZERO
    in_transit: Decimal = ZERO
    """On its way here."""
    last_moved_on: date | None = None
    """The latest day on which anything came or left."""
    may_be_negative: bool = False
    """Whether the item may be issued before it is there."""
    is_whole: bool = False
    """Whether a part of one cannot be moved."""
    days: tuple[OnHand, ...] = ()
    """From the day on which goods leave, when others have come or left after it: in the order of the days."""

    @property
    def available(self) -> Decimal:
        """What may still be promised; less than nothing when more was promised than is there."""
        return self.on_hand - self.reserved

    def is_moved_after(self, on: date) -> bool:
        """Whether more has come or left on a later day."""
        return self.last_moved_on is not None and self.last_moved_on > on

    def on_hand_on(self) -> Decimal:
        """What is on hand at the end of the day that was looked back to."""
        return self.days[0].quantity if self.days else self.on_hand

    def looked_back(self, on: date, later: Sequence[tuple[date, Decimal]]) -> "ShelfStock":
        """With what was on hand at the end of a day, and of each later one on which so much moved."""
        quantity = self.on_hand - sum((change for _, change in later), ZERO)
        days = [OnHand(on, quantity)]
        for day, change in later:
            quantity += change
            days.append(OnHand(day, quantity))
        return replace(self, days=tuple(days))

    def moved(self, on_hand: Decimal, reserved: Decimal, on: date | None) -> "ShelfStock":
        """With so much more on hand, from a day on, and so much more set aside."""
        last = max((day for day in (self.last_moved_on, on) if on_hand and day), default=self.last_moved_on)
        return replace(
            self,
            on_hand=self.on_hand + on_hand,
            reserved=self.reserved + reserved,
            last_moved_on=last,
            days=tuple(OnHand(day.on, day.quantity + on_hand) for day in self.days),
        )

    def why_not_yet(self, taken: Decimal) -> str | None:
        """Why so much of what was on hand cannot have left on the day; None when it can."""
        if (
            self.may_be_negative
            or not self.days
            or (lowest := min(day.quantity for day in self.days)) >= taken
        ):
            return None
        first = self.days[0]
        later = [day for day in self.days if day.quantity < taken][-1]
        since = self.days[self.days.index(later) + 1].on
        why = f"{_plain(first.quantity)} of {self.item_code} was on hand on {first.on}"
        if lowest < first.quantity:
            why += f", and {_plain(max(lowest, ZERO))} of it did not leave later"
        return f"{why}: {_plain(taken)} can leave from {since} on"


@dataclass(frozen=True)
class LineReservation:
    """What one order line wants, and what has become of it: the four parts always add up to the wanted."""

    order_id: UUID
    process_id: str
    line_number: int
    item_code: str
    wanted: Decimal
    reserved: Decimal = ZERO
    short: Decimal = ZERO
    issued: Decimal = ZERO
    released: Decimal = ZERO


class Leaving(Protocol):
    """A line of a document by which goods leave the shelf."""

    @property
    def line_number(self) -> int:
        """From one on."""

    @property
    def item_code(self) -> str:
        """The item."""

    @property
    def stock_quantity(self) -> Decimal:
        """In the stock unit."""


@dataclass
class Shelf:
    """The stock that an operation works on, locked, with the reservations that it changes."""

    stocks: dict[str, ShelfStock]
    on: date | None = None
    """The day on which goods come or leave."""
    has_warehouse: bool = True
    """Whether there is such a warehouse."""
    moved: set[str] = field(default_factory=set)
    """The items whose stock has changed."""
    changed: dict[tuple[UUID, int], LineReservation] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._before = dict(self.stocks)

    def move(
        self,
        item_code: str,
        *,
        on_hand: Decimal = ZERO,
        reserved: Decimal = ZERO,
        in_transit: Decimal = ZERO,
    ) -> None:
        """Put to, or take from, what is on hand, what is set aside and what is on its way here."""
        if on_hand == 0 == reserved and in_transit == 0:
            return
        self.moved.add(item_code)
        if in_transit:
            stock = self.stocks[item_code]
            self.stocks[item_code] = replace(stock, in_transit=stock.in_transit + in_transit)
        self.stocks[item_code] = self.stocks[item_code].moved(on_hand, reserved, self.on)

    def keep(self, reservation: LineReservation) -> LineReservation:
        """Note a reservation as new or changed."""
        self.changed[reservation.order_id, reservation.line_number] = reservation
        return reservation

    def check_stocked(
        self, asked: Iterable[tuple[str, str]], *, warehouse_field: str = "warehouse_code"
    ) -> None:
        """Refuses: NotStocked, with the warehouse's field when there is none, else of every item that is
        unknown or a service.
        """
        refusals = Refusals()
        if not self.has_warehouse:
            refusals.add(warehouse_field, "there is no such warehouse; create it first")
            refusals.raise_if_any(NotStocked)
        for field_name, item_code in asked:
            if item_code not in self.stocks:
                refusals.add(field_name, f"{item_code} is unknown or not kept in stock")
        refusals.raise_if_any(NotStocked)

    def check_days(self, field_name: str) -> None:
        """What has left was there on its day, and is missing on none after it. Refuses: NotThereYet."""
        refusals = Refusals()
        for item_code, stock in self.stocks.items():
            before = self._before.get(item_code, stock)
            if (taken := before.on_hand - stock.on_hand) > 0 and (why := before.why_not_yet(taken)):
                refusals.add(field_name, why)
        refusals.raise_if_any(NotThereYet)

    def check_whole(self, asked: Iterable[tuple[str, str, Decimal]]) -> None:
        """Refuses: Invalid, with the field of every item of which a fraction would move, and may not."""
        refusals = Refusals()
        for field_name, item_code, quantity in asked:
            if self.stocks[item_code].is_whole and quantity % 1:
                refusals.add(
                    field_name, f"{item_code} cannot be divided: {_plain(quantity)} is no whole number"
                )
        refusals.raise_if_any()

    def take(self, lines: Iterable["Leaving"], *, only_free: bool = False) -> None:
        """Take lines from what is on hand, or only from what is not set aside. Refuses: NotOnHand."""
        refusals = Refusals()
        for line in lines:
            stock = self.stocks[line.item_code]
            there = stock.available if only_free else stock.on_hand
            if there < line.stock_quantity and not stock.may_be_negative:
                free = " and not set aside" if only_free else ""
                refusals.add(
                    f"lines.{line.line_number - 1}.quantity",
                    f"{_plain(max(there, ZERO))} of {line.item_code} is on hand{free}, "
                    f"not {_plain(line.stock_quantity)}",
                )
            self.move(line.item_code, on_hand=-line.stock_quantity)
        refusals.raise_if_any(NotOnHand)

    def short_again(self, item_code: str, reservations: Iterable[LineReservation]) -> list[LineReservation]:
        """Take from what is set aside what is not there any more, in the order given; answers from whom.

        What is taken from them they wait for, at the place that they have.
        """
        cut = []
        for held in reservations:
            missing = -self.stocks[item_code].available
            if missing <= 0 or self.stocks[item_code].may_be_negative:
                break
            quantity = min(held.reserved, missing)
            self.move(item_code, reserved=-quantity)
            cut.append(
                self.keep(replace(held, reserved=held.reserved - quantity, short=held.short + quantity))
            )
        return cut

    def reserve(self, order: ReserveStock, line: LineToReserve) -> LineReservation:
        """Set aside what is available, or all of it when the item may be negative; the rest is short."""
        stock = self.stocks[line.item_code]
        reserved = line.quantity if stock.may_be_negative else _at_most(stock.available, line.quantity)
        self.move(line.item_code, reserved=reserved)
        return self.keep(
            LineReservation(
                order_id=order.order_id,
                process_id=order.process_id,
                line_number=line.line_number,
                item_code=line.item_code,
                wanted=line.quantity,
                reserved=reserved,
                short=line.quantity - reserved,
            )
        )

    def release(self, reservation: LineReservation) -> LineReservation:
        """Give back what is set aside, and want no more."""
        self.move(reservation.item_code, reserved=-reservation.reserved)
        return self.keep(
            replace(
                reservation,
                reserved=ZERO,
                short=ZERO,
                released=reservation.released + reservation.reserved + reservation.short,
            )
        )

    def serve(self, backorders: Iterable[LineReservation]) -> list[LineReservation]:
        """Set aside what is available for those who wait, in the order given; answers whom it served."""
        served = []
        for waiting in backorders:
            quantity = _at_most(self.stocks[waiting.item_code].available, waiting.short)
            if quantity:
                self.move(waiting.item_code, reserved=quantity)
                less_short = replace(
                    waiting, reserved=waiting.reserved + quantity, short=waiting.short - quantity
                )
                served.append(self.keep(less_short))
        return served

    def issue(self, reservations: Mapping[int, LineReservation], lines: Sequence[LineToIssue]) -> None:
        """Take the lines from what is set aside and from what is on hand.

        Refuses: Invalid for parts of what cannot be divided, NotReserved, NotOnHand, each naming all lines it
        concerns.
        """
        self.check_whole(
            (f"lines.{position}.quantity", line.item_code, line.quantity)
            for position, line in enumerate(lines)
        )
        self._check_reserved(reservations, lines)
        not_on_hand = Refusals()
        for position, line in enumerate(lines):
            reservation = reservations[line.line_number]
            self.keep(
                replace(
                    reservation,
                    reserved=reservation.reserved - line.quantity,
                    issued=reservation.issued + line.quantity,
                )
            )
            self.move(line.item_code, on_hand=-line.quantity, reserved=-line.quantity)
            stock = self.stocks[line.item_code]
            if stock.on_hand < 0 and not stock.may_be_negative:
                there = _plain(stock.on_hand + line.quantity)
                not_on_hand.add(f"lines.{position}.quantity", f"{there} of {line.item_code} is on hand")
        not_on_hand.raise_if_any(NotOnHand)

    @staticmethod
    def _check_reserved(reservations: Mapping[int, LineReservation], lines: Sequence[LineToIssue]) -> None:
        not_reserved = Refusals()
        seen: set[int] = set()
        for position, line in enumerate(lines):
            field_name, item, wanted = f"lines.{position}", line.item_code, _plain(line.quantity)
            reservation = reservations.get(line.line_number)
            if line.line_number in seen:
                not_reserved.add(f"{field_name}.line_number", f"line {line.line_number} is named twice")
            elif reservation is None or reservation.item_code != item:
                not_reserved.add(
                    f"{field_name}.line_number",
                    f"nothing of {item} is set aside for line {line.line_number}",
                )
            elif line.quantity > reservation.reserved:
                there = _plain(reservation.reserved)
                not_reserved.add(f"{field_name}.quantity", f"{there} of {item} is set aside, not {wanted}")
            seen.add(line.line_number)
        not_reserved.raise_if_any(NotReserved)


def _at_most(available: Decimal, wanted: Decimal) -> Decimal:
    return min(wanted, max(available, ZERO))


def _plain(quantity: Decimal) -> str:
    return f"{quantity.normalize():f}"
