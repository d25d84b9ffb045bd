"""How bad changes of real processes are made, to show that the gate catches them."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, get_type_hints

from temporalio import workflow

from foundation.operations.operation import Operation
from foundation.process.process import Process
from workflows.order_to_cash import OrderToCash

Changed = TypeVar("Changed", bound=type[Process])
REPLAY, FINGERPRINT, NOTHING = "replay", "fingerprint", "nothing"


@dataclass(frozen=True)
class Change:
    """One change, and what is to catch it."""

    name: str
    process: type[Process]
    way: str
    """The history it is replayed against."""
    caught_by: str
    """`replay`: Temporal finds it. `fingerprint`: only we do. `nothing`: processes in flight fit it."""
    now: str
    """Told of the command that is asked for now; empty when it fits."""
    was: str
    """Told of the one that was recorded."""


MADE: list[Change] = []
"""All that were declared."""


def seeded(
    way: str, *, now: str = "", was: str = "", caught_by: str = REPLAY
) -> Callable[[Changed], Changed]:
    """Make a process of a class that changes one."""

    def declare(change: Changed) -> Changed:
        MADE.append(Change(change.__name__, as_process(change), way, caught_by, now, was))
        return change

    return declare


def as_process(change: type[Process]) -> type[Process]:
    """The process of a class that changes one: with its name, and a start of its own."""
    original: Any = next(kind for kind in change.__mro__ if workflow._Definition.from_class(kind))
    known = get_type_hints(original.run)
    asked = next(name for name in known if name != "return")

    async def run(self: Any, command: Any) -> Any:
        return await original.run(self, command)

    def begin(self: Any, command: Any) -> None:
        original.__init__(self, command)

    run.__annotations__ = {"command": known[asked], "return": known["return"]}
    begin.__annotations__ = {"command": known[asked]}
    run.__qualname__ = f"{change.__name__}.run"
    begin.__name__ = "__init__"
    members = {"__init__": workflow.init(begin), "run": workflow.run(run), "__doc__": change.__doc__}
    made = type(change.__name__, (change,), members)
    name = workflow._Definition.must_from_class(original).name
    return workflow.defn(name=name, sandboxed=False)(made)


class OtherOperations(OrderToCash):
    """Takes some steps by other operations."""

    def other(self, operation: Operation[Any, Any]) -> Operation[Any, Any]:
        """What a step is taken by."""
        return operation

    async def step(self, operation: Operation[Any, Any], command: Any, **how: Any) -> Any:
        """By the other operation."""
        return await super().step(self.other(operation), command, **how)


def another(operation: Operation[Any, Any], **changes: Any) -> Operation[Any, Any]:
    """An operation that was changed."""
    changed = copy.copy(operation)
    for name, value in changes.items():
        setattr(changed, name, value)
    return changed
