"""A run over many: a process of its own is begun for each; one that cannot go on keeps nobody waiting.

A run finds some of those it is for, begins their processes, and goes on as a new run, with an empty history,
with those that come after them.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from foundation.messages import Message
from foundation.process import Process

Found = TypeVar("Found")

AT_ONCE = 20
"""So many processes are begun at the same time."""


class BeginsEach(Process):
    """The ground of a run: what it has begun, and whether it is over."""

    def __init__(self, command: Message, *, begun: int) -> None:
        super().__init__(command)
        self.begun = begun
        """How many processes were begun, in the runs before as well."""
        self.is_done = False
        self.leaving = False

    async def begin_each(
        self, found: Sequence[Found], begin: Callable[[Found], Awaitable[bool]], *, is_all: bool
    ) -> None:
        """Begin a process for each that was found; done when that was all."""
        for first in range(0, len(found), AT_ONCE):
            some = found[first : first + AT_ONCE]
            self.begun += sum(await asyncio.gather(*(begin(one) for one in some)))
        if is_all:
            await self.note(self.at("done", outcome="closed"))
        self.is_done, self.leaving = is_all, not is_all

    @property
    def has_begun(self) -> bool:
        """Whoever asks for a run waits for its end, or until it goes on as a new one."""
        return self.is_done or self.leaving
