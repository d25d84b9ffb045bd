"""A process that has lived long goes on as a new run of itself, with an empty history, before Temporal would
end it: at 51,200 events, or 2,000 commands.

It does so where it only waits (`Process.rest_until`). What it knows goes along as a message, `Carried`.
Whoever commands it meanwhile is told to ask the next run (`mailbox.NextRun`) and does, in `delivery`: the
command is written down. What an earlier run has answered is not done again, for the books have the answer
(`mailbox.AnsweredBefore`): a run goes on as another only when they have all of them.
"""

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar

from pydantic import ConfigDict, Field

from foundation.operations.mailbox import CommandsTaken, Event, ProcessAnswered
from foundation.values import versions
from foundation.values.messages import Message, Stage

PASSED_THAT_ARE_SHOWN = 20
"""So many stages that were passed go along."""
Command = TypeVar("Command", bound=Message)
Facts = TypeVar("Facts")


class GoesOn(Exception):
    """Raised where a process rests, to end this run: no failure."""


class KeptFact(Message):
    """A fact that the process was told and has not taken yet."""

    kind: str
    number: int
    body: dict[str, Any]

    @classmethod
    def of(cls, event: Event) -> Self:
        """A fact in the mailbox, as a message."""
        body = event.message.model_dump(mode="json") if event.message is not None else {}
        return cls(kind=event.kind, number=event.number, body=body)

    def as_event(self, process: type[Any]) -> Event:
        """The fact, as the process declares it."""
        declared = getattr(process, self.kind, None)
        # A cancellation that an operator asks for in Temporal says nothing more.
        message = versions.read(declared.message_of_mailbox, self.body) if declared is not None else None
        return Event(self.kind, message, self.number)


class Carried(Message, Generic[Command, Facts]):
    """What a process takes along into its next run: started with it instead of its command."""

    # Each run has a class of its own, for facts of its own, and few runs are ever followed by another.
    model_config = ConfigDict(defer_build=True)

    command: Command

    facts: Facts
    """What it knows of its business: `Process.facts`."""
    stage: Stage
    passed: tuple[str, ...]
    taken: CommandsTaken
    told: tuple[KeptFact, ...] = ()
    """What it was told, and has not taken yet."""
    took: tuple[str, ...] = ()
    """Taken, and not written down with a step yet."""
    hears: str | None = None
    begun: tuple[ProcessAnswered, ...] = ()
    follows: dict[str, bool] = Field(default={})
    """The changes of its procedure that it goes by, or does not."""
    asked: dict[str, Any] = Field(default={})
    """What people were asked, and have decided: see `approvals`."""


def known(
    asked: Command | Carried[Command, Facts], at_first: Callable[[Command], Facts]
) -> tuple[Command, Facts]:
    """The command that a process was started with, and what it knows: at first, or from its earlier run."""
    if isinstance(asked, Carried):
        return asked.command, asked.facts
    return asked, at_first(asked)
