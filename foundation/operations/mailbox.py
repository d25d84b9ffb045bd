"""What a process is told, kept until it takes it: commands, each answered once, and facts from elsewhere.

A process declares both in its class, and takes them one after the other where its procedure waits:

    ship = command("ship", ConfirmShipment, "The warehouse confirms what it hands to the carrier")
    goods_set_aside = fact("goods_set_aside", ServedOrder, "Stock has arrived for this order's backorder")

A command comes as an update, whose id ends in its number among what the process was asked for
(`commands`); of those that wait the one with the least number is taken first. A fact comes as a
signal, with its number in the inbox (`inbox`).
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from foundation.values.errors import BusinessError
from foundation.values.messages import Caller, Message

STARTED = "started"
"""The update by which whoever starts a process waits until it has begun."""
NOT_WAITED_FOR = "not_waited_for"
"""The update by which a process hears of the number of a command that can never be sent to it."""
PROCESS_ANSWERED = "process_answered"
"""The fact that a process was taken, or was not, which another has begun."""


FIRST = 1
"""The number of what starts a process."""
NO_NUMBER = 0
"""Of a command that was not given through the books."""

REFUSED = "r"
"""How a refused command is named in the order of a process that is begun again: it does not come."""


class BeginProcess(Message):
    """Another process to begin, and how it shows itself before its first step."""

    process_id: str
    body: dict[str, Any]
    party: str | None
    summary: str
    correlation_id: str
    begun_by: str
    """Who is told whether it was taken; empty when nobody waits for that."""


class ProcessBegun(Message):
    """It is written down that the process is to begin; whether it was not before."""

    process_id: str
    is_new: bool


class ProcessAnswered(Message):
    """A process that was begun says whether it was taken."""

    process_id: str
    was_taken: bool
    why: str = ""
    """It was refused, rejected or cancelled before, in words."""


class TellProcess(Message):
    """A fact that another process is to be told."""

    process_id: str
    kind: str
    body: dict[str, Any]


class CommandsTaken(Message):
    """By number, which commands a process has taken: all up to one, and some after a gap."""

    process_id: str
    up_to: int
    past: tuple[int, ...] = ()


class FindComing(Message):
    """What is to come before what a process is told, by its number."""

    process_id: str
    told: int


class Unanswered(Message):
    """How many of them the books have no answer to."""

    commands: int


class CommandsComing(Message):
    """The numbers of commands that were accepted and are not answered."""

    numbers: tuple[int, ...]


class SkipNumbers(Message):
    """Numbers that the books have lost with their documents, and that are not to be given a second time."""

    series: str
    fiscal_year: str
    """Empty for numbers that may have gaps; these come from a sequence."""
    sequence: str = ""
    up_to: int
    lost: tuple[str, ...]
    """The numbers that Temporal knows of."""


class NumbersSkipped(Message):
    """The gap in a series; none when it had come so far by itself."""

    series: str
    fiscal_year: str
    first: int | None
    last: int


class NextRun(BusinessError):
    """The process is going on as a new run just now: the command is for that one."""

    status = 503

    def __init__(self) -> None:
        super().__init__("the process goes on as a new run: ask again")


class AnsweredBefore(BusinessError):
    """An earlier run has answered the command: the books have the answer."""

    status = 409

    def __init__(self) -> None:
        super().__init__("an earlier run of the process has answered this")


@dataclass(eq=False)
class Event:
    """One command or fact."""

    kind: str
    message: Any
    number: int
    by: Caller | None = None
    """Who gave the command; None of a fact, which nobody waits to see answered."""
    kept_first: bool = False
    """Whether it is in the history before the process takes a step because of it."""
    answer: Any = None
    refusal: ApplicationError | None = None
    is_answered: bool = False

    @property
    def name(self) -> str:
        """What tells it from all else that the process is told: `c3`, its third command; `f118`, a fact."""
        return f"{'c' if self.by else 'f'}{self.number}"

    @property
    def caller(self) -> Caller:
        """Who gave the command."""
        assert self.by is not None
        return self.by

    def answer_with(self, answer: Message) -> None:
        """The process's answer to the command."""
        self.answer, self.is_answered = answer, True

    def refuse(self, refusal: ApplicationError) -> None:
        """The process says no."""
        self.refusal, self.is_answered = refusal, True


class Mailbox:
    """What a process was told and has not taken yet."""

    def __init__(self, order: Sequence[str] = ()) -> None:
        self._waiting: list[Event] = []
        self._last = FIRST
        """The greatest number up to which every command was taken, or went past the mailbox."""
        self._past: set[int] = set()
        self._decided_now: list[int] = []
        """The numbers of what goes past, and which those after it wait for all the same."""
        self._is_handed_over = False
        self._order = [event for event in order if not event.startswith(REFUSED)]
        """By name, what the process had taken before it was lost, and takes again before all else."""
        for event in order:
            if event.startswith(REFUSED):
                self.pass_by(int(event.removeprefix(REFUSED)))

    def admit(self, number: int) -> None:
        """Refuses a command that is not this run's: AnsweredBefore, NextRun."""
        if number != NO_NUMBER and (number <= self._last or number in self._past):
            raise AnsweredBefore
        if self._is_handed_over:
            raise NextRun

    def put(self, event: Event) -> None:
        """Keep it until it is taken."""
        self._waiting.append(event)

    def next(self, later: Collection[str] = ()) -> Event | None:
        """What is taken next, but for the kinds whose time comes later: facts as they came, before commands.

        A fact was true before the command that came with it was given: it may be what the command rests on. A
        command waits for the one before it, which may have been given while somebody died, and comes again.
        What is given after one whose time comes later waits with it.
        """
        if self._order:
            event = next((event for event in self._waiting if event.name == self._order[0]), None)
            return None if event is not None and event.by is not None and event.kind in later else event
        for event in self._waiting:
            if event.by is None and event.kind not in later:
                return event
        in_turn = (event for event in self._waiting if event.by is not None and self._is_next(event))
        event = next(in_turn, None)
        return None if event is not None and event.kind in later else event

    def _is_next(self, event: Event) -> bool:
        is_its_turn = event.number in (NO_NUMBER, self._last + 1)
        return is_its_turn and not any(number < event.number for number in self._decided_now)

    def take(self, event: Event) -> None:
        """It is not kept any more."""
        self._waiting.remove(event)
        if self._order and event.name == self._order[0]:
            del self._order[0]
        if event.by is not None:
            self.pass_by(event.number)

    def go_past(self, number: int) -> None:
        """A command that is not kept here is taken at once. Refuses: AnsweredBefore, NextRun."""
        self.admit(number)
        self.pass_by(number)

    @contextmanager
    def before_others(self, number: int) -> Iterator[None]:
        """What has gone past comes to its end before a command that was given after it is taken: whoever gave
        that may have read what came of it, in the books.
        """
        self._decided_now.append(number)
        try:
            yield
        finally:
            self._decided_now.remove(number)

    def pass_by(self, number: int) -> None:
        """A command was taken, or goes past the mailbox; the next one waits for it no more."""
        self._past.add(number)
        while self._last + 1 in self._past:
            self._last += 1
            self._past.remove(self._last)

    def give_back(self, number: int) -> None:
        """A command that went past the mailbox is for the process's next run; those after it stay taken."""
        if number != NO_NUMBER:
            self._past.update(range(number, self._last + 1))
            self._past.discard(number)
            self._last = min(self._last, number - 1)

    def taken(self, process_id: str) -> CommandsTaken:
        """Which commands were taken, or went past."""
        return CommandsTaken(process_id=process_id, up_to=self._last, past=tuple(sorted(self._past)))

    def has_taken(self, number: int) -> bool:
        """Whether a command was taken, or went past."""
        return number <= self._last or number in self._past

    def hand_over(self) -> None:
        """What comes from now on is for the process's next run; so are commands that wait. Facts are kept."""
        self._is_handed_over = True
        for event in [event for event in self._waiting if event.by is not None]:
            self._waiting.remove(event)
            event.refuse(NextRun())

    @property
    def facts(self) -> list[Event]:
        """Facts that were not taken yet."""
        return [event for event in self._waiting if event.by is None]

    def go_on_from(self, taken: CommandsTaken, facts: Iterable[Event]) -> None:
        """An earlier run of the process has taken these commands, and not yet these facts."""
        self._last, self._past = taken.up_to, set(taken.past)
        self._waiting.extend(facts)

    @property
    def takes_as_before(self) -> bool:
        """Whether the process is begun again, and has not come as far as it was."""
        return bool(self._order)

    def rest(self) -> list[Event]:
        """All that is left; nothing is kept any more."""
        left, self._waiting = self._waiting, []
        return left


def command(kind: str, message: type[Message], description: str, *, kept_first: bool = False) -> Any:
    """A command that a process takes: an update, named as its kind. Whoever gives it waits for its answer.

    `kept_first` is for one that may come to something else in another state of the process: were it lost with
    the worker after its first step, what others do meanwhile would come before it. It costs a workflow task.
    """

    async def given(self: Any, message: Any, by: Caller) -> Any:
        return await self.give(Event(kind, message, number_of_command(), by, kept_first=kept_first))

    # Of the message's own type; and the SDK takes a `self` that has a type for an argument.
    given.__annotations__ = {"message": message, "by": Caller}
    taken: Any = workflow.update(name=kind, description=description)(given)
    taken.message_of_mailbox = message
    return taken


def number_of_command() -> int:
    """The number of the command that is being given, from its update's id: `ship/3`."""
    update = workflow.current_update_info()
    number = update.id.rpartition("/")[2] if update else ""
    return int(number) if number.isdigit() else NO_NUMBER


def fact(kind: str, message: type[Message], description: str) -> Any:
    """A fact that a process is told of: its signal, named as its kind."""

    async def told(self: Any, message: Any, number: int) -> None:
        self.mailbox.put(Event(kind, message, number))

    told.__annotations__ = {"message": message, "number": int}
    heard: Any = workflow.signal(name=kind, description=description)(told)
    heard.message_of_mailbox = message
    return heard
