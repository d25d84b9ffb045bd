"""What of an invoice can still be taken back; read under the lock of its open items."""

from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from domains.finance.messages import Billed, BilledInvoice, BilledLine
from domains.finance.rules import credit_notes as rules
from domains.finance.rules.settlement import OpenInstalment

# Invoices cannot be locked as rows: nobody may change them. Whoever credits one queues here.
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(:invoice, 1))")
_INVOICE = text(
    """
    SELECT i.*, c.credited_base, c.on_account, c.discount, c.written_off, c.difference,
        (SELECT currency FROM master_data.company) AS base_currency
    FROM finance.invoice i, LATERAL (
        SELECT coalesce(sum(n.base_total_amount), 0) AS credited_base,
            coalesce(sum(n.on_account_amount), 0) AS on_account,
            coalesce(sum(n.discount_amount), 0) AS discount,
            coalesce(sum(n.written_off_amount), 0) AS written_off,
            coalesce(sum(n.exchange_difference), 0) AS difference
        FROM finance.credit_note n WHERE n.invoice_id = i.id
    ) AS c
    WHERE i.id = :invoice
    """
).bindparams(bindparam("invoice", type_=Uuid()))
_ITEMS = text(
    """
    SELECT id, due_on, open_amount, base_open_amount FROM finance.open_item
    WHERE invoice_id = :invoice ORDER BY id FOR UPDATE
    """
).bindparams(bindparam("invoice", type_=Uuid()))
_LINES = text(
    """
    SELECT l.line_number, l.order_line_number, l.is_freight, l.tax_code, l.quantity, l.net_amount,
        l.tax_amount, coalesce(sum(c.quantity), 0) AS credited_quantity,
        coalesce(sum(c.net_amount), 0) AS credited_net, coalesce(sum(c.tax_amount), 0) AS credited_tax
    FROM finance.invoice_line l LEFT JOIN finance.credit_note_line c
        ON c.invoice_id = l.invoice_id AND c.line_number = l.line_number
    WHERE l.invoice_id = :invoice GROUP BY l.invoice_id, l.line_number ORDER BY l.line_number
    """
).bindparams(bindparam("invoice", type_=Uuid()))
_TAXES = text(
    """
    SELECT t.line_number, t.tax_code, t.account_code, t.base_amount, t.tax_amount, t.discount_amount,
        coalesce(sum(c.base_amount), 0) AS credited_base, coalesce(sum(c.tax_amount), 0) AS credited_tax
    FROM finance.invoice_tax t LEFT JOIN finance.credit_note_tax c
        ON c.invoice_id = t.invoice_id AND c.line_number = t.line_number
    WHERE t.invoice_id = :invoice GROUP BY t.invoice_id, t.line_number ORDER BY t.line_number
    """
).bindparams(bindparam("invoice", type_=Uuid()))
_SETTLED = text(
    """
    SELECT coalesce(sum(s.amount - s.discount_amount - s.written_off_amount), 0) AS money,
        coalesce(sum(s.discount_amount), 0) AS discount,
        coalesce(sum(s.written_off_amount), 0) AS written_off,
        coalesce(sum(s.exchange_difference), 0) AS difference
    FROM finance.settlement s JOIN finance.open_item i ON i.id = s.open_item_id
    WHERE i.invoice_id = :invoice AND s.payment_id IS NOT NULL
    """
).bindparams(bindparam("invoice", type_=Uuid()))
_BILLED = text(
    """
    SELECT i.id, i.number, i.currency, i.process_id, l.order_line_number, l.is_freight,
        l.quantity - coalesce((SELECT sum(c.quantity) FROM finance.credit_note_line c
            WHERE c.invoice_id = l.invoice_id AND c.line_number = l.line_number), 0) AS left_over,
        (SELECT coalesce(sum(o.open_amount), 0) FROM finance.open_item o WHERE o.invoice_id = i.id) AS open
    FROM finance.invoice i JOIN finance.invoice_line l ON l.invoice_id = i.id
    WHERE i.order_id = :order ORDER BY i.number DESC, l.line_number
    """
).bindparams(bindparam("order", type_=Uuid()))


async def locked_invoice(session: AsyncSession, invoice_id: UUID) -> tuple[Any, rules.BilledInvoice] | None:
    """The invoice's row, and what of it can be credited; nobody else credits or settles it meanwhile."""
    await session.execute(_ONE_AT_A_TIME, {"invoice": str(invoice_id)})
    which = {"invoice": invoice_id}
    items = (await session.execute(_ITEMS, which)).all()
    row = (await session.execute(_INVOICE, which)).one_or_none()
    if row is None:
        return None
    settled = (await session.execute(_SETTLED, which)).one()
    lines = (await session.execute(_LINES, which)).all()
    taxes = (await session.execute(_TAXES, which)).all()
    return row, rules.BilledInvoice(
        invoice_id=invoice_id,
        customer_code=row.customer_code,
        currency=row.currency,
        base_currency=row.base_currency,
        rate=row.rate,
        base_total_amount=row.base_total_amount,
        credited_base=row.credited_base,
        discount_net_amount=row.discount_net_amount,
        lines=tuple(rules.BilledLine(**line._asdict()) for line in lines),
        taxes=tuple(rules.BilledTax(**tax._asdict()) for tax in taxes),
        instalments=tuple(OpenInstalment(*item) for item in items),
        paid=rules.Paid(
            money=settled.money - row.on_account,
            discount=settled.discount - row.discount,
            written_off=settled.written_off - row.written_off,
            exchange_difference=settled.difference - row.difference,
        ),
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
    return Billed(
        order_id=order_id,
        invoices=tuple(
            BilledInvoice(
                invoice_id=invoice_id,
                invoice_number=invoices[invoice_id].number,
                currency=invoices[invoice_id].currency,
                process_id=invoices[invoice_id].process_id,
                open_amount=invoices[invoice_id].open,
                lines=tuple(of_invoice),
            )
            for invoice_id, of_invoice in lines.items()
        ),
    )
