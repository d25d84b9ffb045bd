"""What an operation writes last: its documents with their numbers, and its log row, in one statement.

A body collects rows and asks for numbers; nothing is sent until it has ended. Then the operation's closing
statement draws all gapless numbers in one fixed order of series, puts each where its token stands, writes
every row and the log row. So a number's row is locked for one round trip and the commit, whoever draws how
many; no other lock is taken after it; and two operations never wait for each other in a circle.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias
from uuid import uuid4

from pydantic_core import to_json
from sqlalchemy import Dialect, Table, TextClause, make_url, text

Record: TypeAlias = Mapping[str, Any]
"""A row by the names of its columns; None is NULL, decimals stay exact."""
Rows: TypeAlias = Record | Sequence[Record]

DIALECT: Dialect = make_url("postgresql+asyncpg://").get_dialect()()
STATEMENTS = 500
"""So many closing statements are kept; an operation has one, or a few where rows are optional."""


class Shape(NamedTuple):
    """What a closing statement is made of: it is compiled once for it."""

    tables: tuple[tuple[Table, tuple[str, ...]], ...]
    statements: tuple[str, ...]
    draws: bool
    log: str


@dataclass
class Closing:
    """What one operation has collected so far."""

    rows: dict[Table, list[Record]] = field(default_factory=dict)
    statements: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    series: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def number(self, series: str, fiscal_year: str) -> str:
        """A token for the next number of a series, gapless: it stands for it in rows, texts and answer."""
        tokens = self.series.setdefault((series, fiscal_year), [])
        tokens.append(f"~{series}.{uuid4().hex}~")
        return tokens[-1]

    def sequence_number(self, prefix: str, sequence: str) -> str:
        """A token for the next number of a sequence, which may have gaps and waits for nobody."""
        return self.number(prefix, sequence)

    def add(self, table: Table, rows: Rows) -> None:
        """Add rows to be written. All of a table name the same columns; an unknown one raises TypeError."""
        records = [rows] if isinstance(rows, Mapping) else rows
        if not records:
            return
        known = self.rows.setdefault(table, [])
        columns = (known or records)[0].keys()
        for record in records:
            if record.keys() != columns:
                differing = ", ".join(sorted(record.keys() ^ columns))
                raise TypeError(f"the rows of {table.fullname} differ in their columns: {differing}")
        if unknown := [name for name in columns if name not in table.c]:
            raise TypeError(f"{table.fullname} has no column {', '.join(unknown)}")
        known.extend(records)

    def add_statement(self, sql: str, values: Mapping[str, Any]) -> None:
        """A statement that changes rows, a constant of its module, with values under names of its own."""
        if sql in self.statements:
            raise ValueError(f"this statement closes the operation already: {sql[:60]}")
        self.statements[sql] = values

    def forget(self) -> None:
        """Forget all of it: what an operation has begun to write is refused, and something else written. What
        it has done or told at once stays.
        """
        self.rows.clear()
        self.statements.clear()
        self.series.clear()

    @property
    def draws(self) -> bool:
        """Whether numbers are drawn: then the answer is known only afterwards."""
        return bool(self.series)

    def compiled(self, log: str, answer: bytes) -> tuple[TextClause, dict[str, Any]]:
        """The closing statement with its values; it gives the answer, with its numbers, as JSON."""
        shape = Shape(
            tables=tuple((table, tuple(rows[0])) for table, rows in self.rows.items()),
            statements=tuple(self.statements),
            draws=self.draws,
            log=log,
        )
        rows = {table.fullname: records for table, records in self.rows.items()}
        values: dict[str, Any] = {
            "body": '{"answer":' + answer.decode() + ',"rows":' + to_json(rows).decode() + "}"
        }
        if self.draws:
            wanted = [
                {"series": series, ("sequence" if "." in of else "fiscal_year"): of, "tokens": tokens}
                for (series, of), tokens in sorted(self.series.items())
            ]
            values["wanted"] = to_json(wanted).decode()
        for given in self.statements.values():
            values |= given
        return _statement(shape), values


@lru_cache(maxsize=STATEMENTS)
def _statement(shape: Shape) -> TextClause:
    body = "foundation.with_numbers(CAST(:wanted AS jsonb), :body)" if shape.draws else "CAST(:body AS jsonb)"
    parts = [f"document AS MATERIALIZED (SELECT {body} AS body)"]
    parts += [f"rows_{number} AS ({_insert(*of)})" for number, of in enumerate(shape.tables)]
    parts += [f"change_{number} AS ({sql})" for number, sql in enumerate(shape.statements)]
    return text(f"WITH {', '.join(parts)} {shape.log}")


def _insert(table: Table, names: Iterable[str]) -> str:
    """The rows of a table out of the document, by the types of its columns; others take their defaults."""
    columns = ", ".join(names)
    types = ", ".join(f"{name} {table.c[name].type.compile(DIALECT)}" for name in names)
    return (
        f"INSERT INTO {table.fullname} ({columns}) SELECT {', '.join(f'r.{name}' for name in names)} "
        f"FROM document, jsonb_to_recordset(document.body -> 'rows' -> '{table.fullname}') AS r ({types})"
    )
