"""Entries that people write."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from domains.master_data.parties import PartyType
from foundation.values.messages import Amount, Code, CurrencyCode, Message, Text


class EntryLine(Message):
    """One line of an entry. Amounts are signed, debit positive.

    `base_amount` may be left out when the currencies are the same.
    """

    account_code: Code
    amount: Amount
    base_amount: Amount | None = None
    text: Text = ""
    party_type: PartyType | None = None
    party_code: Code | None = None
    dimensions: dict[str, Code] = Field(default_factory=dict)
    """Codes by dimension: {"cost_centre": "SALES"}."""


class EntryAsked(Message):
    """A journal entry as a person writes it."""

    posted_on: date
    currency: CurrencyCode | None = None
    text: Text
    lines: Annotated[tuple[EntryLine, ...], Field(min_length=1, max_length=1000)]


class PostEntry(EntryAsked):
    """A journal entry. Its source and purpose name what it posts: there is one entry for the two, ever."""

    POSTED_ON = "posted_on"

    entry_id: UUID
    source_type: Annotated[str, Field(max_length=40)] = "manual"
    source_id: UUID | None = None
    purpose: Annotated[str, Field(max_length=40)] = "entry"


class EntryPosted(Message):
    """The entry's number: gapless per company and fiscal year."""

    entry_id: UUID
    entry_number: str
