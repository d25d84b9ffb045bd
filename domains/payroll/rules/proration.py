"""What a part of a period is worth: for who joins or leaves, for unpaid leave, for a raise amid the month.

An amount is for a whole period. A piece of it is the amount by the units of its days, over the units of the
whole: calendar days, working days, hours or thirtieths. The sum is rounded once, half up to the minor unit;
the pieces are cut to it, and what is left goes to the largest remainders, so that they add up to the sum.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from domains.payroll.messages.kinds import ProrationMethod
from domains.payroll.rules.statutory import PayPeriod
from foundation.values.errors import BusinessError
from foundation.values.money import ZERO, allocated, rounded

_A_DAY = timedelta(days=1)
_THIRTY = 30


class NothingToProrateBy(BusinessError):
    """The period has no working day, or no hour, by which a part of it could be reckoned."""


@dataclass(frozen=True, order=True)
class Span:
    """Days in a row, the first and the last included."""

    first: date
    last: date

    @classmethod
    def of(cls, period: PayPeriod) -> "Span":
        """The days of a period."""
        return cls(period.starts_on, period.ends_on)

    def within(self, other: "Span") -> "Span | None":
        """The days that both have; None when there are none."""
        if self.first >= other.first and self.last <= other.last:
            return self
        first, last = max(self.first, other.first), min(self.last, other.last)
        return Span(first, last) if first <= last else None

    def without(self, gaps: Sequence["Span"]) -> tuple["Span", ...]:
        """What is left when the days of the gaps are taken out, in order."""
        if not gaps:
            return (self,)
        left, since = [], self.first
        for gap in sorted(clipped for gap in gaps if (clipped := gap.within(self))):
            if gap.first > since:
                left.append(Span(since, gap.first - _A_DAY))
            since = max(since, gap.last + _A_DAY)
        if since <= self.last:
            left.append(Span(since, self.last))
        return tuple(left)

    def __str__(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first} to {self.last}"


@dataclass(frozen=True)
class WorkCalendar:
    """When somebody works: the days on which they do, and how many hours on which day."""

    working_days: tuple[date, ...] = ()
    hours: Mapping[date, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class ProratedPart:
    """Some days of a period, with what the whole period would earn as these days do."""

    days: Span
    of_amount: Decimal
    units: Decimal
    whole: Decimal
    """The units of the whole period, of which these days are `units`."""

    @property
    def exact(self) -> Decimal:
        """What the days earn, not rounded."""
        return self.of_amount if self.units == self.whole else self.of_amount * self.units / self.whole


def units(days: Span, method: ProrationMethod, calendar: WorkCalendar) -> Decimal:
    """How much of a period some days are: days, working days, hours, or days of a month that has thirty.

    Thirtieths (§ 18 Abs. 1 BBiG, § 191 BGB): each month has 30 days; its 31st counts nothing, and the last
    day of February counts for those that it lacks. So a month's parts are 30 together, however it is cut.
    """
    match method:
        case ProrationMethod.CALENDAR_DAYS:
            return Decimal((days.last - days.first).days + 1)
        case ProrationMethod.WORKING_DAYS:
            return Decimal(sum(days.first <= day <= days.last for day in calendar.working_days))
        case ProrationMethod.HOURS:
            return sum(
                (hours for day, hours in calendar.hours.items() if days.first <= day <= days.last), ZERO
            )
        case ProrationMethod.THIRTIETHS:
            return Decimal(_thirtieths_through(days.last) - _thirtieths_through(days.first - _A_DAY))


def _thirtieths_through(day: date) -> int:
    """How many days of thirty a month there are through a day, since the calendar began."""
    is_last = (day + _A_DAY).month != day.month
    return (day.year * 12 + day.month) * _THIRTY + (_THIRTY if is_last else day.day)


def part_of(
    whole: Sequence[Span], days: Span, of_amount: Decimal, method: ProrationMethod, calendar: WorkCalendar
) -> ProratedPart:
    """Some days of a whole, measured; days that are paid nothing are in no part. The whole may have gaps.

    Refuses: NothingToProrateBy.
    """
    of_whole = sum((units(span, method, calendar) for span in whole), ZERO)
    if not of_whole:
        these = " and ".join(map(str, whole))
        raise NothingToProrateBy(
            f"{these} has no {method.replace('_', ' ')}; say when is worked on these days"
        )
    return ProratedPart(days, of_amount, units(days, method, calendar), of_whole)


def prorated(
    parts: Sequence[ProratedPart], *, currency: str, total: Decimal | None = None
) -> tuple[Decimal, ...]:
    """What each part earns, to the minor unit; together the exact sum, rounded once, or another total that
    the sum was made into, such as its limit. Parts that are a whole period at one amount earn exactly that.
    """
    exact = [part.exact for part in parts]
    of_all = rounded(sum(exact, ZERO), currency) if total is None else total
    return (of_all,) if len(parts) == 1 else tuple(allocated(of_all, exact, currency))
