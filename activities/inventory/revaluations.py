"""What is on hand gets another value."""

from activities.inventory import postings
from activities.inventory.stock_writer import write_book
from domains.inventory import tables
from domains.inventory.messages import InventoryRole, ItemRevalued, ItemRevaluedEvent, RevalueItem
from domains.inventory.queries import locked
from domains.inventory.rules.book import Book
from domains.inventory.rules.reservations import NotStocked
from domains.ledger.messages import Document
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation


@operation("inventory.revalue_item", event=ItemRevaluedEvent)
async def revalue_item(tx: Transaction, revalue: RevalueItem) -> ItemRevalued:
    """Give what is on hand of an item, in all warehouses, another unit cost, and post the difference.

    Values are in the company's currency; the new value is rounded half-up once. Layers of first in, first
    out change in proportion. Refuses: NotStocked, NothingToRevalue, NoFiscalYear, PeriodLocked, NoAccountFor.
    """
    item_code = revalue.item_code
    book = Book(*await locked.valuation(tx, {item_code: None}))
    if item_code not in book.kept:
        raise NotStocked(f"{item_code} is unknown or not kept in stock", errors=[("item_code", "is unknown")])
    before = book.kept[item_code]
    difference = book.revalue(item_code, revalue.unit_cost)
    kept = book.kept[item_code]
    number = tx.closing.sequence_number("REV", "inventory.revaluation_number")
    row = {
        "id": revalue.revaluation_id,
        "number": number,
        "item_code": item_code,
        "revalued_on": revalue.revalued_on,
        "quantity": kept.quantity,
        "unit_cost": kept.unit_cost,
        "value_before": before.value,
        "value": kept.value,
        "currency": book.currency,
        "reason": revalue.reason,
    }
    write_document(tx, {tables.Revaluation: row})
    write_book(tx, book, document_id=revalue.revaluation_id, number=number, moved_on=revalue.revalued_on)
    document, on = Document("revaluation", revalue.revaluation_id, number), revalue.revalued_on
    against, about = InventoryRole.INVENTORY_ADJUSTMENT, f"Revaluation of {item_code}:"
    await postings.post_value(tx, document, on, difference, against, about=about)
    return ItemRevalued(
        revaluation_id=revalue.revaluation_id,
        revaluation_number=number,
        item_code=item_code,
        quantity=kept.quantity,
        unit_cost=kept.unit_cost,
        value=kept.value,
        value_difference=difference,
    )
