"""Invoices:

Computed, numbered without a gap, posted, and open until they are paid; all in one transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from activities.ledger.goods_cost import goods_cost_entry
from activities.ledger.posting import Books, Entry, Source, as_json, books_on, check_accounts
from domains.ledger.messages import PostGoodsCost
from domains.ledger.rules.journal import Line
from domains.master_data import queries as master_data
from domains.master_data.views import CustomerView
from domains.receivables.messages import (
    CollectiveInvoicePosted,
    InvoicePosted,
    LineToBill,
    PostCollectiveInvoice,
    PostInvoice,
)
from domains.receivables.queries import billing as queries
from domains.receivables.rules import collective
from domains.receivables.rules import invoices as rules
from domains.receivables.rules.invoices import Bill, ComputedInvoice, Terms
from domains.receivables.tables.billing import BilledMonth, BillingDue
from foundation.database import rows_of
from foundation.errors import NotFound
from foundation.operation import operation
from foundation.transaction import Session, Transaction

_WRITE = text(
    """
    SELECT receivables.write_invoice(
        :fiscal_year, CAST(:invoice AS jsonb), CAST(:lines AS jsonb), CAST(:taxes AS jsonb),
        CAST(:items AS jsonb), CAST(:entries AS jsonb))
    """
)
_WRITE_COLLECTIVE = text(
    """
    SELECT receivables.write_collective_invoice(
        :fiscal_year, CAST(:invoice AS jsonb), CAST(:lines AS jsonb), CAST(:taxes AS jsonb),
        CAST(:items AS jsonb), CAST(:entries AS jsonb), CAST(:orders AS jsonb))
    """
)


@operation("receivables.post_invoice")
async def post_invoice(session: Transaction, invoice: PostInvoice) -> InvoicePosted:
    """Bill a customer: revenue, taxes and receivable are posted, open items written, the credit commitment
    lowered by what is billed; and the cost of the goods, if they have one and were not posted before.

    Refuses: Invalid, NotFound, NotPostable, NoExchangeRate, NoFiscalYear, PeriodLocked, NoAccountFor.
    """
    books = await books_on(session, invoice.invoiced_on)
    customer, terms = await _terms(session, invoice, books)
    computed = rules.compute(invoice, terms)
    lines = rules.postings(invoice, computed, terms, books.account)
    await check_accounts(session, books, lines)
    document = {
        "fiscal_year": books.fiscal_year,
        "invoice": as_json(_head(invoice, computed, terms, customer)),
        "lines": as_json(_lines(invoice, computed)),
        "taxes": as_json(_taxes(invoice, computed, terms, books)),
        "items": as_json(_open_items(invoice, computed)),
        "entries": as_json([entry.as_row(books) for entry in _entries(invoice, customer, lines, books)]),
    }
    number: str = (await session.execute(_WRITE, document)).scalar_one()
    return InvoicePosted(
        invoice_id=invoice.invoice_id,
        invoice_number=number,
        net_amount=computed.taxed.net_amount,
        tax_amount=computed.taxed.tax_amount,
        total_amount=computed.taxed.total_amount,
        due_on=computed.due_on,
    )


async def _terms(session: Session, invoice: Bill, books: Books) -> tuple[CustomerView, Terms]:
    customer = await master_data.customer(session, invoice.customer_code)
    payment = await master_data.payment_terms(session, invoice.payment_terms_code)
    if customer is None or payment is None:
        raise NotFound(
            f"there is no customer {invoice.customer_code}, or no terms {invoice.payment_terms_code}"
        )
    terms = Terms(
        payment=payment,
        tax_codes=await master_data.tax_codes(session, (line.tax_code for line in invoice.lines)),
        tax_rounding=books.tax_rounding,
        base_currency=books.currency,
        rate=await master_data.exchange_rate(
            session, invoice.currency, invoice.invoiced_on, base=books.currency
        ),
    )
    return customer, terms


def _entries(
    invoice: PostInvoice, customer: CustomerView, lines: Sequence[Line], books: Books
) -> list[Entry]:
    """The entry, none for an invoice over nothing; and before it that of the goods' cost."""
    entries: list[Entry] = []
    if invoice.goods_cost and invoice.shipment_id:
        goods = PostGoodsCost(
            shipment_id=invoice.shipment_id,
            shipment_number=invoice.shipment_number or "",
            order_id=invoice.order_id,
            order_number=invoice.order_number,
            posted_on=invoice.invoiced_on,
            cost=invoice.goods_cost,
        )
        entries.append(goods_cost_entry(books, goods))
    about = f"Invoice {{number}} to {customer.name} for {invoice.order_number}"
    source = Source("invoice", invoice.invoice_id, "invoice")
    if lines:
        entries.append(Entry(source, invoice.invoiced_on, invoice.currency, about, lines))
    return entries


def _head(
    invoice: PostInvoice, computed: ComputedInvoice, terms: Terms, customer: CustomerView
) -> dict[str, Any]:
    asked = invoice.model_dump(exclude={"invoice_id", "lines"})
    return asked | {"id": invoice.invoice_id} | _computed(computed, terms, customer)


def _computed(computed: ComputedInvoice, terms: Terms, customer: CustomerView) -> dict[str, Any]:
    return {
        "customer": customer.model_dump(mode="json"),
        "due_on": computed.due_on,
        "rate": terms.rate,
        "net_amount": computed.taxed.net_amount,
        "tax_amount": computed.taxed.tax_amount,
        "total_amount": computed.taxed.total_amount,
        "base_total_amount": computed.base_total,
        "discount_until": computed.discount.until,
        "discount_amount": computed.discount.amount,
        "discount_net_amount": computed.discount.net_amount,
    }


def _lines(invoice: Bill, computed: ComputedInvoice) -> list[dict[str, Any]]:
    return [
        line.model_dump(exclude={"line_number"})
        | {
            "invoice_id": invoice.invoice_id,
            "line_number": number,
            "order_line_number": line.line_number,
            "net_amount": amounts.net_amount,
            "tax_amount": amounts.tax_amount,
        }
        for number, (line, amounts) in enumerate(
            zip(invoice.lines, computed.taxed.lines, strict=True), start=1
        )
    ]


def _taxes(invoice: Bill, computed: ComputedInvoice, terms: Terms, books: Books) -> list[dict[str, Any]]:
    return [
        {
            "invoice_id": invoice.invoice_id,
            "line_number": number,
            "tax_code": tax.tax_code,
            "name": tax.component_name,
            "account_code": rules.tax_account(tax, books.account),
            "rate_percent": tax.rate_percent,
            "exemption_reason": terms.tax_codes[tax.tax_code].exemption_reason,
            "base_amount": tax.base_amount,
            "tax_amount": tax.tax_amount,
            "discount_amount": discount,
        }
        for number, (tax, discount) in enumerate(
            zip(computed.taxed.taxes, computed.discount.tax_amounts, strict=True), start=1
        )
    ]


def _open_items(invoice: Bill, computed: ComputedInvoice) -> list[dict[str, Any]]:
    return [
        {
            "id": uuid5(invoice.invoice_id, f"instalment {number}"),
            "customer_code": invoice.customer_code,
            "invoice_id": invoice.invoice_id,
            "document_on": invoice.invoiced_on,
            "due_on": due.due_on,
            "currency": invoice.currency,
            "amount": due.amount,
            "base_amount": base,
            "open_amount": due.amount,
            "base_open_amount": base,
        }
        for number, (due, base) in enumerate(zip(computed.due, computed.base_due, strict=True), start=1)
    ]


# A month of a customer


@dataclass(frozen=True)
class _MonthlyBill:
    """What is billed for a month, dated its last day: revenue belongs where the goods' cost is."""

    invoice_id: UUID
    customer_code: str
    currency: str
    payment_terms_code: str
    prices_include_tax: bool
    invoiced_on: date
    lines: tuple[LineToBill, ...]


@operation("receivables.post_collective_invoice")
async def post_collective_invoice(
    session: AsyncSession, post: PostCollectiveInvoice
) -> CollectiveInvoicePosted:
    """Bill a customer for a month: as `receivables.post_invoice` does, in one invoice over all that is due.

    A month is billed once, also when nothing is left to be billed. Refuses: EarlierMonthIsDue, and what
    `receivables.post_invoice` refuses.
    """
    if earlier := await queries.month_to_wait_for(session, post):
        raise collective.EarlierMonthIsDue(f"{earlier} of {post.customer_code} is billed before {post.month}")
    due = await queries.locked_due(session, post)
    answer = await _billed(session, post, due) if due else CollectiveInvoicePosted()
    month = post.model_dump(exclude={"process_id", "after_months"}) | {"invoice_id": answer.invoice_id}
    await session.execute(insert(rows_of(BilledMonth)), [month])
    return answer


async def _billed(
    session: AsyncSession, post: PostCollectiveInvoice, due: Sequence[BillingDue]
) -> CollectiveInvoicePosted:
    bill = _MonthlyBill(
        invoice_id=post.invoice_id,
        customer_code=post.customer_code,
        currency=post.currency,
        payment_terms_code=post.payment_terms_code,
        prices_include_tax=post.prices_include_tax,
        invoiced_on=collective.last_day_of(post.month),
        lines=tuple(_line_due(row) for row in due),
    )
    books = await books_on(session, bill.invoiced_on)
    customer, terms = await _terms(session, bill, books)
    computed = rules.compute(bill, terms)
    lines = rules.postings(bill, computed, terms, books.account)
    await check_accounts(session, books, lines)
    about = f"Invoice {{number}} to {customer.name} for {post.month}"
    source = Source("invoice", post.invoice_id, "invoice")
    entries = [Entry(source, bill.invoiced_on, bill.currency, about, lines)] if lines else []
    document = {
        "invoice": _head_of_month(bill, post, computed, terms, customer),
        "lines": [row | _delivery(of) for row, of in zip(_lines(bill, computed), due, strict=True)],
        "taxes": _taxes(bill, computed, terms, books),
        "items": _open_items(bill, computed),
        "entries": [entry.as_row(books) for entry in entries],
        "orders": _orders(due, computed, books),
    }
    written = {name: as_json(value) for name, value in document.items()}
    written["fiscal_year"] = books.fiscal_year
    number: str = (await session.execute(_WRITE_COLLECTIVE, written)).scalar_one()
    return CollectiveInvoicePosted(
        invoice_id=post.invoice_id,
        invoice_number=number,
        net_amount=computed.taxed.net_amount,
        tax_amount=computed.taxed.tax_amount,
        total_amount=computed.taxed.total_amount,
        due_on=computed.due_on,
    )


def _line_due(row: BillingDue) -> LineToBill:
    facts = {name: getattr(row, name) for name in LineToBill.model_fields}
    return LineToBill(**facts | {"quantity": row.quantity - row.withdrawn_quantity})


def _delivery(row: BillingDue) -> dict[str, Any]:
    names = ("order_id", "shipment_id", "shipment_number", "delivered_on")
    return {name: getattr(row, name) for name in names} | {"due_id": row.id}


def _head_of_month(
    bill: _MonthlyBill,
    post: PostCollectiveInvoice,
    computed: ComputedInvoice,
    terms: Terms,
    customer: CustomerView,
) -> dict[str, Any]:
    asked = {name: value for name, value in vars(bill).items() if name != "lines"}
    own = {"id": post.invoice_id, "process_id": post.process_id, "customer_reference": ""}
    return asked | own | _computed(computed, terms, customer)


def _orders(due: Sequence[BillingDue], computed: ComputedInvoice, books: Books) -> list[dict[str, Any]]:
    """What the invoice charges each order, in the orders' order."""
    of_orders = [row.order_id for row in due]
    shares = collective.shares(of_orders, computed.taxed.lines, computed.base_total, books.currency)
    names = ("order_id", "order_number", "customer_reference", "process_id")
    known = {row.order_id: {name: getattr(row, name) for name in names} for row in due}
    return [
        known[order_id] | vars(share) | {"total_amount": share.total_amount}
        for order_id, share in shares.items()
    ]
