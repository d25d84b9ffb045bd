"""The way back of a process: each step's is registered before the step is taken, and walked last first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from temporalio.exceptions import ApplicationError

from foundation.operation import Answer, Ask, Operation

if TYPE_CHECKING:
    from foundation.process import Process


@dataclass
class WayBack:
    """How one step is taken back: by another operation, which also takes the step's key."""

    operation: Operation[Any, Any]
    command: Callable[[], Any]
    key: str
    per: str
    then: Callable[[Any], Awaitable[None]] | None = None


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
        then: Callable[[Answer], Awaitable[None]] | None = None,
    ) -> None:
        """Take `step` back by `operation`; `command` is asked for only then."""
        self.ways_back.append(WayBack(operation, command, self.process.key_of(step, per), per, then))

    def before_all(self, do: Callable[[], Awaitable[None]]) -> None:
        """What is to be done before any step is taken back."""
        self.beforehand.append(do)

    async def take_back(self) -> None:
        """Take every step back, the last first. One that is refused is shown and does not stop the others."""
        for do in self.beforehand:
            await do()
        for way in reversed(self.ways_back):
            if way.key == self.process.refused_key:
                continue  # A step that was refused had no effect.
            stage = self.process.ending_stage() if way is self.ways_back[0] else None
            try:
                answer = await self.process.step(
                    way.operation, way.command(), per=way.per, voids=way.key, stage=stage
                )
                if way.then is not None:
                    await way.then(answer)
            except ApplicationError as refusal:
                self.process.show_exception(f"could not take back: {way.operation.title}: {refusal.message}")
        if self.process.ending is not None and self.process.now.outcome is None:
            await self.process.note(self.process.ending_stage())
