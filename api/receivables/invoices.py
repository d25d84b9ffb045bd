"""Invoices with their PDF, payments, and what is open."""

import asyncio
from uuid import UUID

from fastapi import Response

from api.door import Asked, Router, allows
from api.lists import add_list
from domains.master_data import queries as master_data
from domains.receivables.documents.invoice import invoice_pdf
from domains.receivables.documents.printing import printed
from domains.receivables.queries import documents
from domains.receivables.queries.documents import InvoiceView

invoices = Router(prefix="/v1/invoices", tags=["Finance"])


add_list(invoices, documents.INVOICES, allows("receivables.invoice.read"))


@invoices.get("/{invoice_id}", dependencies=[allows("receivables.invoice.read")])
async def one_invoice(invoice_id: UUID, asked: Asked) -> InvoiceView:
    """One invoice with its lines, taxes and open items."""
    async with asked.read() as session:
        return await documents.invoice(session, invoice_id)


@invoices.get(
    "/{invoice_id}/pdf",
    dependencies=[allows("receivables.invoice.read")],
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
)
async def pdf(invoice_id: UUID, asked: Asked) -> Response:
    """The invoice as one would send it, in the customer's language."""
    async with asked.read() as session:
        invoice = await documents.invoice(session, invoice_id)
        company = await master_data.company(session)
        terms = await master_data.payment_terms(session, invoice.payment_terms_code)
    rendered = await asyncio.to_thread(invoice_pdf, printed(invoice, company, terms))
    headers = {"Content-Disposition": f'inline; filename="{invoice.invoice_number}.pdf"'}
    return Response(rendered, media_type="application/pdf", headers=headers)
