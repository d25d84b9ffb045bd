"""What others may be told of the goods.

Quantities are in the items' stock units, unless a unit is named; values are in the company's currency.
"""

from datetime import date
from uuid import UUID

from foundation.values.events import EventPart, PublicEvent
from foundation.values.messages import ShownAmount, ShownQuantity


class ReceivedLine(EventPart):
    """What came in of an item; without a unit, in the item's stock unit."""

    item_code: str
    quantity: ShownQuantity
    unit: str | None = None


class StockReceivedEvent(PublicEvent, name="inventory.stock_received"):
    """Goods came into a warehouse."""

    receipt_id: UUID
    receipt_number: str
    warehouse_code: str
    received_on: date
    supplier_code: str | None = None
    value: ShownAmount
    """In the company's currency."""
    lines: tuple[ReceivedLine, ...]


class ShippedLine(EventPart):
    """What left for an order line, in the item's stock unit."""

    line_number: int
    item_code: str
    quantity: ShownQuantity


class GoodsIssuePostedEvent(PublicEvent, name="inventory.goods_issue_posted"):
    """Goods have left the warehouse for a customer."""

    shipment_id: UUID
    shipment_number: str
    order_id: UUID
    order_number: str
    customer_code: str
    warehouse_code: str
    shipped_on: date
    lines: tuple[ShippedLine, ...]


class GoodsBackLine(EventPart):
    """What came back of an order line, in the item's stock unit, and how much of it was scrapped."""

    line_number: int
    item_code: str
    quantity: ShownQuantity
    scrapped_quantity: ShownQuantity


class GoodsReturnedEvent(PublicEvent, name="inventory.goods_returned"):
    """Goods of an order came back and were inspected."""

    return_id: UUID
    return_number: str
    """Of the goods return, not of the return that sales has authorised."""
    order_id: UUID
    received_on: date
    lines: tuple[GoodsBackLine, ...]


class ItemRevaluedEvent(PublicEvent, name="inventory.item_revalued"):
    """What is on hand of an item got another unit cost; values are in the company's currency."""

    revaluation_id: UUID
    revaluation_number: str
    item_code: str
    revalued_on: date
    quantity: ShownQuantity
    value: ShownAmount
    value_difference: ShownAmount


class ReceiptReversedEvent(PublicEvent, name="inventory.receipt_reversed"):
    """A stock receipt was reversed: its goods have left again."""

    reversal_id: UUID
    reversal_number: str
    document_id: UUID
    document_number: str
    reversed_on: date


class RevaluationReversedEvent(PublicEvent, name="inventory.revaluation_reversed"):
    """A revaluation was reversed: the item has its value of before."""

    reversal_id: UUID
    reversal_number: str
    document_id: UUID
    document_number: str
    reversed_on: date


class NamedLine(EventPart):
    """So much of an item, in one of its units; without a unit, in its stock unit."""

    item_code: str
    quantity: ShownQuantity
    unit: str | None = None


class StockCountedEvent(PublicEvent, name="inventory.stock_counted"):
    """A warehouse was counted; `value` is what was found more than the books said, less when negative."""

    count_id: UUID
    count_number: str
    warehouse_code: str
    counted_on: date
    value: ShownAmount
    lines: tuple[NamedLine, ...]


class GoodsScrappedEvent(PublicEvent, name="inventory.goods_scrapped"):
    """Goods are worth nothing any more."""

    scrapping_id: UUID
    scrapping_number: str
    warehouse_code: str
    scrapped_on: date
    value: ShownAmount
    lines: tuple[NamedLine, ...]


class StockTransferredEvent(PublicEvent, name="inventory.stock_transferred"):
    """Goods left one warehouse for another."""

    transfer_id: UUID
    transfer_number: str
    from_warehouse_code: str
    to_warehouse_code: str
    transferred_on: date
    is_in_transit: bool
    """Whether they are still on their way."""
    lines: tuple[NamedLine, ...]


class ArrivedGoodsLine(EventPart):
    """What arrived of a line of a transfer."""

    line_number: int
    item_code: str
    quantity: ShownQuantity


class TransferReceivedEvent(PublicEvent, name="inventory.transfer_received"):
    """Goods in transit arrived, all of them or a part."""

    transfer_receipt_id: UUID
    transfer_receipt_number: str
    transfer_id: UUID
    warehouse_code: str
    received_on: date
    lines: tuple[ArrivedGoodsLine, ...]


class ItemWrittenDownEvent(PublicEvent, name="inventory.item_written_down"):
    """An item was written down to what can be got for it, or up again when the difference is positive."""

    write_down_id: UUID
    write_down_number: str
    item_code: str
    written_on: date
    quantity: ShownQuantity
    value: ShownAmount
    value_difference: ShownAmount


class PriceCorrectedEvent(PublicEvent, name="inventory.price_corrected"):
    """A receipt cost `value` more than was reported, of which `stock_value` is still in stock."""

    correction_id: UUID
    correction_number: str
    receipt_id: UUID
    receipt_number: str
    corrected_on: date
    value: ShownAmount
    stock_value: ShownAmount


class ShipmentReversedEvent(PublicEvent, name="inventory.shipment_reversed"):
    """A shipment was reversed: its goods are set aside for the order again."""

    reversal_id: UUID
    reversal_number: str
    document_id: UUID
    document_number: str
    reversed_on: date


class GoodsReturnReversedEvent(PublicEvent, name="inventory.goods_return_reversed"):
    """A goods return was reversed: its goods are with the customer again."""

    reversal_id: UUID
    reversal_number: str
    document_id: UUID
    document_number: str
    reversed_on: date


class StockCorrectionReversedEvent(PublicEvent, name="inventory.correction_reversed"):
    """A count, a scrapping, a transfer or its receipt, a write-down or a price correction was reversed."""

    reversal_id: UUID
    reversal_number: str
    document_type: str
    document_id: UUID
    document_number: str
    reversed_on: date
