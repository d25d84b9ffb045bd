"""What goods that leave and come back are worth in the ledger, in the company's currency."""

from activities.ledger.goods_cost import goods_cost_entry
from activities.ledger.posting import Entry, Source, books_on, same_currency_lines, write_entry
from domains.ledger.messages import AccountRole, EntryPosted, PostGoodsCost, PostGoodsReturn
from foundation.operation import operation
from foundation.transaction import Transaction


@operation("ledger.post_goods_cost")
async def post_goods_cost(session: Transaction, goods: PostGoodsCost) -> EntryPosted:
    """Cost of goods sold against inventory, for one shipment.

    Refuses: NoFiscalYear, PeriodLocked, NoAccountFor.
    """
    books = await books_on(session, goods.posted_on)
    return await write_entry(session, books, goods_cost_entry(books, goods))


@operation("ledger.post_goods_return")
async def post_goods_return(session: Transaction, goods: PostGoodsReturn) -> EntryPosted:
    """Goods that came back: inventory, or a loss for what is scrapped, against their cost of goods sold.

    Content when the goods are worth nothing. Refuses: NoFiscalYear, PeriodLocked, NoAccountFor.
    """
    books = await books_on(session, goods.posted_on)
    value = goods.restocked_value + goods.scrapped_value
    lines = same_currency_lines(
        [
            (books.account(AccountRole.INVENTORY), goods.restocked_value - goods.adjustment_value),
            (books.account(AccountRole.INVENTORY_ADJUSTMENT), goods.scrapped_value),
            (books.account(AccountRole.COST_OF_GOODS_SOLD), goods.adjustment_value - value),
        ],
        goods.order_number,
    )
    source = Source("goods_return", goods.return_id, "value")
    if not lines:
        return EntryPosted(entry_id=source.entry_id, entry_number="")
    text = f"Goods return {goods.return_number} for {goods.order_number}"
    return await write_entry(session, books, Entry(source, goods.posted_on, books.currency, text, lines))
