"""Invoices are credited by hand; credit notes, dunning charges and write-offs are reversed."""

from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, text

from activities.ledger import posting
from activities.ledger.posting import books_on, check_open_on
from activities.receivables.credit_note_writer import (
    invoice_to_credit,
    set_discount,
    tell_of_debit_note,
    write_credit_note,
)
from domains.ledger.messages import DocumentReversed
from domains.ledger.rules.reversals import ReversedAlready, check_nothing_stands_on
from domains.receivables.messages import (
    CreditInvoice,
    CreditNotePosted,
    PostCreditNote,
    ReverseInvoice,
    ReverseReceivable,
    ReversibleReceivable,
)
from domains.receivables.messages.events import CreditNotePostedEvent, ReceivableReversedEvent
from domains.receivables.queries import corrections as queries
from domains.receivables.queries import credits
from domains.receivables.queries.write_offs import bad_debts_of
from domains.receivables.rules import allowances
from domains.receivables.rules import corrections as rules
from domains.receivables.rules import credit_notes as credit_rules
from domains.receivables.rules.billed import CreditableInvoice
from domains.receivables.rules.credit_notes import Credit
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.days import check_not_before

# What is to be billed again needs the customer's credit until then.
_COMMIT_AGAIN = text(
    """
    UPDATE receivables.credit_commitment
    SET open_amount = least(amount, open_amount + CAST(:amount AS numeric))
    WHERE order_id = :order
    """
).bindparams(bindparam("order", type_=Uuid()))


@operation("receivables.credit_invoice", event=CreditNotePostedEvent)
async def credit_invoice(tx: Transaction, credit: CreditInvoice) -> CreditNotePosted:
    """Credit a part of an invoice: a value without a quantity (a price allowance), or a quantity of a line.

    What an order's process has billed is taken back by quantity through the process only: it counts what is
    still with the customer. Refuses: NotFound, TooEarly, StillSettled, BilledTogether, BilledByProcess,
    CreditedTooMuch, StandsOnIt, NotPostable, NoFiscalYear, PeriodLocked, NoAccountFor.
    """
    note = _note(credit.credit_note_id, credit.invoice_id, credit.credited_on, credit.reason, credit.order_id)
    books = await books_on(tx, credit.credited_on)
    invoice, billed = await invoice_to_credit(tx, books, note)
    if any(line.quantity is not None for line in credit.lines):
        rules.check_has_no_process(invoice.number, invoice.process_id, invoice.order_number)
    lines = allowances.lines_to_credit(billed, credit.lines, credit.order_id)
    found = credit_rules.credit_of(billed, lines)
    await _check_day(tx, "credited_on", note, billed, found)
    return await write_credit_note(tx, books, note, invoice, billed, found)


@operation("receivables.reverse_invoice", event=CreditNotePostedEvent)
async def reverse_invoice(tx: Transaction, reverse: ReverseInvoice) -> CreditNotePosted:
    """Take an invoice back: a credit note that names it credits all that is left of it. What a process has
    billed goes back through the process only, which bills it again.

    An invoice that went out is never deleted (Directive 2006/112/EC, art. 219; § 14c UStG). What was paid of
    it is the customer's money on account. Refuses: NotFound, BilledByProcess, ReversedAlready, StandsOnIt
    when a debit note or a bad debt rests on it, or an allowance on what is billed again; TooEarly,
    StillSettled, NotPostable, NoFiscalYear, PeriodLocked, NoAccountFor.
    """
    books = await books_on(tx, reverse.reversed_on)
    known = await queries.invoice_to_reverse(tx, reverse.invoice_id)
    if reverse.asked_by != known.process_id:
        rules.check_has_no_process(known.number, known.process_id, known.order_number)
    note = _note(reverse.credit_note_id, reverse.invoice_id, reverse.reversed_on, reverse.reason)
    invoice, billed = await invoice_to_credit(tx, books, note, field="reversed_on")
    check_nothing_stands_on(invoice.number, await queries.debit_notes_of(tx, reverse.invoice_id))
    credit = credit_rules.compute(billed, ())
    if credit is None:
        by = ", ".join(await queries.credit_notes_of(tx, reverse.invoice_id))
        raise ReversedAlready(f"{invoice.number} was credited in full already, by {by}")
    await _check_day(tx, "reversed_on", note, billed, credit)
    if reverse.asked_by:
        rules.check_no_allowance(invoice.number, await queries.allowances_of(tx, reverse.invoice_id))
        again = {"order": known.order_id, "amount": credit.base_total_amount}
        await tx.execute(_COMMIT_AGAIN, again)
    process_id = reverse.asked_by or None
    return await write_credit_note(tx, books, note, invoice, billed, credit, process_id=process_id)


async def _check_day(
    tx: Transaction, field: str, note: PostCreditNote, billed: CreditableInvoice, credit: Credit
) -> None:
    """Refuses: TooEarly when the money that the credit note puts on account came later; StillSettled when
    what it lowers was settled until later.
    """
    if (came_on := credit_rules.money_came_on(billed, credit)) is not None:
        check_not_before(field, note.credited_on, came_on, f"the money for {billed.opened.number}")
    if credit.reduced:
        await check_open_on(tx, field, note.credited_on, billed.opened)


def _note(
    credit_note_id: UUID, invoice_id: UUID, on: Any, reason: str, order_id: UUID | None = None
) -> PostCreditNote:
    return PostCreditNote(
        credit_note_id=credit_note_id,
        invoice_id=invoice_id,
        credited_on=on,
        reason=reason,
        order_id=order_id,
    )


@operation("receivables.reverse_document", event=ReceivableReversedEvent)
async def reverse_document(tx: Transaction, reverse: ReverseReceivable) -> DocumentReversed:
    """Take back a credit note, what a dunning letter charged, or a write-off.

    A credit note that a process wrote stays: goods came back for it. The letter stays as it was sent, and the
    interest that it charged is not charged again. Refuses: NotFound, ReversedAlready, StandsOnIt,
    WrittenByProcess, NothingWasCharged, TooEarly, NotPostable, NoFiscalYear, PeriodLocked.
    """
    kind = reverse.document_type
    found = await queries.document_to_reverse(tx, kind, reverse.document_id)
    await posting.check_not_reversed(tx, kind, reverse.document_id, found.number)
    if kind is ReversibleReceivable.CREDIT_NOTE:
        await _reopen(tx, reverse, found)
    elif kind is ReversibleReceivable.DUNNING_LETTER:
        rules.check_charged(found.number, found.charge_amount)
    return await posting.reverse(
        tx,
        kind,
        reverse.document_id,
        reversal_id=reverse.reversal_id,
        on=reverse.reversed_on,
        reason=reverse.reason,
        number=found.number,
        posted_on=found.posted_on,
    )


async def _reopen(tx: Transaction, reverse: ReverseReceivable, note: Any) -> None:
    """The invoice is charged again what the note credited; the discount on it is as if it never was.

    Refuses: StandsOnIt, WrittenByProcess.
    """
    books = await books_on(tx, reverse.reversed_on)
    found = await credits.locked_invoice(tx, note.invoice_id, base_currency=books.currency)
    assert found is not None
    invoice, billed = found
    rules.check_written_by_hand(note.number, note.process_id, invoice.number)
    later = await queries.rests_on_credit_note(tx, note)
    check_nothing_stands_on(note.number, [*later, *await bad_debts_of(tx, note.invoice_id)])
    if invoice.corrects_id is not None:
        await tell_of_debit_note(tx, invoice.corrects_id)
    if billed.invoice.discount is not None:
        await set_discount(tx, billed, await credits.discount_left(tx, billed, without=note.id))
