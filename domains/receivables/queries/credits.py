"""What of an invoice can still be taken back; read under the lock of its open items."""

from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from domains.ledger.queries.open_items import open_invoices
from domains.receivables.messages import Billed, BilledInvoice, BilledLine
from domains.receivables.rules import credit_notes as rules
from domains.receivables.rules.reversed_settlements import ReversedBefore, SettledBefore
from domains.receivables.tables.billing import BillingDue
from domains.receivables.tables.invoices import Invoice, InvoiceOrder
from foundation.database import rows_of
from foundation.transaction import Session

_INVOICE = select(*rows_of(Invoice).c).where(Invoice.id == bindparam("invoice"))
_ORDER_NUMBER = select(InvoiceOrder.order_number).where(
    InvoiceOrder.invoice_id == bindparam("invoice"), InvoiceOrder.order_id == bindparam("order")
)
_LINES = text(
    """
    SELECT l.line_number, l.order_line_number, l.order_id, l.tax_code, l.is_freight, l.quantity, l.net_amount,
        l.tax_amount, coalesce(sum(c.quantity), 0) AS credited_quantity,
        coalesce(sum(c.net_amount), 0) AS credited_net, coalesce(sum(c.tax_amount), 0) AS credited_tax
    FROM receivables.invoice_line l
        LEFT JOIN receivables.credit_note n ON n.invoice_id = l.invoice_id
        LEFT JOIN receivables.credit_note_line c ON c.credit_note_id = n.id AND c.line_number = l.line_number
    WHERE l.invoice_id = :invoice
    GROUP BY l.invoice_id, l.line_number
    ORDER BY l.line_number
    """
)
_TAXES = text(
    """
    SELECT t.line_number, t.tax_code, t.account_code, t.rate_percent, t.base_amount, t.tax_amount,
        coalesce(sum(c.base_amount), 0) AS credited_base, coalesce(sum(c.tax_amount), 0) AS credited_tax,
        coalesce(sum(c.discount_amount), 0) AS discount_reversed
    FROM receivables.invoice_tax t
        LEFT JOIN receivables.credit_note n ON n.invoice_id = t.invoice_id
        LEFT JOIN receivables.credit_note_tax c ON c.credit_note_id = n.id AND c.line_number = t.line_number
    WHERE t.invoice_id = :invoice
    GROUP BY t.invoice_id, t.line_number
    ORDER BY t.line_number
    """
)
# What settled the invoice, but for its own credit notes. A payment's money that was used several times, on
# account, was posted each time.
_SETTLED = text(
    """
    SELECT sum(s.amount) AS amount, sum(s.discount_amount) AS discount_amount,
        sum(s.written_off_amount) AS written_off_amount, sum(s.base_amount) AS base_amount,
        sum(s.exchange_difference) AS exchange_difference
    FROM ledger.settlement s
        JOIN ledger.open_item i ON i.id = s.open_item_id
        LEFT JOIN receivables.credit_note n ON n.id = s.credit_note_id
    WHERE i.invoice_id = :invoice AND n.invoice_id IS DISTINCT FROM :invoice
    GROUP BY s.payment_id, s.credit_note_id, s.settled_on
    ORDER BY s.settled_on, s.payment_id, s.credit_note_id
    """
)
_REVERSED = text(
    """
    SELECT coalesce(sum(on_account_amount), 0) AS on_account_amount,
        coalesce(sum(discount_amount), 0) AS discount_amount,
        coalesce(sum(written_off_amount), 0) AS written_off_amount
    FROM receivables.credit_note WHERE invoice_id = :invoice
    """
)
# An order's invoices, and its own lines of collective ones.
_BILLED = text(
    """
    SELECT i.id, i.number, i.currency, i.process_id, l.order_line_number, l.is_freight,
        CASE WHEN i.order_id IS NULL THEN i.invoiced_on END AS dated,
        l.quantity - coalesce((SELECT sum(c.quantity) FROM receivables.credit_note_line c
            WHERE c.invoice_id = l.invoice_id AND c.line_number = l.line_number), 0) AS left_over,
        (SELECT coalesce(sum(o.open_amount), 0) FROM ledger.open_item o WHERE o.invoice_id = i.id) AS open
    FROM (
        SELECT id, NULL::uuid AS order_id FROM receivables.invoice WHERE order_id = :order
        UNION ALL SELECT invoice_id, order_id FROM receivables.invoice_order WHERE order_id = :order
    ) AS x
        JOIN receivables.invoice i ON i.id = x.id
        JOIN receivables.invoice_line l ON l.invoice_id = i.id AND l.order_id IS NOT DISTINCT FROM x.order_id
    ORDER BY i.number DESC, l.line_number
    """
).bindparams(bindparam("order", type_=Uuid()))


async def locked_invoice(
    session: Session, invoice_id: UUID, *, base_currency: str
) -> tuple[Any, rules.BilledInvoice] | None:
    """The invoice's row, with what of it was credited and settled so far; none when there is no such invoice.

    Whoever credits or settles it at the same time waits: what is read here is read after the lock.
    """
    heads = await open_invoices(session, order_id=None, invoice_id=invoice_id)
    if not heads:
        return None
    (head,) = heads
    asked = {"invoice": invoice_id}
    invoice = (await session.execute(_INVOICE, asked)).one()
    lines = (await session.execute(_LINES, asked)).all()
    taxes = (await session.execute(_TAXES, asked)).all()
    settled = (await session.execute(_SETTLED, asked)).all()
    reversed_before = (await session.execute(_REVERSED, asked)).one()
    found = rules.BilledInvoice(
        invoice=head.invoice,
        customer_code=head.customer_code,
        currency=head.currency,
        base_currency=base_currency,
        rate=invoice.rate,
        lines=tuple(_line(row) for row in lines),
        taxes=tuple(_tax(row) for row in taxes),
        settled=tuple(SettledBefore(**row._asdict()) for row in settled),
        reversed_before=ReversedBefore(
            **reversed_before._asdict(),
            discount_on_taxes={row.line_number: row.discount_reversed for row in taxes},
        ),
    )
    return invoice, found


def _line(row: Any) -> rules.BilledLine:
    return rules.BilledLine(
        line_number=row.line_number,
        order_line_number=row.order_line_number,
        tax_code=row.tax_code,
        is_freight=row.is_freight,
        billed=rules.Amounts(row.quantity, row.net_amount, row.tax_amount),
        credited=rules.Amounts(row.credited_quantity, row.credited_net, row.credited_tax),
        order_id=row.order_id,
    )


def _tax(row: Any) -> rules.BilledTax:
    return rules.BilledTax(
        line_number=row.line_number,
        tax_code=row.tax_code,
        account_code=row.account_code,
        rate_percent=row.rate_percent,
        billed=rules.TaxAmounts(row.base_amount, row.tax_amount),
        credited=rules.TaxAmounts(row.credited_base, row.credited_tax),
    )


async def billed(session: AsyncSession, order_id: UUID) -> Billed:
    """The order's invoices with what is not credited of them, the newest first."""
    invoices: dict[UUID, Any] = {}
    lines: dict[UUID, list[BilledLine]] = {}
    for row in await session.execute(_BILLED, {"order": order_id}):
        invoices[row.id] = row
        if row.left_over:
            line = BilledLine(
                order_line_number=row.order_line_number, quantity=row.left_over, is_freight=row.is_freight
            )
            lines.setdefault(row.id, []).append(line)
    listed = select(BillingDue.id).where(BillingDue.order_id == order_id).limit(1)
    return Billed(
        order_id=order_id,
        is_collective=await session.scalar(listed) is not None,
        invoices=tuple(
            BilledInvoice(
                invoice_id=invoice_id,
                invoice_number=invoices[invoice_id].number,
                currency=invoices[invoice_id].currency,
                process_id=invoices[invoice_id].process_id,
                open_amount=invoices[invoice_id].open,
                lines=tuple(of_invoice),
                invoiced_on=invoices[invoice_id].dated,
            )
            for invoice_id, of_invoice in lines.items()
        ),
    )


async def order_number_on(session: Session, invoice: Any, order_id: UUID | None) -> str | None:
    """The number of the order that an invoice bills; of a collective invoice, of the one asked for."""
    number: str | None = invoice.order_number
    if invoice.order_id is None and order_id is not None:
        number = await session.scalar(_ORDER_NUMBER, {"invoice": invoice.id, "order": order_id})
    return number
