"""Credit notes and refunds, as they are read."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domains.ledger.queries.filters import between, facts, matching, sorted_by
from domains.ledger.tables.open_items import OpenItem, Refund
from domains.receivables.queries.documents import InvoiceLineView, InvoiceTaxView
from domains.receivables.tables.credit_notes import CreditNote, CreditNoteLine, CreditNoteTax
from domains.receivables.tables.invoices import InvoiceLine, InvoiceTax
from foundation.errors import NotFound
from foundation.messages import Message, ShownAmount, ShownQuantity


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
    order_id: UUID
    order_number: str
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


class CreditNoteLineView(InvoiceLineView):
    """What was credited of one line of the invoice; it has the line's number there."""


class CreditNoteView(CreditNoteSummary):
    """The whole credit note. `customer` is who the customer was when it was billed."""

    customer: dict[str, Any]
    rate: ShownQuantity
    posted_at: datetime
    lines: list[CreditNoteLineView]
    taxes: list[InvoiceTaxView]


class RefundView(Message):
    """Money that went back to a customer, from one payment or one credit note."""

    refund_id: UUID
    refund_number: str
    customer_code: str
    payment_id: UUID | None
    credit_note_id: UUID | None
    refunded_on: date
    currency: str
    amount: ShownAmount
    base_amount: ShownAmount
    exchange_difference: ShownAmount
    account_code: str
    reference: str


_LEFT = (
    select(func.coalesce(-func.sum(OpenItem.open_amount), 0))
    .where(OpenItem.credit_note_id == CreditNote.id)
    .scalar_subquery()
)


def credit_notes(
    *,
    customer: str | None = None,
    invoice_id: UUID | None = None,
    order_id: UUID | None = None,
    since: date | None = None,
    until: date | None = None,
    sort: str | None = None,
) -> Select[Any]:
    """Credit notes that fit, the newest first unless sorted otherwise."""
    selected: Select[Any] = select(CreditNote).add_columns(_LEFT)
    wanted = matching(
        selected,
        {
            CreditNote.customer_code: customer,
            CreditNote.invoice_id: invoice_id,
            CreditNote.order_id: order_id,
        },
    )
    columns = {
        "credited_on": CreditNote.credited_on,
        "number": CreditNote.number,
        "total_amount": CreditNote.total_amount,
    }
    wanted = between(wanted, CreditNote.credited_on, since, until)
    return sorted_by(wanted, sort or "-credited_on", columns, CreditNote.id)


def credit_note_summary(row: Any) -> CreditNoteSummary:
    """One row of `credit_notes`."""
    return CreditNoteSummary(**_facts(row[0], row[1], CreditNoteSummary))


def _facts(note: CreditNote, left: Any, view: type[Message]) -> dict[str, Any]:
    known = {"credit_note_id": note.id, "credit_note_number": note.number, "left_on_account": left}
    return known | facts(note, view)


async def credit_note(session: AsyncSession, credit_note_id: UUID) -> CreditNoteView:
    """One credit note with its lines and taxes. Refuses: NotFound."""
    wanted = select(CreditNote, _LEFT).where(CreditNote.id == credit_note_id)
    found = (await session.execute(wanted)).one_or_none()
    if found is None:
        raise NotFound(f"there is no credit note {credit_note_id}")
    note: CreditNote = found[0]
    lines = (
        select(InvoiceLine, CreditNoteLine)
        .join(CreditNoteLine, CreditNoteLine.line_number == InvoiceLine.line_number)
        .where(InvoiceLine.invoice_id == note.invoice_id, CreditNoteLine.credit_note_id == note.id)
        .order_by(InvoiceLine.line_number)
    )
    taxes = (
        select(InvoiceTax, CreditNoteTax)
        .join(CreditNoteTax, CreditNoteTax.line_number == InvoiceTax.line_number)
        .where(InvoiceTax.invoice_id == note.invoice_id, CreditNoteTax.credit_note_id == note.id)
        .order_by(InvoiceTax.line_number)
    )
    return CreditNoteView(
        lines=[
            CreditNoteLineView(**facts(billed, CreditNoteLineView) | facts(part, CreditNoteLineView))
            for billed, part in await session.execute(lines)
        ],
        taxes=[
            InvoiceTaxView(**facts(billed, InvoiceTaxView) | facts(part, InvoiceTaxView))
            for billed, part in await session.execute(taxes)
        ],
        **_facts(note, found[1], CreditNoteView),
    )


def refunds(
    *,
    customer: str | None = None,
    payment_id: UUID | None = None,
    credit_note_id: UUID | None = None,
    since: date | None = None,
    until: date | None = None,
    sort: str | None = None,
) -> Select[Any]:
    """Refunds that fit, the newest first unless sorted otherwise."""
    wanted = matching(
        select(Refund),
        {
            Refund.customer_code: customer,
            Refund.payment_id: payment_id,
            Refund.credit_note_id: credit_note_id,
        },
    )
    wanted = between(wanted, Refund.refunded_on, since, until)
    columns = {"refunded_on": Refund.refunded_on, "number": Refund.number, "amount": Refund.amount}
    return sorted_by(wanted, sort or "-refunded_on", columns, Refund.id)


def refund_view(row: Any) -> RefundView:
    """One row of `refunds`."""
    refund: Refund = row[0]
    return RefundView(refund_id=refund.id, refund_number=refund.number, **facts(refund, RefundView))


async def refund(session: AsyncSession, refund_id: UUID) -> RefundView:
    """One refund. Refuses: NotFound."""
    found = (await session.execute(select(Refund).where(Refund.id == refund_id))).one_or_none()
    if found is None:
        raise NotFound(f"there is no refund {refund_id}")
    return refund_view(found)
