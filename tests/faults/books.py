"""The runner's own books: what was answered, and so must be there once, and nothing else."""

import asyncio
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
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
    """By kind, as the judge counts them."""
    refused: set[UUID] = field(default_factory=set)
    on_hand: Counter[str] = field(default_factory=Counter)
    """By item."""
    bank: Decimal = Decimal(0)
    """What was received less what was refunded."""
    ended: Counter[str] = field(default_factory=Counter)
    """How many orders of each kind have come to their end."""
    months: list[str] = field(default_factory=lambda: [f"2026-{month:02}" for month in range(3, 11)])
    """That have no collective invoices yet: each has one run."""
    billing: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by whoever has a month billed."""
    reminding: Iterator[date] = field(
        default_factory=lambda: (date(2026, 5, 1) + timedelta(days=day) for day in itertools.count())
    )
    """Days on which nobody was reminded yet: each has one run."""
    replenishing: Iterator[date] = field(
        default_factory=lambda: (date(2026, 3, 1) - timedelta(days=day) for day in itertools.count())
    )
    """Days on which nothing that runs short was asked for yet: each has one run."""
    failures: list[str] = field(default_factory=list)
    """Orders whose client was told something unexpected, or nothing."""

    def note(self, kind: str, document_id: object, number: str) -> None:
        """An answer has named a document."""
        self.documents[kind].add((str(document_id), number))
