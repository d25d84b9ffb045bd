"""Invoices: computed, numbered without a gap, posted, and open until they are paid; in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pydantic_core import to_json

from activities.ledger.posting import Books, books_on
from activities.receivables import invoice_writer as writer
from domains.ledger.messages import Document
from domains.master_data import queries as master_data
from domains.master_data.rules.units import SIX_DECIMALS
from domains.receivables.messages import (
    AwaitPayment,
    CollectiveInvoicePosted,
    InvoicePosted,
    LineToBill,
    PostCollectiveInvoice,
    PostInvoice,
)
from domains.receivables.messages.events import CollectiveInvoicePostedEvent, InvoicePostedEvent
from domains.receivables.queries import billing as queries
from domains.receivables.rules import collective
from domains.receivables.rules import invoices as rules
from domains.receivables.rules.invoices import ComputedInvoice
from domains.receivables.tables.billing import BilledMonth
from domains.receivables.tables.invoices import Invoice, InvoiceLine, InvoiceOrder, InvoiceTax
from foundation.database.documents import write_document
from foundation.database.transaction import CORRELATION, Transaction
from foundation.operations.commands import begin
from foundation.operations.mailbox import BeginProcess
from foundation.operations.operation import operation
from foundation.runtime import visibility
from foundation.values.days import check_not_before
from foundation.values.money import ZERO

# Of what the order committed, the billed part becomes an open item; the last invoice frees the rest.
_LOWER_COMMITMENT = """
    UPDATE receivables.credit_commitment SET open_amount = CASE
        WHEN :completes THEN 0 ELSE greatest(open_amount - CAST(:billed AS numeric), 0) END
    WHERE order_id = CAST(:committed_order AS uuid)
"""
_LOWER_COMMITMENTS = """
    UPDATE receivables.credit_commitment c
    SET open_amount = CASE WHEN o.completes THEN 0
        ELSE greatest(c.open_amount - greatest(o.base_total_amount, 0), 0) END
    FROM jsonb_to_recordset(CAST(:shares AS jsonb))
        AS o (order_id uuid, base_total_amount numeric, completes boolean)
    WHERE c.order_id = o.order_id AND c.open_amount <> 0
"""
# The rows are locked already by whoever computed what is billed.
_BILL_DUE = """
    UPDATE receivables.billing_due SET invoice_id = CAST(:billed_by AS uuid)
    WHERE id = ANY (CAST(:due AS uuid[]))
"""


@operation("receivables.post_invoice", event=InvoicePostedEvent)
async def post_invoice(tx: Transaction, invoice: PostInvoice) -> InvoicePosted:
    """Bill a customer: revenue, taxes and receivable are posted, open items written, the credit commitment
    lowered by what is billed.

    Refuses: TooEarly when it is before the order, Invalid, NotFound, NotPostable, NoExchangeRate,
    NoFiscalYear, PeriodLocked, NoAccountFor.
    """
    if invoice.agreed_on is not None:
        check_not_before("invoiced_on", invoice.invoiced_on, invoice.agreed_on, invoice.order_number)
    books = await books_on(tx, invoice.invoiced_on)
    said, terms = await writer.terms_of(tx, invoice, books, invoice.agreed_on)
    computed = rules.compute(invoice, terms)
    number = tx.closing.number("INV", books.fiscal_year)
    head = invoice.model_dump(exclude={"invoice_id", "lines", "completes_order", "agreed_on"}) | {
        "id": invoice.invoice_id,
        "number": number,
    }
    write_document(tx, {Invoice: head | writer.computed_columns(computed, terms, said)})
    write_document(tx, {InvoiceLine: writer.line_rows(invoice, computed, terms)})
    write_document(tx, {InvoiceTax: writer.tax_rows(invoice, computed, said, books)})
    lowered = {
        "completes": invoice.completes_order,
        "billed": max(computed.base_total, ZERO),
        "committed_order": invoice.order_id,
    }
    tx.closing.add_statement(_LOWER_COMMITMENT, lowered)
    document = Document(
        "invoice", invoice.invoice_id, number, process_id=invoice.process_id, order_id=invoice.order_id
    )
    about = f"Invoice {number} to {said.customer.name} for {invoice.order_number}"
    await writer.write_posting(tx, books, invoice, computed, terms, document, about)
    return writer.answer_of(invoice, number, computed)


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


@operation("receivables.post_collective_invoice", event=CollectiveInvoicePostedEvent)
async def post_collective_invoice(tx: Transaction, post: PostCollectiveInvoice) -> CollectiveInvoicePosted:
    """Bill a customer for a month: as `receivables.post_invoice` does, in one invoice over all that is due.

    A month is billed once, also when nothing is left to be billed. With the invoice begins the process that
    tells its orders and waits for its money. Refuses: EarlierMonthIsDue, and what `receivables.post_invoice`
    refuses.
    """
    if earlier := await queries.month_to_wait_for(tx, post):
        raise collective.EarlierMonthIsDue(f"{earlier} of {post.customer_code} is billed before {post.month}")
    due = await queries.locked_due(tx, post)
    answer = await _billed(tx, post, due) if due else CollectiveInvoicePosted()
    month = post.model_dump(exclude={"process_id", "after_months"}) | {"invoice_id": answer.invoice_id}
    write_document(tx, {BilledMonth: month})
    if answer.invoice_id is not None:
        await begin(tx, await _waiting_for_money(tx, post))
    return answer


async def _waiting_for_money(tx: Transaction, post: PostCollectiveInvoice) -> BeginProcess:
    customer = await master_data.customer(tx, post.customer_code)
    whose = visibility.named(customer.name if customer else "", post.customer_code)
    await_payment = AwaitPayment(
        invoice_id=post.invoice_id,
        month=post.month,
        customer_code=post.customer_code,
        currency=post.currency,
    )
    return BeginProcess(
        process_id=post.process_id,
        body=await_payment.model_dump(mode="json"),
        party=post.customer_code,
        summary=f"Bills {whose} for {post.month}",
        correlation_id=tx.info[CORRELATION],
        begun_by="",
    )


async def _billed(
    tx: Transaction, post: PostCollectiveInvoice, due: Sequence[Any]
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
    books = await books_on(tx, bill.invoiced_on)
    said, terms = await writer.terms_of(tx, bill, books)
    computed = rules.compute(bill, terms)
    number = tx.closing.number("INV", books.fiscal_year)
    head = _head_of_month(bill, post) | writer.computed_columns(computed, terms, said)
    write_document(tx, {Invoice: head | {"number": number}})
    lines = [
        row | _delivery(of) for row, of in zip(writer.line_rows(bill, computed, terms), due, strict=True)
    ]
    write_document(tx, {InvoiceLine: lines})
    write_document(tx, {InvoiceTax: writer.tax_rows(bill, computed, said, books)})
    await _charge_orders(tx, bill, due, _orders(due, computed, books))
    document = Document("invoice", post.invoice_id, number, process_id=post.process_id)
    about = f"Invoice {number} to {said.customer.name} for {post.month}"
    await writer.write_posting(tx, books, bill, computed, terms, document, about)
    answer = writer.answer_of(bill, number, computed)
    return CollectiveInvoicePosted(**answer.model_dump(exclude={"invoiced_on"}))


async def _charge_orders(
    tx: Transaction, bill: _MonthlyBill, due: Sequence[Any], orders: Sequence[dict[str, Any]]
) -> None:
    """What each order is charged, and what it needs no credit for any more; what is billed is due no more."""
    write_document(tx, {InvoiceOrder: [order | {"invoice_id": bill.invoice_id} for order in orders]})
    billed = [row.id for row in due]
    completed = await queries.completed_by(tx, [order["order_id"] for order in orders], billed)
    shares = [
        {
            "order_id": order["order_id"],
            "base_total_amount": order["base_total_amount"],
            "completes": order["order_id"] in completed,
        }
        for order in orders
    ]
    tx.closing.add_statement(_LOWER_COMMITMENTS, {"shares": to_json(shares).decode()})
    tx.closing.add_statement(_BILL_DUE, {"billed_by": bill.invoice_id, "due": billed})


def _line_due(row: Any) -> LineToBill:
    facts = {name: getattr(row, name) for name in LineToBill.model_fields}
    left = row.quantity - row.withdrawn_quantity
    in_stock = row.stock_quantity and (row.stock_quantity * left / row.quantity).quantize(SIX_DECIMALS)
    return LineToBill(**facts | {"quantity": left, "stock_quantity": in_stock})


def _delivery(row: Any) -> dict[str, Any]:
    return {
        name: getattr(row, name) for name in ("order_id", "shipment_id", "shipment_number", "delivered_on")
    }


def _head_of_month(bill: _MonthlyBill, post: PostCollectiveInvoice) -> dict[str, Any]:
    asked = {name: value for name, value in vars(bill).items() if name not in ("lines", "invoice_id")}
    own = {"id": post.invoice_id, "process_id": post.process_id, "customer_reference": ""}
    return asked | own


def _orders(due: Sequence[Any], computed: ComputedInvoice, books: Books) -> list[dict[str, Any]]:
    """What the invoice charges each order, in the orders' order."""
    of_orders = [row.order_id for row in due]
    shares = collective.shares(of_orders, computed.taxed.lines, computed.base_total, books.currency)
    names = ("order_id", "order_number", "customer_reference", "process_id")
    known = {row.order_id: {name: getattr(row, name) for name in names} for row in due}
    return [
        known[order_id] | vars(share) | {"total_amount": share.total_amount}
        for order_id, share in shares.items()
    ]
