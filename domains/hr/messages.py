"""What hr can be asked for, and what it answers."""

from datetime import date
from typing import Annotated

from pydantic import Field

from domains.master_data.messages import Language
from foundation.values.events import PublicEvent
from foundation.values.messages import Code, CountryCode, Message, Name, Text


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


class EmployeePut(Message):
    """It is written down; whether it is new."""

    code: str
    created: bool


class EmployeeChangedEvent(PublicEvent, name="hr.employee_changed"):
    """Somebody was hired, or what is known of them was changed."""

    code: str
    created: bool
