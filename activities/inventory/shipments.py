"""Goods leave the warehouse."""

from activities.inventory.keeping import keep_book, keep_reservations
from domains.inventory.messages import GoodsIssued, IssuedLine, PostGoodsIssue
from domains.inventory.queries import locked
from domains.inventory.rules.book import Book
from domains.inventory.tables import Shipment, ShipmentLine
from foundation.documents import write_document
from foundation.money import ZERO
from foundation.operation import operation
from foundation.transaction import Transaction


@operation("inventory.post_goods_issue")
async def post_goods_issue(tx: Transaction, issue: PostGoodsIssue) -> GoodsIssued:
    """Write the shipment; goods leave what is on hand and set aside, at moving average or oldest cost.

    Costs are in the company's currency, rounded half-up per line; the total is their sum, and exactly what
    the stock is worth less. Refuses: NotStocked, NotReserved, NotOnHand.
    """
    shelf = await locked.shelf(tx, issue.warehouse_code, (line.item_code for line in issue.lines))
    shelf.check_stocked(
        (f"lines.{position}.item_code", line.item_code) for position, line in enumerate(issue.lines)
    )
    reservations = await locked.reservations(tx, issue.order_id)
    shelf.issue({reservation.line_number: reservation for reservation in reservations}, issue.lines)

    needed = dict.fromkeys((line.item_code for line in issue.lines), ZERO)
    for line in issue.lines:
        needed[line.item_code] += line.quantity
    book = Book(*await locked.valuation(tx, needed))
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

    await keep_reservations(tx, issue.warehouse_code, shelf)
    head = issue.model_dump(exclude={"shipment_id", "lines"})
    head |= {"id": issue.shipment_id, "cost": cost, "currency": book.currency}
    issued = [{"shipment_id": issue.shipment_id, **dict(line)} for line in lines]
    written = await write_document(tx, {Shipment: head, ShipmentLine: issued}, returning=(Shipment.number,))
    await keep_book(
        tx,
        book,
        document_id=issue.shipment_id,
        moved_on=issue.shipped_on,
        warehouse_code=issue.warehouse_code,
    )
    return GoodsIssued(
        shipment_id=issue.shipment_id, shipment_number=written.scalar_one(), cost=cost, lines=lines
    )
