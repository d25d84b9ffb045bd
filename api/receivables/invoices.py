"""Invoices with their PDF, payments, and what is open."""

from uuid import UUID

from fastapi import Response

from activities.receivables import printing
from api import prints
from api.door import Asked, Router, allows
from api.lists import add_list
from domains.receivables.queries import documents
from domains.receivables.queries.documents import InvoiceView

invoices = Router(prefix="/v1/invoices", tags=["Finance"])


add_list(invoices, documents.INVOICES, allows("receivables.invoice.read"))


@invoices.get("/{invoice_id}", dependencies=[allows("receivables.invoice.read")])
async def one_invoice(invoice_id: UUID, asked: Asked) -> InvoiceView:
    """One invoice with its lines, taxes and open items."""
    async with asked.read() as session:
        return await documents.invoice(session, invoice_id)


@invoices.get("/{invoice_id}/pdf", dependencies=[allows("receivables.invoice.read")], **prints.PDF)
async def pdf(invoice_id: UUID, asked: Asked) -> Response:
    """The invoice as it was sent, in the customer's language: printed once, and the same ever after."""
    return await prints.shown(asked, printing.print_invoice, "invoice", invoice_id)
