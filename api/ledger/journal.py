"""Journal entries: of people, and of queries."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Body

from activities.ledger import journal
from api.door import Asked, Router, allows
from api.ledger.payments import reverse_document
from api.lists import add_list
from domains.ledger.messages import DocumentReversed, EntryAsked, PostEntry, ReversalAsked, ReversibleType
from domains.ledger.queries import journal as queries
from domains.ledger.queries.journal import EntryView

router = Router(prefix="/v1/journal-entries", tags=["Finance"])

EXAMPLE: dict[str, Any] = {
    "share capital": {
        "value": {
            "posted_on": "2026-01-02",
            "text": "Share capital paid in",
            "lines": [
                {"account_code": "1400", "amount": "25000.00"},
                {"account_code": "3000", "amount": "-25000.00"},
            ],
        }
    }
}


@router.post("", status_code=201, dependencies=[allows("ledger.journal.post")])
async def post_entry(entry: Annotated[EntryAsked, Body(openapi_examples=EXAMPLE)], asked: Asked) -> EntryView:
    """Post an entry. Its amounts are signed, debit positive, and add up to zero.

    It can never be changed, only reversed.
    """
    posted = await asked.run(journal.post_entry, PostEntry(entry_id=asked.new_id("entry"), **dict(entry)))
    async with asked.read() as session:
        return await queries.entry(session, posted.entry_id)


add_list(router, queries.ENTRIES, allows("ledger.journal.read"))


@router.get("/{entry_id}", dependencies=[allows("ledger.journal.read")])
async def one_entry(entry_id: UUID, asked: Asked) -> EntryView:
    """One entry with its lines and the document that it posts."""
    async with asked.read() as session:
        return await queries.entry(session, entry_id)


@router.post("/{entry_id}/reversal", status_code=201, dependencies=[allows("ledger.journal.post")])
async def reverse(entry_id: UUID, reversal: ReversalAsked, asked: Asked) -> DocumentReversed:
    """Take an entry that a person wrote back by its mirror image, in an open period."""
    return await reverse_document(asked, ReversibleType.ENTRY, entry_id, reversal)
