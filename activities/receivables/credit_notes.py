"""Credit notes: what was billed is taken back; all in one transaction, with nobody else at the invoice."""

from typing import Any
from uuid import uuid5

from sqlalchemy import text

from activities.ledger.posting import Books, Entry, Source, as_json, books_on, check_accounts
from domains.ledger.messages import SettledInvoice
from domains.receivables.messages import CreditNotePosted, PostCreditNote
from domains.receivables.queries import credits
from domains.receivables.rules import credit_notes as rules
from domains.receivables.rules.collective import BilledTogether
from domains.receivables.rules.credit_notes import BilledInvoice, Credit
from foundation.errors import Invalid, NotFound
from foundation.money import ZERO
from foundation.operation import operation
from foundation.transaction import Transaction

_WRITE = text(
    """
    SELECT receivables.write_credit_note(
        :fiscal_year, CAST(:note AS jsonb), CAST(:lines AS jsonb), CAST(:taxes AS jsonb),
        CAST(:reduced AS jsonb), CAST(:settlements AS jsonb), CAST(:items AS jsonb), CAST(:entries AS jsonb))
    """
)


@operation("receivables.post_credit_note")
async def post_credit_note(session: Transaction, note: PostCreditNote) -> CreditNotePosted:
    """Take back what an invoice charged: revenue and taxes are mirrored, what is open becomes less, and what
    was paid already is put on the customer's account.

    Content when nothing is left to credit. Refuses: NotFound, Invalid, BilledTogether, CreditedTooMuch,
    NotPostable, NoFiscalYear, PeriodLocked, NoAccountFor.
    """
    books = await books_on(session, note.credited_on)
    found = await credits.locked_invoice(session, note.invoice_id, base_currency=books.currency)
    if found is None:
        raise NotFound(f"there is no invoice {note.invoice_id}")
    invoice, billed = found
    if note.credited_on < invoice.invoiced_on:
        why = f"{invoice.number} was billed later, on {invoice.invoiced_on}"
        raise Invalid(f"credited_on: {why}", errors=[("credited_on", why)])
    of_order = invoice.order_id or note.order_id
    order_number = await credits.order_number_on(session, invoice, note.order_id)
    if of_order is None or order_number is None:
        raise BilledTogether(f"{invoice.number} bills several orders: say which of them is credited")
    credit = rules.compute(billed, note.lines, note.order_id)
    order = {"order_id": of_order, "order_number": order_number}
    number = await _write(session, books, note, invoice, billed, credit, order) if credit else ""
    answer = _answer(note, number, invoice, billed, credit)
    if answer.settled is not None:
        session.tell(answer.settled.process_id, "invoice_settled", answer.settled)
    return answer


async def _write(
    session: Transaction,
    books: Books,
    note: PostCreditNote,
    invoice: Any,
    billed: BilledInvoice,
    credit: Credit,
    order: dict[str, Any],
) -> str:
    """Write everything in one round trip, and give the credit note's number. Refuses: NotPostable."""
    lines = rules.postings(billed, credit, books.account)
    await check_accounts(session, books, lines)
    about = f"Credit note {{number}} for {invoice.number} of {invoice.invoiced_on}: {note.reason}"
    source = Source("credit_note", note.credit_note_id, "credit_note")
    entry = Entry(source, note.credited_on, billed.currency, about[:2000], lines)
    document = {
        "note": _head(note, invoice, credit) | order,
        "lines": [{"line_number": number, **vars(line)} for number, line in credit.lines.items()],
        "taxes": _taxes(credit),
        "reduced": [
            {"id": item.item_id, "amount": item.amount, "base_amount": item.base_amount}
            for item in credit.reduced
        ],
        "settlements": _settlements(note, credit),
        "items": _on_account(note, billed, credit),
        "entries": [entry.as_row(books)] if lines else [],
    }
    rows = {name: as_json(value) for name, value in document.items()}
    number: str = (await session.execute(_WRITE, {"fiscal_year": books.fiscal_year, **rows})).scalar_one()
    return number


def _head(note: PostCreditNote, invoice: Any, credit: Credit) -> dict[str, Any]:
    of_invoice = ("customer_code", "customer", "invoiced_on", "currency", "rate")
    reversal = credit.reversal
    return {name: getattr(invoice, name) for name in of_invoice} | {
        "id": note.credit_note_id,
        "invoice_id": note.invoice_id,
        "invoice_number": invoice.number,
        "credited_on": note.credited_on,
        "reason": note.reason,
        "net_amount": credit.net_amount,
        "tax_amount": credit.tax_amount,
        "total_amount": credit.total_amount,
        "base_total_amount": credit.base_total_amount,
        "settled_amount": credit.reduced_amount,
        "on_account_amount": reversal.on_account.amount,
        "discount_amount": reversal.discount_amount,
        "written_off_amount": reversal.written_off.amount,
        "exchange_difference": reversal.exchange_difference,
    }


def _taxes(credit: Credit) -> list[dict[str, Any]]:
    """What is taken back of each tax; and of the discount on it, which may be on taxes of other lines."""
    discounts = {
        number: both.amount for number, both in credit.reversal.discount_on_taxes.items() if both.amount
    }
    nothing = rules.TaxAmounts(ZERO, ZERO)
    return [
        {
            "line_number": number,
            **vars(credit.taxes.get(number, nothing)),
            "discount_amount": discounts.get(number, ZERO),
        }
        for number in sorted({*credit.taxes, *discounts})
    ]


def _settlements(note: PostCreditNote, credit: Credit) -> list[dict[str, Any]]:
    return [
        {
            "id": uuid5(note.credit_note_id, str(item.item_id)),
            "open_item_id": item.item_id,
            "settled_on": note.credited_on,
            "amount": item.amount,
            "discount_amount": item.discount_amount,
            "written_off_amount": item.written_off_amount,
            "base_amount": item.base_amount,
            "exchange_difference": ZERO,
        }
        for item in credit.reduced
    ]


def _on_account(note: PostCreditNote, billed: BilledInvoice, credit: Credit) -> list[dict[str, Any]]:
    """The customer's money, in the invoice's currency, worth what it was worth when it came."""
    money = credit.reversal.on_account
    if not money.amount:
        return []
    return [
        {
            "id": uuid5(note.credit_note_id, "on account"),
            "customer_code": billed.customer_code,
            "document_on": note.credited_on,
            "due_on": note.credited_on,
            "currency": billed.currency,
            "amount": -money.amount,
            "base_amount": -money.base_amount,
            "open_amount": -money.amount,
            "base_open_amount": -money.base_amount,
        }
    ]


def _answer(
    note: PostCreditNote, number: str, invoice: Any, billed: BilledInvoice, credit: Credit | None
) -> CreditNotePosted:
    settled = None
    if credit and credit.reduced_amount:
        settled = SettledInvoice(
            invoice_id=invoice.id,
            invoice_number=invoice.number,
            order_id=invoice.order_id or note.order_id,
            process_id=invoice.process_id,
            settled_amount=credit.reduced_amount,
            discount_amount=ZERO,
            written_off_amount=ZERO,
            open_amount=billed.invoice.open_amount - credit.reduced_amount,
        )
    return CreditNotePosted(
        credit_note_id=note.credit_note_id,
        credit_note_number=number,
        invoice_number=invoice.number,
        invoiced_on=invoice.invoiced_on,
        credited_on=note.credited_on,
        currency=invoice.currency,
        net_amount=credit.net_amount if credit else ZERO,
        tax_amount=credit.tax_amount if credit else ZERO,
        total_amount=credit.total_amount if credit else ZERO,
        settled=settled,
        on_account_amount=credit.reversal.on_account.amount if credit else ZERO,
        discount_reversed_amount=credit.reversal.discount_amount if credit else ZERO,
        written_off_reversed_amount=credit.reversal.written_off.amount if credit else ZERO,
        exchange_difference_reversed=credit.reversal.exchange_difference if credit else ZERO,
    )
