"""Invoices without an order, and debit notes: posted as any invoice is, and waited for by no process."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from activities.ledger.posting import Books, accounts_by_code, books_on
from activities.receivables import invoice_writer as writer
from activities.receivables.credit_note_writer import tell_of_debit_note
from domains.ledger.messages import Document, declared_roles
from domains.ledger.queries.open_items import open_documents
from domains.master_data import queries as master_data
from domains.master_data.views import CustomerView
from domains.receivables.messages import (
    DirectInvoicePosted,
    DirectLine,
    InvoicePosted,
    LineToBill,
    PostDirectInvoice,
)
from domains.receivables.messages.events import DirectInvoicePostedEvent
from domains.receivables.queries import documents as queries
from domains.receivables.rules import direct_invoices as rules
from domains.receivables.rules import invoices as invoice_rules
from domains.receivables.tables.invoices import Invoice, InvoiceLine, InvoiceTax
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.days import check_not_before
from foundation.values.errors import Invalid


@dataclass(frozen=True)
class _DirectBill:
    """What is billed, as all invoices are computed."""

    invoice_id: UUID
    customer_code: str
    currency: str
    payment_terms_code: str
    prices_include_tax: bool
    invoiced_on: date
    lines: tuple[LineToBill, ...]


@operation("receivables.post_direct_invoice", event=DirectInvoicePostedEvent)
async def post_direct_invoice(tx: Transaction, asked: PostDirectInvoice) -> DirectInvoicePosted:
    """Charge a customer without an order: computed, numbered, posted and open as any invoice is.

    A debit note names the invoice on which it charges more. Revenue goes where the line says, else to the
    account with the role `revenue`. Refuses: Invalid, NotFound, TooEarly when the invoice that it corrects is
    of a later day, NotPostable, NoExchangeRate, NoFiscalYear, PeriodLocked, NoAccountFor.
    """
    books = await books_on(tx, asked.invoiced_on)
    await _check_corrected(tx, asked)
    found = await master_data.customer(tx, asked.customer_code)
    customer = rules.check_customer(asked.customer_code, found)
    bill = await _bill(tx, asked, customer)
    named = await _accounts(tx, books, asked.lines)
    said, terms = await writer.terms_of(tx, bill, books)
    computed = invoice_rules.compute(bill, terms)
    rules.check_charges(computed, bill.currency)
    number = tx.closing.number("INV", books.fiscal_year)
    head = {
        "id": asked.invoice_id,
        "number": number,
        "process_id": "",
        "corrects_id": asked.corrects_id,
        "reason": asked.reason,
        "customer_reference": asked.customer_reference,
    }
    of_bill = {name: value for name, value in vars(bill).items() if name not in ("lines", "invoice_id")}
    write_document(tx, {Invoice: head | of_bill | writer.computed_columns(computed, terms, said)})
    lines = [
        line | {"account_code": code}
        for line, code in zip(writer.line_rows(bill, computed, terms), named, strict=True)
    ]
    write_document(tx, {InvoiceLine: lines})
    write_document(tx, {InvoiceTax: writer.tax_rows(bill, computed, said, books)})
    document = Document("invoice", asked.invoice_id, number)
    about = f"Invoice {number} to {customer.name}"
    await writer.write_posting(tx, books, bill, computed, terms, document, about, named=named)
    posted: InvoicePosted = writer.answer_of(bill, number, computed)
    return DirectInvoicePosted(**dict(posted), customer_code=customer.code, currency=bill.currency)


async def _check_corrected(tx: Transaction, asked: PostDirectInvoice) -> None:
    """What a debit note charges more on; whoever reverses it meanwhile waits. Its order is told.

    Refuses: NotFound, TooEarly, ChargesMoreAlready.
    """
    if asked.corrects_id is None:
        return
    await open_documents(tx, order_id=None, document_id=asked.corrects_id)
    corrected = await queries.invoice(tx, asked.corrects_id)
    if corrected.corrects_id is not None:
        first = await queries.invoice(tx, corrected.corrects_id)
        raise rules.ChargesMoreAlready(
            f"{corrected.invoice_number} is a debit note itself: charge more on {first.invoice_number}"
        )
    check_not_before("invoiced_on", asked.invoiced_on, corrected.invoiced_on, corrected.invoice_number)
    await tell_of_debit_note(tx, asked.corrects_id)


async def _bill(tx: Transaction, asked: PostDirectInvoice, customer: CustomerView) -> _DirectBill:
    """The invoice, with what is left out filled in from customer and items. Refuses: Invalid."""
    terms_code = asked.payment_terms_code or customer.payment_terms_code
    if await master_data.payment_terms(tx, terms_code) is None:
        why = f"there are no payment terms {terms_code}"
        raise Invalid(f"payment_terms_code: {why}", errors=[("payment_terms_code", why)])
    named = {line.item_code for line in asked.lines if line.item_code}
    items = await master_data.items_on(tx, named, asked.invoiced_on)
    corrects = asked.corrects_id is not None
    lines = rules.lines_to_bill(asked.lines, items, of_customer=customer.tax_code, corrects=corrects)
    tax_codes = await master_data.tax_codes(tx, (line.tax_code for line in lines))
    rules.check_taxes(lines, tax_codes, customer, await master_data.company(tx))
    return _DirectBill(
        invoice_id=asked.invoice_id,
        customer_code=customer.code,
        currency=asked.currency or customer.currency,
        payment_terms_code=terms_code,
        prices_include_tax=asked.prices_include_tax,
        invoiced_on=asked.invoiced_on,
        lines=lines,
    )


async def _accounts(tx: Transaction, books: Books, lines: Sequence[DirectLine]) -> list[str | None]:
    """Where each line's revenue is posted; None for the role `revenue`. Refuses: Invalid, NoAccountFor."""
    roles: dict[str, Any] = declared_roles()
    named = [
        books.account(roles[line.account_role]) if line.account_role is not None else line.account_code
        for line in lines
    ]
    known = await accounts_by_code(tx, [code for code in named if code is not None])
    rules.check_accounts(lines, named, known)
    return named
