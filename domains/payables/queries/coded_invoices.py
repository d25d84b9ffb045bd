"""Suppliers' invoices without an order: under a lock, and as a list."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select

from domains.ledger.queries.documents import OpenItemView, items_of, open_item_view, reversal_of
from domains.ledger.queries.open_items import open_of
from domains.payables.messages.coded_invoices import CodedInvoiceStatus, CodedLine, EnterCodedInvoice
from domains.payables.tables.coded_invoices import CodedInvoice, CodedInvoiceLine
from foundation.database.connections import facts, rows_of
from foundation.database.lists import Listing, between, equal, named, only
from foundation.database.transaction import Row, Transaction
from foundation.values.messages import Message, ShownAmount, ShownQuantity

LOCKED = (
    select(*rows_of(CodedInvoice).c)
    .where(CodedInvoice.id == bindparam("invoice", type_=Uuid))
    .with_for_update()
)


class CodedInvoiceSummary(Message):
    """A supplier's invoice without an order as a list shows it; amounts in its currency."""

    invoice_id: UUID
    invoice_number: str
    status: CodedInvoiceStatus
    process_id: str
    supplier_code: str
    supplier_number: str
    invoiced_on: date
    posted_on: date
    due_on: date
    currency: str
    reverse_charge: bool
    net_amount: ShownAmount
    tax_amount: ShownAmount
    total_amount: ShownAmount
    open_amount: ShownAmount
    """What is still to be paid."""
    entered_by: str
    decided_by: str | None
    reason: str
    reversed_by: str | None
    """The number of the reversal, when it was taken back."""


class CodedLineView(Message):
    """What is billed, without tax, and the account that it is coded to."""

    line_number: int
    account_code: str
    text: str
    net_amount: ShownAmount
    tax_code: str
    tax_amount: ShownAmount
    deductible_percent: ShownQuantity
    non_deductible_amount: ShownAmount
    """What of its tax is no input tax, and part of what it cost."""
    dimensions: dict[str, str]


class CodedInvoiceView(CodedInvoiceSummary):
    """The whole invoice."""

    rate: ShownQuantity
    payment_terms_code: str
    base_total_amount: ShownAmount
    entered_at: datetime
    lines: list[CodedLineView]
    open_items: list[OpenItemView]


_INVOICES = select(
    *rows_of(CodedInvoice).c,
    func.abs(open_of(CodedInvoice.id)).label("open_amount"),
    reversal_of("coded_invoice", CodedInvoice.id).label("reversed_by"),
)


def coded_invoice_summary(row: Any) -> CodedInvoiceSummary:
    """One row of `CODED_INVOICES`."""
    return CodedInvoiceSummary(
        invoice_id=row.id, invoice_number=row.number, **facts(row, CodedInvoiceSummary)
    )


CODED_INVOICES = Listing(
    name="coded_invoices",
    about="Suppliers' invoices without an order, the newest first.",
    view=CodedInvoiceSummary,
    rows=_INVOICES,
    to_view=coded_invoice_summary,
    filters=(
        equal(CodedInvoice.supplier_code, "supplier"),
        equal(CodedInvoice.number),
        equal(CodedInvoice.supplier_number),
        equal(CodedInvoice.status),
        *between(CodedInvoice.invoiced_on),
        *between(CodedInvoice.posted_on),
        *between(CodedInvoice.due_on),
        *between(CodedInvoice.total_amount),
        only("only_open", open_of(CodedInvoice.id) != 0, "Only those that are not paid"),
    ),
    sorts=named(CodedInvoice.posted_on, CodedInvoice.due_on, CodedInvoice.number, CodedInvoice.total_amount),
    order="-posted_on",
    unique=(CodedInvoice.id,),
)


async def coded_invoice(tx: Transaction, invoice_id: UUID) -> CodedInvoiceView:
    """One of them with its lines and open items. Refuses: NotFound."""
    wanted = _INVOICES.where(CodedInvoice.id == invoice_id)
    found = await tx.existing(wanted, f"invoice without an order {invoice_id}")
    items = (await tx.execute(items_of(invoice_id))).all()
    return CodedInvoiceView(
        invoice_id=found.id,
        invoice_number=found.number,
        lines=[CodedLineView(**facts(line, CodedLineView)) for line in await lines_of(tx, invoice_id)],
        open_items=[open_item_view(item) for item in items],
        **facts(found, CodedInvoiceView),
    )


async def lines_of(tx: Transaction, invoice_id: UUID) -> list[Row]:
    """Its lines, in their order."""
    of_it = select(*rows_of(CodedInvoiceLine).c).where(CodedInvoiceLine.invoice_id == invoice_id)
    return list((await tx.execute(of_it.order_by(CodedInvoiceLine.line_number))).all())


def asked_for(head: Any, lines: Sequence[Any]) -> EnterCodedInvoice:
    """The invoice as it was asked for, with what was filled in."""
    coded = tuple(
        CodedLine(**{name: getattr(line, name) for name in CodedLine.model_fields}) for line in lines
    )
    own = {"invoice_id": head.id, "is_no_duplicate": True, "lines": coded}
    same = EnterCodedInvoice.model_fields.keys() - own.keys()
    return EnterCodedInvoice(**own, **{name: getattr(head, name) for name in same})
