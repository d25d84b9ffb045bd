"""Goods arrive."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from activities.inventory import postings
from activities.inventory.stock_writer import served_orders, write_book, write_reservations
from activities.ledger import posting
from domains.inventory import tables
from domains.inventory.messages import ReceiveStock, StockReceived, StockReceivedEvent
from domains.inventory.queries import locked
from domains.inventory.rules.book import Book
from domains.inventory.rules.receipts import StockedLine, check_not_blocked, check_supplier, stocked_lines
from domains.inventory.rules.reservations import Shelf
from domains.master_data import queries as master_data
from domains.master_data.parties import Party, PartyType
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.money import ZERO


@operation("inventory.receive_stock", event=StockReceivedEvent)
async def receive_stock(tx: Transaction, receipt: ReceiveStock) -> StockReceived:
    """Take goods in at cost, and post their value; they serve who waits for them, oldest first.

    Values are in the company's currency, rounded half-up per line. Refuses: NotStocked, Invalid for units
    that an item has not, for a supplier that there is not, and for who and what is blocked; NoExchangeRate,
    ExchangeRateTooOld, NoFiscalYear, PeriodLocked, NoAccountFor.
    """
    await posting.books_on(tx, receipt.received_on)
    await _check_supplier(tx, receipt)
    item_codes = {line.item_code for line in receipt.lines}
    items = await master_data.items_on(tx, item_codes, receipt.received_on)
    shelf = await locked.shelf(tx, receipt.warehouse_code, item_codes, on=receipt.received_on)
    shelf.check_stocked(
        (f"lines.{position}.item_code", line.item_code) for position, line in enumerate(receipt.lines)
    )
    check_not_blocked(receipt, items)
    book = Book(*await locked.valuation(tx, dict.fromkeys(item_codes, ZERO)))
    currency = receipt.currency or book.currency
    rate = await master_data.exchange_rate(tx, currency, receipt.received_on, base=book.currency)
    lines = stocked_lines(receipt, items, book.currency, rate)
    adjustment_value = _received(shelf, book, receipt, lines)
    served = shelf.serve(await locked.backorders(tx, receipt.warehouse_code, shelf))
    value = sum((line.value for line in lines), ZERO)
    await write_reservations(tx, receipt.warehouse_code, shelf)
    number = tx.closing.sequence_number("REC", "inventory.receipt_number")
    worth = {"value": value, "adjustment_value": adjustment_value, "currency": book.currency}
    _write(tx, receipt, lines, {"number": number} | worth)
    on, warehouse_code = receipt.received_on, receipt.warehouse_code
    write_book(
        tx, book, document_id=receipt.receipt_id, number=number, moved_on=on, warehouse_code=warehouse_code
    )
    await postings.post_receipt(tx, receipt, number, lines, adjustment_value)
    return StockReceived(
        receipt_id=receipt.receipt_id,
        receipt_number=number,
        value=value,
        adjustment_value=adjustment_value,
        served=await served_orders(tx, served),
    )


def _write(
    tx: Transaction, receipt: ReceiveStock, lines: Sequence[StockedLine], found: dict[str, Any]
) -> None:
    """The receipt with its lines, as it was found to be."""
    asked = receipt.model_dump(exclude={"receipt_id", "lines", "order"})
    order = receipt.order
    own = {
        "id": receipt.receipt_id,
        "order_id": order.order_id if order else None,
        "order_number": order.order_number if order else None,
    }
    write_document(tx, {tables.StockReceipt: asked | own | found})
    rows = [{"receipt_id": receipt.receipt_id} | vars(line) for line in lines]
    write_document(tx, {tables.StockReceiptLine: rows})


async def _check_supplier(tx: Transaction, receipt: ReceiveStock) -> None:
    """Refuses: Invalid."""
    if receipt.supplier_code is not None:
        named = Party(PartyType.SUPPLIER, receipt.supplier_code)
        check_supplier(receipt, await master_data.party(tx, named))


def _received(shelf: Shelf, book: Book, receipt: ReceiveStock, lines: Sequence[StockedLine]) -> Decimal:
    """Put the lines on the shelf and in the book; gives what goods sold before they came cost otherwise."""
    adjustment_value = ZERO
    for line in lines:
        shelf.move(line.item_code, on_hand=line.stock_quantity)
        adjustment_value += book.receive(
            line.item_code,
            line.stock_quantity,
            line.value,
            receipt_id=receipt.receipt_id,
            line_number=line.line_number,
        )
    return adjustment_value
