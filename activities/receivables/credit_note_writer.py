"""A credit note is written, whoever asks for it: under the invoice's lock, with its entry and settlements."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import text

from activities.ledger.posting import (
    Books,
    Entry,
    Settling,
    discount_row,
    settle_items,
    write_entry,
    write_items,
)
from domains.ledger.messages import Discount, Document, SettledInvoice, Source
from domains.ledger.rules.reversals import check_nothing_stands_on
from domains.master_data import letterhead
from domains.master_data import queries as master_data
from domains.receivables.messages import CreditNotePosted, DebitNotesChanged, LineCredited, PostCreditNote
from domains.receivables.queries import credits
from domains.receivables.queries.write_offs import bad_debts_of
from domains.receivables.rules import credit_notes as rules
from domains.receivables.rules.billed import CreditableInvoice, TaxAmounts
from domains.receivables.rules.collective import BilledTogether
from domains.receivables.rules.credit_notes import Credit
from domains.receivables.tables.credit_notes import CreditNote, CreditNoteLine, CreditNoteTax
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.values.days import check_not_before
from foundation.values.errors import NotFound
from foundation.values.money import ZERO

_SET_DISCOUNT = text("SELECT ledger.set_discount(:document, CAST(:discount AS jsonb))")


async def invoice_to_credit(
    tx: Transaction, books: Books, note: PostCreditNote, *, field: str = "credited_on"
) -> tuple[Any, CreditableInvoice]:
    """The invoice under a lock, with what of it can be credited; `field` is what the day is called.

    Refuses: NotFound, TooEarly, BilledTogether, StandsOnIt when it was given up as a bad debt.
    """
    found = await credits.locked_invoice(tx, note.invoice_id, base_currency=books.currency)
    if found is None:
        raise NotFound(f"there is no invoice {note.invoice_id}")
    invoice, billed = found
    check_not_before(field, note.credited_on, invoice.invoiced_on, invoice.number)
    if invoice.process_id and await credits.order_number_on(tx, invoice, note.order_id) is None:
        why = f"{invoice.number} bills several orders: say which of them is credited"
        raise BilledTogether(f"order_id: {why}", errors=[("order_id", why)])
    check_nothing_stands_on(invoice.number, await bad_debts_of(tx, invoice.id))
    return invoice, billed


async def write_credit_note(
    tx: Transaction,
    books: Books,
    note: PostCreditNote,
    invoice: Any,
    billed: CreditableInvoice,
    credit: Credit | None,
    *,
    process_id: str | None = None,
) -> CreditNotePosted:
    """Collect the credit note, and tell who waits for the invoice's money; nothing when there is no credit.

    What it puts on account is its process's to use, if it has one. Refuses: NotPostable, NoAccountFor.
    """
    order = {
        "order_id": invoice.order_id or note.order_id,
        "order_number": await credits.order_number_on(tx, invoice, note.order_id),
    }
    of = Document("credit_note", note.credit_note_id, "", process_id, corrects_id=note.invoice_id)
    number = await _write(tx, books, note, invoice, billed, credit, order, of) if credit else ""
    answer = _answer(note, number, invoice, billed, credit)
    if invoice.corrects_id is not None:
        await tell_of_debit_note(tx, invoice.corrects_id)
    if answer.settled is not None and answer.settled.process_id:
        tx.tell(answer.settled.process_id, "invoice_settled", answer.settled)
    return answer


async def tell_of_debit_note(tx: Transaction, corrects_id: UUID) -> None:
    """The order whose own invoice it is: more is charged on it, or less again."""
    if process_id := await credits.process_of_order(tx, corrects_id):
        tx.tell(process_id, "debit_notes_changed", DebitNotesChanged(corrects_id=corrects_id))


async def _write(
    tx: Transaction,
    books: Books,
    note: PostCreditNote,
    invoice: Any,
    billed: CreditableInvoice,
    credit: Credit,
    order: dict[str, Any],
    document: Document,
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
    items = rules.on_account(note.credit_note_id, note.credited_on, billed, credit, books.account)
    write_items(tx, replace(document, number=number), items, on=note.credited_on, currency=billed.currency)
    if credit.reduced_amount == credit.total_amount and billed.invoice.discount is not None:
        await set_discount(tx, billed, await credits.discount_left(tx, billed, credit))
    about = f"Credit note {number} for {invoice.number} of {invoice.invoiced_on}: {note.reason}"
    source = Source("credit_note", note.credit_note_id, "credit_note")
    entry_lines = rules.postings(billed, credit, books.account)
    entry = Entry(source, note.credited_on, billed.currency, about[:2000], entry_lines)
    await write_entry(tx, books, entry)
    return number


async def set_discount(tx: Transaction, billed: CreditableInvoice, left: Discount) -> None:
    """What may still be taken off the invoice for paying early."""
    lowered = to_json(discount_row(left)).decode()
    await tx.execute(_SET_DISCOUNT, {"document": billed.invoice.id, "discount": lowered})


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
        lines=tuple(_lines_credited(billed, credit)) if credit else (),
        settled=settled,
        on_account_amount=credit.reversal.on_account.amount if credit else ZERO,
        discount_reversed_amount=credit.reversal.discount_amount if credit else ZERO,
        written_off_reversed_amount=credit.reversal.written_off.amount if credit else ZERO,
        exchange_difference_reversed=credit.reversal.exchange_difference if credit else ZERO,
    )


def _lines_credited(billed: CreditableInvoice, credit: Credit) -> Iterator[LineCredited]:
    """By order lines; a value without a quantity is none."""
    of_invoice = {line.line_number: line for line in billed.lines}
    for number, amounts in credit.lines.items():
        line = of_invoice[number]
        if amounts.quantity:
            yield LineCredited(
                order_line_number=line.order_line_number,
                quantity=amounts.quantity,
                is_freight=line.is_freight,
            )
