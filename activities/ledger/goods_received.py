"""The entry of what goods are worth that came in: posted by the receipt itself, in its own transaction."""

from activities.ledger.posting import Books, Entry, Source, same_currency_lines
from domains.ledger.messages import AccountRole, GoodsReceived

AGAINST = {
    "purchase": AccountRole.GOODS_RECEIVED_NOT_INVOICED,
    "opening": AccountRole.OPENING_BALANCE,
    "adjustment": AccountRole.INVENTORY_ADJUSTMENT,
}


def goods_received_entry(books: Books, goods: GoodsReceived) -> Entry | None:
    """Inventory against what the receipt's reason says; what it settles of goods issued before, against their
    cost. None when the goods are worth nothing.

    Refuses: NoAccountFor.
    """
    lines = same_currency_lines(
        [
            (books.account(AccountRole.INVENTORY), goods.value - goods.adjustment_value),
            (books.account(AccountRole.COST_OF_GOODS_SOLD), goods.adjustment_value),
            (books.account(AGAINST[goods.reason]), -goods.value),
        ],
        goods.receipt_number,
    )
    if not lines:
        return None
    source = Source("stock_receipt", goods.receipt_id, "value")
    return Entry(source, goods.posted_on, books.currency, f"Stock receipt {goods.receipt_number}", lines)
