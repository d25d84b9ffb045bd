"""Entries that are to follow a fact, in transactions of their own: asked about before the fact."""

from datetime import date

from domains.ledger.messages.accounts import RoleName
from foundation.values.messages import Code, CurrencyCode, Message


class PlannedEntry(Message):
    """An entry that is to follow: what must be there and open for it on its day."""

    posted_on: date
    is_later: bool = False
    """Its day may be further ahead than documents are dated: it is posted when the day has come."""
    currency: CurrencyCode | None = None
    """The company's when empty."""
    roles: tuple[RoleName, ...] = ()
    """Whose accounts it is posted to."""
    tax_codes: tuple[Code, ...] = ()
    """Whose taxes are posted."""
    billed_to: Code | None = None
    """The customer who is charged these taxes."""
    delivered_to: Code | None = None
    """The customer to whom something leaves before it."""


class CheckEntries(Message):
    """Whether entries could be posted; `field` is where the request says their day."""

    field: str
    entries: tuple[PlannedEntry, ...]


class EntriesChecked(Message):
    """All of them could be posted."""
