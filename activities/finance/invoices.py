"""Invoices:

Computed, numbered without a gap, posted, and open until they are paid; all in one transaction.
"""

from typing import Any
from uuid import uuid5

from sqlalchemy import Numeric, bindparam, insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from activities.finance.journal import Books, Source, books_on, write_entry
from domains.finance.messages import InvoicePosted, PostInvoice
from domains.finance.rules import invoices as rules
from domains.finance.rules.invoices import ComputedInvoice, Terms
from domains.finance.tables.invoices import Invoice, InvoiceLine, InvoiceTax
from domains.finance.tables.receivables import OpenItem
from domains.master_data import queries as master_data
from domains.master_data.queries import CustomerView
from foundation.errors import NotFound
from foundation.operation import operation

# Of what the order committed, the billed part becomes an open item; never less than nothing stays committed.
_BILLED = text(
    "UPDATE finance.credit_commitment SET open_amount = greatest(open_amount - :billed, 0) WHERE order_id = :order"
).bindparams(bindparam("billed", type_=Numeric(18, 6)))
_NUMBER = text("SELECT finance.next_number('INV', :fiscal_year)")


@operation("finance.post_invoice")
async def post_invoice(session: AsyncSession, invoice: PostInvoice) -> InvoicePosted:
    """Bill a customer: revenue, taxes and receivable are posted, open items written, the credit commitment
    lowered.

    Refuses: Invalid, NotFound, NoExchangeRate, NoFiscalYear, PeriodLocked, NoAccountFor.
    """
    books = await books_on(session, invoice.invoiced_on)
    customer, terms = await _terms(session, invoice, books)
    computed = rules.compute(invoice, terms)
    lines = rules.postings(invoice, computed, terms, books.account)
    await session.execute(_BILLED, {"order": invoice.order_id, "billed": computed.base_total})
    number = (await session.execute(_NUMBER, {"fiscal_year": books.fiscal_year})).scalar_one()
    await session.execute(
        insert(Invoice).values(_head(invoice, computed, terms, customer) | {"number": number})
    )
    await session.execute(insert(InvoiceLine.__table__), _lines(invoice, computed))  # type: ignore[arg-type]
    await session.execute(insert(InvoiceTax.__table__), _taxes(invoice, computed, terms, books))  # type: ignore[arg-type]
    await session.execute(insert(OpenItem.__table__), _open_items(invoice, computed))  # type: ignore[arg-type]
    if lines:
        source = Source("invoice", invoice.invoice_id, "invoice")
        about = f"Invoice {number} to {customer.name} for {invoice.order_number}"
        await write_entry(
            session, books, source, lines, on=invoice.invoiced_on, currency=invoice.currency, text=about
        )
    return InvoicePosted(
        invoice_id=invoice.invoice_id,
        invoice_number=number,
        net_amount=computed.taxed.net_amount,
        tax_amount=computed.taxed.tax_amount,
        total_amount=computed.taxed.total_amount,
        due_on=computed.due[-1].due_on,
    )


async def _terms(session: AsyncSession, invoice: PostInvoice, books: Books) -> tuple[CustomerView, Terms]:
    company = await master_data.company(session)
    customer = await master_data.customer(session, invoice.customer_code)
    payment = await master_data.payment_terms(session, invoice.payment_terms_code)
    if customer is None or payment is None:
        raise NotFound(
            f"there is no customer {invoice.customer_code}, or no terms {invoice.payment_terms_code}"
        )
    terms = Terms(
        payment=payment,
        tax_codes=await master_data.tax_codes(session, (line.tax_code for line in invoice.lines)),
        tax_rounding=company.tax_rounding,
        base_currency=books.currency,
        rate=await master_data.exchange_rate(
            session, invoice.currency, invoice.invoiced_on, base=books.currency
        ),
    )
    return customer, terms


def _head(
    invoice: PostInvoice, computed: ComputedInvoice, terms: Terms, customer: CustomerView
) -> dict[str, Any]:
    asked = invoice.model_dump(exclude={"invoice_id", "lines"})
    return asked | {
        "id": invoice.invoice_id,
        "customer": customer.model_dump(mode="json"),
        "due_on": computed.due[-1].due_on,
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
