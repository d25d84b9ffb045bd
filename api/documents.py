"""Any document by what people call it: its number, of whatever kind it is, or its id."""

from uuid import UUID

from api import access, routes
from api.door import Asked, AskedRequest, Router, allows
from api.processes import process_id_of
from foundation.database.document_types import DOCUMENT_TYPES, found
from foundation.database.transaction import Row
from foundation.values.errors import NotFound
from foundation.values.messages import Message

router = Router(prefix="/v1/documents", tags=["Documents"])


class DocumentFound(Message):
    """A document with a number: its kind, and where it is read."""

    kind: str
    """`sales_order`, `invoice`, `journal_entry` and so on."""
    id: UUID
    number: str | None
    """None of a kind that has no numbers, such as an allocation."""
    location: str
    party: str | None
    process_id: str | None
    """Its own process, or the process that wrote it where its table says so."""


class DocumentsFound(Message):
    """Every document of the company with this number that the caller may read: mostly one."""

    documents: tuple[DocumentFound, ...]


@router.get("/{number:path}", dependencies=[allows("operations.document.read")])
async def find_document(number: str, asked: Asked) -> DocumentsFound:
    """What a number stands for, of whatever kind the document is; or an id.

    Numbers of different kinds may be the same: then all are listed. Refuses: NotFound.
    """
    async with asked.read() as tx:
        rows = await found(tx, number)
    documents = tuple([_view(asked, row) for row in rows if await may_read(asked, row.kind)])
    if not documents:
        raise NotFound(f"there is no document {number}")
    return DocumentsFound(documents=documents)


async def may_read(asked: AskedRequest, kind: str) -> bool:
    """Whether the caller may read documents of a kind."""
    permission = routes.permission_to_read(asked.app, DOCUMENT_TYPES[kind].path)
    return (await access.now(asked.caller.company)).allow(asked.actor.roles, permission)


def _view(asked: AskedRequest, row: Row) -> DocumentFound:
    kind = DOCUMENT_TYPES[row.kind]
    own = process_id_of(asked, kind.process, row.id) if kind.process else None
    return DocumentFound(
        kind=row.kind,
        id=row.id,
        number=row.number,
        location=kind.location(row.id),
        party=row.party,
        process_id=own or row.written_by,
    )
