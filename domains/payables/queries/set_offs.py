"""Set-offs of debit notes, as they are read."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from domains.ledger.queries.documents import reversal_of
from domains.payables.tables import DebitNoteSetOff
from foundation.database.connections import columns_for
from foundation.database.lists import Listing, between, equal, named
from foundation.database.transaction import Transaction
from foundation.values.messages import Message, ShownAmount


class SetOffView(Message):
    """By how much less is owed by an invoice, and claimed by a debit note."""

    set_off_id: UUID
    set_off_number: str
    debit_note_id: UUID
    debit_note_number: str
    invoice_id: UUID
    invoice_number: str
    supplier_code: str
    set_off_on: date
    currency: str
    amount: ShownAmount
    exchange_difference: ShownAmount
    """What we gain by it, in the company's currency."""
    recorded_at: datetime
    reversed_by: str | None
    """The number of the reversal, when it was taken back."""


_SET_OFFS = select(
    *columns_for(
        DebitNoteSetOff,
        SetOffView,
        set_off_id=DebitNoteSetOff.id,
        set_off_number=DebitNoteSetOff.number,
        reversed_by=reversal_of("set_off", DebitNoteSetOff.id),
    )
)
SET_OFFS = Listing(
    name="set_offs",
    about="What debit notes claim, set off against invoices, the newest first.",
    view=SetOffView,
    rows=_SET_OFFS,
    filters=(
        equal(DebitNoteSetOff.supplier_code, "supplier"),
        equal(DebitNoteSetOff.number),
        equal(DebitNoteSetOff.debit_note_id),
        equal(DebitNoteSetOff.invoice_id),
        *between(DebitNoteSetOff.set_off_on),
    ),
    sorts=named(DebitNoteSetOff.set_off_on, DebitNoteSetOff.number, DebitNoteSetOff.amount),
    order="-set_off_on",
    unique=(DebitNoteSetOff.id,),
)


async def set_off(tx: Transaction, set_off_id: UUID) -> SetOffView:
    """One of them. Refuses: NotFound."""
    found = await tx.existing(_SET_OFFS.where(DebitNoteSetOff.id == set_off_id), f"set-off {set_off_id}")
    return SetOffView(**found._asdict())
