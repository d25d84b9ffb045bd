"""Invoices, payments, entries, open items, accounts and years, as they are read."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from domains.finance.messages import PutAccount, PutFiscalYear
from domains.finance.tables.accounts import Account, FiscalYear
from domains.finance.tables.invoices import Invoice, InvoiceLine, InvoiceTax
from domains.finance.tables.journal import JournalEntry, JournalLine
from domains.finance.tables.receivables import OpenItem, Payment
from foundation.errors import NotFound
from foundation.messages import Message, ShownAmount, ShownQuantity


class AccountView(PutAccount):
    """An account as it stands."""

    version: int


class FiscalYearView(PutFiscalYear):
    """A fiscal year as it stands."""

    version: int


class InvoiceSummary(Message):
    """An invoice as a list shows it; amounts in its currency."""

    invoice_id: UUID
    invoice_number: str
    customer_code: str
    order_id: UUID
    order_number: str
    shipment_number: str | None
    process_id: str
    invoiced_on: date
    due_on: date
    currency: str
    net_amount: ShownAmount
    tax_amount: ShownAmount
    total_amount: ShownAmount


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


class InvoiceTaxView(Message):
    """One tax of an invoice."""

    tax_code: str
    name: str
    rate_percent: ShownQuantity | None
    exemption_reason: str
    base_amount: ShownAmount
    tax_amount: ShownAmount


class OpenItemView(Message):
    """What a customer owes (positive) or has on account (negative), in the item's currency and in the
    company's.
    """

    open_item_id: UUID
    customer_code: str
    invoice_id: UUID | None
    payment_id: UUID | None
    document_on: date
    due_on: date
    currency: str
    amount: ShownAmount
    open_amount: ShownAmount
    base_open_amount: ShownAmount


class InvoiceView(InvoiceSummary):
    """The whole invoice."""

    customer: dict[str, Any]
    """Who the customer was when it was billed."""
    customer_reference: str
    rate: ShownQuantity
    payment_terms_code: str
    prices_include_tax: bool
    discount_until: date | None
    discount_amount: ShownAmount
    posted_at: datetime
    lines: list[InvoiceLineView]
    taxes: list[InvoiceTaxView]
    open_items: list[OpenItemView]


class PaymentView(Message):
    """Money that arrived."""

    payment_id: UUID
    payment_number: str
    customer_code: str
    received_on: date
    currency: str
    amount: ShownAmount
    base_amount: ShownAmount
    reference: str
    account_code: str
    order_id: UUID | None


class JournalLineView(Message):
    """One line of an entry, debit positive."""

    line_number: int
    account_code: str
    amount: ShownAmount
    base_amount: ShownAmount
    text: str
    party_code: str | None


class EntryView(Message):
    """An entry, and the document that it posts."""

    entry_id: UUID
    entry_number: str
    posted_on: date
    fiscal_year: str
    currency: str
    text: str
    source_type: str
    source_id: UUID
    purpose: str
    reverses_id: UUID | None
    recorded_at: datetime
    lines: list[JournalLineView]


def _facts(record: Any, view: type[Message]) -> dict[str, Any]:
    return {name: getattr(record, name) for name in view.model_fields if hasattr(record, name)}


def invoices(
    *, customer: str | None, number: str | None, order_id: UUID | None, since: date | None, until: date | None
) -> Select[Any]:
    """Invoices that fit, the newest first."""
    wanted = select(Invoice).order_by(Invoice.invoiced_on.desc(), Invoice.id)
    same = {Invoice.customer_code: customer, Invoice.number: number, Invoice.order_id: order_id}
    wanted = _same(wanted, same)
    return _between(wanted, Invoice.invoiced_on, since, until)


def payments(
    *, customer: str | None, number: str | None, order_id: UUID | None, since: date | None, until: date | None
) -> Select[Any]:
    """Payments that fit, the newest first."""
    wanted = select(Payment).order_by(Payment.received_on.desc(), Payment.id)
    same = {Payment.customer_code: customer, Payment.number: number, Payment.order_id: order_id}
    return _between(_same(wanted, same), Payment.received_on, since, until)


def open_items(*, customer: str | None, only_open: bool, due_until: date | None) -> Select[Any]:
    """Open items that fit, the earliest due first."""
    wanted = select(OpenItem).order_by(OpenItem.due_on, OpenItem.id)
    wanted = _between(_same(wanted, {OpenItem.customer_code: customer}), OpenItem.due_on, None, due_until)
    return wanted.where(OpenItem.open_amount != 0) if only_open else wanted


def entries(
    *,
    account: str | None,
    source_type: str | None,
    source_id: UUID | None,
    since: date | None,
    until: date | None,
) -> Select[Any]:
    """Entries that fit, the newest first; with an account, those that move it."""
    wanted = select(JournalEntry).order_by(JournalEntry.posted_on.desc(), JournalEntry.id)
    wanted = _same(wanted, {JournalEntry.source_type: source_type, JournalEntry.source_id: source_id})
    if account is not None:
        moves = select(JournalLine.entry_id).where(JournalLine.account_code == account)
        wanted = wanted.where(JournalEntry.id.in_(moves))
    return _between(wanted, JournalEntry.posted_on, since, until)


def _same(wanted: Select[Any], columns: dict[Any, Any]) -> Select[Any]:
    for column, value in columns.items():
        if value is not None:
            wanted = wanted.where(column == value)
    return wanted


def _between(wanted: Select[Any], column: Any, since: date | None, until: date | None) -> Select[Any]:
    if since is not None:
        wanted = wanted.where(column >= since)
    return wanted if until is None else wanted.where(column <= until)


def invoice_summary(row: Row[Any]) -> InvoiceSummary:
    """One row of `invoices`."""
    invoice: Invoice = row[0]
    return InvoiceSummary(
        invoice_id=invoice.id, invoice_number=invoice.number, **_facts(invoice, InvoiceSummary)
    )


def payment_view(row: Row[Any]) -> PaymentView:
    """One row of `payments`."""
    payment: Payment = row[0]
    return PaymentView(payment_id=payment.id, payment_number=payment.number, **_facts(payment, PaymentView))


def open_item_view(row: Row[Any]) -> OpenItemView:
    """One row of `open_items`."""
    item: OpenItem = row[0]
    return OpenItemView(open_item_id=item.id, **_facts(item, OpenItemView))


def entry_view(entry: JournalEntry, lines: Sequence[JournalLine]) -> EntryView:
    """An entry with its lines."""
    return EntryView(
        entry_id=entry.id,
        entry_number=entry.number,
        lines=[JournalLineView(**_facts(line, JournalLineView)) for line in lines],
        **_facts(entry, EntryView),
    )


async def lines_of(session: AsyncSession, entry_ids: Sequence[UUID]) -> dict[UUID, list[JournalLine]]:
    """The lines of several entries, in their order."""
    wanted = select(JournalLine).where(JournalLine.entry_id.in_(entry_ids))
    found: dict[UUID, list[JournalLine]] = {entry_id: [] for entry_id in entry_ids}
    for line in await session.scalars(wanted.order_by(JournalLine.entry_id, JournalLine.line_number)):
        found[line.entry_id].append(line)
    return found


async def entry(session: AsyncSession, entry_id: UUID) -> EntryView:
    """One entry. Refuses: NotFound."""
    found = await session.get(JournalEntry, entry_id)
    if found is None:
        raise NotFound(f"there is no entry {entry_id}")
    return entry_view(found, (await lines_of(session, [entry_id]))[entry_id])


async def invoice(session: AsyncSession, invoice_id: UUID) -> InvoiceView:
    """One invoice with its lines, taxes and open items. Refuses: NotFound."""
    found = await session.get(Invoice, invoice_id)
    if found is None:
        raise NotFound(f"there is no invoice {invoice_id}")
    lines = select(InvoiceLine).where(InvoiceLine.invoice_id == invoice_id).order_by(InvoiceLine.line_number)
    taxes = select(InvoiceTax).where(InvoiceTax.invoice_id == invoice_id).order_by(InvoiceTax.line_number)
    items = select(OpenItem).where(OpenItem.invoice_id == invoice_id).order_by(OpenItem.due_on, OpenItem.id)
    return InvoiceView(
        invoice_id=found.id,
        invoice_number=found.number,
        lines=[InvoiceLineView(**_facts(line, InvoiceLineView)) for line in await session.scalars(lines)],
        taxes=[InvoiceTaxView(**_facts(tax, InvoiceTaxView)) for tax in await session.scalars(taxes)],
        open_items=[open_item_view(row) for row in await session.execute(items)],
        **_facts(found, InvoiceView),
    )


def accounts() -> Select[Any]:
    """The chart of accounts, by code."""
    return select(Account).order_by(Account.code)


def fiscal_years() -> Select[Any]:
    """The fiscal years, the earliest first."""
    return select(FiscalYear).order_by(FiscalYear.starts_on, FiscalYear.code)


def account_view(row: Row[Any]) -> AccountView:
    """One row of `accounts`."""
    return AccountView(**_facts(row[0], AccountView))


def fiscal_year_view(row: Row[Any]) -> FiscalYearView:
    """One row of `fiscal_years`."""
    return FiscalYearView(**_facts(row[0], FiscalYearView))
