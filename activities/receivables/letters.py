"""The letters that go with invoices and credit notes."""

import asyncio
from uuid import UUID, uuid5

from sqlalchemy.dialects.postgresql import insert

from domains.master_data import queries as master_data
from domains.receivables.documents import cover
from domains.receivables.documents.credit_note import credit_note_pdf
from domains.receivables.documents.invoice import invoice_pdf
from domains.receivables.documents.printing import credit_note_to_print, printed
from domains.receivables.messages.events import (
    CollectiveInvoicePostedEvent,
    CreditNotePostedEvent,
    DirectInvoicePostedEvent,
    InvoicePostedEvent,
)
from domains.receivables.queries import documents
from foundation.database.connections import rows_of
from foundation.database.tables import AttachedFile
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.outbound.letters import Enclosure, Letter, WriteLetter, letter


@letter("direct_invoice", after=DirectInvoicePostedEvent, about="invoice_id")
@letter("collective_invoice", after=CollectiveInvoicePostedEvent, about="invoice_id")
@letter("invoice", after=InvoicePostedEvent, about="invoice_id")
@operation("receivables.write_invoice_letter")
async def write_invoice_letter(tx: Transaction, write: WriteLetter) -> Letter:
    """Write the mail that an invoice comes with, with its PDF, in the customer's language. Refuses: NotFound.

    The PDF is kept as it goes out.
    """
    invoice = await documents.invoice(tx, write.about_id)
    company = await master_data.company(tx)
    terms = await master_data.payment_terms(tx, invoice.payment_terms_code)
    customer = await master_data.customer(tx, invoice.customer_code)
    document = printed(invoice, company, terms)
    pdf = await asyncio.to_thread(invoice_pdf, document)
    return Letter(
        document=invoice.invoice_number,
        recipient=customer.email if customer else "",
        recipient_name=document.customer.name,
        subject=cover.subject(document),
        text=cover.text(document),
        enclosures=(await _enclosed(tx, write.about_id, "invoice", invoice.invoice_number, pdf),),
    )


@letter("credit_note", after=CreditNotePostedEvent, about="credit_note_id")
@operation("receivables.write_credit_note_letter")
async def write_credit_note_letter(tx: Transaction, write: WriteLetter) -> Letter:
    """Write the mail that a credit note comes with, with its PDF, in the customer's language.

    The PDF is kept as it goes out. Refuses: NotFound.
    """
    document = await credit_note_to_print(tx, write.about_id)
    customer = await master_data.customer(tx, document.customer.code)
    number = document.credit_note_number
    pdf = await asyncio.to_thread(credit_note_pdf, document)
    return Letter(
        document=number,
        recipient=customer.email if customer else "",
        recipient_name=document.customer.name,
        subject=cover.credit_note_subject(document),
        text=cover.credit_note_text(document),
        enclosures=(await _enclosed(tx, write.about_id, "credit note", number, pdf),),
    )


async def _enclosed(tx: Transaction, about_id: UUID, what: str, number: str, pdf: bytes) -> Enclosure:
    enclosed = Enclosure(attachment_id=uuid5(about_id, what), name=f"{number}.pdf")
    row = {
        "id": enclosed.attachment_id,
        "name": enclosed.name,
        "media_type": "application/pdf",
        "content": pdf,
    }
    await tx.execute(insert(rows_of(AttachedFile)).values(row).on_conflict_do_nothing())
    return enclosed
