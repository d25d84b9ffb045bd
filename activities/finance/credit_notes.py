"""Credit notes: what was billed is taken back, in an open period, in one transaction."""

from typing import Any
from uuid import uuid5

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from activities.finance.books import Books, Entry, Source, as_json, books_on, check_accounts
from domains.finance.messages import AccountRole, CreditNotePosted, PostCreditNote, SettledInvoice
from domains.finance.queries import credits
from domains.finance.rules import credit_notes as rules
from domains.finance.rules.credit_notes import BilledInvoice, Credit
from foundation.errors import NotFound
from foundation.money import ZERO
from foundation.operation import operation

_WRITE = text(
    """
    SELECT finance.write_credit_note(
        :fiscal_year, CAST(:note AS jsonb), CAST(:lines AS jsonb), CAST(:taxes AS jsonb),
        CAST(:reduced AS jsonb), CAST(:settlements AS jsonb), CAST(:items AS jsonb), CAST(:entries AS jsonb))
    """
)


@operation("finance.post_credit_note")
async def post_credit_note(session: AsyncSession, note: PostCreditNote) -> CreditNotePosted:
    """Take back what an invoice charged, wholly or in part: what is open of it is lowered; what was paid of
    it comes on the customer's account, and what was taken as discount or written off is reversed.

    Content when nothing is left to credit. Refuses: NotFound, CreditedTooMuch, NotPostable, NoFiscalYear,
    PeriodLocked, NoAccountFor.
    """
    books = await books_on(session, note.credited_on)
    found = await credits.locked_invoice(session, note.invoice_id)
    if found is None:
        raise NotFound(f"there is no invoice {note.invoice_id}")
    row, invoice = found
    credit = rules.compute(invoice, note.lines)
    if not credit.lines:
        return _answer(note, row, invoice, credit, number="")
    posting = rules.postings(
        invoice,
        credit,
        books.account,
        freight_account=_freight_account(books, credit),
        number=row.number,
    )
    await check_accounts(session, books, posting.lines)
    about = f"Credit note {{number}} for {row.number} of {row.invoiced_on}: {note.reason}"
    source = Source("credit_note", note.credit_note_id, "credit_note")
    entry = Entry(source, note.credited_on, row.currency, about[:2000], posting.lines)
    document = {
        "note": as_json(_head(note, row, credit)),
        "lines": as_json(_lines(credit)),
        "taxes": as_json(_taxes(credit)),
        "reduced": as_json(_reduced(credit)),
        "settlements": as_json(_settlements(note, credit)),
        "items": as_json(_on_account(note, row, credit, posting)),
        "entries": as_json([entry.as_row(books)] if posting.lines else []),
    }
    written = await session.execute(_WRITE, {"fiscal_year": books.fiscal_year, **document})
    return _answer(note, row, invoice, credit, number=written.scalar_one())


def _freight_account(books: Books, credit: Credit) -> str:
    has_freight = any(line.billed.is_freight for line in credit.lines)
    return books.account(AccountRole.FREIGHT_REVENUE if has_freight else AccountRole.REVENUE)


def _head(note: PostCreditNote, row: Any, credit: Credit) -> dict[str, Any]:
    of_invoice = (
        "order_id",
        "order_number",
        "customer_code",
        "customer",
        "invoiced_on",
        "currency",
        "rate",
    )
    return {name: getattr(row, name) for name in of_invoice} | {
        "id": note.credit_note_id,
        "invoice_id": note.invoice_id,
        "invoice_number": row.number,
        "credited_on": note.credited_on,
        "reason": note.reason,
        "net_amount": credit.net_amount,
        "tax_amount": credit.tax_amount,
        "total_amount": credit.total_amount,
        "base_total_amount": credit.base_total,
        "settled_amount": credit.settles,
        "on_account_amount": credit.back.money,
        "discount_amount": credit.back.discount,
        "written_off_amount": credit.back.written_off,
        "exchange_difference": credit.back.exchange_difference,
    }


def _lines(credit: Credit) -> list[dict[str, Any]]:
    return [
        {
            "line_number": line.billed.line_number,
            "quantity": line.quantity,
            "net_amount": line.net_amount,
            "tax_amount": line.tax_amount,
        }
        for line in credit.lines
    ]


def _taxes(credit: Credit) -> list[dict[str, Any]]:
    return [
        {
            "line_number": tax.billed.line_number,
            "base_amount": tax.base_amount,
            "tax_amount": tax.tax_amount,
        }
        for tax in credit.taxes
    ]


def _reduced(credit: Credit) -> list[dict[str, Any]]:
    return [
        {"id": part.item_id, "amount": part.open_amount, "base_amount": part.base_open_amount}
        for part in credit.lowered
    ]


def _settlements(note: PostCreditNote, credit: Credit) -> list[dict[str, Any]]:
    return [
        {
            "id": uuid5(note.credit_note_id, str(part.item_id)),
            "open_item_id": part.item_id,
            "settled_on": note.credited_on,
            "amount": part.open_amount,
            "discount_amount": ZERO,
            "written_off_amount": ZERO,
            "base_amount": part.base_open_amount,
            "exchange_difference": ZERO,
        }
        for part in credit.lowered
    ]


def _on_account(
    note: PostCreditNote, row: Any, credit: Credit, posting: rules.Posting
) -> list[dict[str, Any]]:
    money = credit.back.money
    if not money:
        return []
    item = {
        "id": uuid5(note.credit_note_id, "on account"),
        "customer_code": row.customer_code,
        "document_on": note.credited_on,
        "due_on": note.credited_on,
        "currency": row.currency,
        "amount": -money,
        "base_amount": -posting.base_on_account,
        "open_amount": -money,
        "base_open_amount": -posting.base_on_account,
    }
    return [item]


def _answer(
    note: PostCreditNote, row: Any, invoice: BilledInvoice, credit: Credit, *, number: str
) -> CreditNotePosted:
    open_before = sum((one.open_amount for one in invoice.instalments), ZERO)
    settled = SettledInvoice(
        invoice_id=note.invoice_id,
        invoice_number=row.number,
        order_id=row.order_id,
        process_id=row.process_id,
        settled_amount=credit.settles,
        discount_amount=ZERO,
        written_off_amount=ZERO,
        open_amount=open_before - credit.settles,
    )
    return CreditNotePosted(
        credit_note_id=note.credit_note_id,
        credit_note_number=number,
        invoice_number=row.number,
        invoiced_on=row.invoiced_on,
        credited_on=note.credited_on,
        currency=row.currency,
        net_amount=credit.net_amount,
        tax_amount=credit.tax_amount,
        total_amount=credit.total_amount,
        settled=settled if credit.settles else None,
        on_account_amount=credit.back.money,
        discount_reversed_amount=credit.back.discount,
        written_off_reversed_amount=credit.back.written_off,
        exchange_difference_reversed=credit.back.exchange_difference,
    )
