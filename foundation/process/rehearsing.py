"""What a command would do to a process: its own procedure is followed on a copy, and every step is tried by
whoever asks, in a transaction that is rolled back.

A process cannot reach the books from within a query. So it says which step it would take next, is asked
again with what became of that one, and follows its procedure from the start with all answers so far. What it
refuses itself, and what a step refuses, is refused as it would be.
"""

from collections.abc import Callable, Coroutine, Generator
from contextlib import suppress
from copy import copy, deepcopy
from typing import Any, Protocol, TypeVar

from pydantic_core import to_json
from temporalio.exceptions import ApplicationError

from foundation.operations.mailbox import NO_NUMBER, Event
from foundation.operations.operation import Operation
from foundation.process.accepting import Accepting, Problem, check_command, commands_of, taken_in_turn
from foundation.values import versions
from foundation.values.errors import refused_with
from foundation.values.messages import Caller, Message, Stage

Rehearsing = TypeVar("Rehearsing", bound="Rehearsable")
Procedure = Coroutine[Any, Any, None]


class StepTried(Message):
    """What became of a step: its answer, or the problem that it was refused with."""

    answer: dict[str, Any] | None = None
    refused: Problem | None = None


class CommandRehearsed(Message):
    """A command that is asked about, and what became of the steps that the process named so far."""

    kind: str
    body: dict[str, Any]
    by: Caller
    tried: tuple[StepTried, ...] = ()


class StepToTry(Message):
    """The step that the process would take next."""

    operation: str
    key: str
    command: dict[str, Any]
    by: Caller
    must: bool
    """Whether there is no way back: refused, it would wait."""
    is_later: bool = False
    """Whether the command is answered before it: others do their part first."""


class Rehearsed(Message):
    """How far it is known what a command would do: the next step, a refusal, or the command's answer."""

    step: StepToTry | None = None
    refused: Problem | None = None
    answer: dict[str, Any] | None = None
    """None when it is given only after more than the command itself."""


class Rehearsable(Accepting, Protocol):
    """A process whose procedure can be followed without taking a step."""

    caller: Caller
    now: Stage

    async def take(self, event: Event) -> None:
        """Do what was asked for."""

    def key_of(self, operation: Operation[Any, Any], per: object = "") -> str:
        """The key under which a step's effect happens once."""

    def would_follow(self, change: str) -> bool:
        """Whether it goes by a change of its procedure, or would."""


class _Step:
    """Waits until whoever follows the procedure says what became of a step."""

    def __init__(self, step: StepToTry) -> None:
        self.step = step

    def __await__(self) -> Generator["_Step", Any, Any]:
        return (yield self)


def rehearsed(
    process: Rehearsing,
    asked: CommandRehearsed,
    follow: Callable[[Rehearsing, Event], Procedure] | None = None,
) -> Rehearsed:
    """What a process would do next for a command; the process itself stays as it is.

    `follow` goes beyond what the process does before it answers, and gives another answer.
    """
    kind, of_its_kind = type(process), commands_of(type(process))[asked.kind]
    event = Event(
        asked.kind,
        of_its_kind.model_validate_json(to_json(asked.body), context=versions.INSIDE),
        NO_NUMBER,
        asked.by,
    )
    step = None
    try:
        check_command(process, asked.kind, event.message)
        if asked.kind in taken_in_turn(kind):
            twin = _twin_of(process, event)
            step = _followed(follow(twin, event) if follow else twin.take(event), asked)
    except ApplicationError as refusal:
        return Rehearsed(refused=dict(refusal.details[0]))
    answer = None if event.answer is None else event.answer.model_dump(mode="json")
    return Rehearsed(step=step, answer=answer)


def _followed(procedure: Procedure, asked: CommandRehearsed) -> StepToTry | None:
    """The first step of which it is not known what becomes of it; None at the end, or where it waits."""
    tried = iter(asked.tried)
    try:
        waits: Any = procedure.send(None)
        while isinstance(waits, _Step):
            if (last := next(tried, None)) is None:
                return waits.step
            waits = (
                procedure.throw(refused_with(last.refused)) if last.refused else procedure.send(last.answer)
            )
    except StopIteration:
        return None
    finally:
        procedure.close()
    return None


def _twin_of(process: Rehearsing, event: Event) -> Rehearsing:
    """A copy that names its steps for a command instead of taking them, and shows and writes nothing."""
    twin = copy(process)
    known = {id(process): twin}
    for name, value in vars(process).items():
        with suppress(TypeError):  # What cannot be copied, such as a lock, is nothing that a command changes.
            vars(twin)[name] = deepcopy(value, known)

    async def follows(change: str) -> bool:
        """What a query may not decide stays undecided."""
        return twin.would_follow(change)

    async def nothing(*_: Any) -> None:
        """Neither written down nor waited for."""

    instead: dict[str, Callable[..., Any]] = {
        "step": _naming_steps(twin, event),
        "follows": follows,
        "record_stage": nothing,
        "written_into_history": nothing,
        "show": lambda: None,
        "show_details": lambda: None,
    }
    vars(twin).update(instead)
    return twin


def _naming_steps(twin: Rehearsable, event: Event) -> Callable[..., Any]:
    """What the copy does instead of a step: it names it, and goes on with what became of it."""

    async def step(
        operation: Operation[Any, Any],
        command: Message,
        *,
        per: object = "",
        by: Caller | None = None,
        stage: Stage | None = None,
        must: bool = False,
        **_: Any,
    ) -> Any:
        asked = StepToTry(
            operation=operation.name,
            key=twin.key_of(operation, per),
            command=command.model_dump(mode="json"),
            by=by or twin.caller,
            must=must,
            is_later=event.is_answered,
        )
        answer = versions.read(operation.answer_type, await _Step(asked))
        twin.now = stage or twin.now
        return answer

    return step
