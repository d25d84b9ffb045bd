"""Credit notes with their reversal, and refunds of what they put on account."""

from uuid import UUID

from fastapi import Response

from activities.receivables import printing
from api import prints
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
    "/{credit_note_id}/pdf", dependencies=[allows("receivables.credit_note.read")], **prints.PDF
)
async def pdf(credit_note_id: UUID, asked: Asked) -> Response:
    """The credit note as it was sent, in the customer's language: printed once, and the same ever after."""
    return await prints.shown(asked, printing.print_credit_note, "credit_note", credit_note_id)


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
