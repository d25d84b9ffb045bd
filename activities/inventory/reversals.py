"""Stock receipts and revaluations are taken back: goods, their worth, and their entry, in one transaction."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select, text

from activities.inventory.stock_writer import write_book, write_reservations
from activities.ledger import posting
from domains.inventory.messages import ReceiptReversedEvent, RevaluationReversedEvent, ReverseStockDocument
from domains.inventory.queries import locked
from domains.inventory.rules import reversals as rules
from domains.inventory.rules.book import Book
from domains.inventory.tables import Revaluation, StockReceipt
from domains.ledger.messages import DocumentReversed
from foundation.database.connections import rows_of
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation

_RECEIPT = select(StockReceipt.number, StockReceipt.warehouse_code, StockReceipt.received_on).where(
    StockReceipt.id == bindparam("document", type_=Uuid)
)
_REVALUATION = select(*rows_of(Revaluation).c).where(Revaluation.id == bindparam("document", type_=Uuid))
# What the document moved, line by line, with what it settled of goods issued before.
_MOVES = text(
    """
    SELECT item_code, line_number, sum(quantity) AS quantity, sum(value) AS value FROM inventory.stock_move
    WHERE company_id = foundation.current_company() AND document_id = CAST(:document AS uuid)
    GROUP BY item_code, line_number ORDER BY line_number
    """
)
# Whoever moved the item after the document, and was not taken back since.
_LATER = text(
    """
    SELECT DISTINCT coalesce(s.number, g.number, r.number, v.number) AS number
    FROM inventory.stock_move m
        LEFT JOIN inventory.shipment s ON s.id = m.document_id
        LEFT JOIN inventory.goods_return g ON g.id = m.document_id
        LEFT JOIN inventory.stock_receipt r ON r.id = m.document_id
        LEFT JOIN inventory.revaluation v ON v.id = m.document_id
    WHERE m.company_id = foundation.current_company() AND m.item_code = :item AND m.kind <> 'reversal'
        AND m.document_id <> CAST(:document AS uuid)
        AND m.id > (SELECT max(id) FROM inventory.stock_move
                    WHERE company_id = foundation.current_company() AND document_id = CAST(:document AS uuid))
        AND NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = m.document_id)
    ORDER BY number LIMIT 5
    """
)


@operation("inventory.reverse_receipt", event=ReceiptReversedEvent)
async def reverse_receipt(tx: Transaction, reverse: ReverseStockDocument) -> DocumentReversed:
    """Take a stock receipt back, as a whole: the goods leave again at the value that they came with.

    Refuses: NotFound, ReversedAlready, StandsOnIt when it was invoiced, GoodsAreGone when they have left, are
    set aside, or what is left is worth less; NotThereYet, TooEarly, NoFiscalYear, PeriodLocked.
    """
    of = {"document": str(reverse.document_id)}
    receipt = await tx.existing(
        _RECEIPT, f"stock receipt {reverse.document_id}", {"document": reverse.document_id}
    )
    await posting.check_not_reversed(tx, "stock_receipt", reverse.document_id, receipt.number)
    moves = (await tx.execute(_MOVES, of)).all()
    item_codes = {move.item_code for move in moves}
    on = reverse.reversed_on
    shelf = await locked.shelf(tx, receipt.warehouse_code, item_codes, on=on, leaves=True)
    book = Book(*await locked.valuation(tx, dict.fromkeys(item_codes)))
    for move in moves:
        moved = rules.Moved(move.item_code, move.line_number, move.quantity, move.value)
        rules.take_out(shelf, moved, receipt.number)
        rules.take_back(book, moved, reverse.document_id, receipt.number)
    answer = await _reverse_posting(tx, "stock_receipt", reverse, receipt.number, receipt.received_on)
    shelf.check_days("reversed_on")
    await write_reservations(tx, receipt.warehouse_code, shelf)
    write_book(
        tx,
        book,
        document_id=reverse.reversal_id,
        moved_on=reverse.reversed_on,
        warehouse_code=receipt.warehouse_code,
    )
    return answer


@operation("inventory.reverse_revaluation", event=RevaluationReversedEvent)
async def reverse_revaluation(tx: Transaction, reverse: ReverseStockDocument) -> DocumentReversed:
    """Give an item its value of before a revaluation back; nothing may have moved it since.

    Refuses: NotFound, ReversedAlready, StandsOnIt, Invalid, NoFiscalYear, PeriodLocked.
    """
    found = await tx.existing(
        _REVALUATION, f"revaluation {reverse.document_id}", {"document": reverse.document_id}
    )
    await posting.check_not_reversed(tx, "revaluation", reverse.document_id, found.number)
    book = Book(*await locked.valuation(tx, {found.item_code: None}))
    later = await tx.execute(_LATER, {"item": found.item_code, "document": str(reverse.document_id)})
    rules.check_nothing_moved_since(found.number, found.item_code, [row.number for row in later])
    before = {(UUID(receipt), line): Decimal(value) for receipt, line, value in found.layers_before}
    rules.value_again(book, found.item_code, found.value_before - found.value, before)
    answer = await _reverse_posting(tx, "revaluation", reverse, found.number, found.revalued_on)
    write_book(tx, book, document_id=reverse.reversal_id, moved_on=reverse.reversed_on, warehouse_code=None)
    return answer


async def _reverse_posting(
    tx: Transaction, document_type: str, reverse: ReverseStockDocument, number: str, posted_on: date
) -> DocumentReversed:
    return await posting.reverse(
        tx,
        document_type,
        reverse.document_id,
        reversal_id=reverse.reversal_id,
        on=reverse.reversed_on,
        reason=reverse.reason,
        number=number,
        posted_on=posted_on,
    )
