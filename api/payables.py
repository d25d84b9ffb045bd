"""Suppliers' invoices."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Body

from api import processes
from api.door import Asked, Router, allows
from api.ledger import reversing
from api.lists import add_list
from api.procurement import process_of, purchase_orders
from domains.ledger.messages import DocumentReversed, ReversalAsked
from domains.payables import queries
from domains.payables.messages import (
    EnterInvoice,
    SupplierInvoiceAsked,
    SupplierInvoicePosted,
    TakeSupplierInvoiceBack,
)
from domains.payables.queries import SupplierInvoiceView
from foundation.values.errors import Forbidden

supplier_invoices = Router(prefix="/v1/supplier-invoices", tags=["Payables"])

ACCEPT = "payables.price_difference.accept"
"""Whoever may says that another price than that of the order is right."""
EXAMPLES: dict[str, Any] = {
    "all that has come": {
        "summary": "At the prices of the order",
        "value": {"supplier_number": "RE-2026/0815", "invoiced_on": "2026-03-12", "total_amount": "2011.10"},
    },
    "some of it": {
        "value": {
            "supplier_number": "RE-2026/0816",
            "invoiced_on": "2026-03-12",
            "total_amount": "1005.55",
            "lines": [{"line_number": 1, "quantity": "10", "unit_price": "84.50"}],
        },
    },
}


@purchase_orders.post(
    "/{order_id}/invoices", status_code=201, dependencies=[allows("payables.supplier_invoice.post", ACCEPT)]
)
async def enter_invoice(
    order_id: UUID,
    invoice: Annotated[SupplierInvoiceAsked, Body(openapi_examples=EXAMPLES)],
    asked: Asked,
    accept_price_differences: bool = False,
) -> SupplierInvoicePosted:
    """Enter the supplier's invoice: it is matched with the order and with what has come, and is owed.

    Without lines, all that has come and is not billed yet, at the prices of the order. With
    `accept_price_differences` whoever enters it says that other prices are right.
    """
    if accept_price_differences and not await asked.may(ACCEPT):
        why = f"{asked.actor.name} may not accept other prices: the permission {ACCEPT} is needed"
        raise Forbidden(why, errors=[("accept_price_differences", why)])
    command = EnterInvoice(
        **{
            **dict(invoice),
            "invoice_id": asked.new_id("supplier-invoice", of=order_id),
            "posted_on": invoice.posted_on or max(asked.today, invoice.invoiced_on),
            "accepts_price_differences": accept_price_differences,
        }
    )
    process = process_of(asked, order_id)
    return await processes.command(asked, process, "enter_invoice", command, SupplierInvoicePosted)


add_list(supplier_invoices, queries.SUPPLIER_INVOICES, allows("payables.supplier_invoice.read"))


@supplier_invoices.get("/{invoice_id}", dependencies=[allows("payables.supplier_invoice.read")])
async def one_supplier_invoice(invoice_id: UUID, asked: Asked) -> SupplierInvoiceView:
    """One of them: its lines beside the prices that were ordered at, and what is open."""
    async with asked.read() as tx:
        return await queries.supplier_invoice(tx, invoice_id)


@supplier_invoices.post(
    "/{invoice_id}/reversal", status_code=201, dependencies=[allows("payables.supplier_invoice.reverse")]
)
async def reverse_supplier_invoice(invoice_id: UUID, why: ReversalAsked, asked: Asked) -> DocumentReversed:
    """Take an invoice back that is not paid: what it billed has come, and is to be billed again."""
    async with asked.read() as tx:
        invoice = await queries.supplier_invoice(tx, invoice_id)
    back = TakeSupplierInvoiceBack(
        invoice_id=invoice_id, **await reversing.reversal(asked, "supplier_invoice", invoice_id, why)
    )
    process = process_of(asked, invoice.order_id)
    return await processes.command(asked, process, "take_invoice_back", back, DocumentReversed)
