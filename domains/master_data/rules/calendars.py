"""What a holiday calendar may be, and which days are worked days."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta

from domains.master_data.messages.calendars import PutHolidayCalendar
from domains.master_data.rules.names import check_country
from foundation.values.errors import Refusals

MONDAY_TO_FRIDAY = frozenset(range(5))
"""As `date.weekday` counts."""
_A_DAY = timedelta(days=1)


def check_calendar(put: PutHolidayCalendar, based_on: Mapping[str, str | None], refusals: Refusals) -> None:
    """Note every field that is wrong of a calendar.

    `based_on` are all calendars, each with the one that it is based on.
    """
    check_country(put.country, refusals)
    if put.subdivision and put.country is None:
        refusals.add("subdivision", "is part of a country: say which")
    seen = set[date]()
    for place, day in enumerate(put.days):
        if day.on in seen:
            refusals.add(f"days.{place}.on", f"{day.on} is named twice")
        seen.add(day.on)
    if put.based_on is None:
        return
    if put.based_on not in based_on and put.based_on != put.code:
        refusals.add("based_on", f"there is no holiday calendar {put.based_on}; create it first")
        return
    way, above = [put.code], put.based_on
    while above != put.code and (further := based_on.get(above)) is not None:
        way.append(above)
        above = further
    if above == put.code:
        refusals.add("based_on", f"it would be based on itself: {' → '.join([*way, put.code])}")


def worked_days(
    first: date, last: date, holidays: Collection[date], weekdays: Collection[int] = MONDAY_TO_FRIDAY
) -> Iterator[date]:
    """The days from the first to the last, both included, that are of these weekdays and no holiday."""
    for n in range((last - first).days + 1):
        day = first + n * _A_DAY
        if day.weekday() in weekdays and day not in holidays:
            yield day
