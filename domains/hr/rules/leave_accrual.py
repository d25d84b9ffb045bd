"""How many days of leave somebody gets in a year, and when they are there."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from domains.hr.messages.leave import LeaveAccrual, PutLeaveType, TenureStep
from foundation.values.money import ZERO

ROUND_TO = {"hundredth": Decimal("0.01"), "half_day": Decimal("0.5"), "day": Decimal(1)}
_MONTHS = 12
_A_DAY = timedelta(days=1)


class Accrued(NamedTuple):
    """Days that are there from a day on."""

    counts_on: date
    days: Decimal


def accrued_in(
    leave_type: PutLeaveType, year: int, hired_on: date, left_on: date | None
) -> tuple[Accrued, ...]:
    """What somebody accrues of a type in a year, day by day.

    Each calendar month that they are employed for the whole of counts a twelfth of the days a year that
    their years of employment give on its first day (§ 5 Abs. 1 BUrlG counts whole months, too). The sum
    through a month is rounded, half up; a month's days are what it adds to the one before, so that together
    they are the rounded days of the year.
    """
    exact, given = ZERO, ZERO
    found = list[Accrued]()
    for month in range(1, _MONTHS + 1):
        first = date(year, month, 1)
        if hired_on > first or (left_on is not None and left_on < _last_of(first)):
            continue
        exact += days_a_year(leave_type.steps, hired_on, first)
        through = rounded_days(exact / _MONTHS, leave_type.round_to)
        if through != given:
            found.append(Accrued(first, through - given))
        given = through
    if leave_type.accrual is LeaveAccrual.YEARLY and given:
        return (Accrued(max(date(year, 1, 1), hired_on), given),)
    return tuple(found)


def days_a_year(steps: Sequence[TenureStep], hired_on: date, on: date) -> Decimal:
    """By the whole years of employment on a day; none, where no step is reached."""
    years = on.year - hired_on.year - ((on.month, on.day) < (hired_on.month, hired_on.day))
    reached = [step.days_a_year for step in steps if step.after_years <= years]
    return reached[-1] if reached else ZERO


def rounded_days(days: Decimal, round_to: str) -> Decimal:
    """Half up to a hundredth, half a day or a day."""
    unit = ROUND_TO[round_to]
    return (days / unit).quantize(Decimal(1), ROUND_HALF_UP) * unit


def _last_of(first: date) -> date:
    return (first.replace(day=28) + 4 * _A_DAY).replace(day=1) - _A_DAY
