"""Entries that people write, and what goods are worth in the ledger."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from foundation.messages import Amount, Code, CurrencyCode, Message, Text


class EntryLine(Message):
    """One line:

    Signed amounts, debit positive. `base_amount` may be left out when the currencies are the same.
    """

    account_code: Code
    amount: Amount
    base_amount: Amount | None = None
    text: Text = ""
    party_code: Code | None = None


class EntryAsked(Message):
    """A journal entry as a person writes it."""

    posted_on: date
    currency: CurrencyCode | None = None
    text: Text
    lines: Annotated[tuple[EntryLine, ...], Field(min_length=1, max_length=1000)]


class PostEntry(EntryAsked):
    """A journal entry. Its source and purpose name what it posts: there is one entry for the two, ever."""

    entry_id: UUID
    source_type: Annotated[str, Field(max_length=40)] = "manual"
    source_id: UUID | None = None
    purpose: Annotated[str, Field(max_length=40)] = "entry"


class EntryPosted(Message):
    """The entry's number: gapless per company and fiscal year."""

    entry_id: UUID
    entry_number: str


class ReversalAsked(Message):
    """Why an entry is taken back."""

    posted_on: date | None = None
    """Today when empty."""
    reason: Text


class ReverseEntry(Message):
    """Take an entry back by its mirror image, dated in an open period."""

    entry_id: UUID
    reversal_id: UUID
    posted_on: date
    reason: Text


class PostGoodsCost(Message):
    """The cost of goods that left: cost of goods sold against inventory, in the company's currency."""

    shipment_id: UUID
    shipment_number: str
    order_id: UUID
    order_number: str
    posted_on: date
    cost: Amount


class GoodsReceived(Message):
    """The value of goods that came in, in the company's currency:

    Inventory against goods received not invoiced, or what the reason says.
    """

    receipt_id: UUID
    receipt_number: str
    posted_on: date
    reason: str
    value: Amount
    adjustment_value: Amount


class PostGoodsReturn(Message):
    """Goods came back: their cost leaves the cost of goods sold, into inventory or, scrapped, into loss.

    In the company's currency.
    """

    return_id: UUID
    return_number: str
    order_number: str
    posted_on: date
    restocked_value: Amount = Decimal(0)
    scrapped_value: Amount = Decimal(0)
    adjustment_value: Amount = Decimal(0)
    """By how much goods issued before, at an assumed cost, cost more than was assumed."""
