"""Suppliers' invoices, those that are blocked, and what is tolerated of them."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Body
from sqlalchemy import select

from activities.master_data import put_matching_tolerance
from api import processes
from api.door import Asked, AskedRequest, Router, allows
from api.ledger import reversing
from api.lists import add_list
from api.procurement.purchase_orders import process_of, purchase_orders
from domains.ledger.messages import DocumentReversed, ReversalAsked
from domains.master_data import tables
from domains.master_data.messages.tolerances import (
    MatchingTolerancePut,
    MatchingToleranceView,
    PutMatchingTolerance,
)
from domains.payables import queries
from domains.payables.messages import (
    EnterInvoice,
    SupplierInvoiceAsked,
    SupplierInvoicePosted,
    TakeSupplierInvoiceBack,
)
from domains.payables.messages.blocks import (
    AcceptInvoice,
    EnterCredit,
    InvoiceAcceptance,
    InvoiceRejection,
    RejectInvoice,
    SupplierCreditAsked,
    SupplierInvoiceEntered,
    SupplierInvoiceRejected,
)
from domains.payables.queries import SupplierInvoiceView, blocked, goods_write_offs
from domains.payables.queries.blocked import BlockedByReason, BlockedInvoiceView
from domains.payables.rules.goods_write_offs import check_none_written_off
from domains.payables.rules.matching import posted_of
from foundation.database.connections import columns_for
from foundation.database.lists import Listing, at_most, equal, named
from foundation.values.errors import ProcessEnded

supplier_invoices = Router(prefix="/v1/supplier-invoices", tags=["Payables"])
blocked_invoices = Router(prefix="/v1/blocked-invoices", tags=["Payables"])
reports = Router(prefix="/v1/reports", tags=["Reports"])
matching_tolerances = Router(prefix="/v1/matching-tolerances", tags=["Payables"])

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
    "/{order_id}/invoices", status_code=201, dependencies=[allows("payables.supplier_invoice.post")]
)
async def enter_invoice(
    order_id: UUID, invoice: Annotated[SupplierInvoiceAsked, Body(openapi_examples=EXAMPLES)], asked: Asked
) -> SupplierInvoiceEntered:
    """Enter the supplier's invoice: it is matched with the order and with what has come, and is owed; or it
    is blocked, and waits.

    Without lines, all that has come and is not billed yet, at the prices of the order.
    """
    command = EnterInvoice(
        **{
            **dict(invoice),
            "invoice_id": asked.new_id("supplier-invoice", of=order_id),
            "posted_on": invoice.posted_on or max(asked.today, invoice.invoiced_on),
        }
    )
    return await entered(asked, order_id, command)


async def entered(asked: AskedRequest, order_id: UUID, command: EnterInvoice) -> SupplierInvoiceEntered:
    """What the order's process answers. Of one that has ended, whose goods were written off, that is said."""
    process = process_of(asked, order_id)
    try:
        return await processes.command(asked, process, "enter_invoice", command, SupplierInvoiceEntered)
    except ProcessEnded as ended:
        async with asked.read() as tx:
            check_none_written_off(ended, await goods_write_offs.standing_write_offs(tx, order_id))
        raise


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


READ_BLOCKED = allows("payables.blocked_invoice.read")
add_list(blocked_invoices, blocked.BLOCKED_INVOICES, READ_BLOCKED)
CREDIT: dict[str, Any] = {
    "too many were billed": {
        "value": {
            "supplier_number": "GS-2026/17",
            "credited_on": "2026-03-20",
            "total_amount": "201.11",
            "lines": [{"line_number": 1, "quantity": "2", "net_amount": "169.00"}],
        },
    },
}
ACCEPTANCE: dict[str, Any] = {
    "a price that was agreed": {
        "value": {
            "accepts": [{"line_number": 1, "code": "price", "why": "4.2 billed, 4 ordered"}],
            "reason": "agreed by telephone",
            "posted_on": "2026-03-16",
        }
    }
}


@reports.get("/blocked-invoices", dependencies=[READ_BLOCKED])
async def blocked_by_reason(asked: Asked) -> BlockedByReason:
    """The invoices that are blocked now, by reason, role and currency, and how old they are, counted from the
    day on the invoice.
    """
    async with asked.read() as tx:
        return await blocked.by_reason(tx, asked.today)


@blocked_invoices.get("/{invoice_id}", dependencies=[READ_BLOCKED])
async def one_blocked_invoice(invoice_id: UUID, asked: Asked) -> BlockedInvoiceView:
    """One of them: what it bills, what was credited of it, what it waits for, and on whom."""
    async with asked.read() as tx:
        return await blocked.blocked_invoice(tx, invoice_id)


@blocked_invoices.post(
    "/{invoice_id}/acceptance", status_code=201, dependencies=[allows("payables.blocked_invoice.decide")]
)
async def accept(
    invoice_id: UUID, why: Annotated[InvoiceAcceptance, Body(openapi_examples=ACCEPTANCE)], asked: Asked
) -> SupplierInvoicePosted:
    """It is right as it is: post it. Not by whoever has entered it. Refused (`invoice-is-blocked`, with all
    reasons) when it waits for more than was read: they can be read then.
    """
    command = AcceptInvoice(
        **{**dict(why), "invoice_id": invoice_id, "posted_on": why.posted_on or asked.today}
    )
    process = await _process_of(asked, invoice_id)
    entered = await processes.command(asked, process, "accept_invoice", command, SupplierInvoiceEntered)
    return posted_of(entered)


@blocked_invoices.post(
    "/{invoice_id}/rejection", status_code=201, dependencies=[allows("payables.blocked_invoice.decide")]
)
async def reject(invoice_id: UUID, why: InvoiceRejection, asked: Asked) -> SupplierInvoiceRejected:
    """It goes back to the supplier, with its credit notes. Not by whoever has entered it."""
    command = RejectInvoice(**dict(why), invoice_id=invoice_id)
    process = await _process_of(asked, invoice_id)
    return await processes.command(asked, process, "reject_invoice", command, SupplierInvoiceRejected)


@blocked_invoices.post(
    "/{invoice_id}/credits", status_code=201, dependencies=[allows("payables.supplier_invoice.post")]
)
async def credit(
    invoice_id: UUID, note: Annotated[SupplierCreditAsked, Body(openapi_examples=CREDIT)], asked: Asked
) -> SupplierInvoiceEntered:
    """The supplier has credited some of it. If what is left matches, both are posted as one."""
    command = EnterCredit(
        **{
            **dict(note),
            "credit_id": asked.new_id("supplier-credit", of=invoice_id),
            "invoice_id": invoice_id,
            "posted_on": note.posted_on or max(asked.today, note.credited_on),
        }
    )
    process = await _process_of(asked, invoice_id)
    return await processes.command(asked, process, "enter_credit", command, SupplierInvoiceEntered)


async def _process_of(asked: AskedRequest, invoice_id: UUID) -> str:
    async with asked.read() as tx:
        return (await blocked.blocked_invoice(tx, invoice_id)).process_id


TOLERANCES: dict[str, Any] = {
    "of the company": {
        "value": {
            "valid_from": "2026-01-01",
            "price_percent": "2",
            "price_amount": "5.00",
            "quantity_percent": "1",
            "over_delivery_percent": "5",
            "duplicate_days": 10,
        },
    },
    "of a supplier": {
        "value": {"supplier_code": "S-2001", "valid_from": "2026-01-01", "value_amount": "20.00"},
    },
}


@matching_tolerances.post("", status_code=201, dependencies=[allows("payables.tolerance.write")])
async def put_tolerance(
    tolerance: Annotated[PutMatchingTolerance, Body(openapi_examples=TOLERANCES)], asked: Asked
) -> MatchingTolerancePut:
    """What is tolerated of receipts and invoices from a day on: of a supplier, an item, or the company."""
    return await asked.run(put_matching_tolerance, tolerance)


TOLERATED = Listing(
    name="matching_tolerances",
    about="What is tolerated of receipts and supplier invoices, by the day from which it holds.",
    view=MatchingToleranceView,
    rows=select(
        *columns_for(
            tables.MatchingTolerance, MatchingToleranceView, tolerance_id=tables.MatchingTolerance.id
        )
    ),
    filters=(
        equal(tables.MatchingTolerance.supplier_code, "supplier"),
        equal(tables.MatchingTolerance.item_code, "item"),
        at_most(tables.MatchingTolerance.valid_from, "as_of"),
    ),
    sorts=named(tables.MatchingTolerance.valid_from),
    order="valid_from",
    unique=(tables.MatchingTolerance.id,),
)
add_list(matching_tolerances, TOLERATED, allows("payables.tolerance.read"))
