"""An invoice is written, whatever it bills: its rows, its entry, and an open item for each instalment."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from activities.ledger.posting import Books, Entry, write_entry, write_items
from domains.ledger.messages import Document, Source
from domains.master_data import queries as master_data
from domains.master_data.rules.records import check_taxed_so
from domains.master_data.rules.validity import as_of, since
from domains.receivables.documents.said import Said
from domains.receivables.messages import InvoicePosted
from domains.receivables.rules import invoices as rules
from domains.receivables.rules.invoices import Bill, ComputedInvoice, Terms
from foundation.database.transaction import Transaction
from foundation.values.errors import NotFound


async def write_posting(
    tx: Transaction,
    books: Books,
    invoice: Bill,
    computed: ComputedInvoice,
    terms: Terms,
    document: Document,
    about: str,
    *,
    named: Sequence[str | None] = (),
) -> None:
    """Collect the entry, none for an invoice over nothing, and an open item for each instalment.

    `named` are the revenue accounts of lines that name one.
    """
    lines = rules.postings(invoice, computed, terms, books.account, named)
    source = Source("invoice", invoice.invoice_id, "invoice")
    await write_entry(tx, books, Entry(source, invoice.invoiced_on, invoice.currency, about, lines))
    items = rules.open_items(invoice, computed, books.account)
    write_items(tx, document, items, on=invoice.invoiced_on, currency=invoice.currency)


def answer_of(invoice: Bill, number: str, computed: ComputedInvoice) -> InvoicePosted:
    """The invoice as posted, in its currency."""
    return InvoicePosted(
        invoice_id=invoice.invoice_id,
        invoice_number=number,
        net_amount=computed.taxed.net_amount,
        tax_amount=computed.taxed.tax_amount,
        total_amount=computed.taxed.total_amount,
        due_on=computed.due_on,
        invoiced_on=invoice.invoiced_on,
    )


async def terms_of(
    tx: Transaction, invoice: Bill, books: Books, agreed_on: date | None = None
) -> tuple[Said, Terms]:
    """Who is billed, in which words, and what the invoice is computed by: the terms are those of the day on
    which they were agreed. Refuses: NotFound, NoVatNumber, NoExchangeRate, ExchangeRateTooOld.
    """
    customer = await master_data.customer(tx, invoice.customer_code)
    payment = await master_data.payment_terms(tx, invoice.payment_terms_code)
    if customer is None or payment is None:
        raise NotFound(
            f"there is no customer {invoice.customer_code}, or no terms {invoice.payment_terms_code}"
        )
    terms = Terms(
        payment=as_of(payment, agreed_on or invoice.invoiced_on),
        tax_codes=await master_data.tax_codes(tx, (line.tax_code for line in invoice.lines)),
        tax_rounding=books.tax_rounding,
        base_currency=books.currency,
        rate=await master_data.exchange_rate(tx, invoice.currency, invoice.invoiced_on, base=books.currency),
    )
    company = await master_data.company(tx)
    check_taxed_so(terms.tax_codes.values(), customer, company)
    return Said(company, customer, terms.payment, invoice.currency, terms.tax_codes), terms


def computed_columns(computed: ComputedInvoice, terms: Terms, said: Said) -> dict[str, Any]:
    """What of the invoice's head was computed, and what it says beside its figures."""
    return said.head() | {
        "due_on": computed.due_on,
        "rate": terms.rate,
        "net_amount": computed.taxed.net_amount,
        "tax_amount": computed.taxed.tax_amount,
        "total_amount": computed.taxed.total_amount,
        "base_total_amount": computed.base_total,
        "discount_percent": terms.payment.discount_percent,
        "discount_until": computed.discount.until,
        "discount_amount": computed.discount.amount,
        "discount_net_amount": computed.discount.net_amount,
    }


def line_rows(invoice: Bill, computed: ComputedInvoice, terms: Terms) -> list[dict[str, Any]]:
    """The invoice's lines, numbered from 1, with their amounts."""
    return [
        line.model_dump(exclude={"line_number", "delivered_on"})
        | {
            "invoice_id": invoice.invoice_id,
            "line_number": number,
            "order_line_number": line.line_number,
            "net_amount": amounts.net_amount,
            "tax_amount": amounts.tax_amount,
            "rates_from": since(terms.tax_codes[line.tax_code], line.delivered_on or invoice.invoiced_on),
        }
        for number, (line, amounts) in enumerate(
            zip(invoice.lines, computed.taxed.lines, strict=True), start=1
        )
    ]


def tax_rows(invoice: Bill, computed: ComputedInvoice, said: Said, books: Books) -> list[dict[str, Any]]:
    """The invoice's taxes, numbered from 1, with the accounts that they are posted on."""
    return [
        {
            "invoice_id": invoice.invoice_id,
            "line_number": number,
            "tax_code": tax.tax_code,
            "rates_from": tax.rates_from,
            "name": said.tax(tax.tax_code, tax.component_name),
            "account_code": rules.tax_account(tax, books.account),
            "rate_percent": tax.rate_percent,
            "exemption_reason": said.exemption(tax.tax_code),
            "base_amount": tax.base_amount,
            "tax_amount": tax.tax_amount,
            "discount_amount": discount,
        }
        for number, (tax, discount) in enumerate(
            zip(computed.taxed.taxes, computed.discount.tax_amounts, strict=True), start=1
        )
    ]
