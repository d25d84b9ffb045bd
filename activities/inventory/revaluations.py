"""What is on hand gets another value."""

from activities.inventory.keeping import keep_book
from domains.inventory.messages import ItemRevalued, RevalueItem
from domains.inventory.queries import locked
from domains.inventory.rules.book import Book
from domains.inventory.rules.reservations import NotStocked
from foundation.operation import operation
from foundation.transaction import Transaction


@operation("inventory.revalue_item")
async def revalue_item(tx: Transaction, revalue: RevalueItem) -> ItemRevalued:
    """Give what is on hand of an item, in all warehouses, another unit cost.

    Values are in the company's currency; the new value is rounded half-up once. Layers of first in, first
    out change in proportion. Refuses: NotStocked, NothingToRevalue.
    """
    item_code = revalue.item_code
    book = Book(*await locked.valuation(tx, {item_code: None}))
    if item_code not in book.kept:
        raise NotStocked(f"{item_code} is unknown or not kept in stock", errors=[("item_code", "is unknown")])
    difference = book.revalue(item_code, revalue.unit_cost)
    await keep_book(
        tx,
        book,
        document_id=revalue.revaluation_id,
        moved_on=revalue.revalued_on,
        warehouse_code=None,
    )
    kept = book.kept[item_code]
    return ItemRevalued(
        revaluation_id=revalue.revaluation_id,
        item_code=item_code,
        quantity=kept.quantity,
        unit_cost=kept.unit_cost,
        value=kept.value,
        value_difference=difference,
    )
