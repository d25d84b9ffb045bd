"""What of an invoice can still be taken back; read under the lock of its open items."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select, text

from domains.ledger.messages import Discount, TaxShare
from domains.ledger.queries.open_items import open_documents
from domains.receivables.messages import Billed, BilledInvoice, BilledLine
from domains.receivables.queries.standing import standing
from domains.receivables.rules import billed as parts
from domains.receivables.rules import credit_notes as rules
from domains.receivables.rules.reversed_settlements import ReversedBefore, SettledBefore
from domains.receivables.tables.billing import BillingDue
from domains.receivables.tables.invoices import Invoice, InvoiceOrder
from foundation.database.transaction import Transaction
from foundation.values.money import ZERO, rounded

# What was credited by notes that stand.
_STANDS = standing("credit_note", "n")
_LINES = text(
    f"""
    SELECT l.line_number, l.order_line_number, l.order_id, l.tax_code, l.rates_from, l.is_freight,
        l.account_code, l.quantity, coalesce(l.stock_quantity, l.quantity) AS stock_quantity, l.net_amount,
        l.tax_amount, coalesce(sum(c.quantity), 0) AS credited_quantity,
        coalesce(sum(c.net_amount), 0) AS credited_net, coalesce(sum(c.tax_amount), 0) AS credited_tax,
        coalesce(bool_or(c.quantity = 0), false) AS has_allowance
    FROM receivables.invoice_line l
        LEFT JOIN receivables.credit_note n ON n.invoice_id = l.invoice_id AND {_STANDS}
        LEFT JOIN receivables.credit_note_line c ON c.credit_note_id = n.id AND c.line_number = l.line_number
    WHERE l.invoice_id = :invoice
    GROUP BY l.invoice_id, l.line_number
    ORDER BY l.line_number
    """
)
# With what was credited before anything was paid: by credit notes that were settled in full.
_DISCOUNTS = text(
    f"""
    WITH credited AS (
        SELECT n.id, n.net_amount, n.total_amount FROM receivables.credit_note n
        WHERE n.invoice_id = :invoice AND n.settled_amount = n.total_amount AND {_STANDS}
            AND n.id IS DISTINCT FROM CAST(:without AS uuid)
    )
    SELECT v.net_amount, v.total_amount, v.discount_until, v.discount_net_amount, t.line_number,
        t.account_code, t.tax_amount, t.discount_amount,
        (SELECT coalesce(sum(c.net_amount), 0) FROM credited c) AS credited_net,
        (SELECT coalesce(sum(c.total_amount), 0) FROM credited c) AS credited_total,
        (SELECT coalesce(sum(x.tax_amount), 0)
         FROM credited c JOIN receivables.credit_note_tax x ON x.credit_note_id = c.id
         WHERE x.line_number = t.line_number) AS credited_tax
    FROM receivables.invoice v
        LEFT JOIN receivables.invoice_tax t ON t.invoice_id = v.id AND t.discount_amount <> 0
    WHERE v.id = :invoice
    ORDER BY t.line_number
    """
)
_INVOICE = select(
    Invoice.id,
    Invoice.number,
    Invoice.process_id,
    Invoice.order_id,
    Invoice.order_number,
    Invoice.customer_code,
    Invoice.customer,
    Invoice.invoiced_on,
    Invoice.currency,
    Invoice.rate,
    Invoice.corrects_id,
).where(Invoice.id == bindparam("invoice", type_=Uuid))
_TAXES = text(
    f"""
    SELECT t.line_number, t.tax_code, t.rates_from, t.account_code, t.rate_percent, t.base_amount,
        t.tax_amount,
        coalesce(sum(c.base_amount), 0) AS credited_base, coalesce(sum(c.tax_amount), 0) AS credited_tax,
        coalesce(sum(c.discount_amount), 0) AS discount_reversed
    FROM receivables.invoice_tax t
        LEFT JOIN receivables.credit_note n ON n.invoice_id = t.invoice_id AND {_STANDS}
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
        sum(s.exchange_difference) AS exchange_difference, s.settled_on
    FROM ledger.settlement s
        JOIN ledger.open_item i ON i.id = s.open_item_id
    WHERE i.document_id = :invoice AND s.source_type <> 'credit_note' AND s.reverses_id IS NULL
        AND NOT EXISTS (SELECT FROM ledger.settlement r WHERE r.reverses_id = s.id)
    GROUP BY s.money_id, s.settled_on
    ORDER BY s.settled_on, s.money_id
    """
)
_REVERSED = text(
    f"""
    SELECT coalesce(sum(on_account_amount), 0) AS on_account_amount,
        coalesce(sum(discount_amount), 0) AS discount_amount,
        coalesce(sum(written_off_amount), 0) AS written_off_amount
    FROM receivables.credit_note n WHERE n.invoice_id = :invoice AND {_STANDS}
    """
)
# An order's invoices, and its own lines of collective ones.
_BILLED = text(
    f"""
    SELECT i.id, i.number, i.currency, i.process_id, l.order_line_number, l.is_freight,
        i.invoiced_on AS dated,
        l.quantity - coalesce((SELECT sum(c.quantity) FROM receivables.credit_note_line c
                JOIN receivables.credit_note n ON n.id = c.credit_note_id
            WHERE c.invoice_id = l.invoice_id AND c.line_number = l.line_number AND {_STANDS}), 0)
            AS left_over,
        EXISTS (SELECT FROM ledger.open_item o WHERE o.document_id = i.id AND o.open_amount <> o.amount)
            AS is_settled,
        ARRAY(SELECT w.number FROM receivables.write_off w
            WHERE w.document_id = i.id AND w.kind = 'bad_debt' AND {standing("write_off", "w")}
            ORDER BY w.number) AS bad_debts,
        (SELECT coalesce(sum(o.open_amount), 0) FROM ledger.open_item o WHERE o.document_id = i.id) AS open
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
    tx: Transaction, invoice_id: UUID, *, base_currency: str
) -> tuple[Any, parts.CreditableInvoice] | None:
    """The invoice, with what of it was credited and settled so far; none when there is no such invoice.

    Whoever credits or settles it at the same time waits: what is read here is read after the lock.
    """
    asked = {"invoice": invoice_id}
    heads = await open_documents(tx, order_id=None, document_id=invoice_id)
    invoice = (await tx.execute(_INVOICE, asked)).one_or_none()
    if invoice is None:
        return None
    lines = (await tx.execute(_LINES, asked)).all()
    taxes = (await tx.execute(_TAXES, asked)).all()
    settled = (await tx.execute(_SETTLED, asked)).all()
    reversed_before = (await tx.execute(_REVERSED, asked)).one()
    found = parts.CreditableInvoice(
        invoice=heads[0].document,
        customer_code=invoice.customer_code,
        currency=invoice.currency,
        base_currency=base_currency,
        rate=invoice.rate,
        lines=tuple(_line(row) for row in lines),
        taxes=tuple(_tax(row) for row in taxes),
        settled=tuple(SettledBefore(**row._asdict()) for row in settled),
        reversed_before=ReversedBefore(
            **reversed_before._asdict(),
            discount_on_taxes={row.line_number: row.discount_reversed for row in taxes},
        ),
        opened=heads[0].opened,
    )
    return invoice, found


def _line(row: Any) -> parts.CreditableLine:
    return parts.CreditableLine(
        line_number=row.line_number,
        order_line_number=row.order_line_number,
        tax_code=row.tax_code,
        rates_from=row.rates_from,
        is_freight=row.is_freight,
        billed=parts.Amounts(row.quantity, row.net_amount, row.tax_amount),
        credited=parts.Amounts(row.credited_quantity, row.credited_net, row.credited_tax),
        order_id=row.order_id,
        in_stock_units=row.stock_quantity / row.quantity if row.quantity and not row.is_freight else ZERO,
        account_code=row.account_code,
        has_allowance=row.has_allowance,
    )


def _tax(row: Any) -> parts.CreditableTax:
    return parts.CreditableTax(
        line_number=row.line_number,
        tax_code=row.tax_code,
        rates_from=row.rates_from,
        account_code=row.account_code,
        rate_percent=row.rate_percent,
        billed=parts.TaxAmounts(row.base_amount, row.tax_amount),
        credited=parts.TaxAmounts(row.credited_base, row.credited_tax),
    )


async def billed(tx: Transaction, order_id: UUID) -> Billed:
    """The order's invoices with what is not credited of them, the newest first."""
    invoices: dict[UUID, Any] = {}
    lines: dict[UUID, list[BilledLine]] = {}
    for row in await tx.execute(_BILLED, {"order": order_id}):
        invoices[row.id] = row
        if row.left_over:
            line = BilledLine(
                order_line_number=row.order_line_number, quantity=row.left_over, is_freight=row.is_freight
            )
            lines.setdefault(row.id, []).append(line)
    listed = select(BillingDue.id).where(BillingDue.order_id == order_id).limit(1)
    return Billed(
        order_id=order_id,
        is_collective=await tx.scalar(listed) is not None,
        invoices=tuple(
            BilledInvoice(
                invoice_id=invoice_id,
                invoice_number=invoices[invoice_id].number,
                currency=invoices[invoice_id].currency,
                process_id=invoices[invoice_id].process_id,
                open_amount=invoices[invoice_id].open,
                lines=tuple(of_invoice),
                invoiced_on=invoices[invoice_id].dated,
                is_settled=invoices[invoice_id].is_settled,
                bad_debts=tuple(invoices[invoice_id].bad_debts),
            )
            for invoice_id, of_invoice in lines.items()
        ),
    )


async def discount_left(
    tx: Transaction,
    billed: parts.CreditableInvoice,
    credit: rules.Credit | None = None,
    *,
    without: UUID | None = None,
) -> Discount:
    """What may still be taken off an invoice: when a further credit note takes its share off, or `without`
    one that is reversed.

    The credit note is settled in full. In proportion to all that was credited so before anything was paid,
    rounded half-up, tax by tax.
    """
    asked = {"invoice": billed.invoice.id, "without": None if without is None else str(without)}
    rows = (await tx.execute(_DISCOUNTS, asked)).all()

    def left(discount: Decimal, credited: Decimal, charged: Decimal) -> Decimal:
        share = discount * credited / charged if credited else ZERO
        return rounded(discount - rounded(share, billed.currency), billed.currency)

    taxes = []
    for row in rows:
        if row.line_number is not None:
            now = credit.taxes.get(row.line_number) if credit else None
            credited = row.credited_tax + (now.tax_amount if now else ZERO)
            amount = left(row.discount_amount, credited, row.tax_amount)
            taxes.append(TaxShare(row.line_number, row.account_code, amount))
    first = rows[0]
    net, total = (credit.net_amount, credit.total_amount) if credit else (ZERO, ZERO)
    return Discount(
        until=first.discount_until,
        on_amount=rounded(first.total_amount - first.credited_total - total, billed.currency),
        net_amount=left(first.discount_net_amount, first.credited_net + net, first.net_amount),
        taxes=tuple(taxes),
    )


async def order_number_on(tx: Transaction, invoice: Any, order_id: UUID | None) -> str | None:
    """The number of the order that an invoice bills; of a collective invoice, of the one asked for."""
    if invoice.order_id is not None or order_id is None:
        return str(invoice.order_number) if invoice.order_number is not None else None
    share = select(InvoiceOrder.order_number).where(
        InvoiceOrder.invoice_id == invoice.id, InvoiceOrder.order_id == order_id
    )
    number: Any = await tx.scalar(share)
    return None if number is None else str(number)


async def process_of_order(tx: Transaction, invoice_id: UUID) -> str | None:
    """The process of the order whose own invoice it is."""
    of_order = select(Invoice.process_id).where(Invoice.id == invoice_id, Invoice.order_id.is_not(None))
    found: str | None = await tx.scalar(of_order)
    return found
