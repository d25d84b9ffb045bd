"""A process is held by a person while somebody looks into it, and released; and what a person has decided."""

from foundation.values.errors import BusinessError
from foundation.values.messages import ComposedText, Message, Text

HELD = "held"
"""The class of what is wrong with a process that somebody holds."""


class ProcessHeld(BusinessError):
    """Somebody holds the process: it takes no further step, and no command, until it is released."""

    status = 409


class NotHeld(BusinessError):
    """The process is not held: there is nothing to release."""

    status = 409


class Hold(Message):
    """Why a process is to take no further step, or may go on."""

    reason: Text


class Decision(Message):
    """What a person decided about a process: the audit of a repair, a hold or a release."""

    action: str
    step: str | None = None
    reason: ComposedText
    where: str | None = None
    """Of a process that is begun again before a defect: which run of it had stopped, and at which event."""


def check_not_held(held: str | None) -> None:
    """`held` says who holds the process, and why. Refuses: ProcessHeld."""
    if held is not None:
        raise ProcessHeld(f"this is {held}; release it first")


def check_can_be_held(held: str | None, *, outcome: str | None, stage: str) -> None:
    """A process is held once, and before its end. Refuses: ProcessHeld, NotHeld."""
    if held is not None:
        raise ProcessHeld(f"this is {held} already")
    if outcome is not None:
        raise NotHeld(f"this is over: there is nothing to hold at '{stage}'")


def check_can_be_released(held: str | None) -> None:
    """Refuses: NotHeld."""
    if held is None:
        raise NotHeld("this is not held")
