"""Open items: what customers owe, invoice by invoice; under a lock where money is about to settle it."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, func, select, text

from domains.ledger.rules.settlement import OpenInstalment, OpenInvoice, TaxShare
from domains.ledger.tables.open_items import OpenItem
from domains.receivables.tables.dunning import DunningLetter
from domains.receivables.tables.invoices import Invoice
from foundation.money import ZERO, rounded
from foundation.transaction import Session

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
_ITEMS_OF_INVOICES = _ITEMS.where(OpenItem.invoice_id == any_(bindparam("ids", type_=ARRAY(Uuid))))
_ITEMS_OF_LETTER = _ITEMS.where(OpenItem.dunning_letter_id == bindparam("letter"))

_INVOICES = select(
    Invoice.id,
    Invoice.number,
    Invoice.order_id,
    Invoice.process_id,
    Invoice.customer_code,
    Invoice.currency,
    Invoice.total_amount,
    Invoice.discount_until,
    Invoice.discount_amount,
    Invoice.discount_net_amount,
).order_by(Invoice.number)
_INVOICE = _INVOICES.where(Invoice.id == bindparam("id"))
_INVOICES_OF_ORDER = _INVOICES.where(Invoice.order_id == bindparam("id"))
_LETTER = select(
    DunningLetter.id,
    DunningLetter.number,
    DunningLetter.process_id,
    DunningLetter.customer_code,
    DunningLetter.currency,
    DunningLetter.charge_amount,
).where(DunningLetter.id == bindparam("id"))
_OPEN_ON_ORDER = (
    select(func.sum(OpenItem.open_amount))
    .join(Invoice, Invoice.id == OpenItem.invoice_id)
    .where(Invoice.order_id == bindparam("order"))
)

_DISCOUNTS = text(
    """
    WITH credited AS (
        SELECT id, invoice_id, net_amount, total_amount FROM receivables.credit_note
        WHERE invoice_id = ANY (:ids) AND settled_amount = total_amount
    )
    SELECT v.id AS invoice_id, v.net_amount, t.line_number, t.account_code, t.tax_amount, t.discount_amount,
        (SELECT coalesce(sum(c.net_amount), 0) FROM credited c WHERE c.invoice_id = v.id) AS credited_net,
        (SELECT coalesce(sum(c.total_amount), 0) FROM credited c WHERE c.invoice_id = v.id) AS credited_total,
        (SELECT coalesce(sum(x.tax_amount), 0)
         FROM credited c JOIN receivables.credit_note_tax x ON x.credit_note_id = c.id
         WHERE c.invoice_id = v.id AND x.line_number = t.line_number) AS credited_tax
    FROM receivables.invoice v
        LEFT JOIN receivables.invoice_tax t ON t.invoice_id = v.id AND t.discount_amount <> 0
    WHERE v.id = ANY (:ids) AND v.discount_amount <> 0
    ORDER BY t.line_number
    """
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))


@dataclass(frozen=True)
class InvoiceHead:
    """An invoice, whose it is and in which currency."""

    customer_code: str
    currency: str
    invoice: OpenInvoice


async def open_invoices(
    session: Session, *, order_id: UUID | None, invoice_id: UUID | None
) -> list[InvoiceHead]:
    """The invoices of an order, one invoice, or what one dunning letter charges; also those that are paid.

    Their open items are locked.
    """
    if order_id is None and invoice_id is None:
        return []
    if invoice_id is not None:
        invoices = (await session.execute(_INVOICE, {"id": invoice_id})).all()
    else:
        invoices = (await session.execute(_INVOICES_OF_ORDER, {"id": order_id})).all()
    if not invoices:
        return [] if invoice_id is None else await _dunning_letter(session, invoice_id)
    ids = [invoice.id for invoice in invoices]
    items = (await session.execute(_ITEMS_OF_INVOICES, {"ids": ids})).all()
    discounts: list[Any] = []
    if any(invoice.discount_amount for invoice in invoices):
        # After the lock, so that a credit note that was waited for is seen.
        discounts = list((await session.execute(_DISCOUNTS, {"ids": ids})).all())
    return [_head(invoice, items, discounts) for invoice in invoices]


async def _dunning_letter(session: Session, letter_id: UUID) -> list[InvoiceHead]:
    letter = (await session.execute(_LETTER, {"id": letter_id})).one_or_none()
    if letter is None:
        return []
    items = (await session.execute(_ITEMS_OF_LETTER, {"letter": letter_id})).all()
    opened = OpenInvoice(
        invoice_id=letter.id,
        invoice_number=letter.number,
        order_id=None,
        process_id=letter.process_id,
        total_amount=letter.charge_amount,
        discount_until=None,
        discount_amount=ZERO,
        discount_net_amount=ZERO,
        taxes=(),
        instalments=tuple(
            OpenInstalment(item.id, item.due_on, item.open_amount, item.base_open_amount) for item in items
        ),
    )
    return [InvoiceHead(letter.customer_code, letter.currency, opened)]


def _head(invoice: Any, items: Any, discounts: list[Any]) -> InvoiceHead:
    instalments = sorted(
        (
            OpenInstalment(item.id, item.due_on, item.open_amount, item.base_open_amount)
            for item in items
            if item.invoice_id == invoice.id
        ),
        key=lambda instalment: (instalment.due_on, str(instalment.item_id)),
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
        taxes=(),
        instalments=tuple(instalments),
    )
    of_invoice = [row for row in discounts if row.invoice_id == invoice.id]
    opened = _less_what_was_credited(opened, of_invoice, invoice.currency) if of_invoice else opened
    return InvoiceHead(invoice.customer_code, invoice.currency, opened)


def _less_what_was_credited(invoice: OpenInvoice, rows: list[Any], currency: str) -> OpenInvoice:
    """The invoice with its discount; what was credited before anything was paid takes its share off both."""

    def left(discount: Decimal, credited: Decimal, billed: Decimal) -> Decimal:
        return discount - rounded(discount * credited / billed, currency) if credited else discount

    shares = tuple(
        TaxShare(
            row.line_number, row.account_code, left(row.discount_amount, row.credited_tax, row.tax_amount)
        )
        for row in rows
        if row.line_number is not None
    )
    net = left(invoice.discount_net_amount, rows[0].credited_net, rows[0].net_amount)
    return replace(
        invoice,
        total_amount=invoice.total_amount - rows[0].credited_total,
        discount_amount=net + sum((share.discount_amount for share in shares), ZERO),
        discount_net_amount=net,
        taxes=shares,
    )


async def open_on_order(session: Session, order_id: UUID) -> Decimal:
    """What is still open on an order's invoices, in their currency."""
    return await session.scalar(_OPEN_ON_ORDER, {"order": order_id}) or ZERO
