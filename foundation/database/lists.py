"""Lists: declared once from the columns of a table, read page by page.

A declaration says what a list shows, by what it is narrowed and sorted; its route, its parameters, its
cursor and its export follow from it.

A page goes on behind the last row of the one before, whatever was added meanwhile. The order of a list ends
in a unique column, and a list shows the columns that it is ordered by: what comes after a row is what
compares greater in these columns, one after the other, NULL being the greatest, as in PostgreSQL. A cursor
holds their values in the last row.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from types import GenericAlias
from typing import Annotated, Any, Generic, NamedTuple, TypeVar

from pydantic import AwareDatetime, Field, TypeAdapter
from pydantic_core import to_json
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Numeric,
    Select,
    UnaryExpression,
    and_,
    false,
    literal,
    or_,
    true,
)
from sqlalchemy.sql.operators import desc_op

from foundation.database.transaction import Row, Transaction
from foundation.values.errors import Invalid
from foundation.values.messages import Message, Text

ORDERS = 500
"""So many kinds of cursor are known how to read."""

View = TypeVar("View", bound=Message)


class ListPart(NamedTuple):
    """Some rows of a list, and the cursor of those that follow; None when these are the last."""

    rows: list[Row]
    next_cursor: str | None


@dataclass(frozen=True)
class Filter:
    """A parameter that narrows a list."""

    name: str
    type: Any
    """What its value must be, such as `date`, or a type of pydantic's."""
    narrow: Callable[[Any], ColumnElement[bool] | None]
    """Which rows are left with a value; None when all are."""
    about: str
    default: Any = None
    rows: Callable[[Any], Select[Any]] | None = None
    """All that can be listed with a value, where it is the list's rows that it makes, and narrows nothing."""


def given(name: str, type: Any, rows: Callable[[Any], Select[Any]], about: str) -> Filter:
    """A value that the rows are made with, such as a day; they show the columns of the list's `rows`."""
    return Filter(name, type, lambda _: None, about, rows=rows)


def equal(column: Any, name: str | None = None, *, type: Any = None, about: str | None = None) -> Filter:
    """Only rows with this value in a column; the parameter has the column's name, or another."""
    name = name or column.key
    about = about or f"Only with this {name.replace('_', ' ')}"
    return Filter(name, type or _type_of(column), lambda value: column == value, about)


def at_most(column: Any, name: str) -> Filter:
    """Only rows with at most this value in a column."""
    return Filter(name, _type_of(column), lambda value: column <= value, f"`{column.key}` at most this")


def between(column: Any) -> tuple[Filter, Filter]:
    """Only rows from a value to a value of a column, both included.

    The parameters of `received_on` are `received_from` and `received_to`, those of `amount` are `amount_from`
    and `amount_to`.
    """
    stem = column.key.removesuffix("_on").removesuffix("_at")
    at_least = Filter(
        f"{stem}_from", _type_of(column), lambda value: column >= value, f"`{column.key}` at least this"
    )
    return at_least, at_most(column, f"{stem}_to")


def only(name: str, condition: ColumnElement[bool], about: str, *, default: bool = False) -> Filter:
    """Only rows of which something is so, when it is `true`."""
    return Filter(name, bool, lambda value: condition if value else None, about, default)


def named(*columns: Any, **others: Any) -> dict[str, Any]:
    """Columns by their names, or by others."""
    return {column.key: column for column in columns} | others


@dataclass(frozen=True)
class Listing(Generic[View]):
    """A list, declared once."""

    name: str
    """What it lists, in the plural: its route and its exported files are called so."""
    about: str
    """What a reader of the API's description must know of it."""
    view: type[View]
    """One row as it is answered."""
    rows: Select[Any]
    """All that can be listed, in no order; it shows what it is sorted by."""
    sorts: Mapping[str, Any]
    """The columns that it can be sorted by, by the names that `sort` takes."""
    order: str
    """The name by which it is sorted when nobody asks; descending with a minus before it."""
    unique: Sequence[Any]
    """The columns that make every order definite."""
    filters: Sequence[Filter] = ()
    to_view: Callable[[Row], View] | None = None
    """How a row becomes a view, where the columns do not have the names of its fields."""
    to_views: Callable[[Transaction, list[Row]], Awaitable[list[View]]] | None = None
    """The same for a page of rows at once, for views that need more than their row."""

    def __post_init__(self) -> None:
        """Check what can be checked without a database. Raises: TypeError."""
        if self.order.removeprefix("-") not in self.sorts:
            raise TypeError(f"{self.name}: it cannot be sorted by {self.order}")
        if self.to_view is None and self.to_views is None:
            shown = set(self.rows.selected_columns.keys())
            required = {name for name, field in self.view.model_fields.items() if field.is_required()}
            if missing := required - shown:
                raise TypeError(f"{self.name}: no column is called {', '.join(sorted(missing))}")
        for clause in (*self.sorts.values(), *self.unique):
            _name_of(_by(clause).column, self.rows)

    def wanted(self, sort: str | None = None, **values: Any) -> Select[Any]:
        """The rows that fit, in an order; a value that is None narrows nothing."""
        made = (each.rows(values[each.name]) for each in self.filters if each.rows and values.get(each.name))
        rows = next(made, self.rows)
        for narrowing in self.filters:
            value = values.pop(narrowing.name, narrowing.default)
            condition = None if value is None else narrowing.narrow(value)
            rows = rows if condition is None else rows.where(condition)
        if values:
            raise TypeError(f"{self.name}: there is no filter {', '.join(values)}")
        sort = sort or self.order
        by = self.sorts[sort.removeprefix("-")]
        behind = [clause for clause in self.unique if clause is not by]
        return rows.order_by(by.desc() if sort.startswith("-") else by, *behind)

    async def views(self, tx: Transaction, rows: list[Row]) -> list[View]:
        """Rows as they are answered."""
        if self.to_views is not None:
            return await self.to_views(tx, rows)
        to_view = self.to_view or self._by_names
        return [to_view(row) for row in rows]

    async def all(self, tx: Transaction, sort: str | None = None, **values: Any) -> list[View]:
        """Everything that fits, of a list that is known to be short."""
        return await self.views(tx, (await tx.execute(self.wanted(sort, **values))).all())

    def _by_names(self, row: Row) -> View:
        return self.view(**{name: row[name] for name in self.view.model_fields if name in row})


def _type_of(column: Any) -> Any:
    """What a value must be to be compared with a column's: what the database would not take is refused."""
    kind = column.type
    if isinstance(kind, Numeric):
        return Annotated[Decimal, Field(max_digits=kind.precision, decimal_places=kind.scale)]
    if isinstance(kind, Integer):
        bound = 2**63 if isinstance(kind, BigInteger) else 2**31
        return Annotated[int, Field(ge=-bound, lt=bound)]
    python: type = kind.python_type
    return {str: Text, datetime: AwareDatetime}.get(python, python)


class _By(NamedTuple):
    """One column of an order."""

    column: ColumnElement[Any]
    descending: bool

    @property
    def may_be_null(self) -> bool:
        """Of what is no column of a table it is not known."""
        return getattr(self.column, "nullable", True) is not False

    @property
    def type(self) -> Any:
        """Of its values."""
        python: Any = self.column.type.python_type
        return python | None if self.may_be_null else python

    def beyond(self, value: Any, *, or_same: bool) -> ColumnElement[bool]:
        """Whether a row comes after those with a value in the column, or with them."""
        column = self.column
        if value is None:
            if self.descending:
                return true() if or_same else column.is_not(None)
            return column.is_(None) if or_same else false()
        there = literal(value, column.type)
        if self.descending:
            return column <= there if or_same else column < there
        greater = column >= there if or_same else column > there
        return or_(greater, column.is_(None)) if self.may_be_null else greater


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
    is_after = order[0].beyond(values[0], or_same=False)
    if len(order) == 1:
        return is_after
    is_not_before = order[0].beyond(values[0], or_same=True)
    return and_(is_not_before, or_(is_after, _after(order[1:], values[1:])))


def _name_of(column: ColumnElement[Any], wanted: Select[Any]) -> str:
    for name, shown in wanted.selected_columns.items():
        if shown.shares_lineage(column):
            return name
    raise TypeError(f"a list shows what it is ordered by: {column}")


def _values_of(cursor: str, order: Sequence[_By]) -> Sequence[Any]:
    try:
        told = urlsafe_b64decode(cursor.encode("ascii"))
        values: Sequence[Any] = _reader(tuple(by.type for by in order)).validate_json(told)
    except ValueError as wrong:
        error = ("cursor", "is not a next_cursor of this list in this order")
        raise Invalid("cursor: this is not a cursor of this list", errors=[error]) from wrong
    return values


@lru_cache(maxsize=ORDERS)
def _reader(types: tuple[Any, ...]) -> TypeAdapter[Any]:
    row: Any = GenericAlias(tuple, types)
    return TypeAdapter(row)
