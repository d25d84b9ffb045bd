"""What procurement can be asked for, and what it answers. Amounts are in the order's currency."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from foundation.values.events import EventPart, PublicEvent
from foundation.values.messages import (
    Amount,
    Code,
    ComposedText,
    CurrencyCode,
    Message,
    Percent,
    PositiveQuantity,
    Quantity,
    ShownAmount,
    ShownQuantity,
    Text,
    UnitAmount,
)

PURCHASE_ORDER = "purchase_order"
PURCHASE_REQUISITION = "purchase_requisition"
"""What approval policies are written for."""


class PurchaseOrderStatus(StrEnum):
    """How far a purchase order has come."""

    HELD = "held"
    """Somebody is still to say yes to it."""
    PLACED = "placed"
    RECEIVED = "received"
    """Nothing is still to come: of goods; of services alone, once they are billed and paid."""
    CANCELLED = "cancelled"


class PurchaseLineAsked(Message):
    """One line of what is wanted, at the price that was agreed for one `unit`, without tax."""

    item_code: Code
    quantity: PositiveQuantity
    unit: Code | None = None
    """The stock unit when empty."""
    unit_price: Annotated[UnitAmount, Field(ge=0)]
    discount_percent: Percent = Decimal(0)
    tax_code: Code | None = None
    """The supplier's when empty, otherwise the item's."""
    description: Text = ""


class PurchaseOrderAsked(Message):
    """What we ask a supplier for. What is left out comes from the supplier: currency, terms, tax."""

    supplier_code: Code
    ordered_on: date | None = None
    """Today when empty."""
    expected_on: date | None = None
    """When the goods should be here."""
    currency: CurrencyCode | None = None
    supplier_reference: Text = ""
    """The supplier's own number for it: of its offer, or its confirmation."""
    warehouse_code: Code | None = None
    """Where the goods go; the company's default warehouse when empty."""
    payment_terms_code: Code | None = None
    lines: Annotated[tuple[PurchaseLineAsked, ...], Field(max_length=500)]


class ForRequisition(Message):
    """The requisition that is ordered, and which of its lines each line of the order is."""

    requisition_id: UUID
    requisition_number: str
    line_numbers: tuple[int, ...]


class PlacePurchaseOrder(PurchaseOrderAsked):
    """The purchase order with an id of its own, so that it counts once."""

    order_id: UUID
    ordered_on: date
    for_requisition: ForRequisition | None = Field(default=None, exclude_if=lambda of: of is None)


class PurchaseLine(Message):
    """One line as it was ordered; `net_amount` is without tax, rounded to the currency's minor unit."""

    line_number: int
    item_code: str
    description: str
    quantity: Quantity
    unit: str
    stock_quantity: Quantity
    """The quantity in the item's stock unit."""
    is_stocked: bool
    unit_price: UnitAmount
    discount_percent: Decimal
    tax_code: str
    over_delivery_percent: Decimal
    """How much more than was ordered may be taken in."""
    under_delivery_percent: Decimal
    """How much less than was ordered completes the line all the same."""
    net_amount: Amount
    tax_amount: Amount


class PurchaseOrderPlaced(Message):
    """The purchase order as it was written down, with the terms that hold for it."""

    order_id: UUID
    order_number: str
    supplier_code: str
    supplier_name: str
    supplier_reference: str
    ordered_on: date
    expected_on: date | None
    currency: str
    warehouse_code: str
    payment_terms_code: str
    net_amount: Amount
    tax_amount: Amount
    total_amount: Amount
    base_total_amount: Amount
    """The total in the company's currency, at the rate of the order's day."""
    lines: tuple[PurchaseLine, ...]


class LineToReceive(Message):
    """What has come of one line, in the line's unit."""

    line_number: int
    quantity: PositiveQuantity


class GoodsReceiptAsked(Message):
    """Goods of a purchase order have come. Without lines: all that was still to come."""

    received_on: date | None = None
    """Today when empty."""
    reference: Text = ""
    """The number of the delivery note."""
    lines: Annotated[tuple[LineToReceive, ...], Field(max_length=500)] = ()


class ReceiveGoods(GoodsReceiptAsked):
    """The receipt with an id of its own, so that it counts once."""

    POSTED_ON = "received_on"

    receipt_id: UUID
    received_on: date


class GoodsReceived(Message):
    """The receipt, its value in the company's currency, and what is still to come of each line."""

    order_id: UUID
    receipt_id: UUID
    receipt_number: str
    value: ShownAmount
    still_to_come: dict[int, ShownQuantity]
    stage: str


class TakeReceiptBack(Message):
    """A receipt of a purchase order was a mistake: its goods have not come."""

    POSTED_ON = "reversed_on"

    reversal_id: UUID
    receipt_id: UUID
    reversed_on: date
    reason: Text


class LineRecorded(Message):
    """What has come of one line, in its unit; negative when it has not come after all."""

    line_number: int
    quantity: Quantity


class RecordReceipt(Message):
    """What has come of a purchase order, line by line."""

    order_id: UUID
    lines: tuple[LineRecorded, ...]
    rest_is_cancelled: bool = Field(default=False, exclude_if=lambda is_so: not is_so)
    """Whether what has not come is wanted no more."""
    is_billed: bool = Field(default=False, exclude_if=lambda is_so: not is_so)
    """Whether an invoice of it stands."""

    @classmethod
    def of(
        cls, order_id: UUID, lines: Iterable[LineToReceive], *, is_back: bool = False, **so_far: bool
    ) -> Self:
        """What came with a receipt, or has not come after all."""
        signed = ((line.line_number, -line.quantity if is_back else line.quantity) for line in lines)
        recorded = (LineRecorded(line_number=number, quantity=quantity) for number, quantity in signed)
        return cls(order_id=order_id, lines=tuple(recorded), **so_far)


class HoldPurchaseOrder(Message):
    """The order waits for people who are to say yes to it."""

    order_id: UUID
    reason: Text


class ReleasePurchaseOrder(Message):
    """All have said yes: what was ordered may come."""

    order_id: UUID


class ReceiptRecorded(Message):
    """How far the purchase order has come now."""

    order_id: UUID
    order_number: str
    status: PurchaseOrderStatus


class LinePriced(Message):
    """Another price of one line, for one unit without tax."""

    line_number: int
    unit_price: Annotated[UnitAmount, Field(ge=0)]
    discount_percent: Percent = Decimal(0)


class PriceChangeAsked(Message):
    """Other prices were agreed with the supplier: for what is still to come and to be billed."""

    lines: Annotated[tuple[LinePriced, ...], Field(min_length=1, max_length=500)]
    reason: Annotated[Text, Field(min_length=1)]
    changed_on: date | None = None
    """An invoice that matches at the new prices is not posted before; today when empty."""


class ChangePrices(PriceChangeAsked):
    """The change with an id of its own."""

    change_id: UUID
    changed_on: date
    acknowledgement_id: UUID | None = Field(default=None, exclude_if=lambda of: of is None)
    """The supplier's answer whose prices are accepted so."""


class RepriceOrder(ChangePrices):
    """The same for procurement."""

    order_id: UUID


class PurchaseCancellation(Message):
    """What has not come is wanted no more."""

    reason: ComposedText


class CancelPurchaseOrder(PurchaseCancellation):
    """The order is cancelled: all of it, or, when something has come or was billed, the rest."""

    order_id: UUID
    is_billed: bool = Field(default=False, exclude_if=lambda is_so: not is_so)
    """Whether an invoice of it stands."""


class EndPurchaseOrder(Message):
    """An order of a requisition, or of services alone, has ended: nothing more comes or is billed."""

    order_id: UUID
    billed: dict[int, Quantity]
    """What the supplier has billed, by line, in its unit."""


class PurchaseOrderChanged(Message):
    """The purchase order after it was held, released, cancelled or has ended; without a number when there was
    none.
    """

    order_id: UUID
    status: PurchaseOrderStatus | None
    order_number: str = ""


class OrderedGoods(EventPart):
    """A line of a purchase order; its net amount is without tax, in the order's currency."""

    line_number: int
    item_code: str
    quantity: ShownQuantity
    unit: str
    net_amount: ShownAmount


class PurchaseOrderPlacedEvent(PublicEvent, name="procurement.purchase_order_placed"):
    """A purchase order was written down."""

    order_id: UUID
    order_number: str
    supplier_code: str
    ordered_on: date
    expected_on: date | None
    currency: str
    net_amount: ShownAmount
    tax_amount: ShownAmount
    total_amount: ShownAmount
    lines: tuple[OrderedGoods, ...]


class PurchaseOrderHeldEvent(PublicEvent, name="procurement.purchase_order_held"):
    """A purchase order waits for people who are to say yes to it."""

    order_id: UUID
    order_number: str


class PurchaseOrderReleasedEvent(PublicEvent, name="procurement.purchase_order_released"):
    """All have said yes to a purchase order."""

    order_id: UUID
    order_number: str


class PurchasePricesChangedEvent(PublicEvent, name="procurement.prices_changed"):
    """Other prices were agreed for a purchase order."""

    order_id: UUID
    order_number: str
    currency: str
    net_amount: ShownAmount
    tax_amount: ShownAmount
    total_amount: ShownAmount


class PurchaseOrderReceivedEvent(PublicEvent, name="procurement.goods_received"):
    """Goods of a purchase order have come."""

    order_id: UUID
    order_number: str
    status: PurchaseOrderStatus
    """`received` when nothing is left to come."""


class PurchaseOrderCancelledEvent(PublicEvent, name="procurement.purchase_order_cancelled"):
    """A purchase order was cancelled, or what had not come of it."""

    order_id: UUID
    order_number: str
