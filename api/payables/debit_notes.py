"""What is claimed back of suppliers for goods that went back."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Response

from activities.payables import debit_notes as operations
from activities.payables import printing
from activities.payables.set_offs import reverse_set_off, set_off_debit_note
from api import prints
from api.door import Asked, AskedRequest, Router, allows
from api.inventory.vendor_returns import vendor_returns
from api.ledger import reversing
from api.lists import add_list
from domains.ledger.messages import DocumentReversed, ReversalAsked
from domains.payables.messages.debit_notes import (
    ClaimAsked,
    ConfirmationAsked,
    ConfirmDebitNote,
    PostDebitNote,
    ReverseDebitNote,
)
from domains.payables.messages.set_offs import ReverseSetOff, SetDebitNoteOff, SetOffAsked
from domains.payables.queries import debit_notes as queries
from domains.payables.queries import set_offs as read_set_offs
from domains.payables.queries.debit_notes import SupplierDebitNoteView
from domains.payables.queries.set_offs import SetOffView

debit_notes = Router(prefix="/v1/supplier-debit-notes", tags=["Payables"])
set_offs = Router(prefix="/v1/set-offs", tags=["Payables"])

CONFIRMATION: dict[str, Any] = {
    "its credit note has come": {
        "value": {"supplier_number": "GS-2026/44", "credited_on": "2026-03-20", "total_amount": "201.11"},
    },
}
SET_OFF: dict[str, Any] = {
    "an invoice that is owed": {
        "value": {"invoice_id": "0b9f6a52-4a0e-5c55-9c5f-0d5d5f0f5f11", "set_off_on": "2026-03-25"},
    },
}
READ = allows("payables.debit_note.read")


add_list(debit_notes, queries.SUPPLIER_DEBIT_NOTES, READ)


@debit_notes.get("/{debit_note_id}", dependencies=[READ])
async def one_debit_note(debit_note_id: UUID, asked: Asked) -> SupplierDebitNoteView:
    """What is claimed, of which invoices, and what of it is open."""
    async with asked.read() as tx:
        return await queries.debit_note(tx, debit_note_id)


@debit_notes.get("/{debit_note_id}/pdf", dependencies=[READ], **prints.PDF)
async def pdf(debit_note_id: UUID, asked: Asked) -> Response:
    """The debit note in the supplier's language: printed once, the same ever after."""
    return await prints.shown(asked, printing.print_debit_note, "supplier_debit_note", debit_note_id)


@vendor_returns.post(
    "/{return_id}/debit-note", status_code=201, dependencies=[allows("payables.debit_note.post")]
)
async def claim(return_id: UUID, wanted: ClaimAsked, asked: Asked) -> SupplierDebitNoteView:
    """Claim back anew what was billed of a return's goods, when its debit note was taken back."""
    debit_note_id = asked.new_id("supplier-debit-note", of=return_id)
    command = PostDebitNote(
        debit_note_id=debit_note_id,
        return_id=return_id,
        posted_on=wanted.posted_on or await reversing.today_or_later(asked, "vendor_return", return_id),
        reason=wanted.reason,
    )
    await asked.run(operations.post_debit_note, command)
    async with asked.read() as tx:
        return await queries.debit_note(tx, debit_note_id)


@debit_notes.post(
    "/{debit_note_id}/confirmation", status_code=201, dependencies=[allows("payables.debit_note.post")]
)
async def confirm(
    debit_note_id: UUID,
    came: Annotated[ConfirmationAsked, Body(openapi_examples=CONFIRMATION)],
    asked: Asked,
) -> SupplierDebitNoteView:
    """The supplier's own credit note for it has come: its number is noted, nothing is posted once more."""
    command = ConfirmDebitNote(**dict(came), debit_note_id=debit_note_id)
    await asked.run(operations.confirm_debit_note, command)
    async with asked.read() as tx:
        return await queries.debit_note(tx, debit_note_id)


@debit_notes.post(
    "/{debit_note_id}/set-offs", status_code=201, dependencies=[allows("payables.debit_note.set_off")]
)
async def set_off(
    debit_note_id: UUID,
    wanted: Annotated[SetOffAsked, Body(openapi_examples=SET_OFF)],
    asked: Asked,
) -> SetOffView:
    """Pay an invoice of the supplier with what the debit note claims, as far as both are open."""
    set_off_id = asked.new_id("set-off", of=debit_note_id)
    on = wanted.set_off_on or await _since_both(asked, debit_note_id, wanted.invoice_id)
    own = {"set_off_id": set_off_id, "debit_note_id": debit_note_id, "set_off_on": on}
    command = SetDebitNoteOff(**{**dict(wanted), **own})
    await asked.run(set_off_debit_note, command)
    async with asked.read() as tx:
        return await read_set_offs.set_off(tx, set_off_id)


async def _since_both(asked: AskedRequest, debit_note_id: UUID, invoice_id: UUID) -> date:
    claimed = await reversing.today_or_later(asked, "supplier_debit_note", debit_note_id)
    return await reversing.today_or_later(asked, "supplier_invoice", invoice_id, claimed)


add_list(set_offs, read_set_offs.SET_OFFS, READ)


@set_offs.get("/{set_off_id}", dependencies=[READ])
async def one_set_off(set_off_id: UUID, asked: Asked) -> SetOffView:
    """By how much less is owed, and claimed."""
    async with asked.read() as tx:
        return await read_set_offs.set_off(tx, set_off_id)


@set_offs.post(
    "/{set_off_id}/reversal", status_code=201, dependencies=[allows("payables.debit_note.reverse")]
)
async def take_set_off_back(set_off_id: UUID, why: ReversalAsked, asked: Asked) -> DocumentReversed:
    """Take a set-off back: the invoice is owed, and the debit note claimed, as before."""
    asked_with = await reversing.reversal(asked, "set_off", set_off_id, why)
    return await asked.run(reverse_set_off, ReverseSetOff(set_off_id=set_off_id, **asked_with))


@debit_notes.post(
    "/{debit_note_id}/reversal", status_code=201, dependencies=[allows("payables.debit_note.reverse")]
)
async def reverse(debit_note_id: UUID, why: ReversalAsked, asked: Asked) -> DocumentReversed:
    """Take a debit note back that was not set off, and with it that it was confirmed: its invoices are owed
    again.
    """
    asked_with = await reversing.reversal(asked, "supplier_debit_note", debit_note_id, why)
    command = ReverseDebitNote(debit_note_id=debit_note_id, **asked_with)
    return await asked.run(operations.reverse_debit_note, command)
