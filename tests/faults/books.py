"""The runner's own books: what was answered, and so must be there once, and nothing else."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

Document = tuple[str, str]
"""The id of a document, or of the order that it belongs to, and its number."""


@dataclass
class Books:
    """Every document that we know of from an answer, and what goods and money must come to."""

    orders: dict[UUID, str] = field(default_factory=dict)
    """The status that each order must have in the end."""
    order_numbers: dict[UUID, str] = field(default_factory=dict)
    documents: dict[str, set[Document]] = field(default_factory=lambda: defaultdict(set))
    """By kind: shipment, invoice, payment, return, credit note, receipt."""
    refused: set[UUID] = field(default_factory=set)
    on_hand: Counter[str] = field(default_factory=Counter)
    """By item."""
    bank: Decimal = Decimal(0)
    """What was received less what was refunded."""
    ended: Counter[str] = field(default_factory=Counter)
    """How many orders of each kind have come to their end."""
    failures: list[str] = field(default_factory=list)
    """Orders whose client was told something unexpected, or nothing."""

    def note(self, kind: str, document_id: object, number: str) -> None:
        """An answer has named a document."""
        self.documents[kind].add((str(document_id), number))
