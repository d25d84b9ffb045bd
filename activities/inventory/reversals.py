"""Documents of the stock are taken back: goods, their worth, and their entry, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select, text

from activities.inventory.stock_writer import served_orders, write_book, write_reservations
from activities.ledger import posting
from domains.inventory import tables
from domains.inventory.messages import (
    GoodsReturnReversedEvent,
    MayBeReversed,
    ReceiptReversedEvent,
    RevaluationReversedEvent,
    ReverseStockCorrection,
    ReverseStockDocument,
    ShipmentReversedEvent,
    StockCorrectionReversedEvent,
    StockCorrectionType,
)
from domains.inventory.messages.vendor_returns import VendorReturnReversedEvent, VendorReturnTakenBack
from domains.inventory.queries import locked, vendor_returns
from domains.inventory.rules import reversals as rules
from domains.inventory.rules.book import Book
from domains.inventory.rules.reservations import LineReservation, Shelf
from domains.inventory.rules.reversals import Moved
from domains.inventory.rules.vendor_returns import check_order_takes
from domains.ledger.messages import DocumentReversed
from domains.ledger.rules.reversals import check_nothing_stands_on
from foundation.database.connections import Table, rows_of
from foundation.database.transaction import Row, Transaction
from foundation.operations.operation import operation
from foundation.values.days import check_not_before

DAYS: Mapping[str, tuple[type[Table], str]] = {
    "stock_receipt": (tables.StockReceipt, "received_on"),
    "shipment": (tables.Shipment, "shipped_on"),
    "goods_return": (tables.GoodsReturn, "received_on"),
    "vendor_return": (tables.VendorReturn, "returned_on"),
    "revaluation": (tables.Revaluation, "revalued_on"),
    StockCorrectionType.STOCK_COUNT: (tables.StockCount, "counted_on"),
    StockCorrectionType.SCRAPPING: (tables.Scrapping, "scrapped_on"),
    StockCorrectionType.STOCK_TRANSFER: (tables.StockTransfer, "transferred_on"),
    StockCorrectionType.TRANSFER_RECEIPT: (tables.TransferReceipt, "received_on"),
    StockCorrectionType.WRITE_DOWN: (tables.WriteDown, "written_on"),
    StockCorrectionType.PRICE_CORRECTION: (tables.PriceCorrection, "corrected_on"),
}
_HEADS = {
    name: select(*rows_of(table).c).where(rows_of(table).c.id == bindparam("document", type_=Uuid))
    for name, (table, _) in DAYS.items()
}
_STANDS = "NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = d.id)"
_LATER = {
    "stock_receipt": text(
        f"SELECT d.number FROM inventory.price_correction d WHERE d.receipt_id = :document AND {_STANDS} "
        "UNION SELECT d.number FROM inventory.landed_cost d "
        "JOIN inventory.landed_cost_line l ON l.landed_cost_id = d.id "
        f"WHERE l.receipt_id = :document AND {_STANDS} ORDER BY number"
    ),
    StockCorrectionType.STOCK_TRANSFER: text(
        f"SELECT d.number FROM inventory.transfer_receipt d WHERE d.transfer_id = :document AND {_STANDS} "
        "ORDER BY d.number"
    ),
}
_RETURNS = text(
    "SELECT d.number FROM inventory.goods_return d WHERE d.order_id = :order "
    "AND NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = d.id) ORDER BY d.number"
)
_SHIPPED = text(
    "SELECT line_number, quantity FROM inventory.shipment_line WHERE shipment_id = :document "
    "ORDER BY line_number"
)


@operation("inventory.reverse_receipt", event=ReceiptReversedEvent)
async def reverse_receipt(tx: Transaction, reverse: ReverseStockDocument) -> DocumentReversed:
    """Take a stock receipt back, as a whole: the goods leave again at the value that they came with.

    Refuses: NotFound, ReversedAlready, StandsOnIt when it was invoiced, its price was corrected or a landed
    cost was spread over it, GoodsAreGone when they have left, are set aside, or what is left is worth less;
    NotThereYet, TooEarly, NoFiscalYear, PeriodLocked.
    """
    return await (await _found(tx, "stock_receipt", reverse)).take_back(tx)


@operation("inventory.reverse_return", event=GoodsReturnReversedEvent)
async def reverse_return(tx: Transaction, reverse: ReverseStockDocument) -> DocumentReversed:
    """Take a goods return back, as a whole: the goods are with the customer again, at what they had cost.

    What agreed on the return is told by whoever asks. Refuses: as `reverse_receipt`.
    """
    return await (await _found(tx, "goods_return", reverse)).take_back(tx)


@operation("inventory.reverse_shipment", event=ShipmentReversedEvent)
async def reverse_shipment(tx: Transaction, reverse: ReverseStockDocument) -> DocumentReversed:
    """Take a shipment back, as a whole: the goods are there again at the cost that they left with, set aside
    for their order as before, and their cost of goods sold is mirrored.

    That nothing of it was billed is for its order to say. Refuses: NotFound, ReversedAlready, StandsOnIt when
    goods of it have come back, GoodsAreGone when what is left is worth something that does not fit;
    TooEarly, NoFiscalYear, PeriodLocked.
    """
    found = await _found(tx, "shipment", reverse)
    return await found.take_back(tx, order_id=found.head.order_id)


@operation("inventory.check_shipment_back")
async def check_shipment_back(tx: Transaction, reverse: ReverseStockDocument) -> MayBeReversed:
    """Say whether a shipment could be taken back on that day, and change nothing.

    Refuses: as `reverse_shipment`.
    """
    found = await _found(tx, "shipment", reverse)
    await found.check(tx)
    return MayBeReversed(document_id=reverse.document_id)


@operation("inventory.reverse_revaluation", event=RevaluationReversedEvent)
async def reverse_revaluation(tx: Transaction, reverse: ReverseStockDocument) -> DocumentReversed:
    """Give an item its value of before a revaluation back; nothing may have moved it since.

    Refuses: NotFound, ReversedAlready, MovedSince, TooEarly, NoFiscalYear, PeriodLocked.
    """
    return await (await _found(tx, "revaluation", reverse)).take_back(tx)


@operation("inventory.reverse_correction", event=StockCorrectionReversedEvent)
async def reverse_correction(tx: Transaction, reverse: ReverseStockCorrection) -> DocumentReversed:
    """Take a count, a scrapping, a transfer or its receipt, a write-down or a price correction back.

    Goods that come back serve who waits for them. Refuses: NotFound, ReversedAlready, StandsOnIt for a
    transfer of which something has arrived, MovedSince for what changed only a value, GoodsAreGone;
    NotThereYet, TooEarly, NoFiscalYear, PeriodLocked.
    """
    return await (await _found(tx, reverse.document_type, reverse)).take_back(tx)


@operation("inventory.reverse_vendor_return", event=VendorReturnReversedEvent)
async def reverse_vendor_return(tx: Transaction, reverse: ReverseStockDocument) -> DocumentReversed:
    """Take a return to a supplier back, as a whole: its goods are here at what they were worth, and are to be
    billed, or were, as before. The order's process is told.

    Refuses: NotFound, ReversedAlready; StandsOnIt, naming its debit note, or what has come in place of its
    goods; OrderHasEnded when they would be billed again; GoodsAreGone, TooEarly, NoFiscalYear, PeriodLocked.
    """
    back = await vendor_returns.vendor_return(tx, reverse.document_id)
    process_of_order = await vendor_returns.process_of_order(tx, reverse.document_id)
    has_ended = await vendor_returns.has_ended(tx, process_of_order)
    answer = await (await _found(tx, "vendor_return", reverse)).take_back(tx)
    check_nothing_stands_on(back.return_number, await vendor_returns.came_instead(tx, back.return_id))
    if any(not line.is_billed for line in back.lines):
        why = "nobody waits for the invoice of these goods"
        check_order_takes(back.order_number, has_ended=has_ended, why=why)
    if not has_ended:
        news = VendorReturnTakenBack(
            return_id=back.return_id, reversal_id=reverse.reversal_id, taken_back_on=reverse.reversed_on
        )
        tx.tell(process_of_order, "return_taken_back", news)
    return answer


async def _found(tx: Transaction, document_type: str, reverse: ReverseStockDocument) -> "_Reversal":
    """The document, if it was not taken back. Refuses: NotFound, ReversedAlready, StandsOnIt."""
    name, of = document_type.replace("_", " "), {"document": reverse.document_id}
    head = await tx.existing(_HEADS[document_type], f"{name} {reverse.document_id}", of)
    await posting.check_not_reversed(tx, document_type, reverse.document_id, head.number)
    return _Reversal(str(document_type), reverse, head, await locked.moves_of(tx, reverse.document_id))


@dataclass
class _Reversal:
    """A document on its way back."""

    document_type: str
    reverse: ReverseStockDocument
    head: Row
    moves: Sequence[Moved]

    @property
    def on(self) -> date:
        """The day on which it is taken back."""
        return self.reverse.reversed_on

    async def take_back(self, tx: Transaction, order_id: UUID | None = None) -> DocumentReversed:
        """Move back what it moved; of a shipment, what it took from what was set aside for its order."""
        number = self.head.number
        shelves = await self._shelves(tx)
        book = Book(*await locked.valuation(tx, dict.fromkeys(move.item_code for move in self.moves)))
        await self._check_what_came_later(tx)
        for move in self.moves:
            if move.warehouse_code is not None and move.quantity:
                rules.take_out(shelves[move.warehouse_code], move, number)
        for _, moved in groupby(sorted(self.moves, key=_item), key=_item):
            rules.take_back(book, list(moved), self.reverse.reversal_id, number)
        answer = await posting.reverse(
            tx,
            self.document_type,
            self.reverse.document_id,
            reversal_id=self.reverse.reversal_id,
            on=self.on,
            reason=self.reverse.reason,
            number=number,
            posted_on=self.head[DAYS[self.document_type][1]],
        )
        served: list[LineReservation] = []
        for code, shelf in shelves.items():
            shelf.check_days("reversed_on")
            if order_id is not None:
                await self._set_aside_again(tx, code, shelf, order_id)
            served += shelf.serve(await locked.backorders(tx, code, shelf))
            await write_reservations(tx, code, shelf)
        write_book(
            tx, book, document_id=self.reverse.reversal_id, number=answer.reversal_number, moved_on=self.on
        )
        await served_orders(tx, served)
        return answer

    async def check(self, tx: Transaction) -> None:
        """Refuses: StandsOnIt, GoodsAreGone, TooEarly, NoFiscalYear, PeriodLocked."""
        book = Book(*await locked.valuation(tx, dict.fromkeys(move.item_code for move in self.moves)))
        await self._check_what_came_later(tx)
        for _, moved in groupby(sorted(self.moves, key=_item), key=_item):
            rules.take_back(book, list(moved), self.reverse.reversal_id, self.head.number)
        posted_on = self.head[DAYS[self.document_type][1]]
        check_not_before("reversed_on", self.on, posted_on, self.head.number)
        await posting.books_on(tx, self.on)

    async def _shelves(self, tx: Transaction) -> dict[str, Shelf]:
        """The stock where it moved goods, locked in the order of the warehouses."""
        items: dict[str, set[str]] = {}
        for move in self.moves:
            if move.warehouse_code is not None and move.quantity:
                items.setdefault(move.warehouse_code, set()).add(move.item_code)
        return {
            code: await locked.shelf(tx, code, items[code], on=self.on, leaves=True) for code in sorted(items)
        }

    async def _check_what_came_later(self, tx: Transaction) -> None:
        """Refuses: StandsOnIt, MovedSince."""
        of = {"document": self.reverse.document_id}
        if (later := _LATER.get(self.document_type)) is not None:
            found = await tx.execute(later, of)
            check_nothing_stands_on(self.head.number, [row.number for row in found])
        if self.document_type == "shipment":
            await self._check_not_come_back(tx)
        if all(not move.quantity for move in self.moves):
            for item_code in sorted({move.item_code for move in self.moves}):
                since = await locked.moved_since(tx, item_code, self.reverse.document_id)
                rules.check_nothing_moved_since(self.head.number, item_code, since)

    async def _check_not_come_back(self, tx: Transaction) -> None:
        """What left with the shipment is outside still. Refuses: StandsOnIt."""
        outside = await locked.outside(tx, self.head.order_id)
        for line in await tx.execute(_SHIPPED, {"document": self.reverse.document_id}):
            if line.line_number not in outside or outside[line.line_number].quantity < line.quantity:
                returns = await tx.execute(_RETURNS, {"order": self.head.order_id})
                check_nothing_stands_on(self.head.number, [row.number for row in returns])

    async def _set_aside_again(self, tx: Transaction, code: str, shelf: Shelf, order_id: UUID) -> None:
        """The order's goods are set aside as they were before they left."""
        held = {one.line_number: one for one in await locked.reservations(tx, code, order_id)}
        for line in await tx.execute(_SHIPPED, {"document": self.reverse.document_id}):
            was = held[line.line_number]
            reserved, issued = was.reserved + line.quantity, was.issued - line.quantity
            held[line.line_number] = shelf.keep(replace(was, reserved=reserved, issued=issued))
            shelf.move(was.item_code, reserved=line.quantity)


def _item(move: Moved) -> str:
    return move.item_code
