"""How lists are narrowed and sorted."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Select

from foundation.values.errors import Invalid
from foundation.values.messages import Message


def matching(wanted: Select[Any], columns: Mapping[Any, Any]) -> Select[Any]:
    """Only rows with these values; a value that is None narrows nothing."""
    return wanted.where(*(column == value for column, value in columns.items() if value is not None))


def between(wanted: Select[Any], column: Any, since: date | None, until: date | None) -> Select[Any]:
    """Only rows from a day to a day, both included."""
    if since is not None:
        wanted = wanted.where(column >= since)
    return wanted if until is None else wanted.where(column <= until)


def sorted_by(wanted: Select[Any], sort: str, columns: Mapping[str, Any], last: Any) -> Select[Any]:
    """Sorted by a column's name, descending with a minus before it; `last` makes the order definite.

    Refuses: Invalid.
    """
    column = columns.get(sort.removeprefix("-"))
    if column is None:
        raise Invalid(
            f"this list cannot be sorted by {sort}",
            errors=[("sort", f"sort by one of: {', '.join(columns)}")],
        )
    return wanted.order_by(column.desc() if sort.startswith("-") else column, last)


def facts(record: Any, view: type[Message]) -> dict[str, Any]:
    """What a record has of a view's fields."""
    return {name: getattr(record, name) for name in view.model_fields if hasattr(record, name)}
