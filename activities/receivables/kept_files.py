"""The files that are kept of invoices and credit notes: printed by whoever needs them first."""

from functools import partial
from uuid import UUID

from domains.receivables.documents.credit_note import CreditNoteDocument, credit_note_pdf
from domains.receivables.documents.invoice import InvoiceDocument, invoice_pdf
from foundation.database.transaction import Transaction
from foundation.outbound import prints
from foundation.outbound.prints import FilePrinted


async def keep_invoice(tx: Transaction, invoice_id: UUID, document: InvoiceDocument) -> FilePrinted:
    """Print an invoice, unless it is printed."""
    render = partial(invoice_pdf, document)
    return await prints.print_once(tx, "invoice", invoice_id, document.invoice_number, render)


async def keep_credit_note(
    tx: Transaction, credit_note_id: UUID, document: CreditNoteDocument
) -> FilePrinted:
    """Print a credit note, unless it is printed."""
    number, render = document.credit_note_number, partial(credit_note_pdf, document)
    return await prints.print_once(tx, "credit_note", credit_note_id, number, render)
