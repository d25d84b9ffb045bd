"""The letters that go with invoices and credit notes."""

from activities.receivables.kept_files import keep_credit_note, keep_invoice
from domains.master_data import queries as master_data
from domains.receivables.documents import cover
from domains.receivables.documents.printing import credit_note_to_print, printed
from domains.receivables.messages.events import (
    CollectiveInvoicePostedEvent,
    CreditNotePostedEvent,
    DirectInvoicePostedEvent,
    InvoicePostedEvent,
)
from domains.receivables.queries import documents
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.outbound import prints
from foundation.outbound.letters import Letter, WriteLetter, letter


@letter("direct_invoice", after=DirectInvoicePostedEvent, about="invoice_id")
@letter("collective_invoice", after=CollectiveInvoicePostedEvent, about="invoice_id")
@letter("invoice", after=InvoicePostedEvent, about="invoice_id")
@operation("receivables.write_invoice_letter")
async def write_invoice_letter(tx: Transaction, write: WriteLetter) -> Letter:
    """Write the mail that an invoice comes with, with its PDF, in the customer's language. Refuses: NotFound.

    The PDF is the one that is kept.
    """
    invoice = await documents.invoice(tx, write.about_id)
    customer = await master_data.customer(tx, invoice.customer_code)
    document = printed(invoice)
    file = await keep_invoice(tx, write.about_id, document)
    return Letter(
        document=invoice.invoice_number,
        recipient=customer.email if customer else "",
        recipient_name=document.customer.name,
        subject=cover.subject(document),
        text=cover.text(document),
        enclosures=(prints.enclosed(file),),
    )


@letter("credit_note", after=CreditNotePostedEvent, about="credit_note_id")
@operation("receivables.write_credit_note_letter")
async def write_credit_note_letter(tx: Transaction, write: WriteLetter) -> Letter:
    """Write the mail that a credit note comes with, with its PDF, in the customer's language.

    The PDF is the one that is kept. Refuses: NotFound.
    """
    document = await credit_note_to_print(tx, write.about_id)
    customer = await master_data.customer(tx, document.customer.code)
    number = document.credit_note_number
    file = await keep_credit_note(tx, write.about_id, document)
    return Letter(
        document=number,
        recipient=customer.email if customer else "",
        recipient_name=document.customer.name,
        subject=cover.credit_note_subject(document),
        text=cover.credit_note_text(document),
        enclosures=(prints.enclosed(file),),
    )
