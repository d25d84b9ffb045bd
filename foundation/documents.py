"""A document is written in one statement: its head, its lines, and whatever else it consists of.

    written = await write_document(
        tx, {Shipment: head, ShipmentLine: lines}, returning=(Shipment.number,)
    )

The rows of a table go as one JSON list, all tables in one round trip. The statement names the columns that
the rows have, and no others: a column that is left out takes its default from the database, and one that the
table does not have raises TypeError. It is compiled once for the tables and columns that it names.

The tables are written by one statement, and see nothing of each other until it ends: foreign keys and `AFTER`
triggers find the whole document, a `BEFORE` trigger finds only its own row.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias, TypeVar

from pydantic_core import to_json
from sqlalchemy import (
    BindParameter,
    Executable,
    Insert,
    LargeBinary,
    Text,
    TextClause,
    bindparam,
    cast,
    column,
    false,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import InstrumentedAttribute

from foundation.database import Table, rows_of
from foundation.transaction import Rows, Transaction

STATEMENTS = 500
"""So many statements are kept. A kind of document has one, or a few where columns or tables are optional."""

Record: TypeAlias = Mapping[str, Any]
"""A row by the names of its columns. Decimals stay exact, None is NULL."""
Entity = TypeVar("Entity", bound=Table)
Document: TypeAlias = Mapping[type[Entity], Record | Sequence[Record]]
"""The rows of each table: one, or a list in which all have the same columns. An empty list writes nothing.

In a row that stands alone a value may be SQL, such as `text("nextval('sales.order_number')")`: a constant of
its module.
"""


class _Part(NamedTuple):
    """One table of a document, the columns whose values are sent, and those whose values are SQL."""

    entity: type[Table]
    names: tuple[str, ...]
    made: tuple[tuple[str, TextClause], ...] = ()


async def write_document(
    tx: Transaction, document: Document[Entity], *, returning: Iterable[InstrumentedAttribute[Any]] = ()
) -> Rows:
    """Write all rows, and give what is asked for of one of the tables, as the database has it now.

    Raises TypeError for a column that its table does not have, and for rows of one table that differ in
    their columns.
    """
    parts: list[_Part] = []
    values: dict[str, str] = {}
    for entity, given in document.items():
        if isinstance(given, Mapping):
            made = tuple((name, value) for name, value in given.items() if isinstance(value, TextClause))
            rows: Sequence[Record] = [_without(given, made) if made else given]
        else:
            made, rows = (), given
        if rows:
            values[f"rows_{len(parts)}"] = to_json(rows).decode()
            parts.append(_Part(entity, _columns_of(entity, rows), made))
    if not parts:
        return Rows([])
    return await tx.execute(_statement(tuple(parts), tuple(returning)), values)


def _without(row: Record, made: tuple[tuple[str, TextClause], ...]) -> Record:
    names = dict(made)
    return {name: value for name, value in row.items() if name not in names}


def _columns_of(entity: type[Table], rows: Sequence[Record]) -> tuple[str, ...]:
    first = rows[0].keys()
    for row in rows:
        if row.keys() != first:
            differing = ", ".join(sorted(row.keys() ^ first))
            raise TypeError(f"the rows of {entity.__name__} differ in their columns: {differing}")
    return tuple(first)


@lru_cache(maxsize=STATEMENTS)
def _statement(parts: tuple[_Part, ...], returning: tuple[InstrumentedAttribute[Any], ...]) -> Executable:
    asked_of = {attribute.class_ for attribute in returning}
    if len(asked_of) > 1 or not asked_of <= {part.entity for part in parts}:
        raise TypeError("only columns of one table that is written can be returned")
    written = []
    answer = select(literal(1)).where(false())
    for number, part in enumerate(parts):
        new = _insert(part, bindparam(f"rows_{number}", type_=Text))
        if part.entity in asked_of:
            columns = rows_of(part.entity).c
            given = new.returning(*(columns[attribute.key] for attribute in returning))
            written.append(given.cte(f"written_{number}"))
            answer = select(*written[-1].c)
        else:
            written.append(new.cte(f"written_{number}"))
    return answer.add_cte(*written)


def _insert(part: _Part, sent: BindParameter[str]) -> Insert:
    table = rows_of(part.entity)
    made = dict(part.made)
    if unknown := [name for name in (*part.names, *made) if name not in table.c]:
        raise TypeError(f"{part.entity.__name__} has no column {', '.join(unknown)}")
    if files := [name for name in part.names if isinstance(table.c[name].type, LargeBinary)]:
        raise TypeError(f"JSON cannot hold what is in {part.entity.__name__}.{', '.join(files)}")
    rows = (
        func.jsonb_to_recordset(cast(sent, JSONB))
        .table_valued(*(column(name, table.c[name].type) for name in part.names))
        .render_derived(name="r", with_types=True)
    )
    found = select(*(rows.c[name] for name in part.names), *made.values())
    return insert(table).from_select([*part.names, *made], found, include_defaults=False)
