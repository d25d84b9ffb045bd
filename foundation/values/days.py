"""Days of documents: what rests on another document is not of an earlier day."""

from datetime import date

from foundation.values.errors import BusinessError


class TooEarly(BusinessError):
    """The day is before the day of a document that this rests on; `errors` names the field."""


def check_not_before(field: str, on: date, since: date, what: str) -> None:
    """Refuses: TooEarly, when `what` is of a later day."""
    if on < since:
        why = f"{what} is of a later day, {since}"
        raise TooEarly(f"{field}: {why}", errors=[(field, why)])
