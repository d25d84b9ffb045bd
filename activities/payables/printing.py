"""Debit notes are printed once; what went out stays as it was."""

from functools import partial

from domains.payables.debit_note_letter import debit_note_pdf
from domains.payables.queries import debit_notes
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.outbound import prints
from foundation.outbound.prints import FilePrinted, PrintDocument


@operation("payables.print_debit_note")
async def print_debit_note(tx: Transaction, ask: PrintDocument) -> FilePrinted:
    """Keep a debit note as a PDF, as it was when it was posted. Refuses: NotFound."""
    note = await debit_notes.debit_note(tx, ask.document_id)
    own, supplier = await debit_notes.who_and_whom(tx, ask.document_id)
    render = partial(debit_note_pdf, note, own, supplier)
    return await prints.print_once(tx, "supplier_debit_note", ask.document_id, note.debit_note_number, render)
