"""Credit notes: what was billed is taken back; all in one transaction, with nobody else at the invoice."""

from typing import Any

from pydantic_core import to_json
from sqlalchemy import text

from activities.ledger.posting import (
    Books,
    Entry,
    Settling,
    books_on,
    discount_row,
    settle_items,
    write_entry,
    write_items,
)
from domains.ledger.messages import Document, SettledInvoice, Source
from domains.master_data import letterhead
from domains.master_data import queries as master_data
from domains.receivables.messages import CreditNotePosted, PostCreditNote
from domains.receivables.messages.events import CreditNotePostedEvent
from domains.receivables.queries import credits
from domains.receivables.rules import credit_notes as rules
from domains.receivables.rules.billed import CreditableInvoice, TaxAmounts
from domains.receivables.rules.collective import BilledTogether
from domains.receivables.rules.credit_notes import Credit
from domains.receivables.tables.credit_notes import CreditNote, CreditNoteLine, CreditNoteTax
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.days import check_not_before
from foundation.values.errors import NotFound
from foundation.values.money import ZERO

_SET_DISCOUNT = text("SELECT ledger.set_discount(:document, CAST(:discount AS jsonb))")


@operation("receivables.post_credit_note", event=CreditNotePostedEvent)
async def post_credit_note(tx: Transaction, note: PostCreditNote) -> CreditNotePosted:
    """Take back what an invoice charged: revenue and taxes are mirrored, what is open becomes less, and what
    was paid already is put on the customer's account.

    Does nothing if nothing is left to credit. Refuses: NotFound, TooEarly, BilledTogether, CreditedTooMuch,
    NotPostable, NoFiscalYear, PeriodLocked, NoAccountFor.
    """
    books = await books_on(tx, note.credited_on)
    found = await credits.locked_invoice(tx, note.invoice_id, base_currency=books.currency)
    if found is None:
        raise NotFound(f"there is no invoice {note.invoice_id}")
    invoice, billed = found
    check_not_before("credited_on", note.credited_on, invoice.invoiced_on, invoice.number)
    of_order = invoice.order_id or note.order_id
    order_number = await credits.order_number_on(tx, invoice, note.order_id)
    if of_order is None or order_number is None:
        raise BilledTogether(f"{invoice.number} bills several orders: say which of them is credited")
    credit = rules.compute(billed, note.lines, note.order_id)
    order = {"order_id": of_order, "order_number": order_number}
    number = await _write(tx, books, note, invoice, billed, credit, order) if credit else ""
    answer = _answer(note, number, invoice, billed, credit)
    if answer.settled is not None:
        tx.tell(answer.settled.process_id, "invoice_settled", answer.settled)
    return answer


async def _write(
    tx: Transaction,
    books: Books,
    note: PostCreditNote,
    invoice: Any,
    billed: CreditableInvoice,
    credit: Credit,
    order: dict[str, Any],
) -> str:
    """Collect everything, and give the credit note's number. Refuses: NotPostable."""
    number = tx.closing.number("CN", books.fiscal_year)
    company = letterhead.sender(await master_data.company(tx), invoice.currency).model_dump(mode="json")
    head = _head(note, invoice, credit) | order | {"number": number, "company": company}
    write_document(tx, {CreditNote: head})
    of_note = {"credit_note_id": note.credit_note_id, "invoice_id": note.invoice_id}
    lines = [of_note | {"line_number": line, **vars(amounts)} for line, amounts in credit.lines.items()]
    write_document(tx, {CreditNoteLine: lines})
    write_document(tx, {CreditNoteTax: [of_note | tax for tax in _taxes(credit)]})
    by = Settling("credit_note", note.credit_note_id, number, note.credited_on)
    settle_items(tx, by, credit.reduced)
    document = Document("credit_note", note.credit_note_id, number, corrects_id=note.invoice_id)
    items = rules.on_account(note.credit_note_id, note.credited_on, billed, credit, books.account)
    write_items(tx, document, items, on=note.credited_on, currency=billed.currency)
    if credit.reduced_amount == credit.total_amount and billed.invoice.discount is not None:
        left = await credits.discount_less(tx, billed, credit)
        lowered = to_json(discount_row(left)).decode()
        await tx.execute(_SET_DISCOUNT, {"document": note.invoice_id, "discount": lowered})
    about = f"Credit note {number} for {invoice.number} of {invoice.invoiced_on}: {note.reason}"
    source = Source("credit_note", note.credit_note_id, "credit_note")
    entry_lines = rules.postings(billed, credit, books.account)
    entry = Entry(source, note.credited_on, billed.currency, about[:2000], entry_lines)
    await write_entry(tx, books, entry)
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
    nothing = TaxAmounts(ZERO, ZERO)
    return [
        {
            "line_number": number,
            **vars(credit.taxes.get(number, nothing)),
            "discount_amount": discounts.get(number, ZERO),
        }
        for number in sorted({*credit.taxes, *discounts})
    ]


def _answer(
    note: PostCreditNote, number: str, invoice: Any, billed: CreditableInvoice, credit: Credit | None
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
