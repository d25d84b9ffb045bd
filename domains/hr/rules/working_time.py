"""Which classes the minutes of somebody's work are of.

Work is classed minute by minute, each by the calendar day and the clock of the company's time zone at which
it begins. So a shift through midnight belongs to two days, the night on which clocks change has the minutes
that it really has, and it makes no difference where work is divided into spans.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

from domains.hr.messages import Weekday
from domains.hr.messages.working_time import (
    ClassedHours,
    HoursClass,
    HoursOfClass,
    HoursOfDay,
    PutTimeRules,
    TimeRulesVersion,
)

MINUTES_AN_HOUR = 60
_MINUTE = timedelta(minutes=1)
_WEEKDAYS = list(Weekday)
_HOURS = Decimal("0.000001")


class WorkedSpan(NamedTuple):
    """From one moment to another somebody worked without a break; both are whole minutes, in UTC."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class TimeRules:
    """How the hours of somebody are classed."""

    versions: tuple[TimeRulesVersion, ...]
    """In the order of the days from which they are valid."""
    zone: ZoneInfo
    """The company's."""
    holidays: Collection[date]

    @classmethod
    def of(cls, put: PutTimeRules, zone: ZoneInfo, holidays: Collection[date]) -> Self:
        """The rules as they were written down, in the company's time zone."""
        versions = sorted(put.versions, key=lambda version: version.valid_from)
        return cls(tuple(versions), zone, holidays)

    def on(self, day: date) -> TimeRulesVersion | None:
        """The version that is valid on a day, if any is."""
        valid = [version for version in self.versions if version.valid_from <= day]
        return valid[-1] if valid else None


def days_in(span: WorkedSpan, zone: ZoneInfo) -> list[date]:
    """The calendar days on which somebody worked in a span; none when it ends before it begins."""
    first = span.starts_at.astimezone(zone).date()
    last = (span.ends_at - _MINUTE).astimezone(zone).date()
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def first_day_of_week(day: date, begins_on: Weekday) -> date:
    """The first day of the week that a day is in."""
    return day - timedelta(days=(day.weekday() - _WEEKDAYS.index(begins_on)) % len(_WEEKDAYS))


def classed_minutes(spans: Sequence[WorkedSpan], rules: TimeRules) -> dict[date, Counter[HoursClass]]:
    """The minutes of each class by calendar day. Spans do not overlap, and a version is valid on each day.

    The first minutes of a day and of a week are those within their limits. To class a week's overtime, what
    was worked since the week began must be among the spans.
    """
    found: dict[date, Counter[HoursClass]] = {}
    by_day: Counter[date] = Counter()
    by_week: Counter[date] = Counter()
    versions: dict[date, TimeRulesVersion] = {}
    for local in _minutes(spans, rules.zone):
        day = local.date()
        if day not in versions:
            version = rules.on(day)
            assert version is not None, "days without a version were refused"
            versions[day] = version
        version = versions[day]
        base = _base_class(day, version, by_day, by_week)
        classes = [base, *_premiums(local, version, rules.holidays)]
        of_day = found.setdefault(day, Counter())
        of_day.update(classes if version.adds_up else [min(classes, key=version.ranking.index)])
    return found


def _minutes(spans: Sequence[WorkedSpan], zone: ZoneInfo) -> Iterator[datetime]:
    """Each worked minute in order, as clocks showed it when it began."""
    for span in sorted(spans):
        at = span.starts_at
        while at < span.ends_at:
            yield at.astimezone(zone)
            at += _MINUTE


def _base_class(
    day: date, version: TimeRulesVersion, by_day: Counter[date], by_week: Counter[date]
) -> HoursClass:
    """Whether a minute is within the limits of its day and week; it is counted towards them."""
    by_day[day] += 1
    if version.most_minutes_a_day is not None and by_day[day] > version.most_minutes_a_day:
        return HoursClass.DAILY_OVERTIME
    week = first_day_of_week(day, version.week_begins_on)
    by_week[week] += 1
    if version.most_minutes_a_week is not None and by_week[week] > version.most_minutes_a_week:
        return HoursClass.WEEKLY_OVERTIME
    return HoursClass.ORDINARY


def _premiums(local: datetime, version: TimeRulesVersion, holidays: Collection[date]) -> Iterator[HoursClass]:
    if _is_night(f"{local:%H:%M}", version):
        yield HoursClass.NIGHT
    if local.date() in holidays:
        yield HoursClass.HOLIDAY
    elif _WEEKDAYS[local.weekday()] is Weekday.SUNDAY:
        yield HoursClass.SUNDAY


def _is_night(clock: str, version: TimeRulesVersion) -> bool:
    begins, ends = version.night_from, version.night_to
    if begins is None or ends is None:
        return False
    if begins < ends:
        return begins <= clock < ends
    return clock >= begins or clock < ends


def classed_hours(
    employee_code: str,
    time_rules_code: str,
    first: date,
    last: date,
    spans: Sequence[WorkedSpan],
    rules: TimeRules,
) -> ClassedHours:
    """What was worked from the first day to the last, both included. What is of days before counts towards
    the limits of their weeks only; what is of days after is left out.
    """
    within = {day: of_day for day, of_day in classed_minutes(spans, rules).items() if first <= day <= last}
    worked = Counter(local.date() for local in _minutes(spans, rules.zone))
    return ClassedHours(
        employee_code=employee_code,
        time_rules_code=time_rules_code,
        starts_on=first,
        ends_on=last,
        minutes=sum(worked[day] for day in within),
        classes=_of_classes(sum(within.values(), Counter())),
        days=tuple(
            HoursOfDay(on=day, minutes=worked[day], classes=_of_classes(within[day]))
            for day in sorted(within)
        ),
    )


def _of_classes(minutes: Mapping[HoursClass, int]) -> tuple[HoursOfClass, ...]:
    return tuple(
        HoursOfClass(
            hours_class=one,
            minutes=minutes[one],
            hours=(Decimal(minutes[one]) / MINUTES_AN_HOUR).quantize(_HOURS, ROUND_HALF_UP),
        )
        for one in HoursClass
        if minutes.get(one)
    )
