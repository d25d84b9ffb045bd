"""Money that moved, and what it may pay, as those see it who match the two."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True)
class Owed:
    """A document of which something is open, whoever owes it; the amount is positive."""

    document_id: UUID
    document_number: str
    party_type: str
    party_code: str
    party_name: str
    open_amount: Decimal
    reference: str = ""
    """What the party calls it."""

    @property
    def party(self) -> tuple[str, str]:
        """Whoever owes it, by type and code."""
        return self.party_type, self.party_code


@dataclass(frozen=True)
class InBooks:
    """A payment, a refund or a person's entry that has moved money: what came in is positive."""

    document_id: UUID
    number: str
    reference: str
    party_type: str | None
    party_code: str | None
    party_name: str
    posted_on: date
    amount: Decimal

    @property
    def party(self) -> tuple[str, str] | None:
        """Whose money it is, by type and code; nobody's, of a person's entry."""
        return (self.party_type, self.party_code) if self.party_type and self.party_code else None


@dataclass(frozen=True)
class MoneyMoved:
    """What a document has moved on an account: what came in is positive."""

    document_type: str
    number: str
    posted_on: date
    amount: Decimal
    is_taken_back: bool
