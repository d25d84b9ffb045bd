"""What domains above the ledger ask before somebody takes a document of its own back."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import TypeAlias
from uuid import UUID

from foundation.database.transaction import Transaction

Asks: TypeAlias = Callable[[Transaction, UUID], Awaitable[None]]
_ASKED: dict[str, list[Asks]] = defaultdict(list)


def before_reversal(document_type: str) -> Callable[[Asks], Asks]:
    """Declare what is asked before a document of this type is taken back by somebody.

    It refuses StandsOnIt, naming what rests on the document there, and locks what it looks at: first of all.
    A domain that takes such a document back itself has asked already.
    """

    def declare(asks: Asks) -> Asks:
        _ASKED[document_type].append(asks)
        return asks

    return declare


async def ask_before_reversal(tx: Transaction, document_type: str, document_id: UUID) -> None:
    """Ask all of it. Refuses: StandsOnIt."""
    for asks in _ASKED[document_type]:
        await asks(tx, document_id)
