"""Suppliers' invoices without an order."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Body

from activities.payables.coded_invoices import enter_coded_invoice, reverse_coded_invoice
from api import processes
from api.door import Asked, AskedRequest, Router, allows
from api.ledger import reversing
from api.lists import add_list
from api.payables.supplier_invoices import supplier_invoices
from domains.ledger.messages import DocumentReversed, ReversalAsked
from domains.payables.messages.coded_invoices import (
    CODED_INVOICE,
    CodedInvoiceAsked,
    CodedInvoiceCancellation,
    EnterCodedInvoice,
    ReverseCodedInvoice,
)
from domains.payables.queries import coded_invoices as queries
from domains.payables.queries.coded_invoices import CodedInvoiceView
from foundation.values.messages import Stage

coded_invoices = Router(prefix="/v1/coded-invoices", tags=["Payables"])

EXAMPLES: dict[str, Any] = {
    "rent": {
        "summary": "Coded to one account and cost centre",
        "value": {
            "supplier_code": "S-2001",
            "supplier_number": "2026-03",
            "invoiced_on": "2026-03-01",
            "total_amount": "1190.00",
            "lines": [
                {
                    "account_code": "6100",
                    "net_amount": "1000.00",
                    "text": "Rent for March",
                    "tax_code": "S19",
                    "dimensions": {"cost_centre": "WORKSHOP"},
                }
            ],
        },
    },
    "a car, half of whose tax is deducted": {
        "value": {
            "supplier_code": "S-2001",
            "supplier_number": "4711",
            "invoiced_on": "2026-03-01",
            "total_amount": "119.00",
            "lines": [
                {
                    "account_code": "6300",
                    "net_amount": "100.00",
                    "tax_code": "S19",
                    "deductible_percent": "50",
                }
            ],
        },
    },
    "tax that is owed by us": {
        "value": {
            "supplier_code": "S-2001",
            "supplier_number": "4712",
            "invoiced_on": "2026-03-01",
            "total_amount": "100.00",
            "reverse_charge": True,
            "lines": [{"account_code": "6300", "net_amount": "100.00", "tax_code": "S19"}],
        },
    },
}
READ = allows("payables.supplier_invoice.read")


@supplier_invoices.post("", status_code=201, dependencies=[allows("payables.supplier_invoice.post")])
async def enter_without_order(
    invoice: Annotated[CodedInvoiceAsked, Body(openapi_examples=EXAMPLES)], asked: Asked
) -> CodedInvoiceView:
    """Enter a supplier's invoice for which there is no order, coded to accounts: it is owed when whoever the
    policy for `coded_invoice` names, or else a finance director, has said yes at `/v1/approvals`. It is found
    at `/v1/coded-invoices`.
    """
    invoice_id = asked.new_id("coded-invoice")
    own = {
        "invoice_id": invoice_id,
        "process_id": _process_of(asked, invoice_id),
        "posted_on": invoice.posted_on or max(asked.today, invoice.invoiced_on),
        "entered_by": asked.actor.name,
    }
    command = EnterCodedInvoice(**{**dict(invoice), **own})
    start = processes.Start(
        name=CODED_INVOICE,
        document_id=invoice_id,
        command=command,
        answer_type=Stage,
        summary=f"Invoice {invoice.supplier_number} of {invoice.supplier_code}, without an order"[:200],
        first=(enter_coded_invoice, command),
    )
    await processes.start(asked, start)
    async with asked.read() as tx:
        return await queries.coded_invoice(tx, invoice_id)


add_list(coded_invoices, queries.CODED_INVOICES, READ)


@coded_invoices.get("/{invoice_id}", dependencies=[READ])
async def one_coded_invoice(invoice_id: UUID, asked: Asked) -> CodedInvoiceView:
    """One of them: the accounts that it is coded to, who has said yes, and what is open."""
    async with asked.read() as tx:
        return await queries.coded_invoice(tx, invoice_id)


@coded_invoices.post("/{invoice_id}/cancellation", dependencies=[allows("payables.supplier_invoice.post")])
async def cancel(invoice_id: UUID, why: CodedInvoiceCancellation, asked: Asked) -> Stage:
    """It was entered by mistake: before anybody has said yes. After that it is reversed."""
    return await processes.command(asked, _process_of(asked, invoice_id), "cancel", why, Stage)


@coded_invoices.post(
    "/{invoice_id}/reversal", status_code=201, dependencies=[allows("payables.supplier_invoice.reverse")]
)
async def reverse(invoice_id: UUID, why: ReversalAsked, asked: Asked) -> DocumentReversed:
    """Take a posted invoice back that is not paid."""
    asked_with = await reversing.reversal(asked, CODED_INVOICE, invoice_id, why)
    command = ReverseCodedInvoice(invoice_id=invoice_id, **asked_with)
    return await asked.run(reverse_coded_invoice, command)


def _process_of(asked: AskedRequest, invoice_id: UUID) -> str:
    return processes.process_id_of(asked, CODED_INVOICE, invoice_id)
