"""Which commands a process takes now, and why not the others: asked with the checks that refuse them."""

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, TypeAlias, runtime_checkable

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from foundation.operations.mailbox import NOT_WAITED_FOR, STARTED
from foundation.process.parking import Repair
from foundation.values.messages import Message

Problem: TypeAlias = dict[str, Any]
"""A refusal as problem details."""


@runtime_checkable
class ChecksCommands(Protocol):
    """What a process knows of its business, when that says which commands it takes."""

    def check_takes(self, kind: str, stage: str) -> None:
        """Refuses a command of a kind, whatever it says, for a process that stands at a stage."""

    def check_asked(self, message: Any) -> None:
        """Refuses what a command says, when the process takes its kind."""


class Accepting(Protocol):
    """A process that can be asked what it takes."""

    facts: Any

    def check_takes(self, kind: str) -> None:
        """Refuses a command of a kind as it would be refused now, whatever it says."""

    def repairable(self, repair: Repair) -> Any:
        """Refuses a repair that is none."""


def commands_of(process: type[Any]) -> dict[str, type[Message]]:
    """What can be asked of a process of a type, by kind: with which message."""
    definition = workflow._Definition.from_class(process)
    updates = definition.updates if definition else {}
    return {
        kind: update.arg_types[0]
        for kind, update in updates.items()
        if kind is not None and update.arg_types and kind not in (STARTED, NOT_WAITED_FOR)
    }


def taken_in_turn(process: type[Any]) -> dict[str, type[Message]]:
    """Those of them that wait in the mailbox until the process takes them; the others are about itself."""
    definition = workflow._Definition.from_class(process)
    updates = definition.updates if definition else {}
    kept = {kind for kind, update in updates.items() if hasattr(update.fn, "message_of_mailbox")}
    return {kind: message for kind, message in commands_of(process).items() if kind in kept}


def check_command(process: Accepting, kind: str, message: Any) -> None:
    """Refuses what a process refuses before it takes a step: for what is asked for, or for what is said."""
    process.check_takes(kind)
    if isinstance(message, Repair):
        process.repairable(message)
    elif isinstance(process.facts, ChecksCommands):
        process.facts.check_asked(message)


def accepted_by(process: Accepting) -> dict[str, Problem | None]:
    """By kind of command, the problem with which it would be refused now; None when it would be taken."""
    kinds = sorted(commands_of(type(process)))
    return {kind: problem_of(partial(process.check_takes, kind)) for kind in kinds}


def problem_of(check: Callable[[], None]) -> Problem | None:
    """What a check refuses with, as a problem."""
    try:
        check()
    except ApplicationError as refusal:
        return dict(refusal.details[0])
    return None
