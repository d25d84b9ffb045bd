"""Which documents there are, as each domain says in `documents/<domain>.toml`, and the tables made of it.

A section is a kind of document:

- `table`: its heads; `number` names their number, unless it is `number`;
- `lines`: tables of what it cannot be without, each with the column that names the head;
- `parts`: tables of what it may have besides;
- `asked_by`: the operations that write it, each with the field of the request that is its id;
- `status`: that of the operation's answer when it has written one, where it may write something else;
- `posts_as`: the source type of its journal entries and open items, if it has any;
- `party_type`, `party_code`, `currency`, `day`: SQL expressions of the head, when it has them;
- `posted = false`: it may change later;
- `gapless = true`: its numbers have no gaps;
- `keyed = false`: its head does not keep the key of its operation.

Above the sections, `only_added` names tables that are no part of a document and take no change either.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent / "documents"
ONLY_ADDED = "only_added"


@dataclass(frozen=True)
class DocumentKind:
    """One kind of document: where it lies, which operations write it, and what it posts as."""

    kind: str
    table: str
    number: str = "number"
    lines: dict[str, str] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)
    asked_by: dict[str, str] = field(default_factory=dict)
    status: str | None = None
    posts_as: str | None = None
    party_type: str = "NULL::text"
    party_code: str = "NULL::text"
    currency: str = "NULL::text"
    day: str = "NULL::date"
    posted: bool = True
    gapless: bool = False
    keyed: bool = True

    def head(self) -> str:
        """Its rows of the table `document`."""
        key, transaction = ("operation_key", "transaction_id") if self._has_key else ("NULL", "NULL")
        return (
            f"SELECT company_id, {_text(self.kind)} AS kind, id, {self.number} AS number, "
            f"{_text(self.posts_as)} AS posts_as, {self.party_type} AS party_type, "
            f"{self.party_code} AS party_code, {self.currency} AS currency, {self.day} AS day, "
            f"{self.gapless} AS is_gapless, {self._has_key} AS is_keyed, "
            f"{key}::text AS operation_key, {transaction}::xid8 AS transaction_id FROM {self.table}"
        )

    @property
    def _has_key(self) -> bool:
        return self.posted and self.keyed

    def rows(self) -> Iterator[str]:
        """Its rows of the table `document_row`: of which document a row of a table is, and who wrote it."""
        if self.posted:
            yield _row(self.kind, "head", "id", self.table)
        for part, tables in (("line", self.lines), ("part", self.parts)):
            for table, column in tables.items():
                yield _row(self.kind, part, column, table, is_posted=self.posted)

    def relations(self) -> Iterator[str]:
        """Its tables, when they take no change."""
        if self.posted:
            yield from (self.table, *self.lines, *self.parts)


def _said() -> Iterator[tuple[str, Any]]:
    for path in sorted(HERE.glob("*.toml")):
        yield from tomllib.loads(path.read_text(encoding="utf-8")).items()


def document_kinds() -> list[DocumentKind]:
    """All kinds of documents, by domain."""
    return [DocumentKind(kind=kind, **said) for kind, said in _said() if kind != ONLY_ADDED]


def only_added() -> list[str]:
    """Tables that are only added to and are no part of a document, by domain."""
    return [table for kind, said in _said() if kind == ONLY_ADDED for table in said]


def tables() -> tuple[str, ...]:
    """The tables that every invariant may name, each as a part of its WITH.

    `document`, `document_row`, `document_operation`, `document_with_lines` and `posted_relation`.
    """
    kinds = document_kinds()
    operations = [
        f"({_text(name)}, {_text(one.kind)}, {_text(of)}, {one.posted}, {_text(one.status)})"
        for one in kinds
        for name, of in one.asked_by.items()
    ]
    with_lines = [f"({_text(one.kind)})" for one in kinds if one.lines]
    posted = [*(relation for one in kinds for relation in one.relations()), *only_added()]
    relations = [f"({_text(relation)})" for relation in posted]
    return (
        f"document AS (\n{_union(one.head() for one in kinds)}\n)",
        f"document_row AS (\n{_union(row for one in kinds for row in one.rows())}\n)",
        f"document_operation (name, kind, field, is_posted, status) AS (VALUES {', '.join(operations)})",
        f"document_with_lines (kind) AS (VALUES {', '.join(with_lines)})",
        f"posted_relation (relation) AS (VALUES {', '.join(relations)})",
    )


def _row(kind: str, part: str, column: str, table: str, *, is_posted: bool = True) -> str:
    of_table = _text(table if part == "part" else part)
    return (
        f"SELECT {_text(kind)} AS kind, {_text(part)} AS part, {of_table} AS of_table, {column} AS id, "
        f"company_id, xmin::text AS by, {is_posted} AS is_posted FROM {table}"
    )


def _union(selects: Iterator[str]) -> str:
    return "\n    UNION ALL ".join(selects)


def _text(value: str | None) -> str:
    return "NULL::text" if value is None else "'" + value.replace("'", "''") + "'"
