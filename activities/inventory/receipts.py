"""Goods arrive."""

from collections.abc import Sequence
from typing import Any

from activities.inventory.keeping import keep_book, keep_reservations, served_orders
from domains.inventory.messages import ReceiveStock, StockReceived
from domains.inventory.queries import locked
from domains.inventory.rules.book import Book
from domains.inventory.rules.receipts import StockedLine, stocked_lines
from domains.inventory.tables import StockReceipt, StockReceiptLine
from domains.master_data import queries as master_data
from foundation.documents import write_document
from foundation.money import ZERO
from foundation.operation import operation
from foundation.transaction import Transaction


@operation("inventory.receive_stock")
async def receive_stock(tx: Transaction, receipt: ReceiveStock) -> StockReceived:
    """Take goods in at cost; they serve who waits for them, oldest first.

    Values are in the company's currency, rounded half-up per line. Refuses: NotStocked, and Invalid
    for units that an item has not.
    """
    item_codes = {line.item_code for line in receipt.lines}
    items = await master_data.items(tx, sorted(item_codes))
    shelf = await locked.shelf(tx, receipt.warehouse_code, item_codes)
    shelf.check_stocked(
        (f"lines.{position}.item_code", line.item_code) for position, line in enumerate(receipt.lines)
    )
    book = Book(*await locked.valuation(tx, dict.fromkeys(item_codes, ZERO)))
    lines = stocked_lines(receipt, items, book.currency)
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
    served = shelf.serve(await locked.backorders(tx, receipt.warehouse_code, shelf))
    value = sum((line.value for line in lines), ZERO)
    await keep_reservations(tx, receipt.warehouse_code, shelf)
    worth = {"value": value, "adjustment_value": adjustment_value, "currency": book.currency}
    number = await _write(tx, receipt, lines, worth)
    await keep_book(
        tx,
        book,
        document_id=receipt.receipt_id,
        moved_on=receipt.received_on,
        warehouse_code=receipt.warehouse_code,
    )
    return StockReceived(
        receipt_id=receipt.receipt_id,
        receipt_number=number,
        value=value,
        adjustment_value=adjustment_value,
        served=await served_orders(tx, served),
    )


async def _write(
    tx: Transaction, receipt: ReceiveStock, lines: Sequence[StockedLine], worth: dict[str, Any]
) -> str:
    head = receipt.model_dump(exclude={"receipt_id", "lines"}) | {"id": receipt.receipt_id}
    received = [{"receipt_id": receipt.receipt_id, **vars(line)} for line in lines]
    written = await write_document(
        tx,
        {StockReceipt: head | worth, StockReceiptLine: received},
        returning=(StockReceipt.number,),
    )
    number: str = written.scalar_one()
    return number
