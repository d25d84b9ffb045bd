"""Debit notes to suppliers: what can be claimed, what was, and what of it is open."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, func, select, text

from domains.ledger.queries.documents import OpenItemView, items_of, open_item_view, reversal_of
from domains.ledger.queries.open_items import open_of
from domains.master_data.letterhead import InvoicedCustomer, InvoicingCompany
from domains.payables.rules.debit_notes import InvoiceLineLeft, left_of, less_discount, ordered_price
from domains.payables.tables import DebitNoteConfirmation, SupplierDebitNote, SupplierDebitNoteLine
from foundation.database.connections import facts, rows_of
from foundation.database.lists import Listing, between, equal, named, only
from foundation.database.transaction import Row, Transaction
from foundation.values.messages import Message, ShownAmount, ShownQuantity

# The lines of an order's invoices that stand, credits off, and what of them is claimed back.
_BILLED = text(
    """
    SELECT i.id AS invoice_id, i.number AS invoice_number, i.supplier_number, i.posted_on, i.currency, i.rate,
        l.line_number, l.order_line_number, l.item_code, l.description, l.unit, l.tax_code, l.quantity,
        l.stock_quantity AS whole_quantity,
        l.stock_quantity - coalesce(c.stock_quantity, 0) AS stock_quantity,
        l.matched_quantity, l.net_amount, l.tax_amount, l.ordered_price, l.ordered_discount_percent,
        coalesce(d.stock_quantity, 0) AS claimed_quantity, coalesce(d.net_amount, 0) AS claimed_net,
        coalesce(d.tax_amount, 0) AS claimed_tax, i.total_amount, (
            SELECT abs(coalesce(sum(s.discount_amount), 0)) FROM ledger.open_item o
                JOIN ledger.settlement s ON s.open_item_id = o.id
            WHERE o.document_id = i.id AND o.side = 'payable') AS discount_taken
    FROM payables.supplier_invoice i
        JOIN payables.supplier_invoice_line l ON l.invoice_id = i.id AND l.is_stocked
        LEFT JOIN LATERAL (
            SELECT sum(n.stock_quantity) AS stock_quantity
            FROM payables.supplier_credit h JOIN payables.supplier_credit_line n ON n.credit_id = h.id
            WHERE h.invoice_id = i.id AND n.line_number = l.line_number
        ) AS c ON true
        LEFT JOIN LATERAL (
            SELECT sum(n.stock_quantity) AS stock_quantity, sum(n.net_amount) AS net_amount,
                sum(n.tax_amount) AS tax_amount
            FROM payables.supplier_debit_note_line n
            WHERE n.invoice_id = l.invoice_id AND n.invoice_line_number = l.line_number
                AND NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = n.debit_note_id)
        ) AS d ON true
    WHERE i.order_id = :order AND NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = i.id)
    ORDER BY i.posted_on, i.number, l.line_number
    """
).bindparams(bindparam("order", type_=Uuid))
_RETURN = text(
    """
    SELECT document_number, party_code, order_id FROM ledger.open_item
    WHERE document_type = 'vendor_return' AND document_id = :return LIMIT 1
    """
).bindparams(bindparam("return", type_=Uuid))
_ORDER_NUMBER = text(
    "SELECT order_number FROM payables.supplier_invoice WHERE order_id = :order LIMIT 1"
).bindparams(bindparam("order", type_=Uuid))
# What debit notes that stand have taken off invoices, and the discount that was offered on each.
_CLAIMED = text(
    """
    SELECT i.id, i.discount, i.due_on, coalesce(-sum(s.amount), 0) AS claimed
    FROM payables.supplier_invoice i
        LEFT JOIN ledger.open_item o ON o.document_id = i.id AND o.side = 'payable'
        LEFT JOIN ledger.settlement s ON s.open_item_id = o.id AND s.source_type = 'supplier_debit_note'
            AND s.source_id IS DISTINCT FROM CAST(:without AS uuid)
            AND NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = s.source_id)
    WHERE i.id = ANY (:invoices) AND i.discount IS NOT NULL
    GROUP BY i.id, i.discount, i.due_on
    """
).bindparams(bindparam("invoices", type_=ARRAY(Uuid)))
_FIRST_BILLED = text(
    """
    SELECT i.invoiced_on, i.number FROM payables.supplier_invoice i
        JOIN payables.supplier_debit_note_line l ON l.invoice_id = i.id
    WHERE l.debit_note_id = :note ORDER BY i.invoiced_on, i.number LIMIT 1
    """
).bindparams(bindparam("note", type_=Uuid))
_STANDING_ON = text(
    """
    SELECT DISTINCT d.number FROM payables.supplier_debit_note d
        JOIN payables.supplier_debit_note_line l ON l.debit_note_id = d.id
    WHERE l.invoice_id = :invoice AND NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = d.id)
    ORDER BY d.number
    """
).bindparams(bindparam("invoice", type_=Uuid))


async def billed_of_order(tx: Transaction, order_id: UUID) -> tuple[list[InvoiceLineLeft], str]:
    """What is billed of an order and not claimed back, and the currency; read under the lock of its goods."""
    rows = list(await tx.execute(_BILLED, {"order": order_id}))
    return [_billed(row) for row in rows], rows[0].currency if rows else ""


def _billed(row: Row) -> InvoiceLineLeft:
    def left(amount: Decimal, claimed: Decimal) -> Decimal:
        paid = less_discount(amount, row.discount_taken, row.total_amount, row.currency)
        return left_of(row.stock_quantity, row.matched_quantity, paid, claimed, row.currency)

    return InvoiceLineLeft(
        invoice_id=row.invoice_id,
        invoice_number=row.invoice_number,
        supplier_number=row.supplier_number,
        posted_on=row.posted_on,
        invoice_line_number=row.line_number,
        order_line_number=row.order_line_number,
        item_code=row.item_code,
        description=row.description,
        unit=row.unit,
        stock_per_unit=row.whole_quantity / row.quantity,
        stock_quantity=row.matched_quantity - row.claimed_quantity,
        net_amount=left(row.net_amount, row.claimed_net),
        tax_amount=left(row.tax_amount, row.claimed_tax),
        tax_code=row.tax_code,
        ordered_price=ordered_price(row.ordered_price, row.ordered_discount_percent),
        rate=row.rate,
    )


async def order_number(tx: Transaction, order_id: UUID) -> str:
    """What the order of invoices is called."""
    return str(await tx.scalar(_ORDER_NUMBER, {"order": order_id}))


async def return_as_posted(tx: Transaction, return_id: UUID) -> Row:
    """A return of which something had been billed, as the books know it. Refuses: NotFound."""
    return await tx.existing(
        _RETURN, f"vendor return {return_id} with anything to claim", {"return": return_id}
    )


async def claimed_of(tx: Transaction, invoices: list[UUID], *, without: UUID | None = None) -> list[Row]:
    """Of invoices with a cash discount, what debit notes have taken off them; but for one."""
    asked = {"invoices": invoices, "without": None if without is None else str(without)}
    return list(await tx.execute(_CLAIMED, asked))


async def first_billed(tx: Transaction, debit_note_id: UUID) -> tuple[date, str]:
    """The earliest of the invoices that a debit note claims back: its day and its number."""
    row = (await tx.execute(_FIRST_BILLED, {"note": debit_note_id})).one()
    return row.invoiced_on, row.number


async def standing_on_invoice(tx: Transaction, invoice_id: UUID) -> list[str]:
    """The debit notes that claim some of an invoice back, and stand."""
    return list(await tx.scalars(_STANDING_ON, {"invoice": invoice_id}))


class SupplierDebitNoteSummary(Message):
    """What is claimed back of a supplier; `open_amount` is what is not set off yet."""

    debit_note_id: UUID
    debit_note_number: str
    return_id: UUID
    return_number: str
    order_id: UUID
    order_number: str
    supplier_code: str
    posted_on: date
    reason: str
    currency: str
    net_amount: ShownAmount
    tax_amount: ShownAmount
    total_amount: ShownAmount
    base_total_amount: ShownAmount
    settled_amount: ShownAmount
    """What it took off the invoices that it claims back, as far as they were not paid."""
    open_amount: ShownAmount
    supplier_number: str | None
    """The number of the supplier's own credit note for it, once it has come."""
    reversed_by: str | None
    """The number of the reversal, when it was taken back."""


class SupplierDebitNoteLineView(Message):
    """What is claimed back of one line of an invoice."""

    line_number: int
    invoice_id: UUID
    invoice_line_number: int
    order_line_number: int
    item_code: str
    description: str
    quantity: ShownQuantity
    unit: str
    stock_quantity: ShownQuantity
    tax_code: str
    net_amount: ShownAmount
    tax_amount: ShownAmount


class SupplierDebitNoteView(SupplierDebitNoteSummary):
    """The whole debit note."""

    credited_on: date | None
    """The day on the supplier's own credit note."""
    recorded_at: datetime
    lines: list[SupplierDebitNoteLineView]
    open_items: list[OpenItemView]


_NOTES = select(
    *rows_of(SupplierDebitNote).c,
    DebitNoteConfirmation.supplier_number,
    DebitNoteConfirmation.credited_on,
    func.abs(open_of(SupplierDebitNote.id)).label("open_amount"),
    reversal_of("supplier_debit_note", SupplierDebitNote.id).label("reversed_by"),
).outerjoin(DebitNoteConfirmation, DebitNoteConfirmation.debit_note_id == SupplierDebitNote.id)


def debit_note_summary(row: Any) -> SupplierDebitNoteSummary:
    """One row of `SUPPLIER_DEBIT_NOTES`."""
    return SupplierDebitNoteSummary(
        debit_note_id=row.id, debit_note_number=row.number, **facts(row, SupplierDebitNoteSummary)
    )


SUPPLIER_DEBIT_NOTES = Listing(
    name="supplier_debit_notes",
    about="What is claimed back of suppliers, the newest first.",
    view=SupplierDebitNoteSummary,
    rows=_NOTES,
    to_view=debit_note_summary,
    filters=(
        equal(SupplierDebitNote.supplier_code, "supplier"),
        equal(SupplierDebitNote.number),
        equal(SupplierDebitNote.order_id),
        equal(SupplierDebitNote.return_id),
        *between(SupplierDebitNote.posted_on),
        only("only_open", open_of(SupplierDebitNote.id) != 0, "Only those that are not set off"),
    ),
    sorts=named(SupplierDebitNote.posted_on, SupplierDebitNote.number, SupplierDebitNote.total_amount),
    order="-posted_on",
    unique=(SupplierDebitNote.id,),
)


async def debit_note(tx: Transaction, debit_note_id: UUID) -> SupplierDebitNoteView:
    """One of them with its lines and open items. Refuses: NotFound."""
    found = await _found(tx, debit_note_id)
    of_note = select(*rows_of(SupplierDebitNoteLine).c).where(
        SupplierDebitNoteLine.debit_note_id == debit_note_id
    )
    lines = (await tx.execute(of_note.order_by(SupplierDebitNoteLine.line_number))).all()
    items = (await tx.execute(items_of(debit_note_id))).all()
    return SupplierDebitNoteView(
        debit_note_id=found.id,
        debit_note_number=found.number,
        lines=[SupplierDebitNoteLineView(**facts(line, SupplierDebitNoteLineView)) for line in lines],
        open_items=[open_item_view(item) for item in items],
        **facts(found, SupplierDebitNoteView),
    )


async def who_and_whom(tx: Transaction, debit_note_id: UUID) -> tuple[InvoicingCompany, InvoicedCustomer]:
    """The company and the supplier as they were on the day of a debit note. Refuses: NotFound."""
    found = await _found(tx, debit_note_id)
    return InvoicingCompany(**found.company), InvoicedCustomer(**found.supplier)


async def _found(tx: Transaction, debit_note_id: UUID) -> Row:
    wanted = _NOTES.where(SupplierDebitNote.id == debit_note_id)
    return await tx.existing(wanted, f"supplier debit note {debit_note_id}")
