"""Suppliers' invoices without an order: entered, approved, posted; turned down; and taken back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from activities.ledger import posting
from activities.ledger.posting import Books, Entry, accounts_by_code, books_on, write_entry, write_items
from activities.payables.examining import alike, check_not_billed
from domains.ledger.messages import AccountRole, Document, DocumentReversed, Source
from domains.ledger.queries.dimensions import dimensions_in_use
from domains.master_data import queries as master_data
from domains.master_data.messages import PutPaymentTerms
from domains.master_data.rules.tolerances import tolerance_for
from domains.master_data.rules.validity import as_of
from domains.master_data.views import SupplierView
from domains.payables.messages.coded_invoices import (
    CODED_INVOICE,
    CodedInvoiceChanged,
    CodedInvoiceEndedEvent,
    CodedInvoiceEntered,
    CodedInvoiceEnteredEvent,
    CodedInvoicePostedEvent,
    CodedInvoiceReversedEvent,
    CodedInvoiceStatus,
    CodedInvoiceSubmittedEvent,
    EndCodedInvoice,
    EnterCodedInvoice,
    PostCodedInvoice,
    ReverseCodedInvoice,
    SubmitCodedInvoice,
)
from domains.payables.queries import coded_invoices as queries
from domains.payables.rules import coded_invoices as rules
from domains.payables.rules.coded_invoices import ComputedCoding, KnownOfLines
from domains.payables.rules.invoices import BillTerms, normal_number
from domains.payables.tables.coded_invoices import CodedInvoice, CodedInvoiceLine
from foundation.database.documents import write_document
from foundation.database.transaction import Row, Transaction
from foundation.operations.operation import operation
from foundation.values.days import check_not_before
from foundation.values.errors import Invalid, Refusals


@operation("payables.enter_coded_invoice", event=CodedInvoiceEnteredEvent)
async def enter_coded_invoice(tx: Transaction, asked: EnterCodedInvoice) -> CodedInvoiceEntered:
    """Write a supplier's invoice down for which there is no order, and whose lines are coded to accounts. Its
    number counts as used from now on; nothing is posted before people have said yes.

    Amounts are in its currency, rounded half-up per line or document as the company's taxes are. Refuses:
    Invalid, with every field that is wrong; BilledAlready, MayBeADuplicate; TooEarly, TooFarAhead,
    NoExchangeRate, NoFiscalYear, PeriodLocked, NoAccountFor.
    """
    books = await books_on(tx, asked.posted_on)
    check_not_before("posted_on", asked.posted_on, asked.invoiced_on, asked.supplier_number)
    supplier = await _supplier(tx, asked)
    await check_not_billed(tx, asked.supplier_code, asked.supplier_number, asked.invoice_id)
    currency = asked.currency or supplier.currency
    known = await _known(tx, asked)
    rules.check_lines(asked.lines, known, currency)
    terms = await _terms(tx, asked, supplier, books, known, currency)
    computed = rules.compute(asked, currency, terms)
    for role in (AccountRole.PAYABLE, AccountRole.TAX_RECEIVABLE, AccountRole.TAX_PAYABLE):
        books.account(role)
    days = tolerance_for(
        await master_data.tolerances(tx), supplier.code, "", asked.invoiced_on
    ).duplicate_days
    if days is not None:
        of = {"supplier": supplier.code, "currency": currency, "total": computed.total_amount}
        of |= {"on": asked.invoiced_on, "days": days, "own": asked.invoice_id}
        rules.check_no_duplicate(await alike(tx, of), is_no_duplicate=asked.is_no_duplicate)
    number = tx.closing.sequence_number("CI", "payables.coded_invoice_number")
    figures = {
        "due_on": computed.due_on,
        "currency": currency,
        "net_amount": computed.taxed.net_amount,
        "tax_amount": computed.taxed.tax_amount,
        "total_amount": computed.total_amount,
        "base_total_amount": computed.base_total_amount,
    }
    named = asked.model_dump(include={"supplier_code", "supplier_number", "invoiced_on", "posted_on"})
    _write(tx, asked, named | figures | {"number": number, "rate": terms.rate}, computed, terms)
    return CodedInvoiceEntered(
        invoice_id=asked.invoice_id,
        invoice_number=number,
        supplier_name=supplier.name,
        of_cost_centres=rules.of_cost_centres(asked.lines, terms),
        lines=asked.lines,
        **named | figures,
    )


async def _supplier(tx: Transaction, asked: EnterCodedInvoice) -> SupplierView:
    """Refuses: Invalid."""
    refusals = Refusals()
    supplier = await master_data.supplier(tx, asked.supplier_code)
    if supplier is None:
        refusals.add("supplier_code", f"there is no supplier {asked.supplier_code}")
    elif supplier.blocked:
        refusals.add("supplier_code", f"{supplier.name} is blocked")
    refusals.raise_if_any()
    assert supplier is not None
    return supplier


async def _known(tx: Transaction, asked: EnterCodedInvoice) -> KnownOfLines:
    """What there is of all that the lines name."""
    codes = {code for line in asked.lines for code in line.dimensions.values()}
    return KnownOfLines(
        accounts=await accounts_by_code(tx, (line.account_code for line in asked.lines)),
        dimensions=await dimensions_in_use(tx, codes),
        tax_codes=await master_data.tax_codes(tx, (line.tax_code for line in asked.lines)),
    )


async def _terms(
    tx: Transaction,
    asked: EnterCodedInvoice,
    supplier: SupplierView,
    books: Books,
    known: KnownOfLines,
    currency: str,
) -> BillTerms:
    """Those of the invoice's day. Refuses: Invalid, NoExchangeRate, ExchangeRateTooOld."""
    code = asked.payment_terms_code or supplier.payment_terms_code
    payment = await master_data.payment_terms(tx, code)
    if payment is None:
        why = f"there are no payment terms {code}"
        raise Invalid(f"payment_terms_code: {why}", errors=[("payment_terms_code", why)])
    return BillTerms(
        payment=as_of(payment, asked.invoiced_on),
        tax_codes=known.tax_codes,
        tax_rounding=books.tax_rounding,
        base_currency=books.currency,
        rate=await master_data.exchange_rate(tx, currency, asked.posted_on, base=books.currency),
    )


def _write(
    tx: Transaction,
    asked: EnterCodedInvoice,
    head: Mapping[str, Any],
    computed: ComputedCoding,
    terms: BillTerms,
) -> None:
    """The invoice with its lines."""
    own = {
        "id": asked.invoice_id,
        "status": CodedInvoiceStatus.ENTERED.value,
        "normal_number": normal_number(asked.supplier_number),
        "payment_terms_code": terms.payment.code,
        "terms": terms.payment.model_dump(mode="json", include=set(PutPaymentTerms.model_fields)),
    }
    same = asked.model_dump(include={"process_id", "reverse_charge", "entered_by"})
    write_document(tx, {CodedInvoice: {**head, **own, **same}})
    rows = [
        {
            "invoice_id": asked.invoice_id,
            "line_number": number,
            **line.model_dump(),
            "tax_amount": taxed.tax_amount,
            "non_deductible_amount": kept,
        }
        for number, (line, taxed, kept) in enumerate(
            zip(asked.lines, computed.taxed.lines, computed.non_deductible, strict=True), start=1
        )
    ]
    write_document(tx, {CodedInvoiceLine: rows})


@operation("payables.submit_coded_invoice", event=CodedInvoiceSubmittedEvent)
async def submit_coded_invoice(tx: Transaction, submit: SubmitCodedInvoice) -> CodedInvoiceChanged:
    """People are asked about it. Refuses: NotFound, CodedInvoiceNotInThisStatus."""
    head = await _head(tx, submit.invoice_id)
    rules.check_entered(head.number, head.status)
    return _changed(head)


@operation("payables.post_coded_invoice", event=CodedInvoicePostedEvent)
async def post_coded_invoice(tx: Transaction, post: PostCodedInvoice) -> CodedInvoiceChanged:
    """Post an invoice as it was entered, when it is approved: it is owed, with its terms of payment, and paid
    as any other invoice of a supplier.

    Refuses: NotFound, CodedInvoiceNotInThisStatus; NoFiscalYear, PeriodLocked, TooFarAhead, NotPostable,
    NoAccountFor; TooEarly.
    """
    head = await _head(tx, post.invoice_id)
    rules.check_entered(head.number, head.status)
    books = await books_on(tx, post.posted_on)
    check_not_before("posted_on", post.posted_on, head.invoiced_on, head.supplier_number)
    asked, computed, terms = await _as_entered(tx, head, books)
    entry = rules.postings(asked, computed, terms, books.account)
    about = f"Invoice {head.number} of {head.supplier_code}, {head.supplier_number}"
    source = Source(CODED_INVOICE, head.id, CODED_INVOICE)
    await write_entry(tx, books, Entry(source, post.posted_on, head.currency, about, entry))
    items = computed.open_items(
        head.id,
        head.supplier_code,
        account_code=books.account(AccountRole.PAYABLE),
        discount=rules.cash_discount(asked, computed, terms, books.account),
    )
    document = Document(CODED_INVOICE, head.id, head.number, party_reference=head.supplier_number)
    write_items(tx, document, items, on=post.posted_on, currency=head.currency)
    changes = {"status": CodedInvoiceStatus.POSTED.value, **post.model_dump(exclude={"invoice_id"})}
    return _changed(await tx.update(CodedInvoice, head.id, **changes))


async def _as_entered(
    tx: Transaction, head: Row, books: Books
) -> tuple[EnterCodedInvoice, ComputedCoding, BillTerms]:
    """The invoice with the figures that people have said yes to, as they were written down: with its terms as
    they were then.
    """
    lines = await queries.lines_of(tx, head.id)
    payment = PutPaymentTerms.model_validate(head.terms)
    terms = BillTerms(payment, {}, books.tax_rounding, books.currency, head.rate)
    asked = queries.asked_for(head, lines)
    return asked, rules.as_computed(asked, head, lines, terms), terms


@operation("payables.end_coded_invoice", event=CodedInvoiceEndedEvent)
async def end_coded_invoice(tx: Transaction, end: EndCodedInvoice) -> CodedInvoiceChanged:
    """It is not posted: its number may be entered again. Does nothing when there is no such invoice.

    Refuses: CodedInvoiceNotInThisStatus.
    """
    head = (await tx.execute(queries.LOCKED, {"invoice": end.invoice_id})).one_or_none()
    if head is None:
        return CodedInvoiceChanged(invoice_id=end.invoice_id)
    rules.check_entered(head.number, head.status)
    status = CodedInvoiceStatus.REJECTED if end.rejected_by else CodedInvoiceStatus.CANCELLED
    changes = {"status": status.value, "decided_by": end.rejected_by or None, "reason": end.reason}
    return _changed(await tx.update(CodedInvoice, head.id, **changes))


@operation("payables.reverse_coded_invoice", event=CodedInvoiceReversedEvent)
async def reverse_coded_invoice(tx: Transaction, reverse: ReverseCodedInvoice) -> DocumentReversed:
    """Take a posted invoice back, as a whole: it is owed no more, and its number may be entered again.

    Refuses: NotFound, CodedInvoiceNotInThisStatus, ReversedAlready; StandsOnIt when something of it was paid;
    TooEarly, NotPostable, NoFiscalYear, PeriodLocked.
    """
    head = await _head(tx, reverse.invoice_id)
    await posting.check_not_reversed(tx, CODED_INVOICE, head.id, head.number)
    rules.check_posted(head.number, head.status)
    await tx.update(CodedInvoice, head.id, status=CodedInvoiceStatus.REVERSED.value)
    return await posting.reverse(
        tx,
        CODED_INVOICE,
        head.id,
        reversal_id=reverse.reversal_id,
        on=reverse.reversed_on,
        reason=reverse.reason,
        number=head.number,
        posted_on=head.posted_on,
    )


async def _head(tx: Transaction, invoice_id: UUID) -> Row:
    """The invoice, locked. Refuses: NotFound."""
    return await tx.existing(queries.LOCKED, f"invoice {invoice_id}", {"invoice": invoice_id})


def _changed(head: Row) -> CodedInvoiceChanged:
    names = ("status", "supplier_code", "supplier_number", "currency", "total_amount")
    same = {name: getattr(head, name) for name in names}
    return CodedInvoiceChanged(invoice_id=head.id, invoice_number=head.number, **same)
