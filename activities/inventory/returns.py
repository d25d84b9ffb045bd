"""Goods come back from a customer."""

from decimal import Decimal
from typing import Any

from activities.inventory import postings
from activities.inventory.stock_writer import served_orders, write_book, write_reservations
from activities.ledger import posting
from domains.inventory import tables
from domains.inventory.messages import (
    GoodsMayComeBack,
    GoodsReturnedEvent,
    GoodsTakenBack,
    LineTakenBack,
    TakeBackGoods,
)
from domains.inventory.queries import locked
from domains.inventory.rules.book import Book
from domains.inventory.rules.reservations import Shelf
from domains.inventory.rules.returns import (
    GoodsOutside,
    NotShipped,
    ReturnedLine,
    check_had_left,
    check_is_outside,
    returned_lines,
)
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.money import ZERO


@operation("inventory.check_goods_back")
async def check_goods_back(tx: Transaction, back: TakeBackGoods) -> GoodsMayComeBack:
    """Whether goods can have come back so, before anything is done about it. Changes nothing.

    Refuses: as `take_back_goods`.
    """
    books = await posting.books_on(tx, back.received_on)
    for role in postings.OF_RETURNS:
        books.account(role)
    await _judged(tx, back, back.warehouse_code or (await _sent(tx, back)).warehouse_code)
    return GoodsMayComeBack(return_id=back.return_id)


@operation("inventory.take_back_goods", event=GoodsReturnedEvent)
async def take_back_goods(tx: Transaction, back: TakeBackGoods) -> GoodsTakenBack:
    """Take goods of an order back at what they cost when they left; they serve who waits, oldest first.

    The restocked part is a receipt at its original cost; the scrapped part moves nothing, and its cost is
    posted as a loss. Values are in the company's currency, rounded half-up per line.
    Refuses: NotShipped, TooEarly when they had not left by the day, NotStocked, Invalid, NoFiscalYear,
    PeriodLocked, TooFarAhead, NoAccountFor.
    """
    sent = await _sent(tx, back)
    warehouse_code = back.warehouse_code or sent.warehouse_code
    shelf, book, lines = await _judged(tx, back, warehouse_code)
    adjustment_value = _restock(shelf, book, lines, back)
    served = shelf.serve(await locked.backorders(tx, warehouse_code, shelf))
    restocked_value = sum((line.restocked_cost for line in lines), ZERO)
    scrapped_value = sum((line.cost for line in lines), ZERO) - restocked_value

    await write_reservations(tx, warehouse_code, shelf)
    number = tx.closing.sequence_number("RET", "inventory.return_number")
    values = {
        "restocked_value": restocked_value,
        "scrapped_value": scrapped_value,
        "adjustment_value": adjustment_value,
    }
    where = {"warehouse_code": warehouse_code, "currency": book.currency}
    _write(tx, back, lines, sent._asdict() | values | where | {"number": number})
    write_book(
        tx,
        book,
        document_id=back.return_id,
        number=number,
        moved_on=back.received_on,
        warehouse_code=warehouse_code,
    )
    worth = postings.Returned(restocked_value, scrapped_value, adjustment_value)
    await postings.post_return(tx, back.return_id, number, sent.order_number, back.received_on, worth)
    return GoodsTakenBack(
        return_id=back.return_id,
        return_number=number,
        **values,
        lines=tuple(_answer(line) for line in lines),
        served=await served_orders(tx, served),
    )


async def _sent(tx: Transaction, back: TakeBackGoods) -> locked.Sent:
    """Where the order's goods left from. Refuses: NotShipped."""
    if (sent := await locked.sent(tx, back.order_id)) is None:
        raise NotShipped("nothing has left for this order")
    return sent


async def _judged(
    tx: Transaction, back: TakeBackGoods, warehouse_code: str
) -> tuple[Shelf, Book, tuple[ReturnedLine, ...]]:
    """The goods, locked, and what comes back of them.

    Two returns of the same goods meet at the valuation, whichever warehouse they go to: what is outside is
    read again behind its lock.
    """
    seen = await locked.outside(tx, back.order_id)
    known = [
        (position, seen[line.line_number].item_code)
        for position, line in enumerate(back.lines)
        if line.line_number in seen
    ]
    item_codes = {item_code for _, item_code in known}
    shelf = await locked.shelf(tx, warehouse_code, item_codes, on=back.received_on)
    shelf.check_stocked((f"lines.{position}.line_number", item_code) for position, item_code in known)
    shelf.check_whole(
        (f"lines.{position}.quantity", item_code, back.lines[position].quantity)
        for position, item_code in known
    )
    book = Book(*await locked.valuation(tx, dict.fromkeys(item_codes, ZERO)))
    return shelf, book, returned_lines(back.lines, await _checked(tx, back), book.currency)


async def _checked(tx: Transaction, back: TakeBackGoods) -> dict[int, GoodsOutside]:
    """What is outside, if so much of it can come back on that day, and be credited."""
    await posting.check_planned(tx, back.followed_by)
    outside = await locked.outside(tx, back.order_id)
    check_is_outside(back.lines, outside)
    check_had_left(back.lines, await locked.left_by(tx, back.order_id, back.received_on), back.received_on)
    return outside


def _restock(shelf: Shelf, book: Book, lines: tuple[ReturnedLine, ...], back: TakeBackGoods) -> Decimal:
    adjustment_value = ZERO
    for line in lines:
        if line.restocked_quantity:
            shelf.move(line.item_code, on_hand=line.restocked_quantity)
            adjustment_value += book.receive(
                line.item_code,
                line.restocked_quantity,
                line.restocked_cost,
                receipt_id=back.return_id,
                line_number=line.line_number,
                kind="return",
            )
    return adjustment_value


def _write(
    tx: Transaction, back: TakeBackGoods, lines: tuple[ReturnedLine, ...], facts: dict[str, Any]
) -> None:
    head = back.model_dump(exclude={"return_id", "lines", "followed_by"}) | facts | {"id": back.return_id}
    write_document(tx, {tables.GoodsReturn: head})
    write_document(tx, {tables.GoodsReturnLine: [_row(back, line) for line in lines]})


def _row(back: TakeBackGoods, line: ReturnedLine) -> dict[str, Any]:
    names = ("line_number", "item_code", "quantity", "scrapped_quantity", "cost", "restocked_cost")
    return {"return_id": back.return_id} | {name: getattr(line, name) for name in names}


def _answer(line: ReturnedLine) -> LineTakenBack:
    return LineTakenBack(
        line_number=line.line_number,
        item_code=line.item_code,
        quantity=line.quantity,
        scrapped_quantity=line.scrapped_quantity,
        cost=line.cost,
    )
