"""Suppliers' invoices: matched with what has come, posted, and taken back."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from uuid import UUID

from activities.ledger import posting
from activities.ledger.posting import (
    Books,
    Entry,
    Settling,
    discount_row,
    settle_goods,
    write_entry,
    write_items,
)
from activities.payables.blocking import find_blocked, keep_blocked, release
from activities.payables.examining import Examined, examine
from domains.ledger.messages import AccountRole, Discount, Document, DocumentReversed, Line, Source
from domains.ledger.queries.goods_received import goods_to_claim
from domains.ledger.rules.reversals import check_nothing_stands_on
from domains.payables.messages import (
    LineToMatch,
    PostSupplierInvoice,
    ReverseSupplierInvoice,
    SupplierInvoicePosted,
    SupplierInvoicePostedEvent,
    SupplierInvoiceReversedEvent,
)
from domains.payables.messages.blocks import (
    BlockCode,
    BlockStatus,
    SupplierInvoiceBlockedEvent,
    SupplierInvoiceEntered,
)
from domains.payables.queries import SupplierInvoiceView, debit_notes, supplier_invoice
from domains.payables.rules import invoices, matching
from domains.payables.rules.decisions import check_decides
from domains.payables.rules.invoices import BillTerms, ComputedBill
from domains.payables.rules.matching import MatchedLine
from domains.payables.tables import SupplierInvoice, SupplierInvoiceLine
from foundation.database.connections import facts, rows_of
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.errors import BusinessError
from foundation.values.money import ZERO, DualAmount

_OF_HEAD = set(rows_of(SupplierInvoice).c.keys()) & PostSupplierInvoice.model_fields.keys()
_OF_LINE = set(rows_of(SupplierInvoiceLine).c.keys()) & LineToMatch.model_fields.keys()


@operation(
    "payables.post_or_block_supplier_invoice", event=(SupplierInvoicePostedEvent, SupplierInvoiceBlockedEvent)
)
async def post_or_block_supplier_invoice(
    tx: Transaction, post: PostSupplierInvoice
) -> SupplierInvoiceEntered:
    """Match an invoice with the order and with what has come: post it, and owe it, when it does; or else keep
    it, with all that it waits for.

    One that was blocked and is tried again is not refused: what is in its way is one more reason. Refused is
    one that is entered, or accepted: BilledAlready, Invalid when it is not what it says; EnteredByTheSame;
    TooEarly, StillSettled, NoExchangeRate, NoFiscalYear, PeriodLocked, NoAccountFor. Refuses always: NotFound
    when it is not blocked any more.
    """
    known = await find_blocked(tx, post.invoice_id) if post.was_blocked else None
    if post.accepted_by:
        check_decides(post.accepted_by, known.entered_by if known else post.entered_by)
    try:
        found = await examine(tx, post)
        if found.matching.is_accepted:
            return SupplierInvoiceEntered(status=BlockStatus.POSTED, posted=await _post(tx, post, found))
        blocks = found.matching.blocks
    except BusinessError as refusal:
        if known is None or post.accepted_by:
            raise
        tx.closing.forget()
        blocks = (matching.block(0, BlockCode.POSTING, refusal.detail),)
    blocked = await keep_blocked(tx, post, blocks, known)
    return SupplierInvoiceEntered(status=BlockStatus.BLOCKED, blocked=blocked)


async def _post(tx: Transaction, post: PostSupplierInvoice, found: Examined) -> SupplierInvoicePosted:
    """What has come and is billed is goods received, not invoiced, no more; what is tolerated or accepted of
    another price or quantity is a price difference, another rate since the receipt an exchange difference.
    Tax is input tax. Refuses: NoAccountFor, NotPostable.
    """
    books, terms, matched, computed = found.books, found.terms, found.matching.lines, found.computed
    number = tx.closing.number("SI", books.fiscal_year)
    discount = invoices.cash_discount(
        computed.taxed, terms.payment, post.invoiced_on, post.currency, books.account
    )
    payable = books.account(AccountRole.PAYABLE)
    items = computed.open_items(post.invoice_id, post.supplier_code, account_code=payable, discount=discount)
    _write(tx, post, computed, matched, terms, number, items[0].discount)
    lines = invoices.postings(post, computed, matched, terms, books.account)
    about = f"Invoice {number} of {post.supplier_code}, {post.supplier_number}"
    await _write_entries(tx, books, post, matched, lines, about)
    document = Document(
        "supplier_invoice",
        post.invoice_id,
        number,
        process_id=post.process_id,
        order_id=post.order_id,
        party_reference=post.supplier_number,
    )
    write_items(tx, document, items, on=post.posted_on, currency=post.currency)
    _settle(tx, Settling("supplier_invoice", post.invoice_id, number, post.posted_on), matched)
    if post.was_blocked:
        await release(tx, post)  # The last, for nothing is refused after it.
    return _answer(post, found, number, lines)


async def _write_entries(
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
    if post.currency != books.currency and any(one.base_amount for one in matched):
        cleared = invoices.clearing(post, matched, books.account)
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
    discount: Discount | None,
) -> None:
    """The invoice with its lines."""
    taxed = computed.taxed
    asked = post.model_dump(include=_OF_HEAD)
    found = {
        "id": post.invoice_id,
        "number": number,
        "normal_number": invoices.normal_number(post.supplier_number),
        "due_on": computed.due_on,
        "rate": terms.rate,
        "net_amount": taxed.net_amount,
        "tax_amount": taxed.tax_amount,
        "total_amount": taxed.total_amount,
        "credited_amount": post.total_amount - taxed.total_amount,
        "base_total_amount": computed.base_total_amount,
        "discount": discount_row(discount),
    }
    write_document(tx, {SupplierInvoice: asked | found})
    rows = [
        one.line.model_dump(include=_OF_LINE)
        | {
            "invoice_id": post.invoice_id,
            "line_number": position,
            "matched_quantity": one.matched_quantity,
            "base_received_amount": one.base_amount,
        }
        | vars(amounts)
        for position, (one, amounts) in enumerate(zip(matched, taxed.lines, strict=True), start=1)
    ]
    write_document(tx, {SupplierInvoiceLine: rows})


def _answer(
    post: PostSupplierInvoice, found: Examined, number: str, lines: Sequence[Line]
) -> SupplierInvoicePosted:
    differs = found.books.accounts.get(AccountRole.PRICE_DIFFERENCE)
    matched: dict[int, Decimal] = {}
    for one in found.matching.lines:
        order_line = one.line.order_line_number
        matched[order_line] = matched.get(order_line, ZERO) + one.in_order_unit
    return SupplierInvoicePosted(
        **facts(post, SupplierInvoicePosted)
        | facts(found.computed.taxed, SupplierInvoicePosted)
        | {
            "invoice_number": number,
            "due_on": found.computed.due_on,
            "price_difference": _sum_of(line for line in lines if line.account_code == differs),
            "exchange_difference": _sum_of(line for line in lines if line.text == invoices.EXCHANGE),
            "matched": matched,
        }
    )


def _sum_of(lines: Iterable[Line]) -> Decimal:
    return sum((line.base_amount for line in lines), ZERO)


@operation("payables.reverse_supplier_invoice", event=SupplierInvoiceReversedEvent)
async def reverse_supplier_invoice(tx: Transaction, reverse: ReverseSupplierInvoice) -> DocumentReversed:
    """Take an invoice back, as a whole: it is owed no more, and what it billed has come and is not invoiced.

    Refuses: NotFound, ReversedAlready, StandsOnIt when something of it was paid, or goods went back that it
    bills; TooEarly, NotPostable, NoFiscalYear, PeriodLocked.
    """
    invoice = await supplier_invoice(tx, reverse.invoice_id)
    await _check_nothing_went_back(tx, invoice)
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


async def _check_nothing_went_back(tx: Transaction, invoice: SupplierInvoiceView) -> None:
    """Nothing that it bills is claimed back, or went back and is to be claimed. Refuses: StandsOnIt."""
    to_claim = await goods_to_claim(tx, invoice.order_id)
    lines = {line.order_line_number for line in invoice.lines}
    returns = [one.opened.number for _, one in to_claim if one.order_line_number in lines]
    notes = await debit_notes.standing_on_invoice(tx, invoice.invoice_id)
    check_nothing_stands_on(invoice.invoice_number, [*notes, *dict.fromkeys(returns)])
