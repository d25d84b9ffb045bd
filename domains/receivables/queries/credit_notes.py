"""Credit notes, as they are read."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, func, select

from domains.ledger.queries.documents import reversal_of
from domains.ledger.queries.open_items import open_of
from domains.receivables.queries.documents import InvoiceLineView, InvoiceTaxView
from domains.receivables.tables.credit_notes import CreditNote, CreditNoteLine, CreditNoteTax
from domains.receivables.tables.invoices import InvoiceLine, InvoiceTax
from foundation.database.connections import facts, rows_of
from foundation.database.lists import Listing, between, equal, named
from foundation.database.transaction import Transaction
from foundation.values.messages import Message, ShownAmount, ShownQuantity


class CreditNoteSummary(Message):
    """A credit note as a list shows it; amounts in its currency.

    `settled_amount` is by how much its invoice is less open; the rest of it had been settled: what of that
    was money is on account, what was discount or written off is reversed.
    """

    credit_note_id: UUID
    credit_note_number: str
    invoice_id: UUID
    invoice_number: str
    invoiced_on: date
    order_id: UUID | None
    order_number: str
    """Empty when the invoice has no order."""
    customer_code: str
    credited_on: date
    reason: str
    currency: str
    net_amount: ShownAmount
    tax_amount: ShownAmount
    total_amount: ShownAmount
    settled_amount: ShownAmount
    on_account_amount: ShownAmount
    discount_amount: ShownAmount
    written_off_amount: ShownAmount
    left_on_account: ShownAmount
    """What of the money on account has not been used or refunded."""
    reversed_by: str | None = None
    """The number of the reversal, when it was taken back."""


class CreditNoteLineView(InvoiceLineView):
    """What was credited of one line of the invoice; it has the line's number there.

    Without a quantity it is a price allowance.
    """


class CreditNoteView(CreditNoteSummary):
    """The whole credit note. `company` is who we were, `customer` who it was when it was billed."""

    company: dict[str, Any]
    customer: dict[str, Any]
    rate: ShownQuantity
    posted_at: datetime
    lines: list[CreditNoteLineView]
    taxes: list[InvoiceTaxView]


_NOTES = select(
    *(column for column in rows_of(CreditNote).c if column.name != "order_number"),
    func.coalesce(CreditNote.order_number, "").label("order_number"),
    (-open_of(CreditNote.id)).label("left_on_account"),
    reversal_of("credit_note", CreditNote.id).label("reversed_by"),
)


def _of_invoice(billed: type[Any], credited: type[Any], parts: tuple[str, ...]) -> Select[Any]:
    """Rows of the invoice with what was credited of each: the credit note's figures instead of its own."""
    own = [column for column in rows_of(billed).c if column.name not in parts]
    return (
        select(*own, *(rows_of(credited).c[name] for name in parts))
        .join(credited, credited.line_number == billed.line_number)
        .where(billed.invoice_id == bindparam("invoice", type_=Uuid))
        .where(credited.credit_note_id == bindparam("note", type_=Uuid))
        .order_by(billed.line_number)
    )


_LINES = _of_invoice(InvoiceLine, CreditNoteLine, ("quantity", "net_amount", "tax_amount"))
_TAXES = _of_invoice(InvoiceTax, CreditNoteTax, ("base_amount", "tax_amount"))


def credit_note_summary(row: Any) -> CreditNoteSummary:
    """One row of `CREDIT_NOTES`."""
    return CreditNoteSummary(**_facts(row, CreditNoteSummary))


CREDIT_NOTES = Listing(
    name="credit_notes",
    about="Credit notes, the newest first.",
    view=CreditNoteSummary,
    rows=_NOTES,
    to_view=credit_note_summary,
    filters=(
        equal(CreditNote.customer_code, "customer"),
        equal(CreditNote.invoice_id),
        equal(CreditNote.order_id),
        *between(CreditNote.credited_on),
        *between(CreditNote.total_amount),
    ),
    sorts=named(CreditNote.credited_on, CreditNote.number, CreditNote.total_amount),
    order="-credited_on",
    unique=(CreditNote.id,),
)


def _facts(note: Any, view: type[Message]) -> dict[str, Any]:
    return {"credit_note_id": note.id, "credit_note_number": note.number} | facts(note, view)


async def credit_note(tx: Transaction, credit_note_id: UUID) -> CreditNoteView:
    """One credit note with its lines and taxes. Refuses: NotFound."""
    note = await tx.existing(_NOTES.where(CreditNote.id == credit_note_id), f"credit note {credit_note_id}")
    of_note = {"note": note.id, "invoice": note.invoice_id}
    lines = await tx.execute(_LINES, of_note)
    taxes = await tx.execute(_TAXES, of_note)
    return CreditNoteView(
        lines=[CreditNoteLineView(**facts(line, CreditNoteLineView)) for line in lines],
        taxes=[InvoiceTaxView(**facts(tax, InvoiceTaxView)) for tax in taxes],
        **_facts(note, CreditNoteView),
    )
