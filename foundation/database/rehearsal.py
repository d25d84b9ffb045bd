"""A dry run: what was asked for is done in a transaction that is rolled back.

While one is under way, operations run in its transaction, reads see what they have written, and nothing else
can be written: whoever tries is refused. No number is drawn, nobody is told, and no key is used up.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from pydantic import Field

from foundation.database.closing import Closing
from foundation.database.transaction import Transaction
from foundation.values.errors import BusinessError
from foundation.values.messages import Message

WOULD_BE_DRAWN = "would be drawn"
"""What stands for a number that a dry run does not draw."""


class NoDryRun(BusinessError):
    """What this would do is not known before it is done: it has no dry run."""


class Would(Message):
    """One thing that would be done, and by whom."""

    what: str
    by: str = "system"
    """`system`, or the role of the person who is needed."""
    document: str | None = None
    operation: str | None = None
    writes: dict[str, int] = Field(default_factory=dict)
    """Rows that the operation adds, by table."""
    tells: tuple[str, ...] = ()
    """The processes that are told of it, and what."""


@dataclass
class Rehearsal:
    """What a dry run has done so far."""

    tx: Transaction
    done: list[Would] = field(default_factory=list)
    has_run: bool = False
    """Whether an operation was run: then reads must see what it has written."""
    is_told: bool = True
    """Whether what is done is told: not what would be done only after others have done their part."""

    def next_operation(self) -> Transaction:
        """The transaction, with nothing collected in it."""
        self.has_run, tx = True, self.tx
        tx.closing, tx.told, tx.begun, tx.info = Closing(), [], [], {}
        return tx

    def draw_nothing(self) -> None:
        """The tokens of numbers stay where they stand; see `without_tokens`."""
        self.tx.closing.series.clear()

    def note(self, operation: str, title: str) -> None:
        """An operation was run."""
        if not self.is_told:
            return
        tx = self.tx
        writes = {table.fullname: len(rows) for table, rows in tx.closing.rows.items()}
        tells = tuple(f"{told.process_id}: {told.kind}" for told in tx.told)
        self.done.append(Would(what=title, operation=operation, writes=writes, tells=tells))


_current: ContextVar[Rehearsal | None] = ContextVar("_current", default=None)
_TOKEN = re.compile(r"~\w+\.[0-9a-f]{32}~")


def current() -> Rehearsal | None:
    """The dry run that is under way."""
    return _current.get()


def refuse_in_dry_run() -> None:
    """For what has an effect that cannot be rolled back. Refuses: NoDryRun."""
    if _current.get() is not None:
        raise NoDryRun("this has no dry run: what it would do is only known when it is done")


def would_be_done(things: Iterable[Would]) -> None:
    """Say in a dry run what would be done besides its operations."""
    if (rehearsal := _current.get()) is not None:
        rehearsal.done.extend(things)


@contextmanager
def rehearsing(tx: Transaction) -> Iterator[Rehearsal]:
    """What is run in here is a dry run, in this transaction."""
    before = _current.set(Rehearsal(tx))
    try:
        rehearsal = _current.get()
        assert rehearsal is not None
        yield rehearsal
    finally:
        _current.reset(before)


def without_tokens(text: str) -> str:
    """A text, or JSON, in which numbers that were not drawn are said to be so."""
    return _TOKEN.sub(WOULD_BE_DRAWN, text)
