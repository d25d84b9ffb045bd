"""What all processes share: steps, the way back, parking and repair, and where one stands and why it waits.

A process says what happens and in which order; everything technical about a step is in `steps`, or in the
operation's declaration.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, NoReturn, TypeVar

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from foundation.operations.mailbox import (
    PROCESS_ANSWERED,
    STARTED,
    BeginProcess,
    Event,
    ProcessAnswered,
    ProcessBegun,
    TellProcess,
    Unanswered,
)
from foundation.operations.operation import OPERATIONS, Operation
from foundation.process.accepting import ChecksCommands, check_command
from foundation.process.defects import given_up, is_defect, left_undone, never_given_up
from foundation.process.next_run import PASSED_THAT_ARE_SHOWN, Carried, GoesOn, KeptFact
from foundation.process.rehearsing import CommandRehearsed, Rehearsed, rehearsed
from foundation.process.steps import Steps
from foundation.process.undo import Undo
from foundation.values.errors import ProcessEnded
from foundation.values.messages import Message, Stage

Result = TypeVar("Result")
A_SECOND = timedelta(seconds=1)


class Process(Steps):
    """The base class of every process in `workflows/`."""

    MOST_EVENTS = 2_000
    """Then a process that only waits goes on as a new run, with an empty history."""

    def __init__(self, command: Message) -> None:
        super().__init__()
        self._command = command.command if isinstance(command, Carried) else command
        begun_by: str | None = workflow.memo_value("begun_by", default=None)
        self._was_begun_by_another = begun_by is not None
        self._hears = begun_by or None
        """The process that has begun this one and waits to hear if it was taken; None once it is told."""
        self._begun: dict[str, ProcessAnswered] = {}
        """What the processes have said that this one has begun."""
        self.ending: ApplicationError | None = None
        """Why the process turns back, when it does."""
        self.refused: ApplicationError | None = None
        """What the process was refused for, when it was."""
        self.is_closed = False
        self._owed: list[tuple[Event, Callable[[], Message]]] = []
        """Commands that are answered when the process is over, and with what."""
        if isinstance(command, Carried):
            self._go_on_from(command)

    def answer(self) -> Message:
        """What whoever started the process is told: where it stands, unless there is more to tell."""
        return self.now

    @property
    def has_begun(self) -> bool:
        """Whether the process has taken what it was started with: then whoever started it is answered."""
        return self.now.stage != "starting" and self.refused is None

    @workflow.update(name=STARTED, description="Wait until the process has begun, or is refused")
    async def started(self) -> Any:
        """What whoever starts the process waits for. Refuses what the process was refused for."""
        await self.reached(lambda: self.has_begun)
        return self.answer()

    @workflow.query(description="What whoever started the process was told, or would be told now")
    def answered(self) -> Any:
        """For a caller who asks again when the process is over, and was never answered."""
        return self.answer()

    def check_takes(self, kind: str) -> None:
        """A process says here, or its facts do, which of its commands it takes at its stage."""
        super().check_takes(kind)
        if self.is_closed:
            raise self._over()
        if isinstance(self.facts, ChecksCommands):
            self.facts.check_takes(kind, self.now.stage)

    @workflow.query(description="What one command would do next, or be refused with; nothing is done")
    def would_take(self, asked: CommandRehearsed) -> Rehearsed:
        """A dry run of the command, step by step: whoever asks tries them, see `rehearsing`."""
        return rehearsed(self, asked)

    # Told, one after the other

    async def give(self, event: Event) -> Any:
        """Keep a command until the process has taken it, and give its answer. One that a defect has stopped
        takes it after its repair. Refuses what the process refuses; ProcessEnded when it has ended before.
        """
        self.mailbox.admit(event.number)
        if self.is_closed:
            raise self._over()
        try:
            self.check_not_held(event.number)
        except ApplicationError:
            self.mailbox.pass_by(event.number)
            raise
        self.mailbox.put(event)
        await workflow.wait_condition(lambda: event.is_answered)
        if event.refusal is not None:
            raise event.refusal
        return event.answer

    async def next_event(self, until: Callable[[], bool], later: Collection[str] = ()) -> Event | None:
        """What the process is told next; None when it waits no longer. What comes of the kinds `later` is
        kept. Refuses with the reason when the process is to turn back.
        """
        while True:
            await workflow.wait_condition(
                lambda: self.ending is not None or until() or self.mailbox.next(later) is not None
            )
            await self.while_held()
            # It is looked at now what there is: something else may have come, or have come to an end, while
            # the process was held.
            if self.ending is not None:
                raise self.ending
            if until():
                return None
            if (event := self.mailbox.next(later)) is not None:
                self.mailbox.take(event)
                if event.number:
                    self.took.append(event.name)
                return event

    async def serve_until(self, is_so: Callable[[], bool], later: Collection[str] = ()) -> None:
        """Take what comes, one after the other, until something is so. A refusal is a command's answer, never
        the process's end.
        """
        while (event := await self.next_event(is_so, later)) is not None:
            steps_before = self.steps_begun
            try:
                if event.by is not None:
                    check_command(self, event.kind, event.message)
                if event.kept_first:
                    await self.keep_before_it_counts()
                await self.take(event)
            except ApplicationError as refusal:
                if event.by is not None:
                    event.refuse(refusal)
                if event.by is None or refusal is self.ending:
                    raise
            except Exception as defect:
                if not is_defect(defect):
                    raise
                event.refuse(await left_undone(self, defect, event.kind, steps_before))

    async def rest_until(self, is_so: Callable[[], bool]) -> None:
        """Serve while the process does nothing but wait. When its history has become long, it goes on as a
        new run, which comes here again.
        """

        def is_long() -> bool:
            return workflow.info().get_current_history_length() >= self.MOST_EVENTS

        await self.serve_until(lambda: is_so() or (is_long() and not self.mailbox.takes_as_before))
        if not is_so():
            raise GoesOn

    async def serve_while(self, waiting: Coroutine[Any, Any, Result], later: Collection[str] = ()) -> Result:
        """Take what comes while something is waited for; gives what that gives, refuses what it refuses."""
        task = asyncio.create_task(waiting)
        try:
            await self.serve_until(task.done, later)
        except ApplicationError:
            await workflow.wait([task])  # It has heard of the end, and does what is to be done for it.
            task.exception()
            raise
        return await task

    async def take(self, event: Event) -> None:
        """Do what was asked for, or note what was told. Refuses what cannot be done now.

        A process that declares commands or facts says here what becomes of each.
        """
        raise TypeError(f"{self._type} does not say what becomes of {event.kind}")

    def answer_when(self, event: Event, is_over: bool, answer: Callable[[], Message]) -> None:
        """Answer a command; one with which the process comes to its end, when it has come there."""
        if is_over:
            self._owed.append((event, answer))
        else:
            event.answer_with(answer())

    @property
    def id(self) -> str:
        """The process's id, in Temporal and in the books."""
        return self._id

    def _over(self) -> ProcessEnded:
        return ProcessEnded.of(self.now.document or self._id, self.now.outcome)

    def _answer_the_rest(self, refusal: ApplicationError | None = None) -> None:
        """Nobody is left without an answer."""
        self.is_closed = True
        for event, answer in self._owed:
            event.refuse(refusal) if refusal is not None else event.answer_with(answer())
        for event in self.mailbox.rest():
            event.refuse(self._over())

    # Waiting, turning back, ending

    async def reached(self, is_so: Callable[[], bool]) -> None:
        """Wait, on behalf of a caller, until the process has come so far.

        Refuses what the process was refused for.
        """
        await workflow.wait_condition(lambda: is_so() or self.ending is not None)
        if self.ending is not None and not is_so():
            raise self.ending

    @asynccontextmanager
    async def undo(self) -> AsyncIterator[Undo]:
        """What is registered here is taken back, last first, when the process is cancelled, refused or
        aborted.
        """
        undo = Undo(self)
        try:
            yield undo
        except GoesOn:
            raise  # The next run registers the same ways back.
        except ApplicationError as refusal:
            self.refused = refusal
            await undo.take_back()
            raise
        except Exception as defect:
            if not is_defect(defect):
                raise
            self.refused = await given_up(self, defect)
            await undo.take_back()
            raise self.refused from None

    def ending_stage(self) -> Stage:
        """The stage at which a process ends that was turned back, on purpose or because a step was refused.

        A refusal that nobody was answered with, since another process asked, is an exception: somebody must
        look at it.
        """
        if self.ending is not None:
            return self.at("cancelled", outcome="cancelled", why=self.ending.message)
        if self.refused is None:
            return self.at("refused", outcome="refused")
        problem = f"{self.refused.type}: {self.refused.message}"[:500]
        if not self._was_begun_by_another:
            # Whoever started it was answered with it.
            return self.at("refused", outcome="refused", why=problem)
        failure = f"{self._type}: {self.refused.type}"[:200]
        return self.at("refused", outcome="refused", why=problem, exception=problem, failure=failure)

    async def conduct(self, procedure: Coroutine[Any, Any, Result]) -> Result:
        """Run the procedure to its end, and answer who still waits.

        A cancellation asked for in the Temporal Web UI does not cut into a step, nor into what is done at
        the end: it is given to the process, which turns back if it still can.
        """
        task = asyncio.create_task(self._to_its_end(procedure))
        while True:
            try:
                return await asyncio.shield(task)
            except asyncio.CancelledError:
                if task.done():
                    raise  # Nobody asked: the worker forgets the process, for now.
                self.on_cancellation_requested()

    async def _to_its_end(self, procedure: Coroutine[Any, Any, Result]) -> Result:
        """A refusal of the whole process is written down before it is given on."""
        try:
            result = await procedure
        except GoesOn:
            await self._go_on_as_new_run()
        except ApplicationError as refusal:
            self.refused = refusal
            stage, self.ending = self.ending_stage(), self.ending or refusal
            if self.now.outcome is None:
                await self.note(stage)
            await self.say_whether_taken(False, refusal.message)
            self._answer_the_rest(refusal)
            await workflow.wait_condition(workflow.all_handlers_finished)
            raise
        except Exception as defect:
            if not is_defect(defect):
                raise
            await never_given_up(self, defect)
            raise
        # Who is held does not go on as a new run either, which would know nothing of it.
        await self.while_held()
        # Not in a `finally`: a process that the worker forgets waits for nobody.
        if self.now.outcome:
            await self.say_whether_taken(False, self.ending.message if self.ending else self.now.outcome)
        self._answer_the_rest()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return result

    # On as a new run

    def carried(self) -> Carried[Any, Any]:
        """What the process knows, for its next run."""
        return Carried(
            command=self._command,
            facts=self.facts,
            stage=self.now,
            passed=tuple(self.passed[-PASSED_THAT_ARE_SHOWN:]),
            taken=self.mailbox.taken(self._id),
            told=tuple(KeptFact.of(event) for event in self.mailbox.facts),
            took=tuple(self.took),
            hears=self._hears,
            begun=tuple(self._begun.values()),
            follows=dict(self._follows),
        )

    def _go_on_from(self, before: Carried[Any, Any]) -> None:
        self.now, self.passed, self.took = before.stage, list(before.passed), list(before.took)
        self._hears, self._follows = before.hears, dict(before.follows)
        self._begun = {answered.process_id: answered for answered in before.begun}
        self.mailbox.go_on_from(before.taken, (fact.as_event(type(self)) for fact in before.told))

    async def _go_on_as_new_run(self) -> NoReturn:
        """When nobody waits for this run any more, and the books have all that it has answered."""
        self.mailbox.hand_over()
        while True:
            await workflow.wait_condition(workflow.all_handlers_finished)
            await self.while_held()
            count: Operation[Any, Unanswered] = OPERATIONS["process.count_unanswered"]
            left = await self.step(count, self.mailbox.taken(self._id), must=True)
            if not left.commands and workflow.all_handlers_finished() and self.held is None:
                workflow.continue_as_new(self.carried())
            await workflow.sleep(A_SECOND, summary="Until the books have every answer")

    def on_cancellation_requested(self) -> None:
        """An operator asked for cancellation in the Temporal Web UI: turn back at the next wait."""
        self.ending = self.ending or ProcessEnded("cancelled by an operator")

    # Other processes

    async def begin(
        self,
        process: str,
        name: object,
        command: Message,
        *,
        party: str | None,
        summary: str,
        hear: bool = False,
    ) -> bool:
        """Begin another process under its name, once; gives whether it is new. `hear`: see `heard_of`."""
        # What begins may tell its end before a command that was lost comes again.
        await self.keep_before_it_counts()
        begin = BeginProcess(
            process_id=f"{self.caller.company}/{process}/{name}",
            body=command.model_dump(mode="json"),
            party=party,
            summary=summary,
            correlation_id=self.caller.correlation_id,
            begun_by=self._id if hear else "",
        )
        operation: Operation[Any, ProcessBegun] = OPERATIONS["process.begin"]
        return (await self.step(operation, begin, per=begin.process_id, must=True)).is_new

    async def say_whether_taken(self, was_taken: bool, why: str = "") -> None:
        """Tell the process that has begun this one, if it waits to hear it: once."""
        hears, self._hears = self._hears, None
        if hears is not None:
            said = ProcessAnswered(process_id=self._id, was_taken=was_taken, why=why)
            await self.tell(hears, PROCESS_ANSWERED, said)

    async def heard_of(self, process: str, name: object) -> ProcessAnswered:
        """Wait until a process that this one has begun has said whether it was taken."""
        process_id = f"{self.caller.company}/{process}/{name}"
        await workflow.wait_condition(lambda: process_id in self._begun)
        return self._begun[process_id]

    @workflow.signal(
        name=PROCESS_ANSWERED, description="A process that this one has begun was taken or refused"
    )
    async def process_answered(self, answered: ProcessAnswered, number: int) -> None:
        """Note what it said."""
        del number
        self._begun[answered.process_id] = answered

    async def tell(
        self, process_id: str, kind: str, fact: Message, *, per: str = "", stage: Stage | None = None
    ) -> None:
        """Tell another process a fact, once by kind and `per`: sent until it is told or has ended."""
        tell = TellProcess(process_id=process_id, kind=kind, body=fact.model_dump(mode="json"))
        key = f"{kind}/{process_id}{per}"
        await self.step(OPERATIONS["process.tell"], tell, per=key, stage=stage, must=True)
