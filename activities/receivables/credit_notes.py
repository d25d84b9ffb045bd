"""Credit notes: what was billed is taken back; all in one transaction, with nobody else at the invoice."""

from activities.ledger.posting import books_on
from activities.receivables.credit_note_writer import invoice_to_credit, write_credit_note
from domains.receivables.messages import CreditNotePosted, PostCreditNote
from domains.receivables.messages.events import CreditNotePostedEvent
from domains.receivables.rules import credit_notes as rules
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation


@operation("receivables.post_credit_note", event=CreditNotePostedEvent)
async def post_credit_note(tx: Transaction, note: PostCreditNote) -> CreditNotePosted:
    """Take back what an invoice charged: revenue and taxes are mirrored, what is open becomes less, and what
    was paid already is put on the customer's account. It is dated when that money came, or when what had
    settled the invoice was taken back, if that is later.

    Does nothing if nothing is left to credit. Refuses: NotFound, TooEarly, BilledTogether, CreditedTooMuch,
    StandsOnIt, NotPostable, NoFiscalYear, PeriodLocked, NoAccountFor.
    """
    books = await books_on(tx, note.credited_on)
    invoice, billed = await invoice_to_credit(tx, books, note)
    credit = rules.compute(billed, note.lines, note.order_id, or_less=note.or_less)
    if credit is not None:
        on = rules.takes_effect_on(billed, credit, note.credited_on)
        note, books = note.model_copy(update={"credited_on": on}), await books_on(tx, on)
    return await write_credit_note(tx, books, note, invoice, billed, credit)
