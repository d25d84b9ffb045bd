"""A purchase order as the supplier is sent it: its first version, and each that says what has changed."""

from datetime import date
from uuid import UUID

from foundation.values.events import PublicEvent
from foundation.values.messages import Amount, ComposedText, Message, Quantity, ShownAmount, ShownQuantity


class IssuePurchaseOrder(Message):
    """Say to the supplier what is wanted, unless it was told so before."""

    order_id: UUID
    wanted: dict[int, Quantity]
    """By line, how much is wanted in all, in its unit, what has come with it; none of a line left out."""
    reason: ComposedText = ""
    """Why it has changed. It is kept, and not told to the supplier."""


class RecallPurchaseOrder(Message):
    """Say to the supplier that nothing of the order is wanted any more, if it was told of it."""

    order_id: UUID
    reason: ComposedText


class VersionLine(Message):
    """A line as the supplier was sent it, without tax; `net_amount` is rounded half up to the minor unit of
    the order's currency.
    """

    line_number: int
    item_code: str
    description: str
    supplier_item_number: str
    """What the supplier calls the item; empty where we do not know."""
    quantity: ShownQuantity
    """How much is wanted in all, what has come with it; zero when nothing is."""
    unit: str
    unit_price: ShownAmount
    discount_percent: ShownQuantity
    net_amount: ShownAmount


class PurchaseOrderIssued(Message):
    """The newest version of the order, if the supplier was told of it; whether it is new."""

    order_id: UUID
    order_number: str = ""
    supplier_code: str = ""
    is_new: bool = False
    version_id: UUID | None = None
    version: int = 0
    issued_on: date | None = None
    is_cancelled: bool = False
    net_amount: Amount | None = None


class PurchaseOrderIssuedEvent(PublicEvent, name="procurement.purchase_order_issued", only_with="is_new"):
    """A purchase order is to be told to its supplier: for the first time, or since it has changed."""

    order_id: UUID
    order_number: str
    supplier_code: str
    version_id: UUID
    version: int
    issued_on: date
    is_cancelled: bool
    """Whether nothing of it is wanted any more."""
    net_amount: ShownAmount
