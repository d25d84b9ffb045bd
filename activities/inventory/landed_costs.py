"""Freight, duty and insurance become a cost of the goods that came, and are taken off again."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from activities.inventory import cost_sources, postings
from activities.inventory.stock_writer import write_book
from activities.ledger import posting
from activities.ledger.posting import Entry, books_on, write_entry
from domains.inventory import tables
from domains.inventory.messages import InventoryRole
from domains.inventory.messages.landed_costs import (
    LANDED_COST,
    LandedCostPosted,
    LandedCostPostedEvent,
    LandedCostReversedEvent,
    PostLandedCost,
    ReverseLandedCost,
)
from domains.inventory.queries import landed_costs as queries
from domains.inventory.queries import locked
from domains.inventory.rules import landed_costs as rules
from domains.inventory.rules import valuation
from domains.inventory.rules.book import Book
from domains.inventory.rules.landed_costs import LandedLine, LineThatCame
from domains.ledger.messages import Document, DocumentReversed, Line, Source
from domains.master_data import queries as master_data
from domains.master_data.messages import CostingMethod
from foundation.database.connections import rows_of
from foundation.database.documents import write_document
from foundation.database.transaction import Row, Transaction
from foundation.operations.operation import operation
from foundation.values.money import ZERO, rounded

_HEAD = select(*rows_of(tables.LandedCost).c)


@operation("inventory.post_landed_cost", event=LandedCostPostedEvent)
async def post_landed_cost(tx: Transaction, asked: PostLandedCost) -> LandedCostPosted:
    """Spread a cost that was posted to the clearing account over lines of receipts. What is left of the goods
    is worth its share more; the share of what has left is cost of goods sold.

    Values are in the company's currency, at the rate at which the source was posted; parts add up to the
    cent, by largest remainders. Refuses: Invalid for a source that has posted nothing there or of which less
    is left, for receipts and lines that there are not, and for a basis that nothing can be spread by;
    ReversedAlready for a source or a receipt; TooEarly before one of them; NoFiscalYear, PeriodLocked,
    TooFarAhead, NoAccountFor.
    """
    books = await books_on(tx, asked.posted_on)
    account_code = books.account(InventoryRole.LANDED_COST_CLEARING)
    posted, source = await cost_sources.source_left(tx, asked, account_code)
    amount, value = rules.value_to_spread(asked.amount, source, books.currency)
    book, lines = await _lines(tx, asked)
    items = await master_data.items(tx, {line.item_code for line in lines})
    weights = rules.measures(lines, asked.basis, {code: item.weight_kg for code, item in items.items()})
    landed = rules.land(book, lines, weights, value)
    number = tx.closing.sequence_number("LC", "inventory.landed_cost_number")
    stock_value = sum((line.stock_value for line in landed), ZERO)
    head = asked.model_dump(exclude={"landed_cost_id", "amount", "receipts"}) | {
        "id": asked.landed_cost_id,
        "number": number,
        "source_type": posted.document_type,
        "source_number": posted.number,
        "account_code": account_code,
        "source_currency": posted.currency,
        "amount": amount,
        "value": value,
        "stock_value": stock_value,
        "currency": book.currency,
    }
    rows = [_row(asked.landed_cost_id, line) for line in landed]
    write_document(tx, {tables.LandedCost: head, tables.LandedCostLine: rows})
    write_book(tx, book, document_id=asked.landed_cost_id, number=number, moved_on=asked.posted_on)
    document = Document(LANDED_COST, asked.landed_cost_id, number)
    about = f"Landed cost {number} of {posted.number}: {asked.reason}"[:2000]
    await postings.post_landed_cost(tx, document, asked.posted_on, value, stock_value, about=about)
    return LandedCostPosted(
        landed_cost_id=asked.landed_cost_id,
        landed_cost_number=number,
        source_number=posted.number,
        value=value,
        stock_value=stock_value,
    )


async def _lines(tx: Transaction, asked: PostLandedCost) -> tuple[Book, list[LineThatCame]]:
    """What the goods are worth, locked, and the lines that the cost is for.

    Refuses: Invalid, ReversedAlready, TooEarly.
    """
    receipt_ids = sorted({receipt.receipt_id for receipt in asked.receipts})
    known = await queries.lines_that_came(tx, receipt_ids)
    for receipt_id in receipt_ids:
        if receipt_id in known:
            await posting.check_not_reversed(
                tx, "stock_receipt", receipt_id, known[receipt_id][0].receipt_number
            )
    chosen = rules.chosen_lines(asked.receipts, known, asked.posted_on)
    book = Book(*await locked.valuation(tx, dict.fromkeys(line.item_code for line in chosen)))
    # Read again behind the lock: some of it may have gone back to the supplier meanwhile.
    known = await queries.lines_that_came(tx, receipt_ids)
    return book, rules.chosen_lines(asked.receipts, known, asked.posted_on)


def _row(landed_cost_id: UUID, line: LandedLine) -> dict[str, Any]:
    return {
        "landed_cost_id": landed_cost_id,
        "line_number": line.line_number,
        "receipt_id": line.came.receipt_id,
        "receipt_number": line.came.receipt_number,
        "receipt_line_number": line.came.line_number,
        "item_code": line.came.item_code,
        "stock_quantity": line.came.quantity,
        "left_quantity": line.left_quantity,
        "value": line.value,
        "stock_value": line.stock_value,
    }


@operation("inventory.reverse_landed_cost", event=LandedCostReversedEvent)
async def reverse_landed_cost(tx: Transaction, reverse: ReverseLandedCost) -> DocumentReversed:
    """Take a landed cost back, as a whole and at any time: it lies on the clearing account again. What is in
    stock still of it is worth less; what has left with goods since is taken off their cost of goods sold.

    Refuses: NotFound, ReversedAlready, TooEarly, NoFiscalYear, PeriodLocked.
    """
    wanted = _HEAD.where(tables.LandedCost.id == reverse.document_id)
    head = await tx.existing(wanted, f"landed cost {reverse.document_id}")
    await posting.check_not_reversed(tx, LANDED_COST, head.id, head.number)
    lines = await queries.lines_of(tx, head.id)
    book = Book(*await locked.valuation(tx, dict.fromkeys(line.item_code for line in lines)))
    gone = await _taken_off(tx, book, head, lines)
    answer = await posting.reverse(
        tx,
        LANDED_COST,
        head.id,
        reversal_id=reverse.reversal_id,
        on=reverse.reversed_on,
        reason=reverse.reason,
        number=head.number,
        posted_on=head.posted_on,
    )
    await _settle(tx, reverse, head.number, gone)
    write_book(
        tx,
        book,
        document_id=reverse.reversal_id,
        number=answer.reversal_number,
        moved_on=reverse.reversed_on,
    )
    return answer


async def _taken_off(tx: Transaction, book: Book, head: Row, lines: Sequence[Row]) -> Decimal:
    """Take what is left of it off the stock; gives what has left with goods since."""
    shares: dict[str, Decimal] = {}
    gone = ZERO
    for line in lines:
        kept, of = book.kept[line.item_code], (line.receipt_id, line.receipt_line_number)
        if kept.method is CostingMethod.FIFO:
            there = valuation.left_of(kept, line.left_quantity, of)
            left = valuation.share(line.stock_value, there, line.left_quantity, book.currency)
        else:
            if line.item_code not in shares:
                moved = await queries.moved_quantities_since(tx, line.item_code, head.id)
                was = kept.quantity - sum((move.quantity for move in moved), ZERO)
                shares[line.item_code] = rules.share_left(was, moved)
            left = rounded(line.stock_value * shares[line.item_code], book.currency)
        gone += book.take_off(line.item_code, line.stock_value, left, of=of, line_number=line.line_number)
    return gone


async def _settle(tx: Transaction, reverse: ReverseLandedCost, number: str, gone: Decimal) -> None:
    """The mirror has taken off the stock what has left it with goods: that was their cost of goods sold."""
    books = await books_on(tx, reverse.reversed_on)
    about = f"What was sold since of {number}: {reverse.reason}"[:2000]
    entry = [
        Line(books.account(InventoryRole.INVENTORY), gone, gone, number),
        Line(books.account(InventoryRole.COST_OF_GOODS_SOLD), -gone, -gone, number),
    ]
    source = Source("reversal", reverse.reversal_id, "sold since")
    await write_entry(tx, books, Entry(source, reverse.reversed_on, books.currency, about, entry))
