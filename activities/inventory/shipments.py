"""Goods leave the warehouse."""

from activities.inventory import postings
from activities.inventory.stock_writer import write_book, write_issued
from activities.ledger import posting
from domains.inventory import tables
from domains.inventory.messages import (
    GoodsIssued,
    GoodsIssuePostedEvent,
    IssuedLine,
    LineToIssue,
    PostGoodsIssue,
)
from domains.inventory.queries import locked
from domains.inventory.rules.book import Book
from domains.inventory.rules.reservations import Shelf
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.money import ZERO


@operation("inventory.post_goods_issue", event=GoodsIssuePostedEvent)
async def post_goods_issue(tx: Transaction, issue: PostGoodsIssue) -> GoodsIssued:
    """Write the shipment; goods leave what is on hand and set aside, at moving average or oldest cost, and
    their cost is posted.

    Costs are in the company's currency, rounded half-up per line; the total is their sum, and exactly what
    the stock is worth less. Goods that could not be billed do not leave. Refuses: NotStocked, NotReserved,
    NotOnHand, NotThereYet, NoFiscalYear, PeriodLocked, TooFarAhead, NoExchangeRate, NoAccountFor,
    NotPostable.
    """
    await posting.check_planned(tx, issue.followed_by)
    shelf = await _taken_off_the_shelf(tx, issue)
    needed = dict.fromkeys((line.item_code for line in issue.lines), ZERO)
    for line in issue.lines:
        needed[line.item_code] += line.quantity
    book = Book(*await locked.valuation(tx, needed))
    lines = tuple(_issued(book, line) for line in issue.lines)
    cost = sum((line.cost for line in lines), ZERO)

    number = tx.closing.sequence_number("SHP", "inventory.shipment_number")
    head = issue.model_dump(exclude={"shipment_id", "lines", "followed_by"}) | {
        "id": issue.shipment_id,
        "number": number,
        "cost": cost,
        "currency": book.currency,
    }
    write_document(tx, {tables.Shipment: head})
    rows = [{"shipment_id": issue.shipment_id} | dict(line) for line in lines]
    write_document(tx, {tables.ShipmentLine: rows})
    write_issued(tx, issue.warehouse_code, shelf)
    write_book(
        tx,
        book,
        document_id=issue.shipment_id,
        number=number,
        moved_on=issue.shipped_on,
        warehouse_code=issue.warehouse_code,
    )
    await postings.post_issue(tx, issue.shipment_id, number, issue.order_number, issue.shipped_on, cost)
    return GoodsIssued(shipment_id=issue.shipment_id, shipment_number=number, cost=cost, lines=lines)


async def _taken_off_the_shelf(tx: Transaction, issue: PostGoodsIssue) -> Shelf:
    """The goods, locked, and less of them on hand and set aside. Refuses: NotStocked, NotReserved, NotOnHand,
    NotThereYet.
    """
    item_codes = {line.item_code for line in issue.lines}
    shelf = await locked.shelf(tx, issue.warehouse_code, item_codes, on=issue.shipped_on, leaves=True)
    shelf.check_stocked(
        (f"lines.{position}.item_code", line.item_code) for position, line in enumerate(issue.lines)
    )
    reservations = await locked.reservations(tx, issue.warehouse_code, issue.order_id)
    shelf.issue({reservation.line_number: reservation for reservation in reservations}, issue.lines)
    shelf.check_days("shipped_on")
    return shelf


def _issued(book: Book, line: LineToIssue) -> IssuedLine:
    return IssuedLine(
        line_number=line.line_number,
        item_code=line.item_code,
        quantity=line.quantity,
        cost=book.issue(line.item_code, line.quantity, line_number=line.line_number),
    )
