"""On which days German banks and tax offices work: by the holidays of the whole country, and no state's own.

Where a tax office or a health fund has a further holiday, its day of payment may be another: § 108 Abs. 3 AO
and the funds' circular (Rundschreiben) on § 23 SGB IV go by its own seat.
"""

from datetime import date, timedelta
from functools import cache

_DAY = timedelta(days=1)
_AFTER_EASTER = (-2, 1, 39, 50)
"""Good Friday, Easter Monday, Ascension Day, Whit Monday."""
_FIXED = ((1, 1), (5, 1), (10, 3), (12, 25), (12, 26))
_NO_BANK_DAYS = ((12, 24), (12, 31))
"""By the wage agreements of the banks."""


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm; Meeus, Astronomical Algorithms)."""
    golden, century, of_century = year % 19, year // 100, year % 100
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - epact - of_century % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@cache
def holidays(year: int) -> frozenset[date]:
    """Those of the whole country."""
    sunday = easter(year)
    moving = {sunday + timedelta(days=days) for days in _AFTER_EASTER}
    return frozenset(moving | {date(year, month, day) for month, day in _FIXED})


def is_working_day(day: date) -> bool:
    """Whether offices work: no Saturday, no Sunday, no holiday."""
    return day.weekday() < 5 and day not in holidays(day.year)


def next_working_day(day: date) -> date:
    """The day, or the first after it on which offices work."""
    while not is_working_day(day):
        day += _DAY
    return day


def third_last_bank_day(last: date) -> date:
    """Of a month, by its last day, the third-last day on which banks work."""
    left = 3
    day = last + _DAY
    while left:
        day -= _DAY
        if is_working_day(day) and (day.month, day.day) not in _NO_BANK_DAYS:
            left -= 1
    return day
