"""Suppliers' invoices: matched with what has come, posted, and taken back."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text

from activities.ledger import posting
from activities.ledger.posting import (
    Books,
    Entry,
    Settling,
    books_on,
    check_open_on,
    settle_goods,
    write_entry,
    write_items,
)
from domains.ledger.messages import Document, DocumentReversed, Line, OpenGoods, Source
from domains.ledger.queries.goods_received import goods_of_order
from domains.master_data import queries as master_data
from domains.master_data.rules.validity import as_of
from domains.payables import rules
from domains.payables.messages import (
    PayablesRole,
    PostSupplierInvoice,
    ReverseSupplierInvoice,
    SupplierInvoicePosted,
    SupplierInvoicePostedEvent,
    SupplierInvoiceReversedEvent,
)
from domains.payables.queries import supplier_invoice
from domains.payables.rules import BillTerms, ComputedBill, MatchedLine
from domains.payables.tables import SupplierInvoice, SupplierInvoiceLine
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.days import check_not_before
from foundation.values.errors import NotFound
from foundation.values.money import ZERO, DualAmount

# Two that enter the same invoice of a supplier at the same moment wait for each other.
_ONE_AT_A_TIME = text(
    "SELECT pg_advisory_xact_lock(hashtextextended(foundation.current_company() || :named, 0))"
)
_BILLED = text(
    """
    SELECT i.number FROM payables.supplier_invoice i
    WHERE i.supplier_code = :supplier AND i.normal_number = :number
        AND NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = i.id)
    """
)


@operation("payables.post_supplier_invoice", event=SupplierInvoicePostedEvent)
async def post_supplier_invoice(tx: Transaction, post: PostSupplierInvoice) -> SupplierInvoicePosted:
    """Match an invoice with the order and with what has come, post it, and owe it.

    What has come and is billed is goods received, not invoiced, no more; other prices are a price difference,
    another rate since the receipt is an exchange difference. Tax is input tax. Refuses: BilledAlready,
    NotReceived, PriceDiffers, Invalid when it is not what the invoice says; TooEarly, StillSettled,
    NoExchangeRate, NoFiscalYear, PeriodLocked, NoAccountFor.
    """
    books = await books_on(tx, post.posted_on)
    check_not_before("posted_on", post.posted_on, post.invoiced_on, post.supplier_number)
    await _check_not_billed(tx, post)
    terms = await _terms(tx, post, books)
    received = await goods_of_order(tx, post.order_id, on=post.posted_on)
    matched = rules.match(post, received, base_currency=books.currency)
    await _check_days(tx, post, received, matched)
    computed = rules.compute(post, matched, terms)
    number = tx.closing.number("SI", books.fiscal_year)
    _write(tx, post, computed, matched, terms, number)
    lines = rules.postings(post, computed, matched, terms, books.account)
    about = f"Invoice {number} of {post.supplier_code}, {post.supplier_number}"
    await _post(tx, books, post, matched, lines, about)
    document = Document(
        "supplier_invoice", post.invoice_id, number, process_id=post.process_id, order_id=post.order_id
    )
    items = rules.open_items(post, computed, terms, books.account)
    write_items(tx, document, items, on=post.posted_on, currency=post.currency)
    _settle(tx, Settling("supplier_invoice", post.invoice_id, number, post.posted_on), matched)
    return _answer(post, computed, number, lines, books)


async def _check_not_billed(tx: Transaction, post: PostSupplierInvoice) -> None:
    """A supplier's number counts once, however it is written. Refuses: BilledAlready."""
    normal = rules.normal_number(post.supplier_number)
    await tx.execute(_ONE_AT_A_TIME, {"named": f" {post.supplier_code} {normal}"})
    if known := await tx.scalar(_BILLED, {"supplier": post.supplier_code, "number": normal}):
        why = f"invoice {post.supplier_number} of {post.supplier_code} was posted as {known}"
        raise rules.BilledAlready(why, errors=[("supplier_number", why)])


async def _check_days(
    tx: Transaction, post: PostSupplierInvoice, received: Sequence[OpenGoods], matched: Sequence[MatchedLine]
) -> None:
    """Goods have come by the day, and were not billed then by what was taken back later.

    Refuses: TooEarly, StillSettled.
    """
    billed = {part.item_id for one in matched for part in one.settles}
    for goods in received:
        if goods.item_id in billed:
            await check_open_on(tx, "posted_on", post.posted_on, goods.opened)


async def _terms(tx: Transaction, post: PostSupplierInvoice, books: Books) -> BillTerms:
    """BillTerms are those of the order's day. Refuses: NotFound, NoExchangeRate, ExchangeRateTooOld."""
    payment = await master_data.payment_terms(tx, post.payment_terms_code)
    if payment is None:
        raise NotFound(f"there are no payment terms {post.payment_terms_code}")
    return BillTerms(
        payment=as_of(payment, post.agreed_on),
        tax_codes=await master_data.tax_codes(tx, (line.tax_code for line in post.lines)),
        tax_rounding=books.tax_rounding,
        base_currency=books.currency,
        rate=await master_data.exchange_rate(tx, post.currency, post.posted_on, base=books.currency),
    )


async def _post(
    tx: Transaction,
    books: Books,
    post: PostSupplierInvoice,
    matched: Sequence[MatchedLine],
    lines: Sequence[Line],
    about: str,
) -> None:
    """One entry; and another, in the company's currency, that clears what has come for one that is not."""
    source = Source("supplier_invoice", post.invoice_id, "supplier_invoice")
    await write_entry(tx, books, Entry(source, post.posted_on, post.currency, about, lines))
    if post.currency != books.currency:
        cleared = rules.clearing(post, matched, books.account)
        source = Source("supplier_invoice", post.invoice_id, "goods received")
        await write_entry(tx, books, Entry(source, post.posted_on, books.currency, about, cleared))


def _settle(tx: Transaction, by: Settling, matched: Sequence[MatchedLine]) -> None:
    """What has come and is billed is not open any more; several lines may bill goods of one receipt."""
    together: dict[UUID, tuple[Decimal, Decimal]] = {}
    for part in (part for one in matched for part in one.settles):
        quantity, value = together.get(part.item_id, (ZERO, ZERO))
        together[part.item_id] = quantity + part.quantity, value + part.base_amount
    for item_id, (quantity, value) in together.items():
        settle_goods(tx, by, item_id, quantity, DualAmount(-value, -value))


def _write(
    tx: Transaction,
    post: PostSupplierInvoice,
    computed: ComputedBill,
    matched: Sequence[MatchedLine],
    terms: BillTerms,
    number: str,
) -> None:
    """The invoice with its lines."""
    taxed = computed.taxed
    asked = post.model_dump(exclude={"invoice_id", "lines", "agreed_on", "accepts_price_differences"})
    found = {
        "id": post.invoice_id,
        "number": number,
        "normal_number": rules.normal_number(post.supplier_number),
        "due_on": computed.due_on,
        "rate": terms.rate,
        "net_amount": taxed.net_amount,
        "tax_amount": taxed.tax_amount,
        "base_total_amount": sum(computed.base_due, ZERO),
    }
    write_document(tx, {SupplierInvoice: asked | found})
    rows = [
        one.line.model_dump(exclude={"left_quantity"})
        | {"invoice_id": post.invoice_id, "line_number": position, "base_received_amount": one.base_amount}
        | vars(amounts)
        for position, (one, amounts) in enumerate(zip(matched, taxed.lines, strict=True), start=1)
    ]
    write_document(tx, {SupplierInvoiceLine: rows})


def _answer(
    post: PostSupplierInvoice,
    computed: ComputedBill,
    number: str,
    lines: Sequence[Line],
    books: Books,
) -> SupplierInvoicePosted:
    differs = books.accounts.get(PayablesRole.PRICE_DIFFERENCE)
    return SupplierInvoicePosted(
        invoice_id=post.invoice_id,
        invoice_number=number,
        supplier_code=post.supplier_code,
        supplier_number=post.supplier_number,
        order_number=post.order_number,
        posted_on=post.posted_on,
        due_on=computed.due_on,
        currency=post.currency,
        net_amount=computed.taxed.net_amount,
        tax_amount=computed.taxed.tax_amount,
        total_amount=computed.taxed.total_amount,
        price_difference=sum((one.base_amount for one in lines if one.account_code == differs), ZERO),
        exchange_difference=sum((one.base_amount for one in lines if one.text == rules.EXCHANGE), ZERO),
    )


@operation("payables.reverse_supplier_invoice", event=SupplierInvoiceReversedEvent)
async def reverse_supplier_invoice(tx: Transaction, reverse: ReverseSupplierInvoice) -> DocumentReversed:
    """Take an invoice back, as a whole: it is owed no more, and what it billed has come and is not invoiced.

    Refuses: NotFound, ReversedAlready, StandsOnIt when something of it was paid; TooEarly, NotPostable,
    NoFiscalYear, PeriodLocked.
    """
    invoice = await supplier_invoice(tx, reverse.invoice_id)
    return await posting.reverse(
        tx,
        "supplier_invoice",
        reverse.invoice_id,
        reversal_id=reverse.reversal_id,
        on=reverse.reversed_on,
        reason=reverse.reason,
        number=invoice.invoice_number,
        posted_on=invoice.posted_on,
    )
