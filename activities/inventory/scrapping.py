"""Goods are worth nothing any more."""

from activities.inventory import postings
from activities.inventory.shortages import short_again
from activities.inventory.stock_writer import served_orders, write_book, write_reservations
from activities.ledger import posting
from domains.inventory import tables
from domains.inventory.messages import GoodsScrapped, GoodsScrappedEvent, InventoryRole, ScrapGoods
from domains.inventory.queries import locked
from domains.inventory.rules.book import Book
from domains.inventory.rules.quantities import check_units
from domains.inventory.rules.reservations import Shelf
from domains.inventory.rules.transfers import StockLine, needed, stock_lines
from domains.ledger.messages import Document
from domains.master_data.queries import items_on
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.money import ZERO


@operation("inventory.scrap_goods", event=GoodsScrappedEvent)
async def scrap_goods(tx: Transaction, scrap: ScrapGoods) -> GoodsScrapped:
    """Take goods off the shelf that are worth nothing any more; their cost is a loss, on a role of its own.

    Costs are in the company's currency, rounded half-up per line. What was set aside of them is short again,
    for who came last. Refuses: NotStocked, Invalid for units, NotOnHand, NotThereYet, NoFiscalYear,
    PeriodLocked, NoAccountFor.
    """
    on, warehouse_code = scrap.scrapped_on, scrap.warehouse_code
    await posting.books_on(tx, on)
    shelf, lines = await _taken(tx, scrap)
    book = Book(*await locked.valuation(tx, needed(lines)))
    costs = [
        book.issue(line.item_code, line.stock_quantity, line_number=line.line_number, kind="scrap")
        for line in lines
    ]
    cut = await short_again(tx, warehouse_code, shelf)
    await write_reservations(tx, warehouse_code, shelf)
    number = tx.closing.sequence_number("SCR", "inventory.scrapping_number")
    value = sum(costs, ZERO)
    document, facts = Document("scrapping", scrap.scrapping_id, number), {"value": value, "number": number}
    head = scrap.model_dump(exclude={"scrapping_id", "lines"}) | facts
    rows = [
        {"scrapping_id": document.id, "value": cost} | vars(line)
        for line, cost in zip(lines, costs, strict=True)
    ]
    write_document(tx, {tables.Scrapping: head | {"id": document.id, "currency": book.currency}})
    write_document(tx, {tables.ScrappingLine: rows})
    write_book(tx, book, document_id=document.id, number=number, moved_on=on, warehouse_code=warehouse_code)
    against, about = InventoryRole.SCRAPPED_GOODS, f"Scrapped in {warehouse_code}"
    await postings.post_value(tx, document, on, -value, against, about=about)
    return GoodsScrapped(
        scrapping_id=document.id,
        scrapping_number=number,
        value=value,
        served=await served_orders(tx, cut),
    )


async def _taken(tx: Transaction, scrap: ScrapGoods) -> tuple[Shelf, list[StockLine]]:
    """The goods, locked, without the lines."""
    item_codes = {line.item_code for line in scrap.lines}
    items = await items_on(tx, item_codes, scrap.scrapped_on)
    shelf = await locked.shelf(tx, scrap.warehouse_code, item_codes, on=scrap.scrapped_on, leaves=True)
    shelf.check_stocked(
        (f"lines.{position}.item_code", line.item_code) for position, line in enumerate(scrap.lines)
    )
    check_units(scrap.lines, items)
    lines = stock_lines(scrap.lines, items)
    shelf.take(lines)
    shelf.check_days("scrapped_on")
    return shelf, lines
