"""On which days a document did something in the books: it is taken back on none before."""

from datetime import date
from uuid import UUID

from sqlalchemy import text

from foundation.database.transaction import Transaction

# What it posted, what it settled, and what has settled the items that it made, also if that was taken back.
_LATEST = text(
    """
    SELECT greatest(
        (SELECT max(posted_on) FROM ledger.journal_entry
         WHERE source_type = :type AND source_id = CAST(:document AS uuid)),
        (SELECT max(settled_on) FROM ledger.settlement
         WHERE source_type = :type AND source_id = CAST(:document AS uuid)),
        (SELECT max(s.settled_on) FROM ledger.settlement s JOIN ledger.open_item i ON i.id = s.open_item_id
         WHERE i.document_type = :type AND i.document_id = CAST(:document AS uuid)))
    """
)


async def latest_day_of(tx: Transaction, document_type: str, document_id: UUID) -> date | None:
    """The latest of them; None of a document that the books do not know."""
    found: date | None = await tx.scalar(_LATEST, {"type": document_type, "document": str(document_id)})
    return found
