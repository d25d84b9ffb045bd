"""Credit notes with their reversal, and refunds of what they put on account."""

import asyncio
from uuid import UUID

from fastapi import Response

from api.door import Asked, Router, allows
from api.ledger.payments import pay_back, use_money
from api.lists import add_list
from api.receivables.write_offs import reverse_document
from domains.ledger.messages import (
    AllocationAsked,
    DocumentReversed,
    RefundAsked,
    RefundPosted,
    ReversalAsked,
)
from domains.receivables.documents.credit_note import credit_note_pdf
from domains.receivables.documents.printing import credit_note_to_print
from domains.receivables.messages import ReversibleReceivable
from domains.receivables.queries import credit_notes as queries
from domains.receivables.queries.credit_notes import CreditNoteView

credit_notes = Router(prefix="/v1/credit-notes", tags=["Finance"])


add_list(credit_notes, queries.CREDIT_NOTES, allows("receivables.credit_note.read"))


@credit_notes.get("/{credit_note_id}", dependencies=[allows("receivables.credit_note.read")])
async def one_credit_note(credit_note_id: UUID, asked: Asked) -> CreditNoteView:
    """One credit note with its lines and taxes, and what of it is on account."""
    async with asked.read() as session:
        return await queries.credit_note(session, credit_note_id)


@credit_notes.get(
    "/{credit_note_id}/pdf",
    dependencies=[allows("receivables.credit_note.read")],
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
)
async def pdf(credit_note_id: UUID, asked: Asked) -> Response:
    """The credit note as one would send it, in the customer's language, with what was refunded so far."""
    async with asked.read() as session:
        document = await credit_note_to_print(session, credit_note_id)
    rendered = await asyncio.to_thread(credit_note_pdf, document)
    headers = {"Content-Disposition": f'inline; filename="{document.credit_note_number}.pdf"'}
    return Response(rendered, media_type="application/pdf", headers=headers)


@credit_notes.post(
    "/{credit_note_id}/allocations", status_code=201, dependencies=[allows("ledger.payment.allocate")]
)
async def allocate_credit(
    credit_note_id: UUID, allocation: AllocationAsked, asked: Asked, response: Response
) -> CreditNoteView:
    """Use what a credit note put on account for another open invoice; its order is told."""
    await use_money(asked, allocation, credit_note_id=credit_note_id)
    response.headers["Location"] = f"/v1/credit-notes/{credit_note_id}"
    async with asked.read() as tx:
        return await queries.credit_note(tx, credit_note_id)


@credit_notes.post(
    "/{credit_note_id}/refund", status_code=201, dependencies=[allows("ledger.payment.refund")]
)
async def refund_credit_note(credit_note_id: UUID, refund: RefundAsked, asked: Asked) -> RefundPosted:
    """Pay back what a credit note put on account: all that is left of it, or an amount."""
    return await pay_back(asked, refund, credit_note_id=credit_note_id)


@credit_notes.post(
    "/{credit_note_id}/reversal", status_code=201, dependencies=[allows("receivables.credit_note.reverse")]
)
async def reverse_credit_note(
    credit_note_id: UUID, reversal: ReversalAsked, asked: Asked
) -> DocumentReversed:
    """Take a credit note back: its invoice is owed again. Not one that goods came back for."""
    return await reverse_document(asked, ReversibleReceivable.CREDIT_NOTE, credit_note_id, reversal)
