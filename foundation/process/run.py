"""A run over many: they are listed, worked through in chunks, some at a time, and each has its outcome.

What a run is for is written down once and not added to (`batch`). Every chunk is an activity on
the queue `…-batch`. One that cannot be done stops no other: when all are tried, the run is done, with so many
exceptions, and waits until somebody has them tried again (`retry`) or does without them (`skip`). What has
failed, and was not refused, is tried again by itself.

While it works it can be held; cancelled, what is done stays, and what is not begun never is. Before its
history is long it goes on as a new run of the process, which knows how far it has come (`SoFar`).
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any

from temporalio import workflow

from foundation.operations.mailbox import Event, command
from foundation.operations.operation import OPERATIONS, Operation
from foundation.process.next_run import GoesOn, known
from foundation.process.parking import Parked, Repair
from foundation.process.process import Process
from foundation.process.run_messages import (
    CHUNKS_AT_ONCE,
    EXCEPTIONS,
    FAILED,
    OPEN,
    ChunkWorked,
    CountItems,
    FindExceptions,
    ItemsCounted,
    LeaveItems,
    Listed,
    ListSome,
    RunProgress,
    Status,
    WorkChunk,
)
from foundation.runtime.failures import Pauses
from foundation.values.errors import ProcessEnded
from foundation.values.messages import Caller, Message, Stage, Text

AT_ONCE = 4
"""So many chunks of a run are worked through at the same time."""
SAYS_EVERY = 20
"""So often a run writes down how far it has come."""
WAYS = frozenset({"retry", "skip"})
"""What a person may decide about what could not be done."""

ListsSome = Callable[[ListSome], Awaitable[Listed]]


class CancelRun(Message):
    """Begin no more of it."""

    reason: Text


class RunCancelled(ProcessEnded):
    """Somebody has cancelled the run: what is done stays, and what is not begun never is."""


class SoFar(Message):
    """How far a run has come, which it takes along when it goes on as a new one."""

    listed: Listed = Listed(items=0, chunks=0, last="", is_all=False)
    begun: int = 0
    """So many chunks, from the first on, are worked through."""
    done: int = 0
    refused: int = 0
    failed: int = 0
    is_worked_through: bool = False
    """Whether every item was tried."""
    rounds: int = 0
    """How often what could not be done was tried again."""
    tries_again: tuple[Status, ...] = ()
    """What is being tried again just now, in the chunks behind one."""
    tried_again: int = 0
    cancelled_because: str | None = None

    @property
    def exceptions(self) -> int:
        """How many items could not be done."""
        return self.refused + self.failed


class Run(Process):
    """The base class of every run over many."""

    cancel = command("cancel", CancelRun, "Begin no more of it; what is done stays")

    MOST_EVENTS = 1_500

    def __init__(self, asked: Message) -> None:
        super().__init__(asked)
        _, self.facts = known(asked, lambda _: SoFar())
        self.is_coming_to_parked = self.so_far.is_worked_through and self.so_far.exceptions > 0
        self._leaving = False
        self._ends_without = False
        """Whether somebody has said that the run ends without what could not be done."""
        self._cancelled_by: Caller | None = None
        if self.so_far.cancelled_because is not None:
            self._turn_back(self.so_far.cancelled_because, self.caller)

    @property
    def so_far(self) -> SoFar:
        """How far it has come: what goes along when the process goes on as a new run."""
        so_far: SoFar = self.facts
        return so_far

    # The way

    async def over_many(
        self, lists_some: ListsSome, operation: Operation[Any, Any], fills: Callable[[], dict[str, Any]]
    ) -> None:
        """List them, do the operation for each, and settle what could not be done.

        `fills` gives what each is asked besides what was listed, as it is when the chunk is begun.
        """
        self._operation, self._fills = operation, fills
        try:
            await self.serve_while(self._way(lists_some))
        except RunCancelled as cancelled:
            if self.now.outcome is None:  # Else it came to its end while it said so.
                await self._leave_the_rest(cancelled.message)
        if self.now.outcome is None:
            raise GoesOn

    async def end(self, stage: Stage) -> None:
        """Write down how it has ended. Whom it is to tell, it tells in the same step: what has ended by the
        books is not begun again, and would never tell it.
        """
        await self.note(stage)

    async def lists(self, operation: Operation[Any, Listed], ask: ListSome) -> Listed:
        """List some: the step of an operation that does so."""
        return await self.step(operation, ask, per=ask.last, must=True, stage=self.at("working"))

    async def _way(self, lists_some: ListsSome) -> None:
        while self._begins_more and not self.so_far.listed.is_all:
            listed = self.so_far.listed.model_dump(exclude={"is_all"})
            self._know(listed=await lists_some(ListSome(run_id=self.id, **listed)))
        if self._begins_more and not self.so_far.is_worked_through:
            await self._work(self._chunks_to_begin(), OPEN)
            if self.so_far.begun == self.so_far.listed.chunks and self.ending is None:
                await self._count()
                self._know(is_worked_through=True)
        if self.so_far.is_worked_through:
            await self._settle_exceptions()
        if self._is_over:
            await self.end(self.at(self._says_done, why=self._n_of_m, outcome="closed"))
        self._leaving = True

    @property
    def _begins_more(self) -> bool:
        """Whether anything more is begun before the process goes on as a new run, or turns back."""
        is_long = workflow.info().get_current_history_length() >= self.MOST_EVENTS
        return self.ending is None and (not is_long or self.mailbox.takes_as_before)

    @property
    def _is_over(self) -> bool:
        is_settled = not self.so_far.exceptions or self._ends_without
        return self.so_far.is_worked_through and is_settled and self.ending is None

    def _know(self, **so_far: Any) -> None:
        self.facts = self.so_far.model_copy(update=so_far)

    # Chunks

    def _chunks_to_begin(self) -> Iterator[int]:
        while self._begins_more and self.so_far.begun < self.so_far.listed.chunks:
            self._know(begun=self.so_far.begun + 1)
            yield self.so_far.begun

    async def _work(self, chunks: Iterable[int], statuses: tuple[Status, ...], *, round_: int = 0) -> None:
        """Work through chunks, some at the same time; a lane takes the next when it is done with one."""
        taken = iter(chunks)

        async def lane() -> None:
            while True:
                await self.while_held()
                if self.ending is not None or (chunk := next(taken, None)) is None:
                    return
                work = WorkChunk(
                    run_id=self.id,
                    chunk=chunk,
                    operation=self._operation.name,
                    fills=self._fills(),
                    statuses=statuses,
                )
                # A further time is no effect, its items are: a run that is begun again looks for itself.
                per = f"{chunk}/{workflow.info().run_id}/{round_}" if round_ else chunk
                untried = ChunkWorked(chunk=chunk, done=0, refused=0, failed=0)
                worked = await self.step(
                    OPERATIONS["run.work_chunk"], work, per=per, must=True, otherwise=untried
                )
                if not round_:
                    await self._say_how_far(worked)

        await asyncio.gather(*(lane() for _ in range(AT_ONCE)))

    async def _say_how_far(self, worked: ChunkWorked) -> None:
        before, of = self.so_far.done + self.so_far.exceptions, max(self.so_far.listed.items, 1)
        self._know(
            done=self.so_far.done + worked.done,
            refused=self.so_far.refused + worked.refused,
            failed=self.so_far.failed + worked.failed,
        )
        after = self.so_far.done + self.so_far.exceptions
        self.now = self.now.model_copy(update={"why": self._n_of_m})
        self.show_details()
        if before * SAYS_EVERY // of < after * SAYS_EVERY // of < SAYS_EVERY:
            await self.note(self.at("working", why=self._n_of_m))

    @property
    def _n_of_m(self) -> str:
        said = f"{self.so_far.done:,} of {self.so_far.listed.items:,} done"
        return f"{said}, {self.so_far.exceptions:,} could not be" if self.so_far.exceptions else said

    # What could not be done

    async def _count(self) -> ItemsCounted:
        ask = CountItems(run_id=self.id)
        counted: ItemsCounted = await self.step(OPERATIONS["run.count_items"], ask, must=True)
        self._know(done=counted.done, refused=counted.refused, failed=counted.failed)
        return counted

    @property
    def _says_done(self) -> str:
        count = self.so_far.exceptions
        return f"done with {count:,} exception{'s' if count > 1 else ''}" if count else "done"

    async def _settle_exceptions(self) -> None:
        """Have what could not be done tried again, until nothing is left or somebody does without it."""
        pauses, parked = Pauses(), Parked(self._operation.title, f"{self.id}/exceptions", WAYS)
        await self._try_again(parked)
        while self._begins_more and (counted := await self._count()) and self.so_far.exceptions:
            self.reach(self.at(self._says_done, waiting_on="operator", why=self._n_of_m))
            self.park(parked, _said_of(counted), f"{self._operation.name}: {counted.failure}")
            self.is_coming_to_parked = False
            # What was refused is not tried again before somebody has mended what is in its way.
            pause = pauses.after(counted.failure) if self.so_far.failed else None
            repair = await self.repaired(parked, pause)
            if repair is not None and repair.action == "skip":
                self._ends_without = True
                break
            statuses = EXCEPTIONS if repair is not None else FAILED
            self._know(rounds=self.so_far.rounds + 1, tries_again=statuses, tried_again=0)
            await self._try_again(parked)
        self.is_coming_to_parked = False
        self.leaves_parked = self.ending is None and not self._is_over
        await self.parks_no_more(parked)

    async def _try_again(self, parked: Parked) -> None:
        """Try again what is to be tried again; who decides something else meanwhile waits."""
        parked.is_tried = True
        while self._begins_more and self.so_far.tries_again:
            so_far = self.so_far
            find = FindExceptions(run_id=self.id, statuses=so_far.tries_again, after=so_far.tried_again)
            found = await self.step(OPERATIONS["run.find_exceptions"], find, must=True)
            await self._work(found.chunks, so_far.tries_again, round_=so_far.rounds)
            if self.ending is None:
                self._know(tried_again=max(found.chunks, default=0))
            if found.is_all:
                self._know(tries_again=())
        parked.is_tried = False

    # Cancelled

    def check_takes(self, kind: str) -> None:
        """Not once the run is over, though it may wait for somebody to look at what could not be done."""
        super().check_takes(kind)
        if kind == "cancel" and self.now.outcome is not None:
            raise self._over()

    async def take(self, event: Event) -> None:
        """Somebody cancels it."""
        match event.message:
            case CancelRun(reason=reason):
                self._turn_back(reason, event.caller)
                self.answer_when(event, True, self.progress_of_items)

    def on_cancellation_requested(self) -> None:
        """In the Temporal Web UI: as through the API."""
        if self.now.outcome is None:
            self._turn_back("cancelled by an operator", self.caller)

    def _turn_back(self, reason: str, by: Caller) -> None:
        self.ending, self._cancelled_by = RunCancelled(reason), by
        self._know(cancelled_because=reason)
        self.is_coming_to_parked = False
        for parked in self._parked:
            self._do_without(parked)

    def park(self, parked: Parked, reason: str, failure: str) -> None:
        """Show what went wrong; once the run is cancelled, nobody waits any more for what can be left."""
        super().park(parked, reason, failure)
        if self.ending is not None:
            self._do_without(parked)

    def _do_without(self, parked: Parked) -> None:
        if "skip" in parked.ways:
            parked.repair = Repair(action="skip", reason="the run was cancelled")

    async def _leave_the_rest(self, reason: str) -> None:
        listed = self.so_far.listed
        for first in range(1, listed.chunks + 1, CHUNKS_AT_ONCE):
            last = min(first + CHUNKS_AT_ONCE - 1, listed.chunks)
            ask = LeaveItems(run_id=self.id, first_chunk=first, last_chunk=last)
            by = self._cancelled_by
            await self.step(OPERATIONS["run.leave_items"], ask, per=first, must=True, by=by)
        await self._count()
        await self.end(self.at("cancelled", outcome="cancelled", why=f"{reason}: {self._n_of_m}"))

    # What whoever asks is told

    @property
    def has_begun(self) -> bool:
        """Whoever starts a run waits until all was tried, or it goes on as a new run."""
        return self.so_far.is_worked_through or self._leaving or self.now.outcome is not None

    def progress_of_items(self) -> RunProgress:
        """How far it has come."""
        return RunProgress(
            items=self.so_far.listed.items,
            done=self.so_far.done,
            exceptions=self.so_far.exceptions,
            is_done=self.so_far.is_worked_through,
        )


def run_types() -> frozenset[str]:
    """The names of all processes that are runs over many."""
    definitions = (workflow._Definition.from_class(kind) for kind in Run.__subclasses__())
    return frozenset(one.name for one in definitions if one is not None and one.name is not None)


def _said_of(counted: ItemsCounted) -> str:
    others = counted.refused + counted.failed - 1
    return f"{counted.first}: {counted.reason}" + (f" (and {others:,} more)" if others else "")
