"""What suppliers sell us: the supplier's own code, its price, and how little of it, from which day on."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from foundation.values.events import PublicEvent
from foundation.values.messages import Code, CurrencyCode, Message, Quantity, Text, UnitAmount


class PutSupplierItem(Message):
    """An item as a supplier sells it to us. Prices are without tax; quantities are in `unit`."""

    code: Code
    supplier_code: Code
    item_code: Code
    supplier_item_number: Annotated[Text, Field(max_length=100)] = ""
    """What the supplier calls it: its article number."""
    unit_price: Annotated[UnitAmount, Field(ge=0)]
    """Of one `unit`, in `currency`."""
    currency: CurrencyCode
    unit: Code | None = None
    """The item's stock unit when empty."""
    minimum_quantity: Annotated[Quantity, Field(ge=0)] = Decimal(0)
    """The supplier sells no less."""
    multiple: Annotated[Quantity, Field(ge=0)] = Decimal(0)
    """It sells whole multiples of this only, such as full cartons; any quantity when zero."""
    lead_time_days: Annotated[int, Field(ge=0, le=3660)] = 0
    """From the order until the goods are here."""
    preferred: bool = False
    """Whether it is bought here before all others: one of an item on any day."""
    valid_from: date | None = None
    valid_to: date | None = None
    """Both days belong to it; without them it holds always."""
    blocked: bool = False


class SupplierItemPut(Message):
    """It is written down; whether it is new."""

    code: str
    supplier_code: str
    item_code: str
    created: bool


class SupplierItemChangedEvent(PublicEvent, name="procurement.supplier_item_changed"):
    """An item as a supplier sells it is new or was changed."""

    code: str
    supplier_code: str
    item_code: str
    created: bool


class LineAsNamed(Message):
    """A line of a purchase order, what its supplier calls the item, and documents its unit."""

    line_number: int
    item_code: str
    unit: str
    unit_codes: tuple[str, ...]
    supplier_item_numbers: tuple[str, ...]


class OrderAsNamed(Message):
    """A purchase order by what its supplier names it and its lines with."""

    order_id: UUID
    order_number: str
    supplier_code: str
    currency: str
    lines: tuple[LineAsNamed, ...]
