"""The balance of leave on any day, what of it lapses, and that nobody takes more than there is.

All that changes a balance is a movement that counts from a day on, and is never changed: the balance of a
day, past or future, is the sum of what counts until then. What lapses is such a movement, too. It is written
when the year is granted, on the day on which it will lapse; whoever takes days before has less to lose, and
the difference is written as a movement of the same day.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from domains.hr.messages.leave import LeaveMovementKind
from domains.hr.rules.leave_types import last_day_of_carry_over
from foundation.values.errors import BusinessError
from foundation.values.money import ZERO

_A_DAY = timedelta(days=1)
Lapses = dict[tuple[int, date], Decimal]
"""How many days of which year's entitlement lapse on which day."""


class NotEnoughLeave(BusinessError):
    """More would be taken than there is on some day."""

    status = 409


class DaysMoved(NamedTuple):
    """Days more or fewer from a day on; of a year's entitlement, unless they are taken or given back."""

    counts_on: date
    kind: LeaveMovementKind
    year: int | None
    days: Decimal


class Entitled(NamedTuple):
    """How a year's entitlement goes into the next."""

    year: int
    carry_over_most: Decimal | None
    carry_over_until: str


def balance_on(movements: Iterable[DaysMoved], day: date) -> Decimal:
    """What is there on a day."""
    return sum((one.days for one in movements if one.counts_on <= day), ZERO)


def check_enough(movements: Sequence[DaysMoved], employee_code: str) -> None:
    """Refuses: NotEnoughLeave, naming the first day on which there would be too little, and how much."""
    by_day = defaultdict[date, Decimal](Decimal)
    for one in movements:
        by_day[one.counts_on] += one.days
    balance = ZERO
    for day in sorted(by_day):
        balance += by_day[day]
        if balance < 0:
            why = f"{employee_code} would have {balance.normalize():f} days on {day}"
            raise NotEnoughLeave(f"{why}: take fewer, or have the year's leave granted first")


def to_lapse(entitlements: Sequence[Entitled], movements: Sequence[DaysMoved]) -> list[DaysMoved]:
    """The movements that are missing so that just that lapses which is not taken in time."""
    wanted = lapses(entitlements, movements)
    written = defaultdict[tuple[int, date], Decimal](Decimal)
    for one in movements:
        if one.kind is LeaveMovementKind.LAPSED and one.year is not None:
            written[one.year, one.counts_on] -= one.days
    return [
        DaysMoved(day, LeaveMovementKind.LAPSED, year, -change)
        for year, day in sorted({*wanted, *written})
        if (change := wanted.get((year, day), ZERO) - written[year, day])
    ]


def lapses(entitlements: Sequence[Entitled], movements: Iterable[DaysMoved]) -> Lapses:
    """What lapses of each year's entitlement, and when: what is taken is of the oldest year that is left.

    At the beginning of the next year all that is there beyond what is carried over, of the oldest first; and
    what is left of the year's own after the last day of its carry-over. Of what is there on a day first
    lapses what does, then comes what is new, then is taken. A correction downwards is of its own year first.
    """
    days = _Days()
    for moved in movements:
        days.add(moved)
    ends = {date(one.year + 1, 1, 1): one for one in entitlements if one.carry_over_most is not None}
    expires = defaultdict[date, list[int]](list)
    for one in entitlements:
        if (last := last_day_of_carry_over(one.year, one.carry_over_until)) is not None:
            expires[last + _A_DAY].append(one.year)
    left, found = _Left(), defaultdict[tuple[int, date], Decimal](Decimal)
    for day in sorted({*days.granted, *days.corrected, *days.taken, *ends, *expires}):
        if day in ends:
            most = ends[day].carry_over_most or ZERO
            for year, lapsed in left.take(left.total - most):
                found[year, day] += lapsed
        for year in expires.get(day, ()):
            for _, lapsed in left.take(left.of_year.get(year, ZERO), years=(year,)):
                found[year, day] += lapsed
        for year, granted in sorted(days.granted[day].items()):
            left.give(year, granted)
        for year, fewer in sorted(days.corrected[day].items()):
            left.correct(year, fewer)
        left.owe(days.taken[day])
    return {key: lapsed for key, lapsed in found.items() if lapsed}


class _Days:
    """What is granted of which year, by how much that is corrected downwards, and what is taken, by day."""

    def __init__(self) -> None:
        self.granted = defaultdict[date, dict[int, Decimal]](dict)
        self.corrected = defaultdict[date, dict[int, Decimal]](dict)
        self.taken = defaultdict[date, Decimal](Decimal)

    def add(self, one: DaysMoved) -> None:
        if one.kind is LeaveMovementKind.LAPSED:
            return
        if one.year is None:
            self.taken[one.counts_on] -= one.days
        else:
            of_day = (self.granted if one.days > 0 else self.corrected)[one.counts_on]
            of_day[one.year] = of_day.get(one.year, ZERO) + abs(one.days)


class _Left:
    """What is left of each year, or owed where more was taken than there was."""

    def __init__(self) -> None:
        self.of_year: dict[int, Decimal] = {}
        self.owed = ZERO

    @property
    def total(self) -> Decimal:
        return sum(self.of_year.values(), ZERO)

    def take(self, days: Decimal, years: Iterable[int] | None = None) -> list[tuple[int, Decimal]]:
        """So many at most, of the oldest first; how many of which year."""
        found = []
        for year in sorted(self.of_year if years is None else years):
            some = min(days, self.of_year.get(year, ZERO))
            if some > 0:
                self.of_year[year] -= some
                days -= some
                found.append((year, some))
        return found

    def owe(self, days: Decimal) -> None:
        self.owed += days
        self.owed -= sum((some for _, some in self.take(self.owed)), ZERO)

    def correct(self, year: int, days: Decimal) -> None:
        self.owe(days - sum((some for _, some in self.take(days, years=(year,))), ZERO))

    def give(self, year: int, days: Decimal) -> None:
        self.of_year[year] = self.of_year.get(year, ZERO) + days
        self.owe(ZERO)


def balances(movements: Mapping[str, Sequence[DaysMoved]], day: date) -> dict[str, Decimal]:
    """What is there on a day, by the code of the type."""
    return {code: balance_on(of_type, day) for code, of_type in sorted(movements.items())}
