"""Working time: which classes its hours are of, by rules that change over time."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domains.hr.messages import Weekday
from foundation.values.events import PublicEvent
from foundation.values.messages import Code, Message, Name, ShownQuantity

MOST_DAYS = 62
"""So many days are classed at once."""
MOST_SPANS = 400
_ClockTime = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class HoursClass(StrEnum):
    """What an hour of work may be paid as."""

    ORDINARY = "ordinary"
    DAILY_OVERTIME = "daily_overtime"
    """Beyond the limit of its day."""
    WEEKLY_OVERTIME = "weekly_overtime"
    """Beyond the limit of its week, which daily overtime does not count towards."""
    NIGHT = "night"
    SUNDAY = "sunday"
    HOLIDAY = "holiday"
    """A holiday of the person's calendar; on a Sunday it counts in the Sunday's place."""


class TimeRulesVersion(Message):
    """How hours are classed from a day on."""

    valid_from: date
    most_minutes_a_day: Annotated[int, Field(ge=1, le=1_440)] | None = None
    """What is beyond them on a calendar day is daily overtime; no limit when empty."""
    most_minutes_a_week: Annotated[int, Field(ge=1, le=10_080)] | None = None
    """What is beyond them in a week, without daily overtime, is weekly overtime; no limit when empty."""
    week_begins_on: Weekday = Weekday.MONDAY
    night_from: _ClockTime | None = None
    """From when to when it is night, by the company's clock; through midnight when it ends earlier."""
    night_to: _ClockTime | None = None
    adds_up: bool = True
    """Whether an hour counts in each of its classes; else in the one that comes first in `ranking`."""
    ranking: Annotated[tuple[HoursClass, ...], Field(max_length=6)] = ()
    """All classes, the one that counts before all others first; only when they do not add up."""


class PutTimeRules(Message):
    """How worked hours are classed, in all versions."""

    code: Code
    name: Name
    versions: Annotated[tuple[TimeRulesVersion, ...], Field(min_length=1, max_length=100)]


class TimeRulesPut(Message):
    """They are written down; whether they are new."""

    code: str
    created: bool


class TimeRulesChangedEvent(PublicEvent, name="hr.time_rules_changed"):
    """Rules by which hours are classed are new or were changed."""

    code: str
    created: bool


class HoursOfClass(Message):
    """How much was worked in a class."""

    hours_class: HoursClass
    minutes: int
    hours: ShownQuantity
    """The same in hours, half up to six decimals."""


class HoursOfDay(Message):
    """What was worked on a calendar day of the company."""

    on: date
    minutes: int
    classes: tuple[HoursOfClass, ...]


class ClassedHours(Message):
    """What somebody has worked from one day to another, by class. Classes without hours are left out."""

    employee_code: str
    time_rules_code: str
    starts_on: date
    ends_on: date
    minutes: int
    """Each worked minute once, whatever classes it is of."""
    classes: tuple[HoursOfClass, ...]
    days: tuple[HoursOfDay, ...]
    """Those on which something was worked, in order."""
