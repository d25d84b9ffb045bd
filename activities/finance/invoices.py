"""Invoices:

Computed, numbered without a gap, posted, and open until they are paid; all in one transaction.
"""

from collections.abc import Sequence
from typing import Any
from uuid import uuid5

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from activities.finance.books import Books, Entry, Source, as_json, books_on, check_accounts
from activities.finance.goods_cost import goods_cost_entry
from domains.finance.messages import InvoicePosted, PostGoodsCost, PostInvoice
from domains.finance.rules import invoices as rules
from domains.finance.rules.invoices import ComputedInvoice, Terms
from domains.finance.rules.journal import Line
from domains.master_data import queries as master_data
from domains.master_data.views import CustomerView
from foundation.errors import NotFound
from foundation.operation import operation

_WRITE = text(
    """
    SELECT finance.write_invoice(
        :fiscal_year, CAST(:invoice AS jsonb), CAST(:lines AS jsonb), CAST(:taxes AS jsonb),
        CAST(:items AS jsonb), CAST(:entries AS jsonb))
    """
)


@operation("finance.post_invoice")
async def post_invoice(session: AsyncSession, invoice: PostInvoice) -> InvoicePosted:
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


async def _terms(session: AsyncSession, invoice: PostInvoice, books: Books) -> tuple[CustomerView, Terms]:
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
    return asked | {
        "id": invoice.invoice_id,
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


def _lines(invoice: PostInvoice, computed: ComputedInvoice) -> list[dict[str, Any]]:
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


def _taxes(
    invoice: PostInvoice, computed: ComputedInvoice, terms: Terms, books: Books
) -> list[dict[str, Any]]:
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


def _open_items(invoice: PostInvoice, computed: ComputedInvoice) -> list[dict[str, Any]]:
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
