"""Which classes hours are of, worked out by hand, and what holds of any work at all."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domains.hr.messages import Weekday
from domains.hr.messages.working_time import HoursClass, TimeRulesVersion
from domains.hr.rules.working_time import TimeRules, WorkedSpan, classed_hours, classed_minutes

BERLIN = ZoneInfo("Europe/Berlin")
HOLIDAYS = (date(2026, 4, 3), date(2026, 4, 5))
"""Good Friday; and Easter Sunday, which is a holiday in Brandenburg."""
HIGHEST_FIRST = (
    *(HoursClass.HOLIDAY, HoursClass.SUNDAY, HoursClass.WEEKLY_OVERTIME, HoursClass.DAILY_OVERTIME),
    *(HoursClass.NIGHT, HoursClass.ORDINARY),
)
MONDAY = date(2026, 3, 2)


def rules(*more: TimeRulesVersion, **changes: Any) -> TimeRules:
    """Eight hours a day, forty a week, night from 20:00 to 6:00."""
    said: dict[str, Any] = {
        "valid_from": date(2026, 1, 1),
        "most_minutes_a_day": 480,
        "most_minutes_a_week": 2400,
        "night_from": "20:00",
        "night_to": "06:00",
    }
    return TimeRules((TimeRulesVersion(**said | changes), *more), BERLIN, HOLIDAYS)


def span(began: str, ended: str) -> WorkedSpan:
    """By the clock in Berlin."""
    at = (datetime.fromisoformat(one).replace(tzinfo=BERLIN).astimezone(UTC) for one in (began, ended))
    return WorkedSpan(*at)


def hours(spans: Sequence[WorkedSpan], by: TimeRules) -> dict[str, float]:
    """All hours by class."""
    minutes = sum(classed_minutes(spans, by).values(), Counter[HoursClass]())
    return {one.value: count / 60 for one, count in minutes.items()}


def week_of(hours_a_day: int, days: int = 5, first: date = MONDAY) -> list[WorkedSpan]:
    """From eight o'clock on each day."""
    each = (first + timedelta(days=n) for n in range(days))
    return [span(f"{day}T08:00", f"{day}T{8 + hours_a_day:02}:00") for day in each]


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        # Ten hours on one day: two are beyond the limit of eight.
        ([span("2026-03-02T08:00", "2026-03-02T18:00")], {"ordinary": 8, "daily_overtime": 2}),
        # Six days of eight hours: the sixth is beyond forty.
        (week_of(8, 6), {"ordinary": 40, "weekly_overtime": 8}),
        # Five days of nine hours: the ninth is overtime of its day, and not once more of the week.
        (week_of(9), {"ordinary": 40, "daily_overtime": 5}),
        # 22:00 to 6:00 from Monday to Tuesday: two days, none beyond its limit, all of it at night.
        ([span("2026-03-02T22:00", "2026-03-03T06:00")], {"ordinary": 8, "night": 8}),
        # Saturday 22:00 to Sunday 6:00: six hours are of the Sunday.
        ([span("2026-03-07T22:00", "2026-03-08T06:00")], {"ordinary": 8, "night": 8, "sunday": 6}),
        # Clocks go forward on 29 March: 22:00 to 6:00 are seven hours, five of them on Sunday.
        ([span("2026-03-28T22:00", "2026-03-29T06:00")], {"ordinary": 7, "night": 7, "sunday": 5}),
        # Clocks go back on 25 October: nine hours, seven on Sunday.
        ([span("2026-10-24T22:00", "2026-10-25T06:00")], {"ordinary": 9, "night": 9, "sunday": 7}),
        # A holiday on a Sunday is a holiday; on a Friday, too.
        ([span("2026-04-05T08:00", "2026-04-05T12:00")], {"ordinary": 4, "holiday": 4}),
        ([span("2026-04-03T18:00", "2026-04-03T22:00")], {"ordinary": 4, "holiday": 4, "night": 2}),
        # The last minute before the night, and its last.
        ([span("2026-03-02T19:59", "2026-03-02T20:00")], {"ordinary": 1 / 60}),
        ([span("2026-03-02T05:59", "2026-03-02T06:01")], {"ordinary": 2 / 60, "night": 1 / 60}),
        ([], {}),
    ],
)
def test_hours_are_of_these_classes(spans: list[WorkedSpan], expected: dict[str, float]) -> None:
    assert hours(spans, rules()) == expected


def test_the_highest_class_counts_where_they_do_not_add_up() -> None:
    # Sunday 14:00 to midnight: ten hours, two beyond the day's limit, four at night: all is of the Sunday.
    by = rules(adds_up=False, ranking=HIGHEST_FIRST)
    assert hours([span("2026-03-08T14:00", "2026-03-09T00:00")], by) == {"sunday": 10}
    # Monday 14:00 to midnight: 20:00 to 22:00 at night, from 22:00 on overtime of the day.
    monday = hours([span("2026-03-02T14:00", "2026-03-03T00:00")], by)
    assert monday == {"ordinary": 6, "night": 2, "daily_overtime": 2}


def test_a_version_counts_from_its_day_on_and_a_week_may_begin_on_any_day() -> None:
    seven = TimeRulesVersion(valid_from=date(2026, 3, 3), most_minutes_a_day=420)
    changed = rules(seven)
    # Monday by eight hours a day, Tuesday by seven.
    assert hours(week_of(9, 2), changed) == {"ordinary": 15, "daily_overtime": 3}
    # Friday to Wednesday by eight hours are 48 of a week from Friday, of two from Monday.
    six = week_of(8, 6, first=date(2026, 3, 6))
    assert hours(six, rules(week_begins_on=Weekday.FRIDAY))["weekly_overtime"] == 8
    assert "weekly_overtime" not in hours(six, rules())


def test_what_was_worked_before_counts_towards_its_week_only() -> None:
    # March ends on a Tuesday: Monday and Tuesday are of March, the other four days of April's period.
    spans = week_of(8, 6, first=date(2026, 3, 30))
    april = classed_hours("E-1", "WORKSHOP", date(2026, 4, 1), date(2026, 4, 30), spans, rules())
    march = classed_hours("E-1", "WORKSHOP", date(2026, 3, 1), date(2026, 3, 31), spans, rules())

    assert (march.minutes, april.minutes) == (2 * 480, 4 * 480)
    by_class = {one.hours_class: one.hours for one in april.classes}
    assert by_class[HoursClass.ORDINARY] == 24
    assert by_class[HoursClass.WEEKLY_OVERTIME] == 8
    assert [day.on.day for day in april.days] == [1, 2, 3, 4]


_WORK = st.lists(st.tuples(st.integers(0, 600), st.integers(1, 700)), min_size=1, max_size=12)
"""Spans by the minutes without work before each, and its own, from a Thursday before clocks change on."""
_BASE = (HoursClass.ORDINARY, HoursClass.DAILY_OVERTIME, HoursClass.WEEKLY_OVERTIME)


def spans_of(work: list[tuple[int, int]]) -> list[WorkedSpan]:
    """The spans, one after the other."""
    at, spans = datetime(2026, 3, 26, 9, tzinfo=UTC), []
    for gap, minutes in work:
        began = at + timedelta(minutes=gap)
        at = began + timedelta(minutes=minutes)
        spans.append(WorkedSpan(began, at))
    return spans


@given(_WORK)
@settings(max_examples=60, deadline=None)
def test_classes_come_to_what_was_worked(work: list[tuple[int, int]]) -> None:
    spans, worked = spans_of(work), sum(minutes for _, minutes in work)
    once = classed_minutes(spans, rules(adds_up=False, ranking=HIGHEST_FIRST))
    added = classed_minutes(spans, rules())

    assert sum(of_day.total() for of_day in once.values()) == worked
    assert sum(of_day[one] for of_day in added.values() for one in _BASE) == worked


@given(_WORK, st.data(), st.booleans())
@settings(max_examples=60, deadline=None)
def test_where_work_is_divided_makes_no_difference(
    work: list[tuple[int, int]], data: st.DataObject, adds_up: bool
) -> None:
    by = rules() if adds_up else rules(adds_up=False, ranking=HIGHEST_FIRST)
    spans = spans_of(work)
    place = data.draw(st.integers(0, len(spans) - 1))
    began, ended = spans[place]
    cut = began + timedelta(minutes=data.draw(st.integers(0, (ended - began) // timedelta(minutes=1))))
    divided = [*spans[:place], WorkedSpan(cut, ended), *spans[place + 1 :], WorkedSpan(began, cut)]

    assert classed_minutes(divided, by) == classed_minutes(spans, by)
