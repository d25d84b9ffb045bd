"""What domains above the ledger ask before somebody takes a document of its own back."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import TypeAlias
from uuid import UUID

from foundation.database.transaction import Transaction

Asks: TypeAlias = Callable[[Transaction, UUID], Awaitable[None]]
AsksOfAny: TypeAlias = Callable[[Transaction, UUID, str], Awaitable[None]]
_ASKED: dict[str, list[Asks]] = defaultdict(list)
_ASKED_OF_ANY: list[AsksOfAny] = []


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


def before_any_reversal(asks: AsksOfAny) -> AsksOfAny:
    """Declare what is asked before any document at all is taken back, by its id and number, behind its lock.

    It refuses StandsOnIt, naming what rests on what the document had posted.
    """
    _ASKED_OF_ANY.append(asks)
    return asks


async def ask_of_any(tx: Transaction, document_id: UUID, number: str) -> None:
    """Ask it. Refuses: StandsOnIt."""
    for asks in _ASKED_OF_ANY:
        await asks(tx, document_id, number)
