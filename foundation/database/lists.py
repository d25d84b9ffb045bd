"""Lists, page by page: a page goes on behind the last row of the one before, whatever was added meanwhile.

The order of a list ends in a unique column. A list shows the columns that it is ordered by, and none of them
is NULL: what comes after a row is what compares greater in these columns, one after the other. A cursor holds
their values in the last row.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from functools import lru_cache
from types import GenericAlias
from typing import Any, NamedTuple

from pydantic import TypeAdapter
from pydantic_core import to_json
from sqlalchemy import ColumnElement, Select, UnaryExpression, and_, literal, or_
from sqlalchemy.sql.operators import desc_op

from foundation.database.transaction import Row, Transaction
from foundation.values.errors import Invalid

ORDERS = 500
"""So many kinds of cursor are known how to read."""


class ListPart(NamedTuple):
    """Some rows of a list, and the cursor of those that follow; None when these are the last."""

    rows: list[Row]
    next_cursor: str | None


class _By(NamedTuple):
    """One column of an order."""

    column: ColumnElement[Any]
    descending: bool


async def part_of(tx: Transaction, wanted: Select[Any], *, limit: int, cursor: str | None = None) -> ListPart:
    """The next rows of a list, which must be ordered, and end in a unique column. Refuses: Invalid."""
    order = [_by(clause) for clause in wanted._order_by_clauses]
    if not order:
        raise TypeError(f"a list without an order has no pages: {wanted}")
    after = wanted.where(_after(order, _values_of(cursor, order))) if cursor else wanted
    # One more than is wanted says whether there are more.
    found = (await tx.execute(after.limit(limit + 1))).all()
    if len(found) <= limit:
        return ListPart(found, None)
    last = [found[limit - 1][_name_of(by.column, wanted)] for by in order]
    return ListPart(found[:limit], urlsafe_b64encode(to_json(last)).decode())


def _by(clause: Any) -> _By:
    if isinstance(clause, UnaryExpression):
        return _By(clause.element, clause.modifier is desc_op)
    return _By(clause, False)


def _after(order: Sequence[_By], values: Sequence[Any]) -> ColumnElement[bool]:
    """Whether a row comes after the one with these values.

    That the first column does not come before stands on its own: an index is read from there on.
    """
    (column, descending), there = order[0], literal(values[0], order[0].column.type)
    is_after = column < there if descending else column > there
    if len(order) == 1:
        return is_after
    is_not_before = column <= there if descending else column >= there
    return and_(is_not_before, or_(is_after, _after(order[1:], values[1:])))


def _name_of(column: ColumnElement[Any], wanted: Select[Any]) -> str:
    for name, shown in wanted.selected_columns.items():
        if shown.shares_lineage(column):
            return name
    raise TypeError(f"a list shows what it is ordered by: {column}")


def _values_of(cursor: str, order: Sequence[_By]) -> Sequence[Any]:
    try:
        told = urlsafe_b64decode(cursor.encode("ascii"))
        values: Sequence[Any] = _reader(tuple(by.column.type.python_type for by in order)).validate_json(told)
    except ValueError as wrong:
        error = ("cursor", "is not a next_cursor of this list in this order")
        raise Invalid("cursor: this is not a cursor of this list", errors=[error]) from wrong
    return values


@lru_cache(maxsize=ORDERS)
def _reader(types: tuple[type, ...]) -> TypeAdapter[Any]:
    row: Any = GenericAlias(tuple, types)
    return TypeAdapter(row)
