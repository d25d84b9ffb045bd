"""Open items: what customers owe, invoice by invoice; under a lock where money is about to settle it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domains.finance.rules.settlement import OpenInstalment, OpenInvoice, TaxShare
from domains.finance.tables.invoices import Invoice, InvoiceTax
from domains.finance.tables.receivables import OpenItem
from foundation.money import ZERO

_ITEMS = (
    select(
        OpenItem.id,
        OpenItem.invoice_id,
        OpenItem.due_on,
        OpenItem.open_amount,
        OpenItem.base_open_amount,
    )
    # Locked in the order of their ids by whoever locks several, so that nobody waits in a circle.
    .order_by(OpenItem.id)
    .with_for_update()
)


@dataclass(frozen=True)
class InvoiceHead:
    """An invoice, whose it is and in which currency."""

    customer_code: str
    currency: str
    invoice: OpenInvoice


async def open_invoices(
    session: AsyncSession, *, order_id: UUID | None, invoice_id: UUID | None
) -> list[InvoiceHead]:
    """The invoices of an order, or one invoice, with their open items locked; also those that are paid."""
    if order_id is None and invoice_id is None:
        return []
    wanted = Invoice.id == invoice_id if invoice_id is not None else Invoice.order_id == order_id
    invoices = (await session.scalars(select(Invoice).where(wanted).order_by(Invoice.number))).all()
    if not invoices:
        return []
    ids = [invoice.id for invoice in invoices]
    items = (await session.execute(_ITEMS.where(OpenItem.invoice_id.in_(ids)))).all()
    taxes: list[Any] = []
    if any(invoice.discount_amount for invoice in invoices):
        found = select(InvoiceTax.invoice_id, InvoiceTax.account_code, InvoiceTax.discount_amount)
        found = found.where(InvoiceTax.invoice_id.in_(ids), InvoiceTax.discount_amount != 0)
        taxes = list((await session.execute(found.order_by(InvoiceTax.line_number))).all())
    return [_head(invoice, items, taxes) for invoice in invoices]


def _head(invoice: Invoice, items: Any, taxes: list[Any]) -> InvoiceHead:
    instalments = sorted(
        (
            OpenInstalment(item.id, item.due_on, item.open_amount, item.base_open_amount)
            for item in items
            if item.invoice_id == invoice.id
        ),
        key=lambda instalment: (instalment.due_on, str(instalment.item_id)),
    )
    shares = tuple(
        TaxShare(tax.account_code, tax.discount_amount) for tax in taxes if tax.invoice_id == invoice.id
    )
    opened = OpenInvoice(
        invoice_id=invoice.id,
        invoice_number=invoice.number,
        order_id=invoice.order_id,
        process_id=invoice.process_id,
        total_amount=invoice.total_amount,
        discount_until=invoice.discount_until,
        discount_amount=invoice.discount_amount,
        discount_net_amount=invoice.discount_net_amount,
        taxes=shares,
        instalments=tuple(instalments),
    )
    return InvoiceHead(invoice.customer_code, invoice.currency, opened)


async def open_on_order(session: AsyncSession, order_id: UUID) -> Decimal:
    """What is still open on an order's invoices, in their currency."""
    total = (
        select(func.sum(OpenItem.open_amount))
        .join(Invoice, Invoice.id == OpenItem.invoice_id)
        .where(Invoice.order_id == order_id)
    )
    return await session.scalar(total) or ZERO
