"""What a run over many and its steps say to each other: numbers and names, never the list itself."""

from typing import Any, Literal

from foundation.values.messages import Message

CHUNKS_AT_ONCE = 100
"""So many chunks are looked for, or left, by one step."""

Status = Literal["open", "done", "refused", "failed", "left"]
OPEN: tuple[Status, ...] = ("open",)
FAILED: tuple[Status, ...] = ("open", "failed")
EXCEPTIONS: tuple[Status, ...] = ("open", "failed", "refused")


class ListSome(Message):
    """List some of those that a run is for: how many are listed already, and behind whom it goes on."""

    run_id: str
    items: int = 0
    chunks: int = 0
    last: str = ""


class Listed(Message):
    """How many items are listed now, in how many chunks; whether these are all."""

    items: int
    chunks: int
    last: str
    is_all: bool


class WorkChunk(Message):
    """Do an operation for those items of a chunk that stand so."""

    run_id: str
    chunk: int
    operation: str
    fills: dict[str, Any]
    """What each is asked besides what was listed, such as the day on which it is done."""
    statuses: tuple[Status, ...] = OPEN


class ChunkWorked(Message):
    """What became of a chunk's items."""

    chunk: int
    done: int
    refused: int
    failed: int
    last_numbers: tuple[str, ...] = ()
    """The last number that was given of each series: after a restore none of them is given again."""


class RunProgress(Message):
    """How far a run has come: of so many items, how many are done, and how many could not be."""

    items: int
    done: int
    exceptions: int
    is_done: bool
    """Whether all were tried."""


class CountItems(Message):
    """What became of a run's items."""

    run_id: str


class ItemsCounted(Message):
    """How many items stand how, and the first exception."""

    done: int
    refused: int
    failed: int
    first: str = ""
    failure: str = ""
    reason: str = ""


class FindExceptions(Message):
    """In which chunks are items that stand so; so many at once, behind the one given."""

    run_id: str
    statuses: tuple[Status, ...]
    after: int = 0


class ExceptionsFound(Message):
    """Some of the chunks; `is_all` when there are no more behind them."""

    chunks: tuple[int, ...]
    is_all: bool


class LeaveItems(Message):
    """What is not begun of these chunks never is."""

    run_id: str
    first_chunk: int
    last_chunk: int


class ItemsLeft(Message):
    """How many items were left."""

    items: int
