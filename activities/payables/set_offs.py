"""What a debit note claims is set off against what is owed, and is not after all."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from activities.ledger import posting
from activities.ledger.posting import Books, Entry, Settling, check_open_on, settle_item, write_entry
from domains.ledger.messages import DocumentReversed, SettledInvoice, Side, Source
from domains.ledger.queries.open_items import DocumentHead, open_documents
from domains.ledger.rules.payments import NothingOpen
from domains.payables.messages.set_offs import (
    DebitNoteSet,
    DebitNoteSetOffEvent,
    ReverseSetOff,
    SetDebitNoteOff,
    SetOffReversedEvent,
)
from domains.payables.queries import set_offs as queries
from domains.payables.rules import set_offs as rules
from domains.payables.rules.debit_notes import SetOff, set_off
from domains.payables.tables import DebitNoteSetOff
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.errors import NotFound
from foundation.values.money import ZERO, DualAmount

_TYPE = "set_off"


@operation("payables.set_off_debit_note", event=DebitNoteSetOffEvent)
async def set_off_debit_note(tx: Transaction, wanted: SetDebitNoteOff) -> DebitNoteSet:
    """Pay an invoice with what a debit note claims, wholly or in part; both are of one supplier and currency.
    Who waits for the invoice to be paid is told.

    At other rates the difference is an exchange difference, rounded half-up. Nothing is taken off for paying
    early. Refuses: NotFound, NothingOpen, Invalid for another supplier or currency or for more than both
    allow; TooEarly, StillSettled, NoFiscalYear, PeriodLocked, NoAccountFor.
    """
    books = await posting.books_on(tx, wanted.set_off_on)
    note = await _open(tx, wanted.debit_note_id, "supplier_debit_note", "debit_note_id")
    invoice = await _open(tx, wanted.invoice_id, "supplier_invoice", "invoice_id")
    claimed, owed = -note.document.open_amount, invoice.document.open_amount
    if claimed <= 0 or owed <= 0:
        number = note.document.number if claimed <= 0 else invoice.document.number
        raise NothingOpen(f"nothing is open on {number}")
    rules.check_same(note, invoice)
    for head in (note, invoice):
        await check_open_on(tx, "set_off_on", wanted.set_off_on, head.opened)
    amount = rules.amount_of(wanted.amount, claimed, owed, note.currency)
    claim = rules.part_of_claim(note, amount, books.currency)
    offs = set_off(claim, invoice.document.instalments, books.currency)
    number = tx.closing.sequence_number("OFF", "payables.set_off_number")
    gained = sum((one.exchange_difference for one in offs), ZERO)
    await _write(tx, books, wanted, (note, invoice), number, amount, gained)
    by = Settling(_TYPE, wanted.set_off_id, number, wanted.set_off_on)
    settle_item(tx, by, note.document.instalments[0].item_id, claim)
    _settle(tx, by, invoice, offs)
    return DebitNoteSet(
        set_off_id=wanted.set_off_id,
        set_off_number=number,
        debit_note_number=note.document.number,
        invoice_number=invoice.document.number,
        supplier_code=invoice.party.code,
        set_off_on=wanted.set_off_on,
        currency=invoice.currency,
        amount=amount,
        exchange_difference=gained,
        debit_note_open_amount=claimed - amount,
        invoice_open_amount=owed - amount,
    )


async def _open(tx: Transaction, document_id: UUID, document_type: str, field: str) -> DocumentHead:
    """What is open of a document, locked. Refuses: NotFound."""
    heads = await open_documents(tx, order_id=None, document_id=document_id, side=Side.PAYABLE)
    if not heads or heads[0].document.type != document_type:
        why = f"there is no {document_type.replace('_', ' ')} {document_id} that was posted"
        raise NotFound(why, errors=[(field, why)])
    return heads[0]


async def _write(
    tx: Transaction,
    books: Books,
    wanted: SetDebitNoteOff,
    heads: tuple[DocumentHead, DocumentHead],
    number: str,
    amount: Decimal,
    gained: Decimal,
) -> None:
    """The set-off, and what it gains or loses by other rates."""
    note, invoice = heads
    row = {
        "id": wanted.set_off_id,
        "number": number,
        "debit_note_id": note.document.id,
        "debit_note_number": note.document.number,
        "invoice_id": invoice.document.id,
        "invoice_number": invoice.document.number,
        "supplier_code": invoice.party.code,
        "set_off_on": wanted.set_off_on,
        "currency": invoice.currency,
        "amount": amount,
        "exchange_difference": gained,
    }
    write_document(tx, {DebitNoteSetOff: row})
    lines = rules.postings(invoice, gained, books.account)
    about = f"{note.document.number} set off against {invoice.document.number}"
    source = Source(_TYPE, wanted.set_off_id, _TYPE)
    await write_entry(tx, books, Entry(source, wanted.set_off_on, invoice.currency, about, lines))


def _settle(tx: Transaction, by: Settling, invoice: DocumentHead, offs: Sequence[SetOff]) -> None:
    """The invoice is owed less; who waits for its money is told."""
    for off in offs:
        value = DualAmount(-off.amount, -off.base_amount)
        settle_item(tx, by, off.item_id, value, difference=-off.exchange_difference)
    document, amount = invoice.document, sum((off.amount for off in offs), ZERO)
    if document.process_id:
        news = SettledInvoice(
            invoice_id=document.id,
            invoice_number=document.number,
            order_id=document.order_id,
            process_id=document.process_id,
            settled_amount=amount,
            discount_amount=ZERO,
            written_off_amount=ZERO,
            open_amount=document.open_amount - amount,
        )
        tx.tell(document.process_id, "invoice_settled", news)


@operation("payables.reverse_set_off", event=SetOffReversedEvent)
async def reverse_set_off(tx: Transaction, reverse: ReverseSetOff) -> DocumentReversed:
    """Take a set-off back, as a whole: the invoice is owed, and the debit note claimed, as before.

    Refuses: NotFound, ReversedAlready; TooEarly, NotPostable, NoFiscalYear, PeriodLocked.
    """
    known = await queries.set_off(tx, reverse.set_off_id)
    return await posting.reverse(
        tx,
        _TYPE,
        reverse.set_off_id,
        reversal_id=reverse.reversal_id,
        on=reverse.reversed_on,
        reason=reverse.reason,
        number=known.set_off_number,
        posted_on=known.set_off_on,
    )
