"""Goods leave the warehouse."""

from sqlalchemy import Date, Uuid, bindparam, text

from activities.inventory.keeping import as_rows, keep_book, keep_reservations
from domains.inventory.messages import GoodsIssued, IssuedLine, PostGoodsIssue
from domains.inventory.queries import locked
from domains.inventory.rules.book import Book
from foundation.money import ZERO
from foundation.operation import operation
from foundation.transaction import Transaction

_WRITE_SHIPMENT = text(
    """
    WITH written AS (
        INSERT INTO inventory.shipment (
            id, order_id, order_number, customer_code, warehouse_code, shipped_on, carrier, tracking, cost,
            currency)
        VALUES (
            :shipment_id, :order_id, :order_number, :customer_code, :warehouse_code, :shipped_on, :carrier,
            :tracking, CAST(:cost AS numeric), :currency)
        RETURNING number
    ), lines AS (
        INSERT INTO inventory.shipment_line (shipment_id, line_number, item_code, quantity, cost)
        SELECT :shipment_id, c.line_number, c.item_code, c.quantity, c.cost
        FROM jsonb_to_recordset(CAST(:issued AS jsonb))
            AS c (line_number integer, item_code text, quantity numeric, cost numeric)
    )
    SELECT number FROM written
    """
).bindparams(
    bindparam("shipment_id", type_=Uuid()),
    bindparam("order_id", type_=Uuid()),
    bindparam("shipped_on", type_=Date()),
)


@operation("inventory.post_goods_issue")
async def post_goods_issue(session: Transaction, issue: PostGoodsIssue) -> GoodsIssued:
    """Write the shipment; goods leave what is on hand and set aside, at moving average or oldest cost.

    Costs are in the company's currency, rounded half-up per line; the total is their sum, and exactly what
    the stock is worth less. Refuses: NotStocked, NotReserved, NotOnHand.
    """
    shelf = await locked.shelf(session, issue.warehouse_code, (line.item_code for line in issue.lines))
    shelf.check_stocked(
        (f"lines.{position}.item_code", line.item_code) for position, line in enumerate(issue.lines)
    )
    reservations = await locked.reservations(session, issue.order_id)
    shelf.issue({reservation.line_number: reservation for reservation in reservations}, issue.lines)

    needed = dict.fromkeys((line.item_code for line in issue.lines), ZERO)
    for line in issue.lines:
        needed[line.item_code] += line.quantity
    book = Book(*await locked.valuation(session, needed))
    lines = tuple(
        IssuedLine(
            line_number=line.line_number,
            item_code=line.item_code,
            quantity=line.quantity,
            cost=book.issue(line.item_code, line.quantity, line_number=line.line_number),
        )
        for line in issue.lines
    )
    cost = sum((line.cost for line in lines), ZERO)

    await keep_reservations(session, issue.warehouse_code, shelf)
    document = dict(issue) | {"cost": str(cost), "currency": book.currency, "issued": as_rows(lines)}
    number = (await session.execute(_WRITE_SHIPMENT, document)).scalar_one()
    await keep_book(
        session,
        book,
        document_id=issue.shipment_id,
        moved_on=issue.shipped_on,
        warehouse_code=issue.warehouse_code,
    )
    return GoodsIssued(shipment_id=issue.shipment_id, shipment_number=number, cost=cost, lines=lines)
