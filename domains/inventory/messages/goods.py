"""What can be asked of inventory, and what it answers. Quantities are in the items' stock units; costs in the
company's currency: unit costs with six decimals, values rounded half-up to the minor unit."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from domains.ledger.messages import PlannedEntry, Role
from foundation.values.messages import (
    Amount,
    Code,
    CurrencyCode,
    Message,
    Percent,
    PositiveQuantity,
    Quantity,
    Text,
    UnitAmount,
)


class InventoryRole(Role):
    """The roles that goods are posted by."""

    INVENTORY = "inventory", "inventory"
    COST_OF_GOODS_SOLD = "cost_of_goods_sold"
    INVENTORY_ADJUSTMENT = "inventory_adjustment"
    COUNT_DIFFERENCE = "count_difference"
    SCRAPPED_GOODS = "scrapped_goods"
    INVENTORY_WRITE_DOWN = "inventory_write_down"
    LANDED_COST_CLEARING = "landed_cost_clearing"


class ReceiptLine(Message):
    """Goods that came in. The cost is for one unit of `unit`."""

    item_code: Code
    quantity: PositiveQuantity
    unit: Code | None = None
    unit_cost: Annotated[UnitAmount, Field(ge=0)]
    discount_percent: Percent = Decimal(0)
    """Off the unit cost."""


class ReceiptAsked(Message):
    """Goods arrive in a warehouse: bought, found, or there from the beginning."""

    warehouse_code: Code
    received_on: date | None = None
    """Today when empty."""
    reference: Text = ""
    reason: Annotated[str, Field(pattern="^(purchase|opening|adjustment)$")] = "purchase"
    supplier_code: Code | None = None
    """Of a purchase: who is owed for it, in the register of parties."""
    currency: CurrencyCode | None = None
    """Of the costs: they are taken in at the rate of the day. The company's when empty."""
    lines: Annotated[tuple[ReceiptLine, ...], Field(min_length=1, max_length=1000)]


class ReceivedFor(Message):
    """What goods came for: the order, the process that looks after it, and the order's line of each line."""

    order_id: UUID
    order_number: str
    process_id: str
    line_numbers: tuple[int, ...]
    stock_quantities: tuple[PositiveQuantity, ...]
    """In the stock unit, by the conversion that was agreed when it was ordered."""


class ReceiveStock(ReceiptAsked):
    """The receipt with an id of its own, so that it counts once."""

    POSTED_ON = "received_on"

    receipt_id: UUID
    received_on: date
    order: ReceivedFor | None = Field(default=None, exclude_if=lambda order: order is None)
    """The purchase order that the goods came for."""


class ServedOrder(Message):
    """An order whose backorder was served, wholly or in part, by goods that became available."""

    order_id: UUID
    process_id: str
    lines: tuple["ReservedLine", ...]
    is_complete: bool


class StockReceived(Message):
    """The receipt, what it is worth, and which waiting orders it served, oldest first."""

    receipt_id: UUID
    receipt_number: str
    value: Amount
    adjustment_value: Amount
    """Settles the difference when the receipt met negative stock; positive when what was issued cost more.
    """
    served: tuple[ServedOrder, ...]


class LineToReserve(Message):
    """What an order line needs, in the stock unit."""

    line_number: int
    item_code: Code
    quantity: PositiveQuantity


class ReserveStock(Message):
    """Set goods aside for an order; what is short becomes a backorder."""

    order_id: UUID
    process_id: str
    warehouse_code: Code
    ordered_on: date
    lines: tuple[LineToReserve, ...]


class ReservedLine(Message):
    """How much of a line is set aside, and how much is short."""

    line_number: int
    item_code: str
    reserved_quantity: Quantity
    short_quantity: Quantity
    wanted_quantity: Quantity | None = None
    """What the line wanted when this was so: news of a line that was amended meanwhile are told by it."""


class StockReserved(Message):
    """What was set aside, per line."""

    order_id: UUID
    lines: tuple[ReservedLine, ...]
    is_complete: bool


class ReleaseReservation(Message):
    """Give back what is set aside for an order and not shipped.

    Goods set free serve the oldest backorders.
    """

    order_id: UUID


class ReservationReleased(Message):
    """What was given back, and which waiting orders it served."""

    order_id: UUID
    released_quantity: Quantity
    served: tuple[ServedOrder, ...]


class LineToIssue(Message):
    """What leaves for an order line, in the stock unit."""

    line_number: int
    item_code: Code
    quantity: PositiveQuantity


class PostGoodsIssue(Message):
    """Goods leave the warehouse for a customer: the shipment is written and stock moves at cost."""

    POSTED_ON = "shipped_on"

    shipment_id: UUID
    order_id: UUID
    order_number: str
    customer_code: Code
    warehouse_code: Code
    shipped_on: date
    carrier: Text = ""
    tracking: Text = ""
    lines: Annotated[tuple[LineToIssue, ...], Field(min_length=1)]
    followed_by: tuple[PlannedEntry, ...] = ()
    """What is to be posted when the goods have left."""


class IssuedLine(Message):
    """What left, and what it cost."""

    line_number: int
    item_code: str
    quantity: Quantity
    cost: Amount


class GoodsIssued(Message):
    """The shipment, and its cost of goods in the company's currency."""

    shipment_id: UUID
    shipment_number: str
    cost: Amount
    lines: tuple[IssuedLine, ...]


class LineToTakeBack(Message):
    """What came back of an order line, in the stock unit, and how much of it is fit to be sold again."""

    line_number: int
    quantity: PositiveQuantity
    scrapped_quantity: Annotated[Quantity, Field(ge=0)] = Decimal(0)
    """Part of `quantity`: it does not go back to the shelf."""


class TakeBackGoods(Message):
    """Goods of an order come back, and are inspected; they are worth again what they cost when they left."""

    POSTED_ON = "received_on"

    return_id: UUID
    order_id: UUID
    received_on: date
    warehouse_code: Code | None = None
    """Where they left from when empty."""
    reference: Text = ""
    lines: Annotated[tuple[LineToTakeBack, ...], Field(min_length=1)]
    followed_by: tuple[PlannedEntry, ...] = ()
    """What is to be posted when the goods are back."""


class LineTakenBack(Message):
    """What came back of one line, and what it had cost."""

    line_number: int
    item_code: str
    quantity: Quantity
    scrapped_quantity: Quantity
    cost: Amount


class GoodsMayComeBack(Message):
    """Nothing is in the way of taking the goods back."""

    return_id: UUID


class GoodsTakenBack(Message):
    """The goods return, its values in the company's currency, and which waiting orders it served."""

    return_id: UUID
    return_number: str
    restocked_value: Amount
    scrapped_value: Amount
    adjustment_value: Amount
    """As with a receipt: goods issued before, at an assumed cost, cost so much more."""
    lines: tuple[LineTakenBack, ...]
    served: tuple[ServedOrder, ...]


class AmendReservation(ReserveStock):
    """An order's lines as they are now: what is no longer wanted is set free, what is more is set aside.

    Allowed also when nothing changes. A line that waits keeps its place among those who wait, also for what
    it wants more; one that did not waits from the day `ordered_on`: the order's own, or the amendment's.
    """


class ReservationAmended(StockReserved):
    """What is set aside now, and which waiting orders were served by what was set free."""

    served: tuple[ServedOrder, ...]
    number: int
    """What the order was told with a lower number was before."""


class RevaluationAsked(Message):
    """What is on hand of an item gets another unit cost, in the company's currency: written down or up."""

    item_code: Code
    unit_cost: Annotated[UnitAmount, Field(ge=0)]
    revalued_on: date | None = None
    """Today when empty."""
    reason: Text = ""


class RevalueItem(RevaluationAsked):
    """The revaluation with an id of its own, so that it counts once."""

    POSTED_ON = "revalued_on"

    revaluation_id: UUID
    revalued_on: date


class ItemRevalued(Message):
    """By how much the stock is worth more, or less when negative: what is posted."""

    revaluation_id: UUID
    revaluation_number: str
    item_code: str
    quantity: Quantity
    unit_cost: UnitAmount
    value: Amount
    value_difference: Amount


class MayBeReversed(Message):
    """Nothing is in the way of taking the document back."""

    document_id: UUID


class ReverseStockDocument(Message):
    """Take a document of the stock back: the goods, what they were worth, and their entry."""

    POSTED_ON = "reversed_on"

    document_id: UUID
    reversal_id: UUID
    reversed_on: date
    reason: Text
