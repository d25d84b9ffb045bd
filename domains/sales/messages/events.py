"""What others may be told of an order and of its returns."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from domains.sales.messages.orders import OrderStatus
from foundation.values.events import EventPart, PublicEvent
from foundation.values.messages import Quantity, ShownAmount, ShownQuantity


class OrderedLine(EventPart):
    """A line of an order; its net amount is without tax, in the order's currency."""

    line_number: int
    item_code: str
    quantity: ShownQuantity
    unit: str
    net_amount: ShownAmount


class OrderPlacedEvent(PublicEvent, name="sales.order_placed"):
    """An order was written down, priced and taxed. It is not accepted yet."""

    order_id: UUID
    order_number: str
    customer_code: str
    ordered_on: date
    warehouse_code: str
    currency: str
    net_amount: ShownAmount
    tax_amount: ShownAmount
    total_amount: ShownAmount
    lines: tuple[OrderedLine, ...]


class OrderHeldEvent(PublicEvent, name="sales.order_held"):
    """An order waits for a person's decision, such as that on the customer's credit."""

    order_id: UUID
    order_number: str


class OrderConfirmedEvent(PublicEvent, name="sales.order_confirmed"):
    """An order was accepted."""

    order_id: UUID
    order_number: str
    shortages: Annotated[dict[int, Quantity], Field(default_factory=dict)]
    """By line number: the quantity that is not in stock and waits as a backorder, in stock units."""


class AmendedOrder(EventPart):
    """An order as it is after an amendment."""

    order_number: str
    customer_code: str
    currency: str
    net_amount: ShownAmount
    tax_amount: ShownAmount
    total_amount: ShownAmount
    lines: tuple[OrderedLine, ...]


class OrderAmendedEvent(PublicEvent, name="sales.order_amended"):
    """An order was changed before its goods left."""

    order_id: UUID
    amendment_id: UUID
    version: int
    """Counted from one. It stays when the amendment changes nothing."""
    order: AmendedOrder


class OrderClosedEvent(PublicEvent, name="sales.order_closed"):
    """An order was delivered, billed and paid."""

    order_id: UUID
    order_number: str
    short: bool = False
    """Whether some of its goods were never delivered."""


class OrderCancelledEvent(PublicEvent, name="sales.order_cancelled", only_with="status"):
    """An order was cancelled or rejected."""

    order_id: UUID
    order_number: str
    status: OrderStatus
    """`cancelled` or `rejected`."""


class AuthorisedLine(EventPart):
    """A line of a return, in the order line's unit."""

    line_number: int
    item_code: str
    quantity: ShownQuantity
    unit: str


class ReturnAuthorisedEvent(PublicEvent, name="sales.return_authorised"):
    """A customer may send goods back."""

    return_id: UUID
    return_number: str
    order_id: UUID
    order_number: str
    customer_code: str
    warehouse_code: str
    lines: tuple[AuthorisedLine, ...]


class ReturnClosedEvent(PublicEvent, name="sales.return_closed"):
    """A return has ended: its goods came back, or what of them did."""

    return_id: UUID
    return_number: str


class ReturnCancelledEvent(PublicEvent, name="sales.return_cancelled", only_with="status"):
    """A return was cancelled: its goods do not come back."""

    return_id: UUID
    return_number: str
    status: str
    """`cancelled`."""
