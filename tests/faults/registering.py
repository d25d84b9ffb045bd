"""What each kind of story says of itself where it is written: which steps it takes, and what it needs.

A module called `…_kinds.py` in this folder is found by itself.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from tests.faults.company import NEEDED
from tests.faults.stories import Story

Kind = Callable[[Story], Awaitable[None]]
KINDS: list[Kind] = []
OPERATIONS: list[str] = []
"""What the processes of the kinds together take: a worker dies at each point of each of these."""
AT_THE_DOOR: list[str] = []
"""What the kinds have the API do by itself: it dies at each point of each of these."""
DOCUMENTS: set[str] = set()
"""Kinds of documents, as `perpetual/checker/documents` names them, of which a story notes every one."""


def kind(
    *operations: str,
    at_the_door: tuple[str, ...] = (),
    documents: tuple[str, ...] = (),
    records: tuple[tuple[str, Any], ...] = (),
) -> Callable[[Kind], Kind]:
    """Tell this story in fault runs, which kill at each of these operations: of its process, or at the door.

    Without it nothing kills there, and tests/architecture/test_complete.py says so.
    """

    def registered(story: Kind) -> Kind:
        KINDS.append(story)
        OPERATIONS.extend(name for name in operations if name not in OPERATIONS)
        AT_THE_DOOR.extend(name for name in at_the_door if name not in AT_THE_DOOR)
        DOCUMENTS.update(documents)
        NEEDED.extend(record for record in records if record not in NEEDED)
        return story

    return registered
