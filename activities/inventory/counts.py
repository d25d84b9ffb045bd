"""The stock of a warehouse is counted, and the books follow."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from activities.inventory import postings
from activities.inventory.shortages import short_again
from activities.inventory.stock_writer import served_orders, write_book, write_reservations
from activities.ledger import posting
from domains.inventory import tables
from domains.inventory.messages import CountStock, InventoryRole, LineCounted, StockCounted, StockCountedEvent
from domains.inventory.queries import locked
from domains.inventory.rules.book import Book
from domains.inventory.rules.counts import CountedDifference, check_not_negative, differences
from domains.inventory.rules.quantities import check_units
from domains.inventory.rules.reservations import Shelf
from domains.ledger.messages import Document
from domains.master_data.queries import items_on
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.money import ZERO


@operation("inventory.count_stock", event=StockCountedEvent)
async def count_stock(tx: Transaction, count: CountStock) -> StockCounted:
    """Take over what was counted: each line is compared with what was on hand at the end of that day.

    What was found is valued at the item's current cost, what is missing leaves at moving average or oldest
    cost, both rounded half-up per line in the company's currency, against a role of its own. What was set
    aside and is missing is short again, for who came last. Refuses: NotStocked, CountedTwice, Invalid for
    units, NotOnHand and NotThereYet when what left since needs what is missing; NoFiscalYear, PeriodLocked,
    NoAccountFor.
    """
    on = count.counted_on
    await posting.books_on(tx, on)
    shelf, found = await _compared(tx, count)
    book = Book(*await locked.valuation(tx, _needed(found)))
    adjustment = sum((_moved(shelf, book, line, count) for line in found), ZERO)
    check_not_negative(shelf, found)
    shelf.check_days("counted_on")
    changed = await short_again(tx, count.warehouse_code, shelf)
    changed += shelf.serve(await locked.backorders(tx, count.warehouse_code, shelf))
    await write_reservations(tx, count.warehouse_code, shelf)
    values = {move.line_number: move.value for move in book.moves if move.kind == "count"}
    number = tx.closing.sequence_number("CNT", "inventory.count_number")
    value = sum(values.values(), ZERO)
    _write(tx, count, found, values, {"number": number, "value": value, "currency": book.currency})
    document, warehouse_code = Document("stock_count", count.count_id, number), count.warehouse_code
    write_book(tx, book, document_id=document.id, number=number, moved_on=on, warehouse_code=warehouse_code)
    against, about = InventoryRole.COUNT_DIFFERENCE, f"Count of {warehouse_code}"
    await postings.post_value(tx, document, on, value, against, about=about, adjustment=adjustment)
    return StockCounted(
        count_id=count.count_id,
        count_number=number,
        value=value,
        adjustment_value=adjustment,
        differences=tuple(_answer(line, values.get(line.line_number, ZERO)) for line in found),
        served=await served_orders(tx, changed),
    )


async def _compared(tx: Transaction, count: CountStock) -> tuple[Shelf, list[CountedDifference]]:
    """The goods, locked, and by how much each line differs from the books of the day."""
    item_codes = {line.item_code for line in count.lines}
    items = await items_on(tx, item_codes, count.counted_on)
    shelf = await locked.shelf(tx, count.warehouse_code, item_codes, on=count.counted_on, leaves=True)
    shelf.check_stocked(
        (f"lines.{position}.item_code", line.item_code) for position, line in enumerate(count.lines)
    )
    check_units(count.lines, items)
    return shelf, differences(count.lines, items, shelf)


def _needed(found: list[CountedDifference]) -> dict[str, Decimal]:
    """How much will leave of each item, so that its layers are loaded."""
    return {line.item_code: max(-line.difference, ZERO) for line in found}


def _moved(shelf: Shelf, book: Book, line: CountedDifference, count: CountStock) -> Decimal:
    """Move the difference; gives what goods issued before they were there cost otherwise."""
    shelf.move(line.item_code, on_hand=line.difference)
    if line.difference < 0:
        book.issue(line.item_code, -line.difference, line_number=line.line_number, kind="count")
    if line.difference > 0:
        return book.find(
            line.item_code, line.difference, receipt_id=count.count_id, line_number=line.line_number
        )
    return ZERO


def _write(
    tx: Transaction,
    count: CountStock,
    found: list[CountedDifference],
    values: Mapping[int, Decimal],
    facts: dict[str, Any],
) -> None:
    head = count.model_dump(exclude={"count_id", "lines"}) | facts | {"id": count.count_id}
    rows = [_row(count, line, values.get(line.line_number, ZERO)) for line in found]
    write_document(tx, {tables.StockCount: head, tables.StockCountLine: rows})


def _row(count: CountStock, line: CountedDifference, value: Decimal) -> dict[str, Any]:
    return {
        "count_id": count.count_id,
        "line_number": line.line_number,
        "item_code": line.item_code,
        "quantity": line.quantity,
        "unit": line.unit,
        "stock_quantity": line.stock_quantity,
        "book_quantity": line.book_quantity,
        "value": value,
    }


def _answer(line: CountedDifference, value: Decimal) -> LineCounted:
    return LineCounted(
        line_number=line.line_number, item_code=line.item_code, difference=line.difference, value=value
    )
