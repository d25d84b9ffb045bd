"""An invoice beside what was ordered, what has come and what was billed before: asked before it is posted or
blocked, in the same transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Uuid, bindparam, text

from activities.ledger.posting import Books, books_on, check_open_on
from domains.ledger.messages import OpenGoods
from domains.ledger.queries.goods_received import goods_of_order
from domains.master_data import queries as master_data
from domains.master_data.rules.tolerances import tolerance_for
from domains.master_data.rules.validity import as_of
from domains.payables.messages import PostSupplierInvoice
from domains.payables.queries.goods_write_offs import standing_write_offs
from domains.payables.rules import invoices, matching
from domains.payables.rules.goods_write_offs import check_not_written_off
from domains.payables.rules.invoices import BilledAlready, BillTerms, ComputedBill, normal_number
from domains.payables.rules.matching import MatchedLine, Matching, Tolerated
from foundation.database.transaction import Transaction
from foundation.values.days import check_not_before
from foundation.values.errors import NotFound

# Two that enter the same invoice of a supplier at the same moment wait for each other.
_ONE_AT_A_TIME = text(
    "SELECT pg_advisory_xact_lock(hashtextextended(foundation.current_company() || :named, 0))"
)
_BILLED = text(
    """
    SELECT i.number FROM payables.supplier_invoice i
    WHERE i.supplier_code = :supplier AND i.normal_number = :number
        AND NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = i.id)
    UNION ALL
    SELECT b.number FROM payables.blocked_invoice b
    WHERE b.supplier_code = :supplier AND b.normal_number = :number AND b.status = 'blocked' AND b.id <> :own
    UNION ALL
    SELECT b.number FROM payables.supplier_credit c JOIN payables.blocked_invoice b ON b.id = c.invoice_id
    WHERE b.supplier_code = :supplier AND c.normal_number = :number AND b.status <> 'rejected'
        AND c.id <> :own
        AND NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = c.invoice_id)
    UNION ALL
    SELECT c.number FROM payables.coded_invoice c
    WHERE c.supplier_code = :supplier AND c.normal_number = :number AND c.status IN ('entered', 'posted')
        AND c.id <> :own
    UNION ALL
    SELECT d.number FROM payables.debit_note_confirmation c
        JOIN payables.supplier_debit_note d ON d.id = c.debit_note_id
    WHERE d.supplier_code = :supplier AND c.normal_number = :number
        AND NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = d.id)
    """
)
_OF_FILE = text(
    """
    SELECT i.number FROM payables.supplier_invoice i
    WHERE i.file_id = :file AND i.id <> :own
        AND NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = i.id)
    UNION ALL
    SELECT b.number FROM payables.blocked_invoice b
    WHERE b.file_id = :file AND b.id <> :own AND b.status = 'blocked'
    """
).bindparams(bindparam("file", type_=Uuid), bindparam("own", type_=Uuid))
# As they are printed: before what was credited of them.
_ALIKE = text(
    """
    SELECT i.number FROM payables.supplier_invoice i
    WHERE i.supplier_code = :supplier AND i.currency = :currency
        AND i.invoiced_on BETWEEN CAST(:on AS date) - CAST(:days AS integer)
            AND CAST(:on AS date) + CAST(:days AS integer)
        AND i.total_amount + i.credited_amount = :total AND i.id <> :own
        AND NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = i.id)
    UNION ALL
    SELECT b.number FROM payables.blocked_invoice b
    WHERE b.supplier_code = :supplier AND b.currency = :currency AND b.total_amount = :total
        AND b.invoiced_on BETWEEN CAST(:on AS date) - CAST(:days AS integer)
            AND CAST(:on AS date) + CAST(:days AS integer) AND b.id <> :own AND b.status = 'blocked'
    UNION ALL
    SELECT c.number FROM payables.coded_invoice c
    WHERE c.supplier_code = :supplier AND c.currency = :currency AND c.total_amount = :total
        AND c.invoiced_on BETWEEN CAST(:on AS date) - CAST(:days AS integer)
            AND CAST(:on AS date) + CAST(:days AS integer) AND c.id <> :own
        AND c.status IN ('entered', 'posted')
    ORDER BY 1
    """
)


@dataclass(frozen=True)
class Examined:
    """An invoice as it matches, with all its figures."""

    books: Books
    terms: BillTerms
    matching: Matching
    computed: ComputedBill


async def examine(tx: Transaction, post: PostSupplierInvoice) -> Examined:
    """Match and compute an invoice.

    Refuses: BilledAlready; GoodsWrittenOffBefore; Invalid when it is not what it says; TooEarly,
    StillSettled, NoExchangeRate, NoFiscalYear, PeriodLocked.
    """
    books = await books_on(tx, post.posted_on)
    check_not_before("posted_on", post.posted_on, post.invoiced_on, post.supplier_number)
    await check_not_billed(tx, post.supplier_code, post.supplier_number, post.invoice_id)
    await _check_not_entered(tx, post)
    terms = await _terms(tx, post, books)
    invoices.check_countable(post, terms.rate)
    received = await goods_of_order(tx, post.order_id, on=post.posted_on)
    check_not_written_off(post.lines, received, await standing_write_offs(tx, post.order_id))
    matched = matching.match(post, received, await _tolerated(tx, post, terms))
    await _check_days(tx, post, received, matched.lines)
    return Examined(books, terms, matched, invoices.compute(post, matched.lines, terms))


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


async def check_not_billed(tx: Transaction, supplier_code: str, supplier_number: str, own: object) -> None:
    """A supplier's number counts once, however it is written. Refuses: BilledAlready."""
    normal = normal_number(supplier_number)
    await tx.execute(_ONE_AT_A_TIME, {"named": f" {supplier_code} {normal}"})
    if known := await tx.scalar(_BILLED, {"supplier": supplier_code, "number": normal, "own": own}):
        why = f"{supplier_number} of {supplier_code} was entered as {known}"
        raise BilledAlready(why, errors=[("supplier_number", why)])


async def _check_not_entered(tx: Transaction, post: PostSupplierInvoice) -> None:
    """A file is one invoice, of whichever supplier and order it is taken for. Refuses: BilledAlready."""
    if post.file_id is None:
        return
    await tx.execute(_ONE_AT_A_TIME, {"named": f" file {post.file_id}"})
    if known := await tx.scalar(_OF_FILE, {"file": post.file_id, "own": post.invoice_id}):
        why = f"the file was entered as {known}"
        raise BilledAlready(why, errors=[("file_id", why)])


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


async def _tolerated(tx: Transaction, post: PostSupplierInvoice, terms: BillTerms) -> Tolerated:
    tolerances = await master_data.tolerances(tx)
    days = tolerance_for(tolerances, post.supplier_code, "", post.invoiced_on).duplicate_days
    found: list[str] = []
    if days is not None:
        asked = {"supplier": post.supplier_code, "currency": post.currency, "total": post.total_amount}
        found = await alike(tx, asked | {"on": post.invoiced_on, "days": days, "own": post.invoice_id})
    return Tolerated(tolerances, terms.base_currency, terms.rate, found)


async def alike(tx: Transaction, of: Mapping[str, Any]) -> list[str]:
    """The numbers of the supplier's other invoices over the same amount of about the same day. Others of the
    supplier wait, whatever their numbers are: they may be the same.
    """
    await tx.execute(_ONE_AT_A_TIME, {"named": f" {of['supplier']}"})
    return list(await tx.scalars(_ALIKE, dict(of)))
