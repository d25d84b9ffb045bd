"""What holds on which day: a record as it is on a day, and changes of it that documents stand on.

The first day and the last one belong to what holds for a time. A record has what it began with, and
`changes`, each from a day on until the next one begins: there is neither a gap nor an overlap. Two for the
same day are refused, by the rule and by the database.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Protocol, TypeVar, cast

from pydantic import BaseModel

from domains.master_data.messages import PutItem, PutPaymentTerms, PutTaxCode, TaxComponent
from foundation.values.errors import BusinessError, Refusals

Record = TypeVar("Record", bound=PutItem | PutPaymentTerms | PutTaxCode)


class DatedChange(Protocol):
    """What of a record is other from a day on."""

    @property
    def valid_from(self) -> date:
        """Its first day."""


class Validity(Protocol):
    """What holds from a first day to a last one; where one is not said, there is none."""

    @property
    def valid_from(self) -> date | None:
        """Its first day."""

    @property
    def valid_to(self) -> date | None:
        """Its last day."""


class CannotChange(BusinessError):
    """The record is in use in a way that would become untrue with this change."""

    status = 409


def holds(period: Validity, on: date) -> bool:
    """Whether a day belongs to it."""
    return (period.valid_from or on) <= on <= (period.valid_to or on)


def check_period(period: Validity, of: str, refusals: Refusals) -> None:
    """Note a last day before the first one; `of` is where the period stands (`lines.0.`)."""
    if period.valid_from and period.valid_to and period.valid_to < period.valid_from:
        refusals.add(f"{of}valid_to", f"the last day is before the first, {period.valid_from}")


def since(record: PutItem | PutPaymentTerms | PutTaxCode, on: date) -> date | None:
    """The first day of the change that holds on a day; None while the record is as it began."""
    return max((change.valid_from for change in record.changes if change.valid_from <= on), default=None)


def as_of(record: Record, on: date) -> Record:
    """The record as it is on a day; itself while it is as it began."""
    if not record.changes or (first_day := since(record, on)) is None:
        return record
    change = next(change for change in record.changes if change.valid_from == first_day)
    facts = {name: field for name, field in change if name != "valid_from"}
    return cast(Record, record.model_copy(update=facts))


def check_changes(changes: Sequence[DatedChange], refusals: Refusals) -> None:
    """Note every change that begins on the same day as one before it."""
    days = [change.valid_from for change in changes]
    for position, day in enumerate(days):
        if day in days[:position]:
            refusals.add(f"changes.{position}.valid_from", f"another change begins on {day} already")


def check_past_stays(known: Record, wanted: Record, *, today: date, fields: Iterable[str]) -> None:
    """What documents stand on stays: what the record began with, and every change that has begun.

    Refuses: CannotChange, naming the field and how it is changed instead.
    """
    names = [name for name in fields if _unnamed(getattr(known, name)) != _unnamed(getattr(wanted, name))]
    begun = [_unnamed(change) for change in known.changes if change.valid_from <= today]
    kept = [_unnamed(change) for change in wanted.changes]
    if any(change not in kept for change in begun):
        names.append("changes")
    if not names:
        return
    why = f"documents stand on {known.code} as it was: add to changes what holds from a day on (valid_from)"
    raise CannotChange(f"{names[0]} cannot change: {why}", errors=[(name, why) for name in names])


def _unnamed(fact: Any) -> Any:
    """What of a field documents stand on: what a tax is called they keep as it was."""
    if isinstance(fact, tuple):
        return tuple(_unnamed(part) for part in fact)
    if isinstance(fact, BaseModel):
        return {
            name: _unnamed(getattr(fact, name))
            for name in type(fact).model_fields
            if not (isinstance(fact, TaxComponent) and name in ("name", "names"))
        }
    return fact
