"""What hr can be asked for, and what it answers."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domains.master_data.messages import Language
from foundation.values.events import PublicEvent
from foundation.values.messages import Code, CountryCode, Message, Name, Text


class Weekday(StrEnum):
    """A day of the week, in the order in which they follow."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


MONDAY_TO_FRIDAY = tuple(Weekday)[:5]


class PutEmployee(Message):
    """Somebody who works for us. What they are paid, and where to, is kept by payroll."""

    code: Code
    """The personnel number: it never changes, nor is it given to another."""
    name: Name
    email: Annotated[Text, Field(max_length=254)] = ""
    """Where payslips are announced."""
    language: Language = "en"
    """Of payslips and letters."""
    country: CountryCode
    """Where the work is done."""
    hired_on: date
    left_on: date | None = None
    """The last day of the employment; empty while it lasts."""
    department: Annotated[Text, Field(max_length=100)] = ""
    position: Annotated[Text, Field(max_length=100)] = ""
    manager_code: Code | None = None
    """Who they report to, another employee."""
    working_days: Annotated[tuple[Weekday, ...], Field(min_length=1, max_length=7)] = MONDAY_TO_FRIDAY
    holiday_calendar_code: Code | None = None
    """On whose days they do not work; without one they have no holidays."""
    actor: Annotated[Text, Field(max_length=200)] = ""
    """The name of the API key under which they ask us, if they have one: so they ask for their own leave."""
    decides_as: Annotated[Text, Field(max_length=100)] = ""
    """The role in which they decide about the leave of those who report to them."""
    access_ended: bool = False
    """Whether their keys let them in no more, though the employment lasts: somebody is dismissed, or released
    from work until the last day. After that day they do not anyway.
    """


class EmployeePut(Message):
    """It is written down; whether it is new."""

    code: str
    created: bool


class EmployeeChangedEvent(PublicEvent, name="hr.employee_changed"):
    """Somebody was hired, or what is known of them was changed."""

    code: str
    created: bool
