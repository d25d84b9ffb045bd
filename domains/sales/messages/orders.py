"""Orders, and what people do to them on their way."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from domains.ledger.messages import ReversalAsked
from domains.master_data.messages import Delivery, Invoicing
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
    Text,
    UnitAmount,
)
from foundation.values.money import ZERO


class OrderStatus(StrEnum):
    """How far an order has come."""

    PLACED = "placed"
    HELD = "held"
    CONFIRMED = "confirmed"
    DELIVERED = "delivered"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    REJECTED = "rejected"


class OrderLineAsked(Message):
    """One line as the customer asks for it. Without a price, the customer's price list decides."""

    item_code: Code
    quantity: PositiveQuantity
    unit: Code | None = None
    unit_price: Annotated[UnitAmount, Field(ge=0)] | None = None
    discount_percent: Percent = Decimal(0)
    tax_code: Code | None = None
    description: Text = ""


class OrderAsked(Message):
    """A customer's order.

    What is left out comes from the customer: currency, terms, tax, delivery, invoicing.
    """

    customer_code: Code
    ordered_on: date | None = None
    """Today when empty."""
    requested_on: date | None = None
    currency: CurrencyCode | None = None
    customer_reference: Text = ""
    warehouse_code: Code | None = None
    payment_terms_code: Code | None = None
    delivery: Delivery | None = None
    invoicing: Invoicing | None = None
    discount_percent: Percent | None = None
    """Off every line, after the line's own discount. The customer's when empty."""
    prices_include_tax: bool | None = None
    """For prices given in the lines; the price list's when empty."""
    freight_amount: Annotated[Amount, Field(ge=0)] = Decimal(0)
    freight_tax_code: Code | None = None
    lines: Annotated[tuple[OrderLineAsked, ...], Field(max_length=500)]


class PlaceOrder(OrderAsked):
    """The order as it goes into its process, with an id that is known before the start."""

    order_id: UUID
    ordered_on: date
    replaces_order_id: UUID | None = Field(default=None, exclude_if=lambda order: order is None)
    """The order that has billed the goods which are sent again with this one, free of charge."""
    replaces_line_numbers: tuple[int | None, ...] = Field(default=(), exclude_if=lambda lines: not lines)
    """The line of that order for each line of this one; empty when nothing is replaced."""


class PricedLine(Message):
    """One line of the order as it was priced.

    `net_amount` is without tax, rounded to the currency's minor unit.
    """

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
    """Line and order discount together, as one percentage, not rounded."""
    tax_code: str
    net_amount: Amount
    tax_amount: Amount
    replaces_line_number: int | None = Field(default=None, exclude_if=lambda number: number is None)
    """The line that its goods were billed with, of the order whose goods are replaced."""

    @property
    def taxed_quantity(self) -> Decimal:
        """In the item's stock unit, what taxes of an amount per unit count; those of goods that are sent
        again were charged with what they replace.
        """
        return self.stock_quantity if self.replaces_line_number is None else ZERO


class OrderPlaced(Message):
    """The order as written down: priced, taxed, with the terms that hold for it."""

    order_id: UUID
    order_number: str
    customer_code: str
    customer_name: str
    customer_reference: str
    ordered_on: date
    currency: str
    warehouse_code: str
    payment_terms_code: str
    delivery: Delivery
    invoicing: Invoicing
    prices_include_tax: bool
    freight_amount: Amount
    freight_tax_code: str | None
    net_amount: Amount
    tax_amount: Amount
    total_amount: Amount
    base_total_amount: Amount
    """The total in the company's currency, at the order's rate: it counts against the credit limit."""
    replaces_order_id: UUID | None = Field(default=None, exclude_if=lambda order: order is None)
    """The order that has billed the goods which are sent again with this one."""
    lines: tuple[PricedLine, ...]


class HoldOrder(Message):
    """The order must wait for a decision."""

    order_id: UUID
    reason: ComposedText


class ConfirmOrder(Message):
    """The order is accepted. `short_quantity` per line is what could not be set aside, in stock units."""

    order_id: UUID
    shortages: dict[int, Quantity] = Field(default_factory=dict)


class LineQuantity(Message):
    """A quantity of one order line, in the order line's unit."""

    line_number: int
    quantity: PositiveQuantity


class RecordFulfilment(Message):
    """What has left the house and what was billed, per line, in the order lines' units."""

    order_id: UUID
    delivered: tuple[LineQuantity, ...] = ()
    billed: tuple[LineQuantity, ...] = ()


class FulfilmentRecorded(Message):
    """How far the order has come now."""

    order_id: UUID
    status: OrderStatus
    all_delivered: bool
    all_billed: bool


class CloseOrder(Message):
    """Delivered, billed and paid: nothing is left to do."""

    order_id: UUID
    short: bool = False
    """What was not delivered was given up."""


class CancelOrder(Message):
    """Take the order back, or reject it, with a reason."""

    order_id: UUID
    reason: ComposedText
    rejected: bool = False
    after_delivery: bool = False
    """Also when goods have left: they are agreed to come back."""


class OrderChanged(Message):
    """The order's status after an operation."""

    order_id: UUID
    status: OrderStatus | None
    """None: there was no such order, and nothing to do."""
    order_number: str | None = None


class FindStatus(Message):
    """How far has an order come?"""

    order_id: UUID


# What people do to an order on its way


class ShipmentAsked(Message):
    """The warehouse confirms what it hands to the carrier. Without lines: everything that is set aside."""

    shipped_on: date | None = None
    """Today when empty."""
    carrier: Text = ""
    tracking: Text = ""
    lines: tuple[LineQuantity, ...] = ()


class ConfirmShipment(ShipmentAsked):
    """The confirmation with an id of its own, so that it counts once."""

    POSTED_ON = "shipped_on"

    shipment_id: UUID
    shipped_on: date


class OrderProgress(Message):
    """Where the order stands: the answer to every command on its way."""

    order_id: UUID
    order_number: str
    stage: str
    waiting_on: str | None


class ShipmentConfirmed(OrderProgress):
    """Goods have left, and were billed if the customer's terms say so."""

    shipment_id: UUID
    shipment_number: str
    invoice_number: str | None


class BillingAsked(Message):
    """What has left and is not billed is billed now, whatever the terms say."""

    invoiced_on: date | None = None
    """Not before the last of it has left: when empty the later of that and today."""


class BillDelivered(BillingAsked):
    """The same with an id of its own, so that it counts once."""

    POSTED_ON = "invoiced_on"

    invoice_id: UUID
    invoiced_on: date


class OrderBilled(OrderProgress):
    """What was billed, in the order's currency."""

    invoice_id: UUID
    invoice_number: str
    total_amount: ShownAmount


class ClosingAsked(Message):
    """What has not left is wanted no more: the order is what was delivered, and that is billed."""

    reason: Text
    closed_on: date | None = None
    """The day of the invoice, if there is one; not before the last of it has left: when empty the later of
    that and today.
    """


class CloseRest(ClosingAsked):
    """The same with an id of its own, so that it counts once."""

    POSTED_ON = "closed_on"

    closing_id: UUID
    closed_on: date


class ShipmentReversalAsked(ReversalAsked):
    """Why a shipment is taken back."""

    order_id: UUID | None = None
    """Of services, which no warehouse ships: the order that they were confirmed for."""


class TakeShipmentBack(Message):
    """A shipment that is not billed was a mistake: its goods are here, its services were not given."""

    POSTED_ON = "reversed_on"

    reversal_id: UUID
    shipment_id: UUID
    reversed_on: date
    reason: Text


class TakeInvoiceBack(Message):
    """An invoice of the order was wrong: it is credited in full, and what it billed is to be billed again."""

    POSTED_ON = "reversed_on"

    credit_note_id: UUID
    invoice_id: UUID
    reversed_on: date
    reason: Text


class TakeFulfilmentBack(Message):
    """What has not left after all, or is to be billed again, per line, in the order lines' units."""

    order_id: UUID
    delivered: tuple[LineQuantity, ...] = ()
    billed: tuple[LineQuantity, ...] = ()


class RestClosed(OrderProgress):
    """The order waits for no more goods."""

    invoice_number: str | None
    """Of what was still to be billed."""


class PaymentReceived(OrderProgress):
    """Money arrived for the order."""

    payment_id: UUID
    payment_number: str
    open_amount: ShownAmount
    on_account_amount: ShownAmount
