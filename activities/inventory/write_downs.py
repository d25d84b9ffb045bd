"""Items are written down to what can be got for them, and up again when that recovers (IAS 2.28-33)."""

from sqlalchemy import text

from activities.inventory import postings
from activities.inventory.stock_writer import write_book
from activities.ledger import posting
from domains.inventory import tables
from domains.inventory.messages import InventoryRole, ItemWrittenDown, ItemWrittenDownEvent, WriteDownItem
from domains.inventory.queries import locked
from domains.inventory.rules.book import Book
from domains.inventory.rules.reservations import NotStocked
from domains.inventory.rules.write_downs import Written, check_write_down
from domains.ledger.messages import Document
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation

# What was written down or up, and how much has been issued since: what was written down first leaves first.
_WRITTEN = text(
    """
    SELECT w.quantity, w.value - w.value_before AS difference, coalesce((
        SELECT -sum(m.quantity) FROM inventory.stock_move m
        WHERE m.company_id = w.company_id AND m.item_code = w.item_code AND m.quantity < 0
            AND m.kind IN ('issue', 'scrap', 'count')
            AND m.id > (SELECT max(x.id) FROM inventory.stock_move x
                        WHERE x.company_id = w.company_id AND x.document_id = w.id)
            AND NOT EXISTS (SELECT FROM ledger.reversal r WHERE r.document_id = m.document_id)), 0) AS issued
    FROM inventory.write_down w
    WHERE w.company_id = foundation.current_company() AND w.item_code = :item
        AND NOT EXISTS (SELECT FROM ledger.reversal r WHERE r.document_id = w.id)
    """
)


@operation("inventory.write_down_item", event=ItemWrittenDownEvent)
async def write_down_item(tx: Transaction, write_down: WriteDownItem) -> ItemWrittenDown:
    """Carry what is on hand of an item, in all warehouses, at what can be got for it; post the difference.

    The new value is rounded half-up in the company's currency; layers change in proportion. Below cost it is
    a loss of the period; up again at most by what was written down of the goods that are still there.
    Refuses: NotStocked, NothingToRevalue, NothingToWriteDown, AboveCost, NoFiscalYear, PeriodLocked,
    NoAccountFor.
    """
    item_code, on = write_down.item_code, write_down.written_on
    await posting.books_on(tx, on)
    book = Book(*await locked.valuation(tx, {item_code: None}))
    if item_code not in book.kept:
        raise NotStocked(f"{item_code} is unknown or not kept in stock", errors=[("item_code", "is unknown")])
    before = book.kept[item_code]
    difference = book.revalue(item_code, write_down.unit_cost, kind="write_down")
    written = [Written(*tuple(row)) for row in await tx.execute(_WRITTEN, {"item": item_code})]
    check_write_down(before, difference, written, book.currency)
    kept = book.kept[item_code]
    number = tx.closing.sequence_number("WRD", "inventory.write_down_number")
    row = write_down.model_dump(exclude={"write_down_id"}) | {
        "id": write_down.write_down_id,
        "number": number,
        "quantity": kept.quantity,
        "unit_cost": kept.unit_cost,
        "value_before": before.value,
        "value": kept.value,
        "currency": book.currency,
    }
    write_document(tx, {tables.WriteDown: row})
    write_book(tx, book, document_id=write_down.write_down_id, number=number, moved_on=on)
    document, against = (
        Document("write_down", write_down.write_down_id, number),
        InventoryRole.INVENTORY_WRITE_DOWN,
    )
    about = f"{'Write-down' if difference < 0 else 'Write-up'} of {item_code}:"
    await postings.post_value(tx, document, on, difference, against, about=about)
    return ItemWrittenDown(
        write_down_id=write_down.write_down_id,
        write_down_number=number,
        item_code=item_code,
        quantity=kept.quantity,
        unit_cost=kept.unit_cost,
        value=kept.value,
        value_difference=difference,
    )
