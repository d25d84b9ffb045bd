"""Which commands a process takes now, and why not the others: asked with the checks that refuse them."""

from typing import Any, Protocol, runtime_checkable

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from foundation.operations.mailbox import NOT_WAITED_FOR, STARTED


@runtime_checkable
class ChecksCommands(Protocol):
    """What a process knows of its business, when that says which commands it takes."""

    def check_takes(self, kind: str, stage: str) -> None:
        """Refuses a command of a kind, whatever it says, for a process that stands at a stage."""


class Accepting(Protocol):
    """A process that can be asked what it takes."""

    def check_takes(self, kind: str) -> None:
        """Refuses a command of a kind as it would be refused now, whatever it says."""


def commands_of(process: type[Any]) -> dict[str, type[Any]]:
    """What can be asked of a process of a type, by kind: with which message."""
    definition = workflow._Definition.from_class(process)
    updates = definition.updates if definition else {}
    return {
        kind: update.arg_types[0]
        for kind, update in updates.items()
        if kind is not None and update.arg_types and kind not in (STARTED, NOT_WAITED_FOR)
    }


def accepted_by(process: Accepting) -> dict[str, str | None]:
    """By kind of command, why it would be refused now; None when it would be taken."""
    return {kind: _refusal(process, kind) for kind in sorted(commands_of(type(process)))}


def _refusal(process: Accepting, kind: str) -> str | None:
    try:
        process.check_takes(kind)
    except ApplicationError as refusal:
        return refusal.message
    return None
