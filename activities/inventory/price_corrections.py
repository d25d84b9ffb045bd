"""A receipt cost something else than was reported with it."""

from decimal import Decimal
from typing import Any

from sqlalchemy import Uuid, bindparam, select, text

from activities.inventory import postings
from activities.inventory.stock_writer import write_book
from activities.ledger import posting
from domains.inventory import tables
from domains.inventory.messages import CorrectPrice, PriceCorrected, PriceCorrectedEvent
from domains.inventory.queries import locked
from domains.inventory.rules.book import Book
from domains.inventory.rules.price_corrections import LineAtCost, check_no_order, priced
from domains.ledger.messages import Document
from foundation.database.connections import rows_of
from foundation.database.documents import write_document
from foundation.database.transaction import Row, Transaction
from foundation.operations.operation import operation
from foundation.values.days import check_not_before
from foundation.values.money import ZERO

_RECEIPT = select(*rows_of(tables.StockReceipt).c).where(
    tables.StockReceipt.id == bindparam("receipt", type_=Uuid)
)
# The lines at what they cost by now: corrections that were taken back count for nothing.
_LINES = text(
    """
    SELECT l.line_number, l.item_code, l.quantity, l.stock_quantity, l.value + coalesce((
        SELECT sum(a.value) FROM inventory.price_correction c
            JOIN inventory.price_correction_line a ON a.correction_id = c.id
        WHERE c.receipt_id = l.receipt_id AND a.line_number = l.line_number
            AND NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = c.id)), 0) AS value
    FROM inventory.stock_receipt_line l WHERE l.receipt_id = :receipt ORDER BY l.line_number
    """
)


@operation("inventory.correct_price", event=PriceCorrectedEvent)
async def correct_price(tx: Transaction, correct: CorrectPrice) -> PriceCorrected:
    """Give lines of a receipt the cost that they really had.

    What is left of them is worth their share of the difference; the rest is cost of goods sold.

    Values are in the company's currency, rounded half-up per line. A line may be corrected again, from what
    it costs by then. Refuses: NotFound, ReversedAlready, TooEarly, Invalid for lines that there are not or
    that cost so already; OfAnOrder when goods of an order came with it; NoFiscalYear, PeriodLocked,
    NoAccountFor.
    """
    on = correct.corrected_on
    await posting.books_on(tx, on)
    receipt = await _receipt(tx, correct)
    check_no_order(receipt.number, receipt.order_number)
    book, rows = await _priced_anew(tx, correct)
    number = tx.closing.sequence_number("PRC", "inventory.price_correction_number")
    value = sum((row["value"] for row in rows), ZERO)
    stock_value = sum((row["stock_value"] for row in rows), ZERO)
    head = correct.model_dump(exclude={"correction_id", "lines"}) | {
        "id": correct.correction_id,
        "number": number,
        "receipt_number": receipt.number,
        "value": value,
        "stock_value": stock_value,
        "currency": book.currency,
    }
    write_document(tx, {tables.PriceCorrection: head, tables.PriceCorrectionLine: rows})
    write_book(tx, book, document_id=correct.correction_id, number=number, moved_on=on)
    document = Document("price_correction", correct.correction_id, number)
    lines = [row["value"] for row in rows]
    await postings.post_price_correction(tx, document, on, receipt, lines, stock_value)
    return PriceCorrected(
        correction_id=correct.correction_id,
        correction_number=number,
        receipt_number=receipt.number,
        value=value,
        stock_value=stock_value,
    )


async def _receipt(tx: Transaction, correct: CorrectPrice) -> Row:
    """The receipt that is corrected. Refuses: NotFound, ReversedAlready, TooEarly."""
    of = {"receipt": correct.receipt_id}
    receipt = await tx.existing(_RECEIPT, f"stock receipt {correct.receipt_id}", of)
    await posting.check_not_reversed(tx, "stock_receipt", receipt.id, receipt.number)
    check_not_before("corrected_on", correct.corrected_on, receipt.received_on, receipt.number)
    return receipt


async def _priced_anew(tx: Transaction, correct: CorrectPrice) -> tuple[Book, list[dict[str, Any]]]:
    """What the goods are worth now, locked, and the lines of the correction. Refuses: Invalid."""
    of = {"receipt": correct.receipt_id}
    item_codes = [row.item_code for row in await tx.execute(_LINES, of)]
    book = Book(*await locked.valuation(tx, dict.fromkeys(item_codes)))
    # Read again behind the lock: another correction may have been taken back meanwhile.
    known = [LineAtCost(*tuple(row)) for row in await tx.execute(_LINES, of)]
    differences = priced(correct.lines, {line.line_number: line for line in known}, book.currency)
    return book, [
        _corrected(book, correct, line, difference) | {"unit_cost": asked.unit_cost}
        for (line, difference), asked in zip(differences, correct.lines, strict=True)
    ]


def _corrected(book: Book, correct: CorrectPrice, line: LineAtCost, difference: Decimal) -> dict[str, Any]:
    stock_value = book.correct_price(
        line.item_code,
        difference,
        line.stock_quantity,
        receipt_id=correct.receipt_id,
        line_number=line.line_number,
    )
    return {
        "correction_id": correct.correction_id,
        "line_number": line.line_number,
        "item_code": line.item_code,
        "value": difference,
        "stock_value": stock_value,
    }
