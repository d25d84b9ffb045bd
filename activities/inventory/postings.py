"""What goods that come, go and change their worth mean in the ledger, in the company's currency.

Posted by the operation that moves the goods, in its transaction: stock and ledger can never differ.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid5

from activities.ledger import posting
from domains.inventory.messages import InventoryRole, ReceiveStock
from domains.inventory.rules.receipts import StockedLine
from domains.ledger.messages import (
    AccountRole,
    Document,
    LineToPost,
    NewItem,
    Party,
    PartyType,
    Role,
    Side,
    Source,
)
from foundation.money import DualAmount
from foundation.transaction import Transaction

AGAINST: dict[str, Role] = {
    "purchase": AccountRole.GOODS_RECEIVED_NOT_INVOICED,
    "opening": AccountRole.OPENING_BALANCE,
    "adjustment": InventoryRole.INVENTORY_ADJUSTMENT,
}


async def post_issue(
    tx: Transaction, shipment_id: UUID, number: str, order_number: str, on: date, cost: Decimal
) -> None:
    """Cost of goods sold against inventory. Refuses: NoFiscalYear, PeriodLocked, NoAccountFor."""
    lines = [
        LineToPost(InventoryRole.COST_OF_GOODS_SOLD, cost, text=order_number),
        LineToPost(InventoryRole.INVENTORY, -cost, text=order_number),
    ]
    source = Source("shipment", shipment_id, "cost")
    await posting.post(tx, source, on, lines, text=f"Goods issue {number} for {order_number}")


async def post_receipt(
    tx: Transaction,
    receipt: ReceiveStock,
    number: str,
    lines: Sequence[StockedLine],
    adjustment: Decimal,
) -> None:
    """Inventory against what the receipt's reason says; what it settles of goods issued before, against their
    cost. What is bought is an open item, line by line, until it is invoiced.

    Refuses: NoFiscalYear, PeriodLocked, NoAccountFor.
    """
    value = sum((line.value for line in lines), Decimal(0))
    against = AGAINST[receipt.reason]
    supplier = Party(PartyType.SUPPLIER, receipt.supplier_code) if receipt.supplier_code else None
    posted = [
        LineToPost(InventoryRole.INVENTORY, value - adjustment, text=number),
        LineToPost(InventoryRole.COST_OF_GOODS_SOLD, adjustment, text=number),
        LineToPost(against, -value, text=number, party=supplier),
    ]
    books = await posting.books_on(tx, receipt.received_on)
    items = [
        NewItem(
            id=uuid5(receipt.receipt_id, f"line {line.line_number}"),
            side=Side.GOODS_RECEIVED,
            account_code=books.account(against),
            party=supplier,
            due_on=receipt.received_on,
            value=DualAmount(-line.value, -line.value),
            quantity=line.stock_quantity,
        )
        for line in lines
        if line.value and against is AccountRole.GOODS_RECEIVED_NOT_INVOICED
    ]
    await posting.post(
        tx,
        Source("stock_receipt", receipt.receipt_id, "value"),
        receipt.received_on,
        posted,
        text=f"Stock receipt {number}",
        items=items,
        document=Document("stock_receipt", receipt.receipt_id, number),
    )


async def post_return(
    tx: Transaction,
    return_id: UUID,
    number: str,
    order_number: str,
    on: date,
    *,
    restocked: Decimal,
    scrapped: Decimal,
    adjustment: Decimal,
) -> None:
    """Goods that came back: inventory, or a loss for what is scrapped, against their cost of goods sold.

    Refuses: NoFiscalYear, PeriodLocked, NoAccountFor.
    """
    lines = [
        LineToPost(InventoryRole.INVENTORY, restocked - adjustment, text=order_number),
        LineToPost(InventoryRole.INVENTORY_ADJUSTMENT, scrapped, text=order_number),
        LineToPost(InventoryRole.COST_OF_GOODS_SOLD, adjustment - restocked - scrapped, text=order_number),
    ]
    source = Source("goods_return", return_id, "value")
    await posting.post(tx, source, on, lines, text=f"Goods return {number} for {order_number}")


async def post_revaluation(
    tx: Transaction, revaluation_id: UUID, number: str, item_code: str, on: date, difference: Decimal
) -> None:
    """What goods are worth more, or less, against the inventory adjustment (IAS 2.34).

    Refuses: NoFiscalYear, PeriodLocked, NoAccountFor.
    """
    lines = [
        LineToPost(InventoryRole.INVENTORY, difference, text=item_code),
        LineToPost(InventoryRole.INVENTORY_ADJUSTMENT, -difference, text=item_code),
    ]
    source = Source("revaluation", revaluation_id, "value")
    await posting.post(tx, source, on, lines, text=f"Revaluation {number} of {item_code}")
