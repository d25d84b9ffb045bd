"""Days of documents: what rests on another document is not of an earlier day."""

from datetime import date, datetime
from typing import Self
from zoneinfo import ZoneInfo

from foundation.values.errors import BusinessError


class TooEarly(BusinessError):
    """The day is before the day of a document that this rests on; `errors` names the field."""


class DayRefused(BusinessError):
    """A day on which nothing can be posted."""

    def of_field(self, field: str) -> Self:
        """The same refusal, naming the field that says the day."""
        return type(self)(f"{field}: {self.detail}", errors=[(field, self.detail)])


class TooFarAhead(DayRefused):
    """The day is further ahead than the company posts."""


def check_not_too_far_ahead(on: date, today: date, days_ahead: int) -> None:
    """Refuses: TooFarAhead, when a day is more than so many days after today."""
    if (on - today).days > days_ahead:
        raise TooFarAhead(f"{on} is more than {days_ahead} days after today, {today}")


def check_not_before(field: str, on: date, since: date, what: str) -> None:
    """Refuses: TooEarly, when `what` is of a later day."""
    if on < since:
        why = f"{what} is of a later day, {since}"
        raise TooEarly(f"{field}: {why}", errors=[(field, why)])


def moment_in(zone: str, at: datetime) -> datetime:
    """A moment as clocks and calendars show it in a time zone, by its name in the IANA database."""
    return at.astimezone(ZoneInfo(zone))
