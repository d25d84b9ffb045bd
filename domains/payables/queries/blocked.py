"""Blocked invoices as they are read: what each waits for, on whom, and what has become of it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, bindparam, select, text

from domains.payables.messages.blocks import BlockCode, BlockStatus, InvoiceBlock
from domains.payables.tables import BlockedInvoice, BlockedInvoiceLine, SupplierCredit, SupplierCreditLine
from foundation.database.connections import facts, rows_of
from foundation.database.lists import Filter, Listing, between, equal, named
from foundation.database.transaction import Transaction
from foundation.values.messages import Message, ShownAmount, ShownQuantity


class BlockedInvoiceSummary(Message):
    """A blocked invoice as a list shows it; amounts in its currency, with tax."""

    invoice_id: UUID
    """That of the supplier invoice, too, once it is posted."""
    blocked_number: str
    status: BlockStatus
    supplier_code: str
    supplier_number: str
    order_id: UUID
    order_number: str
    process_id: str
    invoiced_on: date
    currency: str
    total_amount: ShownAmount
    credited_amount: ShownAmount
    file_id: UUID | None
    """Where it came as a file."""
    blocks: list[InvoiceBlock]
    """What it waits for, and on whom; nothing once it is posted or rejected."""
    entered_by: str
    entered_at: datetime
    decided_by: str | None
    decision_reason: str
    ended_at: datetime | None


class BlockedInvoiceLineView(Message):
    """What is billed of one line of the order, beside what was ordered when the invoice was entered."""

    line_number: int
    order_line_number: int
    item_code: str
    description: str
    quantity: ShownQuantity
    unit: str
    unit_price: ShownAmount
    discount_percent: ShownQuantity
    ordered_price: ShownAmount
    ordered_discount_percent: ShownQuantity
    tax_code: str


class CreditedLineView(Message):
    """What is credited of a line of the invoice, without tax."""

    line_number: int
    quantity: ShownQuantity
    net_amount: ShownAmount


class SupplierCreditView(Message):
    """A credit note of the supplier for the invoice."""

    supplier_number: str
    credited_on: date
    net_amount: ShownAmount
    tax_amount: ShownAmount
    total_amount: ShownAmount
    lines: list[CreditedLineView]


class BlockedInvoiceView(BlockedInvoiceSummary):
    """The whole invoice."""

    lines: list[BlockedInvoiceLineView]
    credits: list[SupplierCreditView]


class BlockedForReason(Message):
    """How many invoices are blocked for a reason, and how old they are in days."""

    reason: BlockCode
    waiting_on: str
    currency: str
    invoices: int
    total_amount: ShownAmount
    """With tax, less what was credited."""
    up_to_7_days: int
    up_to_30_days: int
    """More than 7 days."""
    older: int
    oldest_days: int


class BlockedByReason(Message):
    """The invoices that are blocked on a day, by reason; one that is blocked for several counts with each."""

    as_of: date
    rows: list[BlockedForReason]


_BY_REASON = text(
    """
    SELECT reason, waiting_on, currency, count(*) AS invoices, sum(amount) AS total_amount,
        count(*) FILTER (WHERE days <= 7) AS up_to_7_days,
        count(*) FILTER (WHERE days BETWEEN 8 AND 30) AS up_to_30_days,
        count(*) FILTER (WHERE days > 30) AS older, max(days) AS oldest_days
    FROM (
        SELECT DISTINCT b.id, x.code AS reason, x.waiting_on, b.currency,
            b.total_amount - b.credited_amount AS amount, greatest(:today - b.invoiced_on, 0) AS days
        FROM payables.blocked_invoice b
            CROSS JOIN jsonb_to_recordset(b.blocks) AS x (code text, waiting_on text)
        WHERE b.status = 'blocked'
    ) AS one
    GROUP BY reason, waiting_on, currency ORDER BY reason, waiting_on, currency
    """
).bindparams(bindparam("today", type_=Date))


async def by_reason(tx: Transaction, today: date) -> BlockedByReason:
    """Those that are blocked now, by reason, role and currency."""
    rows = (await tx.execute(_BY_REASON, {"today": today})).all()
    return BlockedByReason(as_of=today, rows=[BlockedForReason.model_validate(row._asdict()) for row in rows])


_BLOCKED = select(*rows_of(BlockedInvoice).c)


def blocked_summary(row: Any) -> BlockedInvoiceSummary:
    """One row of `BLOCKED_INVOICES`."""
    return BlockedInvoiceSummary(
        invoice_id=row.id, blocked_number=row.number, **facts(row, BlockedInvoiceSummary)
    )


BLOCKED_INVOICES = Listing(
    name="blocked_invoices",
    about="Supplier invoices that did not match when they were entered, the newest first.",
    view=BlockedInvoiceSummary,
    rows=_BLOCKED,
    to_view=blocked_summary,
    filters=(
        equal(BlockedInvoice.status),
        Filter(
            "reason",
            BlockCode,
            lambda code: BlockedInvoice.blocks.contains([{"code": code.value}]),
            "Only those that are blocked for this reason now",
        ),
        Filter(
            "waiting_on",
            str,
            lambda role: BlockedInvoice.blocks.contains([{"waiting_on": role}]),
            "Only those that wait for this role",
        ),
        equal(BlockedInvoice.supplier_code, "supplier"),
        equal(BlockedInvoice.number),
        equal(BlockedInvoice.supplier_number),
        equal(BlockedInvoice.order_id),
        *between(BlockedInvoice.invoiced_on),
        *between(BlockedInvoice.total_amount),
    ),
    sorts=named(
        BlockedInvoice.invoiced_on,
        BlockedInvoice.entered_at,
        BlockedInvoice.number,
        BlockedInvoice.total_amount,
    ),
    order="-invoiced_on",
    unique=(BlockedInvoice.id,),
)


async def blocked_invoice(tx: Transaction, invoice_id: UUID) -> BlockedInvoiceView:
    """One of them, with its lines and credit notes. Refuses: NotFound."""
    wanted = _BLOCKED.where(BlockedInvoice.id == invoice_id)
    found = await tx.existing(wanted, f"blocked invoice {invoice_id}")
    of_invoice = select(*rows_of(BlockedInvoiceLine).c).where(BlockedInvoiceLine.invoice_id == invoice_id)
    lines = (await tx.execute(of_invoice.order_by(BlockedInvoiceLine.line_number))).all()
    return BlockedInvoiceView(
        **dict(blocked_summary(found)),
        lines=[BlockedInvoiceLineView(**facts(line, BlockedInvoiceLineView)) for line in lines],
        credits=await _credits(tx, invoice_id),
    )


async def _credits(tx: Transaction, invoice_id: UUID) -> list[SupplierCreditView]:
    wanted = select(*rows_of(SupplierCredit).c).where(SupplierCredit.invoice_id == invoice_id)
    notes = (await tx.execute(wanted.order_by(SupplierCredit.entered_at))).all()
    of_notes = select(*rows_of(SupplierCreditLine).c).join(
        SupplierCredit, SupplierCredit.id == SupplierCreditLine.credit_id
    )
    of_notes = of_notes.where(SupplierCredit.invoice_id == invoice_id)
    lines = (await tx.execute(of_notes.order_by(SupplierCreditLine.line_number))).all()
    return [
        SupplierCreditView(
            **facts(note, SupplierCreditView),
            lines=[
                CreditedLineView(**facts(line, CreditedLineView))
                for line in lines
                if line.credit_id == note.id
            ],
        )
        for note in notes
    ]
