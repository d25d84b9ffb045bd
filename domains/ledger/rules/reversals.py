"""What may be taken back: once, not before its own day, and nothing on which something later stands."""

from collections.abc import Sequence
from datetime import date

from foundation.values.days import check_not_before
from foundation.values.errors import BusinessError

_NAMES = {"manual": "journal entry"}


class ReversedAlready(BusinessError):
    """The document has been reversed; a reversal is not reversed, the document is posted anew."""

    status = 409


class StandsOnIt(BusinessError):
    """Something later rests on the document: take that back first."""

    status = 409


def name_of(document_type: str) -> str:
    """What people call a document of a type."""
    return _NAMES.get(document_type, document_type.replace("_", " "))


def check_day(on: date, posted_on: date, number: str, day_field: str = "reversed_on") -> None:
    """A document is not taken back before it was posted. Refuses: TooEarly."""
    check_not_before(day_field, on, posted_on, number)


def check_nothing_stands_on(number: str, later: Sequence[str]) -> None:
    """What has used, settled or corrected the document is taken back first. Refuses: StandsOnIt."""
    if later:
        raise StandsOnIt(f"{', '.join(later)} rests on {number}: take that back first")
