"""What goods that come, go and change their worth mean in the ledger, in the company's currency.

Posted by the operation that moves the goods, in its transaction: stock and ledger can never differ.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from activities.ledger import posting
from domains.inventory.messages import InventoryRole, ReceiveStock
from domains.inventory.rules.receipts import StockedLine
from domains.ledger.messages import (
    AccountRole,
    Document,
    LineToPost,
    Party,
    PartyType,
    Role,
)
from foundation.database.transaction import Row, Transaction
from foundation.values.money import ZERO

AGAINST: dict[str, Role] = {
    "opening": AccountRole.OPENING_BALANCE,
    "adjustment": InventoryRole.INVENTORY_ADJUSTMENT,
}


OF_RETURNS: tuple[Role, ...] = (
    InventoryRole.INVENTORY,
    InventoryRole.INVENTORY_ADJUSTMENT,
    InventoryRole.COST_OF_GOODS_SOLD,
)
"""What goods that come back are posted to."""


class Returned(NamedTuple):
    """What goods that came back cost when they left, in the company's currency."""

    restocked: Decimal
    scrapped: Decimal
    adjustment: Decimal
    """Of what is restocked: what goods that were sold before they came cost otherwise."""


async def post_issue(
    tx: Transaction, shipment_id: UUID, number: str, order_number: str, on: date, cost: Decimal
) -> None:
    """Cost of goods sold against inventory. Refuses: NoFiscalYear, PeriodLocked, NoAccountFor."""
    lines = [
        LineToPost(InventoryRole.COST_OF_GOODS_SOLD, cost, text=order_number),
        LineToPost(InventoryRole.INVENTORY, -cost, text=order_number),
    ]
    document = Document("shipment", shipment_id, number)
    about = f"Goods issue {number} for {order_number}"
    await posting.post(tx, document, on, lines, text=about, purpose="cost")


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
    value = sum((line.value for line in lines), ZERO)
    supplier = Party(PartyType.SUPPLIER, receipt.supplier_code) if receipt.supplier_code else None
    posted = [
        LineToPost(InventoryRole.INVENTORY, value - adjustment, text=number),
        LineToPost(InventoryRole.COST_OF_GOODS_SOLD, adjustment, text=number),
    ]
    if receipt.reason == "purchase":
        received = AccountRole.GOODS_RECEIVED_NOT_INVOICED
        posted += [
            LineToPost(
                received,
                -line.value,
                text=number,
                party=supplier,
                quantity=line.stock_quantity,
                order_line_number=line.order_line_number,
            )
            for line in lines
        ]
    else:
        posted.append(LineToPost(AGAINST[receipt.reason], -value, text=number))
    of_order = receipt.order
    document = Document(
        "stock_receipt",
        receipt.receipt_id,
        number,
        process_id=of_order.process_id if of_order else None,
        order_id=of_order.order_id if of_order else None,
    )
    about = f"Stock receipt {number}"
    await posting.post(tx, document, receipt.received_on, posted, text=about, purpose="value")


async def post_return(
    tx: Transaction,
    return_id: UUID,
    number: str,
    order_number: str,
    on: date,
    worth: Returned,
) -> None:
    """Goods that came back: inventory, or a loss for what is scrapped, against their cost of goods sold.

    Refuses: NoFiscalYear, PeriodLocked, NoAccountFor.
    """
    lines = [
        LineToPost(InventoryRole.INVENTORY, worth.restocked - worth.adjustment, text=order_number),
        LineToPost(InventoryRole.INVENTORY_ADJUSTMENT, worth.scrapped, text=order_number),
        LineToPost(
            InventoryRole.COST_OF_GOODS_SOLD,
            worth.adjustment - worth.restocked - worth.scrapped,
            text=order_number,
        ),
    ]
    document = Document("goods_return", return_id, number)
    about = f"Goods return {number} for {order_number}"
    await posting.post(tx, document, on, lines, text=about, purpose="value")


async def post_value(
    tx: Transaction,
    document: Document,
    on: date,
    difference: Decimal,
    against: Role,
    *,
    about: str,
    adjustment: Decimal = ZERO,
) -> None:
    """Stock is worth more, or less when negative, against a role: the inventory adjustment for a revaluation
    (IAS 2.34), the write-down for one (IAS 2.34), what was counted otherwise, what was scrapped.

    `adjustment` is the part of it that settles what goods issued before they were there cost otherwise.
    Refuses: NoFiscalYear, PeriodLocked, NoAccountFor.
    """
    lines = [
        LineToPost(InventoryRole.INVENTORY, difference - adjustment, text=about),
        LineToPost(InventoryRole.COST_OF_GOODS_SOLD, adjustment, text=about),
        LineToPost(against, -difference, text=about),
    ]
    await posting.post(tx, document, on, lines, text=f"{about} {document.number}", purpose="value")


async def post_price_correction(
    tx: Transaction,
    document: Document,
    on: date,
    receipt: Row,
    lines: Sequence[Decimal],
    stock_value: Decimal,
) -> None:
    """What a receipt cost more: inventory for what is left of it, cost of goods sold for what was issued,
    against what the receipt was posted against; of a purchase, each line's difference is an open item.

    Refuses: NoFiscalYear, PeriodLocked, NoAccountFor.
    """
    value = sum(lines, ZERO)
    supplier = Party(PartyType.SUPPLIER, receipt.supplier_code) if receipt.supplier_code else None
    posted = [
        LineToPost(InventoryRole.INVENTORY, stock_value, text=receipt.number),
        LineToPost(InventoryRole.COST_OF_GOODS_SOLD, value - stock_value, text=receipt.number),
    ]
    if receipt.reason == "purchase":
        received = AccountRole.GOODS_RECEIVED_NOT_INVOICED
        # No goods came with it: only what they are owed for differs.
        posted += [
            LineToPost(received, -line, text=receipt.number, party=supplier, quantity=ZERO) for line in lines
        ]
    else:
        posted.append(LineToPost(AGAINST[receipt.reason], -value, text=receipt.number))
    about = f"Price correction {document.number} of {receipt.number}"
    await posting.post(tx, document, on, posted, text=about, purpose="value")


async def post_landed_cost(
    tx: Transaction, document: Document, on: date, value: Decimal, stock_value: Decimal, *, about: str
) -> None:
    """What goods cost on their way: inventory for what is left of them, cost of goods sold for what was
    issued, against the clearing account that it was billed to.

    Refuses: NoFiscalYear, PeriodLocked, NoAccountFor.
    """
    lines = [
        LineToPost(InventoryRole.INVENTORY, stock_value, text=document.number),
        LineToPost(InventoryRole.COST_OF_GOODS_SOLD, value - stock_value, text=document.number),
        LineToPost(InventoryRole.LANDED_COST_CLEARING, -value, text=document.number),
    ]
    await posting.post(tx, document, on, lines, text=about, purpose="value")
