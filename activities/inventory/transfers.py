"""Goods go from one warehouse to another, at once or with a time in transit."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select, text

from activities.inventory.stock_writer import served_orders, write_book, write_reservations
from activities.ledger import posting
from domains.inventory import tables
from domains.inventory.messages import (
    LineArrived,
    ReceiveTransfer,
    StockTransferred,
    StockTransferredEvent,
    TransferReceived,
    TransferReceivedEvent,
    TransferStock,
)
from domains.inventory.queries import locked
from domains.inventory.rules.book import Book, Move
from domains.inventory.rules.quantities import check_units
from domains.inventory.rules.transfers import InTransit, StockLine, arrived, stock_lines
from domains.master_data.queries import items_on
from foundation.database.connections import rows_of
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.days import check_not_before
from foundation.values.errors import Invalid
from foundation.values.money import ZERO

_TRANSFER = select(*rows_of(tables.StockTransfer).c).where(
    tables.StockTransfer.id == bindparam("transfer", type_=Uuid)
)
_ITEMS = text("SELECT DISTINCT item_code FROM inventory.stock_transfer_line WHERE transfer_id = :transfer")
_ON_ITS_WAY = text(
    """
    SELECT l.line_number, l.item_code, l.stock_quantity - coalesce((
            SELECT sum(a.stock_quantity) FROM inventory.transfer_receipt r
                JOIN inventory.transfer_receipt_line a ON a.transfer_receipt_id = r.id
            WHERE r.transfer_id = l.transfer_id AND a.line_number = l.line_number
                AND NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = r.id)), 0) AS quantity
    FROM inventory.stock_transfer_line l JOIN inventory.stock_transfer t ON t.id = l.transfer_id
    WHERE l.transfer_id = :transfer AND t.is_in_transit
        AND NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = t.id)
    ORDER BY l.line_number
    """
)


@operation("inventory.transfer_stock", event=StockTransferredEvent)
async def transfer_stock(tx: Transaction, transfer: TransferStock) -> StockTransferred:
    """Take goods out of one warehouse and into another, or onto their way to it; they serve who waits there.

    An item has one value in its company, so that nothing is posted. What is set aside stays where it is.
    Refuses: NotStocked, Invalid for units and for one warehouse on both sides, NotOnHand, NotThereYet,
    NoFiscalYear, PeriodLocked.
    """
    to, on = transfer.to_warehouse_code, transfer.transferred_on
    if to == transfer.from_warehouse_code:
        raise Invalid("to_warehouse_code: the goods are there", errors=[("to_warehouse_code", "is the same")])
    await posting.books_on(tx, on)
    item_codes = {line.item_code for line in transfer.lines}
    items = await items_on(tx, item_codes, on)
    warehouses = sorted((transfer.from_warehouse_code, to))
    shelves = {code: await locked.shelf(tx, code, item_codes, on=on, leaves=True) for code in warehouses}
    for field in ("from_warehouse_code", "to_warehouse_code"):
        named = (
            (f"lines.{position}.item_code", line.item_code) for position, line in enumerate(transfer.lines)
        )
        shelves[getattr(transfer, field)].check_stocked(named, warehouse_field=field)
    check_units(transfer.lines, items)
    lines = stock_lines(transfer.lines, items)
    source, target = shelves[transfer.from_warehouse_code], shelves[to]
    source.take(lines, only_free=True)
    source.check_days("transferred_on")
    for line in lines:
        arriving = "in_transit" if transfer.is_in_transit else "on_hand"
        target.move(line.item_code, **{arriving: line.stock_quantity})
    served = target.serve(await locked.backorders(tx, to, target))
    for code, shelf in shelves.items():
        await write_reservations(tx, code, shelf)
    number = tx.closing.sequence_number("TRF", "inventory.transfer_number")
    head = transfer.model_dump(exclude={"transfer_id", "lines"}) | {
        "id": transfer.transfer_id,
        "number": number,
    }
    rows = [{"transfer_id": transfer.transfer_id} | vars(line) for line in lines]
    write_document(tx, {tables.StockTransfer: head, tables.StockTransferLine: rows})
    book = Book({}, "", moves=list(_moves(transfer, lines)))
    write_book(tx, book, document_id=transfer.transfer_id, number=number, moved_on=on)
    return StockTransferred(
        transfer_id=transfer.transfer_id,
        transfer_number=number,
        served=await served_orders(tx, served),
    )


def _moves(transfer: TransferStock, lines: Sequence[StockLine]) -> Iterable[Move]:
    """Out of one warehouse, and into the other or onto the way to it."""
    for line in lines:
        of, quantity = (line.item_code, line.line_number), line.stock_quantity
        yield Move("transfer", *of, -quantity, ZERO, transfer.from_warehouse_code)
        yield Move("transfer", *of, quantity, ZERO, transfer.to_warehouse_code, transfer.is_in_transit)


@operation("inventory.receive_transfer", event=TransferReceivedEvent)
async def receive_transfer(tx: Transaction, receipt: ReceiveTransfer) -> TransferReceived:
    """Take in what was on its way, all of it or the lines named; it serves who waits for it.

    Refuses: NotFound, TooEarly when it had not left by the day, NotInTransit, Invalid for parts of what
    cannot be divided; NoFiscalYear, PeriodLocked.
    """
    on = receipt.received_on
    await posting.books_on(tx, on)
    of = {"transfer": receipt.transfer_id}
    transfer = await tx.existing(_TRANSFER, f"stock transfer {receipt.transfer_id}", of)
    check_not_before("received_on", on, transfer.transferred_on, transfer.number)
    warehouse_code = transfer.to_warehouse_code
    item_codes = (await tx.execute(_ITEMS, of)).scalars()
    shelf = await locked.shelf(tx, warehouse_code, item_codes, on=on)
    lines = arrived(receipt.lines, await _on_its_way(tx, receipt.transfer_id))
    shelf.check_whole(
        (f"lines.{position}.quantity", line.item_code, line.quantity) for position, line in enumerate(lines)
    )
    for line in lines:
        shelf.move(line.item_code, on_hand=line.quantity, in_transit=-line.quantity)
    served = shelf.serve(await locked.backorders(tx, warehouse_code, shelf))
    await write_reservations(tx, warehouse_code, shelf)
    number = tx.closing.sequence_number("TRR", "inventory.transfer_receipt_number")
    _write_receipt(tx, receipt, warehouse_code, number, lines)
    return TransferReceived(
        transfer_receipt_id=receipt.transfer_receipt_id,
        transfer_receipt_number=number,
        warehouse_code=warehouse_code,
        lines=tuple(LineArrived(**vars(line)) for line in lines),
        served=await served_orders(tx, served),
    )


async def _on_its_way(tx: Transaction, transfer_id: UUID) -> dict[int, InTransit]:
    """What of a transfer is still on its way; read under the lock of the stock where it arrives."""
    rows = await tx.execute(_ON_ITS_WAY, {"transfer": transfer_id})
    return {row.line_number: InTransit(*tuple(row)) for row in rows if row.quantity > 0}


def _write_receipt(
    tx: Transaction, receipt: ReceiveTransfer, warehouse_code: str, number: str, lines: Sequence[InTransit]
) -> None:
    head = receipt.model_dump(exclude={"transfer_receipt_id", "lines"}) | {
        "id": receipt.transfer_receipt_id,
        "number": number,
        "warehouse_code": warehouse_code,
    }
    rows = [
        {
            "transfer_receipt_id": receipt.transfer_receipt_id,
            "line_number": line.line_number,
            "item_code": line.item_code,
            "stock_quantity": line.quantity,
        }
        for line in lines
    ]
    write_document(tx, {tables.TransferReceipt: head, tables.TransferReceiptLine: rows})
    moves = [
        Move("transfer", line.item_code, line.line_number, quantity, ZERO, warehouse_code, in_transit)
        for line in lines
        for quantity, in_transit in ((-line.quantity, True), (line.quantity, False))
    ]
    write_book(
        tx,
        Book({}, "", moves=moves),
        document_id=receipt.transfer_receipt_id,
        number=number,
        moved_on=receipt.received_on,
    )
