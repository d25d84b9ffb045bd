"""Goods arrive."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import Date, Uuid, bindparam, text

from activities.inventory.keeping import as_rows, keep_book, keep_reservations, served_orders
from activities.ledger.goods_received import goods_received_entry
from activities.ledger.posting import Books, books_on, write_entry
from domains.inventory.messages import ReceiveStock, StockReceived
from domains.inventory.queries import locked
from domains.inventory.rules.book import Book
from domains.inventory.rules.receipts import StockedLine, stocked_lines
from domains.ledger.messages import GoodsReceived
from domains.master_data import queries as master_data
from foundation.money import ZERO
from foundation.operation import operation
from foundation.transaction import Transaction

_WRITE_RECEIPT = text(
    """
    WITH written AS (
        INSERT INTO inventory.stock_receipt (
            id, warehouse_code, received_on, reference, reason, value, adjustment_value, currency)
        VALUES (
            :receipt_id, :warehouse_code, :received_on, :reference, :reason, CAST(:value AS numeric),
            CAST(:adjustment_value AS numeric), :currency)
        RETURNING number
    ), lines AS (
        INSERT INTO inventory.stock_receipt_line (
            receipt_id, line_number, item_code, quantity, unit, unit_cost, stock_quantity, value)
        SELECT :receipt_id, c.line_number, c.item_code, c.quantity, c.unit, c.unit_cost, c.stock_quantity,
            c.value
        FROM jsonb_to_recordset(CAST(:received AS jsonb)) AS c (
            line_number integer, item_code text, quantity numeric, unit text, unit_cost numeric,
            stock_quantity numeric, value numeric)
    )
    SELECT number FROM written
    """
).bindparams(bindparam("receipt_id", type_=Uuid()), bindparam("received_on", type_=Date()))


@operation("inventory.receive_stock")
async def receive_stock(session: Transaction, receipt: ReceiveStock) -> StockReceived:
    """Take goods in at cost; they serve who waits for them, oldest first, and their value is posted.

    Values are in the company's currency, rounded half-up per line. Refuses: NotStocked, Invalid for units
    that an item has not, NoFiscalYear, PeriodLocked, NoAccountFor.
    """
    books = await books_on(session, receipt.received_on)
    item_codes = {line.item_code for line in receipt.lines}
    items = await master_data.items(session, sorted(item_codes))
    shelf = await locked.shelf(session, receipt.warehouse_code, item_codes)
    shelf.check_stocked(
        (f"lines.{position}.item_code", line.item_code) for position, line in enumerate(receipt.lines)
    )
    book = Book(*await locked.valuation(session, dict.fromkeys(item_codes, ZERO)))
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
    served = shelf.serve(await locked.backorders(session, receipt.warehouse_code, shelf))
    await keep_reservations(session, receipt.warehouse_code, shelf)
    number = await _write(session, receipt, book.currency, lines, adjustment_value)
    await keep_book(
        session,
        book,
        document_id=receipt.receipt_id,
        moved_on=receipt.received_on,
        warehouse_code=receipt.warehouse_code,
    )
    received = StockReceived(
        receipt_id=receipt.receipt_id,
        receipt_number=number,
        value=sum((line.value for line in lines), ZERO),
        adjustment_value=adjustment_value,
        served=await served_orders(session, served),
    )
    await _post(session, books, receipt, received)
    return received


async def _write(
    session: Transaction,
    receipt: ReceiveStock,
    currency: str,
    lines: Sequence[StockedLine],
    adjustment_value: Decimal,
) -> str:
    """Write the receipt, and give its number."""
    value = sum((line.value for line in lines), ZERO)
    written = {"value": str(value), "adjustment_value": str(adjustment_value), "received": as_rows(lines)}
    document = dict(receipt) | written | {"currency": currency}
    number: str = (await session.execute(_WRITE_RECEIPT, document)).scalar_one()
    return number


async def _post(session: Transaction, books: Books, receipt: ReceiveStock, received: StockReceived) -> None:
    goods = GoodsReceived(
        receipt_id=receipt.receipt_id,
        receipt_number=received.receipt_number,
        posted_on=receipt.received_on,
        reason=receipt.reason,
        value=received.value,
        adjustment_value=received.adjustment_value,
    )
    if entry := goods_received_entry(books, goods):
        await write_entry(session, books, entry)
