"""Which documents there are, each declared once, where its table is, and how one is found by its number.

    @document("/v1/invoices", party="customer_code")
    class Invoice(OfCompany, Posted, Table): ...

Paths that take a document's id, links to documents and the resolver of numbers are made of these
declarations. Numbers are unique in their company and table; two kinds of documents may have the same.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy
from sqlalchemy import ColumnElement, Select, Text, Uuid, bindparam, cast, literal, null, select, union_all

from foundation.database.connections import Posted, Table, rows_of
from foundation.database.tables import OperationLog
from foundation.database.transaction import Row, Transaction
from foundation.values.errors import NotFound

Entity = TypeVar("Entity", bound=type[Table])


@dataclass(frozen=True)
class DocumentType:
    """One kind of document: its table, where it is read, and what its columns mean."""

    entity: type[Table]
    path: str
    party: str | None = None
    """The column with the code of the customer, the supplier or another party."""
    process: str | None = None
    """The type of the process that each of these documents has, whose id ends in the document's."""
    is_for_few: bool = False
    """Whether only few may see what it says: the lines of its entries are shown to nobody else either."""

    @property
    def name(self) -> str:
        """As entries, reversals and links name it: `credit_note`."""
        return self.table.name

    @property
    def title(self) -> str:
        """As people say it: `credit note`."""
        return self.name.replace("_", " ")

    @property
    def table(self) -> sqlalchemy.Table:
        """Its heads."""
        return rows_of(self.entity)

    @property
    def has_number(self) -> bool:
        """Whether it has a number of its own."""
        return "number" in self.table.c

    def location(self, document_id: object) -> str:
        """Where a document is."""
        return f"{self.path}/{document_id}"

    async def id_of(self, tx: Transaction, number: str) -> UUID:
        """The id of the company's document with this number. Refuses: NotFound."""
        found = None
        if self.has_number and "\0" not in number:
            found = await tx.scalar(_by_number(self), {"number": number})
        if found is None:
            raise NotFound(f"there is no {self.title} {number}")
        return UUID(str(found))


DOCUMENT_TYPES: dict[str, DocumentType] = {}


def document(
    path: str, *, party: str | None = None, process: str | None = None, is_for_few: bool = False
) -> Callable[[Entity], Entity]:
    """Declare the table of a kind of document, and where the API shows one."""

    def declare(entity: Entity) -> Entity:
        kind = DocumentType(entity, path, party, process, is_for_few)
        if kind.name in DOCUMENT_TYPES:
            raise ValueError(f"two kinds of documents are named {kind.name}")
        DOCUMENT_TYPES[kind.name] = kind
        return entity

    return declare


def type_at(path: str) -> DocumentType | None:
    """The kind of document that is read below a path."""
    return next((kind for kind in DOCUMENT_TYPES.values() if kind.path == path), None)


def type_of_process(process: str) -> DocumentType | None:
    """The kind of document whose processes have this type."""
    return next((kind for kind in DOCUMENT_TYPES.values() if kind.process == process), None)


def is_for_few(name: str) -> bool:
    """Whether only few may see what a kind of document says."""
    kind = DOCUMENT_TYPES.get(name)
    return kind is not None and kind.is_for_few


def location_of(name: str, document_id: object) -> str | None:
    """Where a document of a kind is; None of a kind that nobody has declared."""
    kind = DOCUMENT_TYPES.get(name)
    return kind.location(document_id) if kind else None


async def found(tx: Transaction, number_or_id: str) -> list[Row]:
    """The company's documents with a number, of whatever kind, or the one with an id: by kind.

    Each row has `kind`, `id`, `number`, `party` and `written_by`, the process whose step wrote it.
    """
    if "\0" in number_or_id:
        return []
    with suppress(ValueError):
        by_id = {"id": UUID(number_or_id)}
        return (await tx.execute(_everywhere("id", tuple(DOCUMENT_TYPES)), by_id)).all()
    return (await tx.execute(_everywhere("number", tuple(DOCUMENT_TYPES)), {"number": number_or_id})).all()


@lru_cache
def _by_number(kind: DocumentType) -> Select[Any]:
    return select(kind.table.c.id).where(kind.table.c.number == bindparam("number", type_=Text))


@lru_cache
def _everywhere(column: str, names: tuple[str, ...]) -> sqlalchemy.CompoundSelect[Any]:
    kinds = [DOCUMENT_TYPES[name] for name in sorted(names)]
    of = bindparam(column, type_=Uuid if column == "id" else Text)
    return union_all(*(_heads(kind, column, of) for kind in kinds if column == "id" or kind.has_number))


def _heads(kind: DocumentType, column: str, of: ColumnElement[Any]) -> Select[Any]:
    """The heads of one kind whose column has a value, and who wrote them."""
    none, table, log = cast(null(), Text), kind.table, rows_of(OperationLog)
    is_keyed = issubclass(kind.entity, Posted)
    written_by = log.c.process_id if is_keyed else none
    heads = select(
        literal(kind.name, Text).label("kind"),
        table.c.id,
        (table.c.number if kind.has_number else none).label("number"),
        (table.c[kind.party] if kind.party else none).label("party"),
        written_by.label("written_by"),
    ).where(table.c[column] == of)
    return heads.outerjoin_from(table, log, log.c.key == table.c.operation_key) if is_keyed else heads
