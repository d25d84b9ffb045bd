"""Stops an attempt at an operation somewhere on its way through the database: before any of its statements,
or before its commit.
"""

import asyncio
from collections.abc import Callable
from contextvars import ContextVar
from functools import partial
from typing import Any

from sqlalchemy.util import await_only, greenlet_spawn

from foundation.database.transaction import Rows, Transaction

COMMIT = -1


class Stop:
    """Where an attempt stops, once: before its first statement (0), its second, and so on; or its commit."""

    def __init__(self, before: int, halt: Callable[[], None] | None = None) -> None:
        self.before = before
        self.halt = halt or self._wait
        self.reached = asyncio.Event()
        self.go_on = asyncio.Event()
        self._passed = 0
        self._has_stopped = False

    def come_by(self, *, commit: bool) -> None:
        """The attempt is about to ask the database for something."""
        here = COMMIT if commit else self._passed
        self._passed += not commit
        if here == self.before and not self._has_stopped:
            self._has_stopped = True
            self.halt()

    def _wait(self) -> None:
        self.reached.set()
        await_only(self.go_on.wait())


stop: ContextVar[Stop | None] = ContextVar("stop", default=None)
"""The stop of whatever runs in this context."""


def watch() -> Callable[[], None]:
    """Let attempts stop where they are told to; gives what ends it."""
    execute, commit = Transaction.execute, Transaction.commit

    async def stopped_execute(self: Transaction, *asked: Any) -> Rows:
        if (mine := stop.get()) is not None:
            await greenlet_spawn(partial(mine.come_by, commit=False))
        return await execute(self, *asked)

    async def stopped_commit(self: Transaction) -> None:
        if (mine := stop.get()) is not None:
            await greenlet_spawn(partial(mine.come_by, commit=True))
        await commit(self)

    def replace(by: dict[str, Any]) -> None:
        for name, method in by.items():
            setattr(Transaction, name, method)

    replace({"execute": stopped_execute, "commit": stopped_commit})
    return partial(replace, {"execute": execute, "commit": commit})
