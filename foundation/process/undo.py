"""The way back of a process: each step's is registered before the step is taken, and walked last first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from foundation.operations.operation import Answer, Ask, Operation
from foundation.values.messages import Stage

if TYPE_CHECKING:
    from foundation.process.process import Process


@dataclass
class WayBack:
    """How one step is taken back: by another operation, which also takes the step's key."""

    operation: Operation[Any, Any]
    command: Callable[[], Any]
    key: str
    per: str


@dataclass
class Undo:
    """The ways back that were registered, each before its step was taken."""

    process: Process
    ways_back: list[WayBack] = field(default_factory=list)
    beforehand: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    def of(
        self,
        step: Operation[Any, Any],
        operation: Operation[Ask, Answer],
        command: Callable[[], Ask],
        *,
        per: str = "",
    ) -> None:
        """Take `step` back by `operation`; `command` is asked for only then."""
        self.ways_back.append(WayBack(operation, command, self.process.key_of(step, per), per))

    def before_all(self, do: Callable[[], Awaitable[None]]) -> None:
        """What is to be done before any step is taken back."""
        self.beforehand.append(do)

    async def take_back(self) -> None:
        """Take every step back, the last first. One that is refused does not stop the others: it is tried
        again when they are done, and waits then until it can be done, or a person decides.
        """
        for do in self.beforehand:
            await do()
        if not self.ways_back:
            return  # Nothing was done that could be taken back.
        # A step that was refused had no effect.
        first, *others = self.ways_back
        ways = [way for way in reversed(others) if way.key != self.process.refused_key]
        refused = [way for way in ways if not await self._took_back(way)]
        for way in refused:
            await self._took_back(way, must=True)
        # With the first step's way back the process has ended.
        if first.key != self.process.refused_key:
            await self._took_back(first, must=True, stage=self.process.ending_stage())
        if self.process.ending is not None and self.process.now.outcome is None:
            await self.process.note(self.process.ending_stage())

    async def _took_back(self, way: WayBack, *, must: bool = False, stage: Stage | None = None) -> bool:
        try:
            await self.process.step(
                way.operation, way.command(), per=way.per, voids=way.key, stage=stage, must=must
            )
        except ApplicationError as refusal:
            workflow.logger.warning("%s, not taken back yet: %s", way.operation.title, refusal.message)
            return False
        return True
