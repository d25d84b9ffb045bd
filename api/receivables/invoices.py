"""Invoices with their PDF; those without an order, and what corrects an invoice."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Response

from activities.receivables import corrections, direct_invoices, printing
from api import prints, processes
from api.door import Asked, AskedRequest, Router, allows
from api.ledger import reversing
from api.lists import add_list
from domains.ledger.messages import ReversalAsked
from domains.receivables.messages import (
    CreditAsked,
    CreditInvoice,
    CreditNotePosted,
    DebitNoteAsked,
    DirectInvoiceAsked,
    PostDirectInvoice,
    ReverseInvoice,
)
from domains.receivables.queries import credit_notes as credit_note_queries
from domains.receivables.queries import documents
from domains.receivables.queries.credit_notes import CreditNoteView
from domains.receivables.queries.documents import InvoiceView
from domains.sales.messages import TakeInvoiceBack

invoices = Router(prefix="/v1/invoices", tags=["Finance"])

INVOICE: dict[str, Any] = {
    "a service": {
        "summary": "Advice by the hour, with the customer's currency and terms",
        "value": {
            "customer_code": "C-1001",
            "customer_reference": "PO 4711",
            "lines": [
                {
                    "description": "Advice",
                    "quantity": "2",
                    "unit": "h",
                    "unit_price": "90.00",
                    "tax_code": "S19",
                }
            ],
        },
    },
    "another account": {
        "summary": "A scrapped machine is sold: its revenue belongs on an account of its own",
        "value": {
            "customer_code": "C-1001",
            "lines": [
                {
                    "description": "Lathe, used",
                    "unit_price": "1200.00",
                    "tax_code": "S19",
                    "account_code": "4300",
                }
            ],
        },
    },
}
CREDIT: dict[str, Any] = {
    "a line was too dear": {
        "value": {
            "reason": "price as agreed in March",
            "lines": [{"line_number": 1, "net_amount": "20.00"}],
        }
    },
    "all lines of a tax code": {
        "value": {"reason": "goodwill", "lines": [{"tax_code": "S19", "net_amount": "50.00"}]}
    },
    "a quantity of an invoice without an order": {
        "value": {"reason": "an hour too many", "lines": [{"line_number": 1, "quantity": "1"}]}
    },
}
DEBIT: dict[str, Any] = {
    "more": {
        "value": {
            "reason": "the surcharge was forgotten",
            "lines": [{"description": "Surcharge", "unit_price": "15.00", "tax_code": "S19"}],
        }
    }
}


@invoices.post("", status_code=201, dependencies=[allows("receivables.invoice.post")])
async def post_invoice(
    invoice: Annotated[DirectInvoiceAsked, Body(openapi_examples=INVOICE)], asked: Asked, response: Response
) -> InvoiceView:
    """Charge a customer without an order: a service, a fee, something sold by the way.

    It is computed, numbered, posted, owed and reminded of as any invoice is.
    """
    on = invoice.invoiced_on or asked.today
    post = PostDirectInvoice(
        **{**dict(invoice), "invoice_id": asked.new_id("direct-invoice"), "invoiced_on": on}
    )
    return await _posted(asked, post, response)


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


@invoices.post(
    "/{invoice_id}/debit-notes", status_code=201, dependencies=[allows("receivables.invoice.post")]
)
async def post_debit_note(
    invoice_id: UUID,
    note: Annotated[DebitNoteAsked, Body(openapi_examples=DEBIT)],
    asked: Asked,
    response: Response,
) -> InvoiceView:
    """Charge more on an invoice, with tax: an invoice of its own that names it."""
    async with asked.read() as tx:
        corrected = await documents.invoice(tx, invoice_id)
    post = PostDirectInvoice(
        **{
            **note.model_dump(exclude={"lines"}),
            "lines": note.lines,
            "invoice_id": asked.new_id("debit-note"),
            "corrects_id": invoice_id,
            "invoiced_on": note.invoiced_on or max(asked.today, corrected.invoiced_on),
            **{
                name: getattr(corrected, name)
                for name in (
                    "customer_code",
                    "currency",
                    "payment_terms_code",
                    "customer_reference",
                    "prices_include_tax",
                )
            },
        }
    )
    return await _posted(asked, post, response)


@invoices.post(
    "/{invoice_id}/credit-notes", status_code=201, dependencies=[allows("receivables.credit_note.post")]
)
async def credit_invoice(
    invoice_id: UUID,
    credit: Annotated[CreditAsked, Body(openapi_examples=CREDIT)],
    asked: Asked,
    response: Response,
) -> CreditNoteView:
    """Credit a part of an invoice: a value without a quantity (a price allowance), by line or tax code.

    A quantity only of an invoice without an order; what an order delivered comes back through a return.
    """
    note_id = asked.new_id("credit-note")
    on = credit.credited_on or await _today_or_later(asked, invoice_id)
    command = CreditInvoice(
        **{**dict(credit), "credit_note_id": note_id, "invoice_id": invoice_id, "credited_on": on}
    )
    await asked.run(corrections.credit_invoice, command)
    return await _credit_note(asked, note_id, response)


@invoices.post(
    "/{invoice_id}/reversal", status_code=201, dependencies=[allows("receivables.invoice.reverse")]
)
async def reverse_invoice(
    invoice_id: UUID, reversal: ReversalAsked, asked: Asked, response: Response
) -> CreditNoteView:
    """Take an invoice back: a credit note that names it credits all that is left of it.

    What was paid of it is on the customer's account. What an order's invoice billed is to be billed again,
    with POST /v1/sales-orders/{order_id}/billing; the money is used for that. Once the order is closed, its
    goods come back by a return, or a value is credited.
    """
    note_id = asked.new_id("reversing-credit-note", of=invoice_id)
    async with asked.read() as tx:
        invoice = await documents.invoice(tx, invoice_id)
    on = reversal.reversed_on or await _today_or_later(asked, invoice_id)
    command = ReverseInvoice(
        credit_note_id=note_id, invoice_id=invoice_id, reversed_on=on, reason=reversal.reason
    )
    if invoice.order_id is None:
        await asked.run(corrections.reverse_invoice, command)
    else:
        back = TakeInvoiceBack(**command.model_dump(exclude={"asked_by"}))
        process_id = processes.process_id_of(asked, "order_to_cash", invoice.order_id)
        await processes.command(asked, process_id, "take_invoice_back", back, CreditNotePosted)
    return await _credit_note(asked, note_id, response)


async def _posted(asked: AskedRequest, post: PostDirectInvoice, response: Response) -> InvoiceView:
    await asked.run(direct_invoices.post_direct_invoice, post)
    response.headers["Location"] = f"/v1/invoices/{post.invoice_id}"
    async with asked.read() as tx:
        return await documents.invoice(tx, post.invoice_id)


async def _credit_note(asked: AskedRequest, note_id: UUID, response: Response) -> CreditNoteView:
    response.headers["Location"] = f"/v1/credit-notes/{note_id}"
    async with asked.read() as tx:
        return await credit_note_queries.credit_note(tx, note_id)


async def _today_or_later(asked: AskedRequest, invoice_id: UUID) -> date:
    """The day when nobody names one: the latest of today, the invoice's, and those on which it was paid."""
    async with asked.read() as tx:
        own = (await documents.invoice(tx, invoice_id)).invoiced_on
    return await reversing.today_or_later(asked, "invoice", invoice_id, own)
