"""Freight, duty and insurance of goods that came: spread over lines of their receipts.

Amounts are in the currency of the document that bills the cost, values in the company's, rounded to its minor
unit; quantities are in the items' stock units.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from domains.inventory.messages.goods import ReverseStockDocument
from foundation.values.events import PublicEvent
from foundation.values.messages import Amount, Message, Name, ShownAmount

LANDED_COST = "landed_cost"
"""What the books call the document."""


class LandedCostBasis(StrEnum):
    """What the cost is spread by."""

    QUANTITY = "quantity"
    VALUE = "value"
    WEIGHT = "weight"


class LandedReceipt(Message):
    """A receipt whose goods the cost is for: all of its lines, or those that are named."""

    receipt_id: UUID
    line_numbers: Annotated[tuple[int, ...], Field(max_length=1000)] = ()


class LandedCostAsked(Message):
    """A cost that was posted to the clearing account becomes a cost of goods that came."""

    source_id: UUID
    """The document that posted it there: an invoice without an order, an entry of a person, or another."""
    amount: Annotated[Amount, Field(gt=0)] | None = None
    """In the currency of that document; all that is left of it when empty."""
    basis: LandedCostBasis
    posted_on: date | None = None
    """A day not before the document's and the receipts'; today when empty."""
    reason: Name
    receipts: Annotated[tuple[LandedReceipt, ...], Field(min_length=1, max_length=100)]


class PostLandedCost(LandedCostAsked):
    """The landed cost with an id of its own, so that it counts once."""

    POSTED_ON = "posted_on"

    landed_cost_id: UUID
    posted_on: date


class LandedCostPosted(Message):
    """What the goods cost more, and how much of that is still in stock; the rest is cost of goods sold."""

    landed_cost_id: UUID
    landed_cost_number: str
    source_number: str
    value: Amount
    stock_value: Amount


class ReverseLandedCost(ReverseStockDocument):
    """Take a landed cost back, also after its goods were sold."""


class LandedCostPostedEvent(PublicEvent, name="inventory.landed_cost_posted"):
    """Goods that came cost `value` more, of which `stock_value` is still in stock."""

    landed_cost_id: UUID
    landed_cost_number: str
    source_id: UUID
    source_number: str
    posted_on: date
    value: ShownAmount
    stock_value: ShownAmount


class LandedCostReversedEvent(PublicEvent, name="inventory.landed_cost_reversed"):
    """A landed cost was reversed: it lies on the clearing account again."""

    reversal_id: UUID
    reversal_number: str
    document_id: UUID
    document_number: str
    reversed_on: date
