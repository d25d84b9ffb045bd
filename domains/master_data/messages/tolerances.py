"""What is tolerated of receipts and supplier invoices."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from foundation.values.messages import Amount, Code, Message, Percent, Quantity, ShownAmount, ShownQuantity

Limit = Annotated[Amount, Field(ge=0)]
Share = Annotated[Decimal, Field(ge=0, le=1000, decimal_places=4)]


class PutMatchingTolerance(Message):
    """By how much a receipt and an invoice may differ from the order, from a day on.

    For a supplier's item, for a supplier, for an item, or, without both, for the company. Of several that fit
    the most precise counts, as a whole; of these the one that began last. Where a percentage and an amount
    are given, both limit. Where neither is, nothing is tolerated of price and quantity, and the value is not
    looked at by itself.
    """

    supplier_code: Code | None = None
    item_code: Code | None = None
    valid_from: date
    price_percent: Share | None = None
    """Of the ordered price of one unit, less discount, dearer or cheaper."""
    price_amount: Limit | None = None
    """In the company's currency, of one unit."""
    quantity_percent: Share | None = None
    """Of what has come and is not billed: how much more may be billed."""
    quantity_amount: Annotated[Quantity, Field(ge=0)] | None = None
    """In the item's stock unit; of services in the unit of the order."""
    value_percent: Share | None = None
    """Of what has come and is billed of a line, at the ordered price: by how much the line may come to more
    or less, whatever for.
    """
    value_amount: Limit | None = None
    """In the company's currency, of one line."""
    over_delivery_percent: Share = Decimal(0)
    """How much more than was ordered may be taken in, of each line."""
    under_delivery_percent: Percent = Decimal(0)
    """How much less than was ordered completes a line all the same."""
    duplicate_days: Annotated[int, Field(ge=0, le=366)] | None = None
    """An invoice of the same supplier and amount, dated no more days apart, may be the same once more: it is
    blocked. Not looked for when empty."""


class MatchingToleranceView(Message):
    """What is tolerated from a day on, as it is kept; see what is asked for."""

    tolerance_id: UUID
    supplier_code: str | None
    item_code: str | None
    valid_from: date
    price_percent: ShownQuantity | None
    price_amount: ShownAmount | None
    quantity_percent: ShownQuantity | None
    quantity_amount: ShownQuantity | None
    value_percent: ShownQuantity | None
    value_amount: ShownAmount | None
    over_delivery_percent: ShownQuantity
    under_delivery_percent: ShownQuantity
    duplicate_days: int | None


class MatchingTolerancePut(Message):
    """It is written down; whether it is new."""

    supplier_code: str | None
    item_code: str | None
    valid_from: date
    created: bool
