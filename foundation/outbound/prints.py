"""What was printed is kept: the bytes that went out are shown again, whatever has changed since.

A document is printed once, when somebody first asks for it or when it is mailed. Its file has an id that
follows from the document, so that two who print it at once keep one.
"""

import asyncio
from collections.abc import Callable
from uuid import UUID, uuid5

from sqlalchemy import Uuid, bindparam, select, text
from sqlalchemy.dialects.postgresql import insert

from foundation.database.connections import rows_of
from foundation.database.tables import AttachedFile
from foundation.database.transaction import Row, Transaction
from foundation.outbound.letters import Enclosure
from foundation.values.messages import Message

_FILE = select(AttachedFile.name, AttachedFile.content, AttachedFile.sha256).where(
    AttachedFile.id == bindparam("file", type_=Uuid)
)
# Thousands of lines take longer than a transaction may wait otherwise; it holds no lock meanwhile.
_TAKE_YOUR_TIME = text("SELECT set_config('idle_in_transaction_session_timeout', '2min', true)")


class PrintDocument(Message):
    """Print a document, unless it is printed."""

    document_id: UUID


class FilePrinted(Message):
    """The file that is kept of a document."""

    file_id: UUID
    name: str


def file_id(kind: str, document_id: UUID, version: int = 1) -> UUID:
    """The id of the file that is kept of a document; `version` of one that is amended and sent again."""
    return uuid5(document_id, f"{kind} {version}")


async def kept(tx: Transaction, file: UUID) -> Row | None:
    """A file with its name, its content and the SHA-256 of that; None if it is not printed yet."""
    return (await tx.execute(_FILE, {"file": file})).one_or_none()


async def print_once(
    tx: Transaction, kind: str, document_id: UUID, number: str, render: Callable[[], bytes], version: int = 1
) -> FilePrinted:
    """Keep a document as a PDF, unless it is kept; `render` is called in a thread, and only then."""
    return await keep_once(tx, kind, document_id, f"{number}.pdf", "application/pdf", render, version)


async def keep_once(
    tx: Transaction,
    kind: str,
    document_id: UUID,
    name: str,
    media_type: str,
    render: Callable[[], bytes],
    version: int = 1,
) -> FilePrinted:
    """The same of a file of any type, under its name."""
    file = file_id(kind, document_id, version)
    if await kept(tx, file) is None:
        await tx.execute(_TAKE_YOUR_TIME)
        row = {
            "id": file,
            "document_type": kind,
            "document_id": document_id,
            "version": version,
            "name": name,
            "media_type": media_type,
            "content": await asyncio.to_thread(render),
        }
        await tx.execute(insert(rows_of(AttachedFile)).values(row).on_conflict_do_nothing())
    return FilePrinted(file_id=file, name=name)


def enclosed(printed: FilePrinted) -> Enclosure:
    """The file, to go with a letter."""
    return Enclosure(attachment_id=printed.file_id, name=printed.name)
