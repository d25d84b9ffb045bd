"""Goods come back from a customer."""

from decimal import Decimal

from sqlalchemy import Date, Uuid, bindparam, text

from activities.inventory.keeping import as_rows, keep_book, keep_reservations, served_orders
from domains.inventory.messages import GoodsTakenBack, LineTakenBack, TakeBackGoods
from domains.inventory.queries import locked
from domains.inventory.rules.book import Book
from domains.inventory.rules.reservations import Shelf
from domains.inventory.rules.returns import NotShipped, ReturnedLine, returned_lines
from foundation.money import ZERO
from foundation.operation import operation
from foundation.transaction import Transaction

_WRITE_RETURN = text(
    """
    WITH written AS (
        INSERT INTO inventory.goods_return (
            id, order_id, order_number, customer_code, warehouse_code, received_on, reference,
            restocked_value, scrapped_value, adjustment_value, currency)
        VALUES (
            :return_id, :order_id, :order_number, :customer_code, :warehouse_code, :received_on, :reference,
            CAST(:restocked_value AS numeric), CAST(:scrapped_value AS numeric),
            CAST(:adjustment_value AS numeric), :currency)
        RETURNING number
    ), lines AS (
        INSERT INTO inventory.goods_return_line (
            return_id, line_number, item_code, quantity, scrapped_quantity, cost, restocked_cost)
        SELECT :return_id, c.line_number, c.item_code, c.quantity, c.scrapped_quantity, c.cost,
            c.restocked_cost
        FROM jsonb_to_recordset(CAST(:returned AS jsonb)) AS c (
            line_number integer, item_code text, quantity numeric, scrapped_quantity numeric, cost numeric,
            restocked_cost numeric)
    )
    SELECT number FROM written
    """
).bindparams(
    bindparam("return_id", type_=Uuid()),
    bindparam("order_id", type_=Uuid()),
    bindparam("received_on", type_=Date()),
)


@operation("inventory.take_back_goods")
async def take_back_goods(session: Transaction, back: TakeBackGoods) -> GoodsTakenBack:
    """Take goods of an order back at what they cost when they left; they serve who waits, oldest first.

    The restocked part is a receipt at its original cost; the scrapped part moves nothing, and its cost is
    told. Values are in the company's currency, rounded half-up per line. Refuses: NotShipped, NotStocked.
    """
    sent = await locked.sent(session, back.order_id)
    if sent is None:
        raise NotShipped("nothing has left for this order")
    warehouse_code = back.warehouse_code or sent.warehouse_code
    shelf, book, lines = await _judged(session, back, warehouse_code)
    adjustment_value = _restock(shelf, book, lines, back)
    served = shelf.serve(await locked.backorders(session, warehouse_code, shelf))
    restocked_value = sum((line.restocked_cost for line in lines), ZERO)
    scrapped_value = sum((line.cost for line in lines), ZERO) - restocked_value

    await keep_reservations(session, warehouse_code, shelf)
    document = dict(back) | sent._asdict() | {"warehouse_code": warehouse_code, "currency": book.currency}
    document |= {"restocked_value": str(restocked_value), "scrapped_value": str(scrapped_value)}
    document |= {"adjustment_value": str(adjustment_value), "returned": as_rows(lines)}
    number = (await session.execute(_WRITE_RETURN, document)).scalar_one()
    await keep_book(
        session, book, document_id=back.return_id, moved_on=back.received_on, warehouse_code=warehouse_code
    )
    return GoodsTakenBack(
        return_id=back.return_id,
        return_number=number,
        restocked_value=restocked_value,
        scrapped_value=scrapped_value,
        adjustment_value=adjustment_value,
        lines=tuple(_answer(line) for line in lines),
        served=await served_orders(session, served),
    )


async def _judged(
    session: Transaction, back: TakeBackGoods, warehouse_code: str
) -> tuple[Shelf, Book, tuple[ReturnedLine, ...]]:
    """The goods, locked, and what comes back of them.

    Two returns of the same goods meet at the valuation, whichever warehouse they go to: what is outside is
    read again behind its lock.
    """
    seen = await locked.outside(session, back.order_id)
    known = [
        (position, seen[line.line_number].item_code)
        for position, line in enumerate(back.lines)
        if line.line_number in seen
    ]
    item_codes = {item_code for _, item_code in known}
    shelf = await locked.shelf(session, warehouse_code, item_codes)
    shelf.check_stocked((f"lines.{position}.line_number", item_code) for position, item_code in known)
    book = Book(*await locked.valuation(session, dict.fromkeys(item_codes, ZERO)))
    outside = await locked.outside(session, back.order_id)
    return shelf, book, returned_lines(back.lines, outside, book.currency)


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


def _answer(line: ReturnedLine) -> LineTakenBack:
    return LineTakenBack(
        line_number=line.line_number,
        item_code=line.item_code,
        quantity=line.quantity,
        scrapped_quantity=line.scrapped_quantity,
        cost=line.cost,
    )
