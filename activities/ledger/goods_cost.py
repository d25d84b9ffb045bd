"""The entry of what goods cost that have left: of their own, or with the invoice that bills them at once."""

from activities.ledger.posting import Books, Entry, Source, same_currency_lines
from domains.ledger.messages import AccountRole, PostGoodsCost


def goods_cost_entry(books: Books, goods: PostGoodsCost) -> Entry:
    """Cost of goods sold against inventory. Refuses: NoAccountFor."""
    lines = same_currency_lines(
        [
            (books.account(AccountRole.COST_OF_GOODS_SOLD), goods.cost),
            (books.account(AccountRole.INVENTORY), -goods.cost),
        ],
        goods.order_number,
    )
    source = Source("shipment", goods.shipment_id, "cost")
    text = f"Goods issue {goods.shipment_number} for {goods.order_number}"
    return Entry(source, goods.posted_on, books.currency, text, lines)
