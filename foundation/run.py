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


class Run(Process):
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
        """Begin a process for each that was found; done when that was all.

        Refuses with the reason when an operator has cancelled the run: what was begun goes its own way.
        """
        for first in range(0, len(found), AT_ONCE):
            self._check_goes_on()
            some = found[first : first + AT_ONCE]
            self.begun += sum(await asyncio.gather(*(begin(one) for one in some)))
        # A new run would know nothing of it.
        await self.while_held()
        self._check_goes_on()
        if is_all:
            await self.note(self.at("done", outcome="closed"))
        self.is_done, self.leaving = is_all, not is_all

    def _check_goes_on(self) -> None:
        if self.ending is not None:
            raise self.ending

    @property
    def has_begun(self) -> bool:
        """Whoever asks for a run waits for its end, or until it goes on as a new one."""
        return self.is_done or self.leaving
