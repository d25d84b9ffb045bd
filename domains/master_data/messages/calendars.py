"""Holiday calendars: on which days nobody works at a place."""

from datetime import date
from typing import Annotated

from pydantic import Field

from foundation.values.events import PublicEvent
from foundation.values.messages import Code, CountryCode, Message, Name


class Holiday(Message):
    """A day on which nobody works."""

    on: date
    name: Name


class PutHolidayCalendar(Message):
    """The holidays of a country, of a part of it, or a company's own days."""

    code: Code
    name: Name
    country: CountryCode | None = None
    """Empty for days that are a company's own."""
    subdivision: Annotated[str, Field(pattern="^([A-Z0-9]{1,3})?$")] = ""
    """The part of the country, as ISO 3166-2 has it after the country: `BE` for Berlin."""
    based_on: Code | None = None
    """The calendar whose days are also of this one: a part's is based on its country's, and a company's own
    on that of its place.
    """
    days: Annotated[tuple[Holiday, ...], Field(max_length=2_000)] = ()
    """Those that are not in the calendar that it is based on, of all years that are known."""


class HolidayCalendarChangedEvent(PublicEvent, name="master_data.holiday_calendar_changed"):
    """A holiday calendar is new or was changed."""

    code: str
    created: bool
