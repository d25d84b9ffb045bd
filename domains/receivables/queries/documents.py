"""Invoices, as they are read."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from domains.ledger.queries.documents import OpenItemView, items_of, open_item_view
from domains.ledger.queries.open_items import open_of
from domains.receivables.tables.invoices import Invoice, InvoiceLine, InvoiceOrder, InvoiceTax
from foundation.database.connections import facts, rows_of
from foundation.database.lists import Filter, Listing, between, equal, named, only
from foundation.database.transaction import Transaction
from foundation.values.messages import Message, ShownAmount, ShownQuantity


class InvoiceSummary(Message):
    """An invoice as a list shows it; amounts in its currency. `open_amount` is what is still to be paid."""

    invoice_id: UUID
    invoice_number: str
    customer_code: str
    order_id: UUID | None
    """None of a collective invoice, which bills several orders, and of one without an order."""
    order_number: str | None
    shipment_number: str | None
    process_id: str
    """Empty of an invoice without an order, which no process waits for."""
    corrects_id: UUID | None = None
    """Of a debit note: the invoice on which it charges more."""
    invoiced_on: date
    due_on: date
    currency: str
    net_amount: ShownAmount
    tax_amount: ShownAmount
    total_amount: ShownAmount
    open_amount: ShownAmount


class InvoiceLineView(Message):
    """One line of an invoice."""

    line_number: int
    item_code: str | None
    description: str
    quantity: ShownQuantity
    unit: str
    unit_price: ShownAmount
    discount_percent: ShownQuantity
    tax_code: str
    is_freight: bool
    net_amount: ShownAmount
    tax_amount: ShownAmount
    order_id: UUID | None = None
    """Of a collective invoice: which order's it is, and which delivery's."""
    shipment_number: str | None = None
    delivered_on: date | None = None
    account_code: str | None = None
    """Where its revenue was posted; None for the account with the role `revenue`, or `freight_revenue`."""


class InvoiceOrderView(Message):
    """What a collective invoice charges one of its orders."""

    order_id: UUID
    order_number: str
    customer_reference: str
    net_amount: ShownAmount
    tax_amount: ShownAmount
    total_amount: ShownAmount


class InvoiceTaxView(Message):
    """One tax of an invoice."""

    tax_code: str
    name: str
    rate_percent: ShownQuantity | None
    exemption_reason: str
    base_amount: ShownAmount
    tax_amount: ShownAmount


class InvoiceView(InvoiceSummary):
    """The whole invoice."""

    company: dict[str, Any]
    """Who we were when it was billed, with the bank account of its currency."""
    customer: dict[str, Any]
    """Who the customer was then."""
    terms: dict[str, Any]
    """What its terms were called in the customer's language, and the cash discount in per cent."""
    customer_reference: str
    reason: str = ""
    """Of a debit note."""
    rate: ShownQuantity
    payment_terms_code: str
    prices_include_tax: bool
    discount_percent: ShownQuantity
    """As the terms said when it was posted."""
    discount_until: date | None
    discount_amount: ShownAmount
    posted_at: datetime
    lines: list[InvoiceLineView]
    taxes: list[InvoiceTaxView]
    open_items: list[OpenItemView]
    orders: list[InvoiceOrderView]
    """Of a collective invoice, by their numbers."""


_INVOICES = select(*rows_of(Invoice).c, open_of(Invoice.id).label("open_amount"))


def invoice_summary(row: Any) -> InvoiceSummary:
    """One row of `INVOICES`."""
    return InvoiceSummary(invoice_id=row.id, invoice_number=row.number, **facts(row, InvoiceSummary))


def _of_order(order_id: UUID) -> ColumnElement[bool]:
    collective = select(InvoiceOrder.invoice_id).where(InvoiceOrder.order_id == order_id)
    return (Invoice.order_id == order_id) | Invoice.id.in_(collective)


INVOICES = Listing(
    name="invoices",
    about="Invoices, the newest first.",
    view=InvoiceSummary,
    rows=_INVOICES,
    to_view=invoice_summary,
    filters=(
        equal(Invoice.customer_code, "customer"),
        equal(Invoice.number),
        equal(Invoice.corrects_id),
        Filter("order_id", UUID, _of_order, "Only those that bill this order, alone or with others"),
        *between(Invoice.invoiced_on),
        *between(Invoice.total_amount),
        only("only_open", open_of(Invoice.id) != 0, "Only those that are not paid"),
    ),
    sorts=named(Invoice.invoiced_on, Invoice.due_on, Invoice.number, Invoice.total_amount),
    order="-invoiced_on",
    unique=(Invoice.id,),
)


async def invoice(tx: Transaction, invoice_id: UUID) -> InvoiceView:
    """One invoice with its lines, taxes and open items. Refuses: NotFound."""
    found = await tx.existing(_INVOICES.where(Invoice.id == invoice_id), f"invoice {invoice_id}")

    async def of_invoice(table: type[InvoiceLine | InvoiceTax | InvoiceOrder], *order: Any) -> Any:
        wanted = select(*rows_of(table).c).where(table.invoice_id == invoice_id)
        return (await tx.execute(wanted.order_by(*order))).all()

    lines = await of_invoice(InvoiceLine, InvoiceLine.line_number)
    taxes = await of_invoice(InvoiceTax, InvoiceTax.line_number)
    charged = () if found.order_id else await of_invoice(InvoiceOrder, InvoiceOrder.order_number)
    items = (await tx.execute(items_of(invoice_id))).all()
    return InvoiceView(
        invoice_id=found.id,
        invoice_number=found.number,
        lines=[InvoiceLineView(**facts(line, InvoiceLineView)) for line in lines],
        taxes=[InvoiceTaxView(**facts(tax, InvoiceTaxView)) for tax in taxes],
        open_items=[open_item_view(item) for item in items],
        orders=[InvoiceOrderView(**facts(share, InvoiceOrderView)) for share in charged],
        **facts(found, InvoiceView),
    )
