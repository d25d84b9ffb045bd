"""Invoices, credit notes and dunning letters are printed once; what went out stays as it was."""

from functools import partial

from activities.receivables.kept_files import keep_credit_note, keep_invoice
from domains.receivables.documents.dunning import letter_pdf
from domains.receivables.documents.printing import credit_note_to_print, printed
from domains.receivables.queries import documents, dunning
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.outbound import prints
from foundation.outbound.prints import FilePrinted, PrintDocument


@operation("receivables.print_invoice")
async def print_invoice(tx: Transaction, ask: PrintDocument) -> FilePrinted:
    """Keep an invoice as a PDF, as it was when it was billed. Refuses: NotFound."""
    document = printed(await documents.invoice(tx, ask.document_id))
    return await keep_invoice(tx, ask.document_id, document)


@operation("receivables.print_credit_note")
async def print_credit_note(tx: Transaction, ask: PrintDocument) -> FilePrinted:
    """Keep a credit note as a PDF, with what was refunded by now. Refuses: NotFound."""
    document = await credit_note_to_print(tx, ask.document_id)
    return await keep_credit_note(tx, ask.document_id, document)


@operation("receivables.print_dunning_letter")
async def print_dunning_letter(tx: Transaction, ask: PrintDocument) -> FilePrinted:
    """Keep a dunning letter as a PDF, as it was when it was written. Refuses: NotFound."""
    letter = await dunning.letter(tx, ask.document_id)
    render = partial(letter_pdf, letter)
    return await prints.print_once(tx, "dunning_letter", ask.document_id, letter.letter_number, render)
