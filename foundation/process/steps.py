"""The steps of a process: applied once by key, parked when they cannot be done, repaired or skipped by
people, and held back while somebody looks into a process.

A step's key is `process id/operation[/per]`: it is the same whenever and wherever the step is tried again, so
that its effect happens once.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any, NamedTuple

from temporalio import workflow

from foundation.operations.mailbox import NOT_WAITED_FOR, AnsweredBefore, NextRun, number_of_command
from foundation.operations.operation import OPERATIONS, Answer, Ask, Operation, StepWasTakenBack
from foundation.process.accepting import Problem, accepted_by
from foundation.process.attempts import attempted
from foundation.process.holding import (
    HELD,
    Decision,
    Hold,
    check_can_be_held,
    check_can_be_released,
    check_not_held,
)
from foundation.process.parking import NothingToRepair, Parked, Repair, StepAborted, check_parked
from foundation.process.stage_tracker import StageTracker
from foundation.runtime.failures import Pauses, kind_of, said_by
from foundation.values.errors import is_refusal
from foundation.values.messages import ApprovalAsked, Call, Caller, Stage, day_of

NOTED_AGAIN_AFTER = timedelta(seconds=30)


class Failed(NamedTuple):
    """What went wrong with an attempt at a step, and what the process may do about it."""

    operation: str
    cause: BaseException
    must: bool
    """Whether there is no way back: a refusal parks it, too."""
    may_skip: bool

    @property
    def kind(self) -> str:
        """The class of the failure."""
        return kind_of(self.cause)


class Steps(StageTracker):
    """Takes steps for a process."""

    facts: Any = None
    """What the process knows of its business: plain values, if it is to go on as a new run."""

    def __init__(self) -> None:
        super().__init__()
        self.refused_key: str | None = None
        self.held: str | None = None
        """Who holds the process, and why."""
        self._held_by = 0  # The number of the command by which it is held.
        self._parked: list[Parked] = []
        """The steps that cannot be done; a decision is about the one that is shown, the last."""
        self.is_coming_to_parked = False  # In a new run: it will park again what the one before had parked.
        self.leaves_parked = False  # It goes on as a new run, which decides about what was parked here.
        self.took: list[str] = []  # What the process has taken, and no step has written down yet.
        self.steps_begun = 0  # How many attempts were made: tells whether a command has done anything yet.
        self._deciding = asyncio.Lock()
        """Held while a person's decision is being written down: no step begins meanwhile."""

    def key_of(self, operation: Operation[Any, Any], per: object = "") -> str:
        """The key under which a step's effect happens once."""
        return f"{self._id}/{operation.name}/{per}" if per else f"{self._id}/{operation.name}"

    async def step(
        self,
        operation: Operation[Ask, Answer],
        command: Ask,
        *,
        per: object = "",
        by: Caller | None = None,
        stage: Stage | None = None,
        voids: str | None = None,
        asks: ApprovalAsked | None = None,
        must: bool = False,
        may_abort: bool = True,
        otherwise: Answer | None = None,
    ) -> Answer:
        """Take a step: apply the operation once, however often it has to be tried.

        `per` tells apart several steps by the same operation, `by` names who asked for it if that is not who
        started the process, `stage` is written in the step's transaction and reached with it. `must` is for
        a step after which there is no way back: a refusal parks it, until what is in its way has been
        removed. One that nothing takes back once it is done has `may_abort` off: whether it is done, nobody
        knows while it is parked. `asks` is what a person is asked with the step. A step that the process can
        do without has an answer `otherwise`: a person may skip it. Refuses what the operation refuses.
        """
        call = self._call(self.key_of(operation, per), by=by, stage=stage, voids=voids, asks=asks)
        may_skip = otherwise is not None
        ways = {"retry", *(("abort",) if may_abort and not must else ()), *(("skip",) if may_skip else ())}
        parked = Parked(operation.title, call.key, frozenset(ways), has_a_day=bool(day_of(command)))
        pauses = Pauses()
        try:
            while isinstance(outcome := await self._tried(operation, call, command, parked), BaseException):
                failed = Failed(operation.name, outcome, must, may_skip)
                if await self._does_without(parked, failed, pauses) and otherwise is not None:
                    outcome = otherwise
                    break
            if operation.is_logged:
                self.took = [event for event in self.took if event not in call.took]
            await self._reached(stage, parked)
            return outcome
        finally:
            if parked in self._parked:
                self._parked.remove(parked)  # It was cancelled.

    async def _does_without(self, parked: Parked, failed: Failed, pauses: Pauses) -> bool:
        """Park until the step is to be tried again; whether the process does without it instead. Refuses what
        the operation refused, unless it must be done; StepAborted.
        """
        if failed.kind == StepWasTakenBack.type_name() and failed.may_skip:
            return True  # Somebody skipped it, and the worker died over the decision.
        if is_refusal(failed.cause) and not failed.must:
            self.refused_key = parked.key
            await self.parks_no_more(parked)
            raise failed.cause from None
        self.park(parked, said_by(failed.cause), f"{failed.operation}: {failed.kind}")
        repair = await self.repaired(parked, pauses.after(failed.kind))
        if repair is not None and repair.action == "abort":
            await self.parks_no_more(parked)
            raise StepAborted(f"{parked.title} was given up: {repair.reason}")
        return repair is not None and repair.action == "skip"

    async def _tried(
        self, operation: Operation[Ask, Answer], call: Call, command: Ask, parked: Parked
    ) -> Answer | BaseException:
        """One attempt, and its answer or what went wrong."""
        await self.while_held()
        self.steps_begun += 1
        parked.is_tried = True
        summary = " · ".join(part for part in (operation.title, self.now.document, self.party) if part)
        try:
            return await attempted(operation, call, parked.corrected(command), summary=summary)
        finally:
            parked.is_tried = False

    def _call(
        self,
        key: str,
        *,
        by: Caller | None = None,
        stage: Stage | None = None,
        voids: str | None = None,
        asks: ApprovalAsked | None = None,
    ) -> Call:
        return Call(
            key=key,
            caller=by or self.caller,
            process_id=self._id,
            process_type=self._type,
            stage=stage.as_shown() if stage else None,
            voids=voids,
            asks=asks,
            took=tuple(self.took),
        )

    async def _reached(self, stage: Stage | None, parked: Parked) -> None:
        if stage is not None:
            self.reach(stage)
        if parked in self._parked:
            await self.parks_no_more(parked)
        elif stage is not None and self.has_noted:
            # A worker that died, or whose work the server did not take because news came in between, may have
            # come further: its step is found done and writes no stage, and an older one that was noted
            # meanwhile would stand over it.
            await self.record_stage()

    # Parked and repaired

    def park(self, parked: Parked, reason: str, failure: str) -> None:
        """Show what went wrong."""
        is_new = parked.fails_of(f"{parked.title}: {reason}"[:500], failure[:200])
        if parked not in self._parked:
            self._parked.append(parked)
        if is_new:
            self._show_trouble()

    async def parks_no_more(self, parked: Parked) -> None:
        """Show and write down that it does not wait any more, if it did."""
        if parked in self._parked:
            self._parked.remove(parked)
            self._show_trouble()
            await self.record_stage()

    def _show_trouble(self) -> None:
        self.show_exception(*self._trouble(self.held))

    def _trouble(self, held: str | None) -> tuple[str | None, str | None]:
        """What is wrong, in words and its class: who holds the process, or what cannot be done."""
        if held is not None:
            return held, HELD
        return (self._shown.exception, self._shown.failure) if self._shown else (None, None)

    @property
    def _shown(self) -> Parked | None:
        """What a decision would be about: a defect that stops the process, or what has parked last."""
        return next(iter(self._stops), self._parked[-1] if self._parked else None)

    @property
    def _stops(self) -> list[Parked]:
        return [parked for parked in self._parked if parked.stopped_at is not None]

    @workflow.query(description="The event before which a run that a defect has stopped is begun again")
    def stopped_at(self) -> int | None:
        """Where a defect has stopped the process; None when none has."""
        return self._stops[0].stopped_at if self._stops else None

    async def repaired(self, parked: Parked, pause: timedelta | None) -> Repair | None:
        """Wait for a while, or until a person decides; None when it is to be tried again by itself. Without a
        pause it is not.

        What went wrong is written down; again and again, until the database is there for it.
        """
        until = None
        while parked.repair is None and (until is None or workflow.now() < until):
            if not parked.is_noted:
                parked.is_noted = await self.try_to_record()
            until = until or (workflow.now() + pause if pause is not None else None)
            waits = [] if parked.is_noted else [NOTED_AGAIN_AFTER]
            waits += [max(until - workflow.now(), timedelta(0))] if until is not None else []
            with suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda: parked.repair is not None,
                    timeout=min(waits, default=None),
                    timeout_summary=f"Try again: {parked.title}",
                )
        if pause is not None:
            # What somebody is deciding about it just now counts before the next attempt.
            await self.while_held()
        repair, parked.repair = parked.repair, None
        if repair is not None and repair.posted_on is not None:
            parked.posted_on = repair.posted_on
        return repair

    @workflow.update(
        description="A parked step: try it again now (retry), go on without it (skip), or give it up and go "
        "back (abort)"
    )
    async def repair(self, repair: Repair, by: Caller) -> Stage:
        """What a person decides about a parked step, as soon as that is written. Refuses: NothingToRepair."""
        self.mailbox.go_past(number_of_command())
        if self.is_coming_to_parked:
            await workflow.wait_condition(lambda: not self.is_coming_to_parked)
        while True:
            self._parked_here(repair)
            # Whether there is anything to repair shows when the attempt that is under way has ended.
            await workflow.wait_condition(lambda: not (self._shown and self._shown.is_tried))
            async with self._deciding:
                parked = self._parked_here(repair)
                if parked.is_tried:
                    continue
                # A step that is skipped can never commit late: its key is taken with the decision.
                voids = parked.key if repair.action == "skip" and parked.stopped_at is None else None
                await self._decide(repair.action, repair.reason, by, step=parked.key, voids=voids)
                parked.repair = repair
                return self.now

    def _parked_here(self, repair: Repair) -> Parked:
        """What the decision would be about. Refuses: NothingToRepair; NextRun, which has it parked."""
        if self._shown is None and self.leaves_parked:
            self.mailbox.give_back(number_of_command())
            raise NextRun
        return self.repairable(repair)

    def repairable(self, repair: Repair) -> Parked:
        """What the decision would be about. Refuses: NothingToRepair."""
        check_parked(shown := self._shown)
        assert shown is not None
        shown.check(repair)
        return shown

    def check_takes(self, kind: str) -> None:
        """Refuses a command of this kind as it would be refused now, whatever is asked with it."""
        match kind:
            case "repair":
                check_parked(self._shown)
            case "hold":
                check_can_be_held(self.held, outcome=self.now.outcome, stage=self.now.stage)
            case "release":
                check_can_be_released(self.held)
            case _:
                self.check_not_held()

    @workflow.query(description="By kind, how a command would be refused now, whatever it asks for")
    def accepts(self) -> dict[str, Problem | None]:
        """What can be asked of the process now, and nothing else: None for what it would take."""
        return accepted_by(self)

    @workflow.query(description="Whether a parked step can be repaired so; if not, why")
    def would_repair(self, repair: Repair) -> str | None:
        """What the same repair would be refused with now; None when it would be done."""
        try:
            self.repairable(repair)
        except NothingToRepair as refusal:
            return refusal.message
        return None

    @workflow.update(name=NOT_WAITED_FOR, description="Do not wait for a command that cannot be sent")
    async def not_waited_for(self, number: int) -> None:
        """Take the commands after this one without waiting for it."""
        with suppress(AnsweredBefore):
            self.mailbox.go_past(number)

    # Held and released

    @workflow.update(description="Take no further step until it is released")
    async def hold(self, hold: Hold, by: Caller) -> Stage:
        """Hold the process, as soon as that is written. Refuses: ProcessHeld, NotHeld."""
        self.mailbox.go_past(number := number_of_command())
        async with self._deciding:
            self.check_takes("hold")
            self._held_by = number
            held = f"held by {by.actor}: {hold.reason}"
            await self._decide_who_holds("hold", hold.reason, by, held=held)
            # It may have come to its end meanwhile.
            check_can_be_held(None, outcome=self.now.outcome, stage=self.now.stage)
        return self.now

    @workflow.update(description="Let a process that is held go on")
    async def release(self, release: Hold, by: Caller) -> Stage:
        """Let the process go on, as soon as that is written. Refuses: NotHeld."""
        self.mailbox.go_past(number_of_command())
        async with self._deciding:
            self.check_takes("release")
            await self._decide_who_holds("release", release.reason, by, held=None)
        return self.now

    async def _decide_who_holds(self, action: str, reason: str, by: Caller, *, held: str | None) -> None:
        """Write it down with where the process stands, then let it count."""
        written = await self._decide(action, reason, by, stage=lambda: self._stage_if(held))
        self.held = held if self.now.outcome is None else None
        self._show_trouble()
        if written != self.now:
            await self.record_stage()  # It has come further meanwhile.

    def _stage_if(self, held: str | None) -> Stage:
        exception, failure = self._trouble(held)
        return self.now.model_copy(update={"exception": exception, "failure": failure})

    async def while_held(self) -> None:
        """Wait until nobody holds the process, or is about to, and no defect has stopped it."""
        if self.held is not None or self._deciding.locked() or self._stops:
            await workflow.wait_condition(
                lambda: self.held is None and not self._deciding.locked() and not self._stops
            )

    def check_not_held(self, number: int = 0) -> None:
        """Refuses: ProcessHeld; not while a defect has stopped the process. A run that is begun again before
        its defect takes everything that it was told since, also what was refused: who was told no would see
        it done. Nor a command whose number says that it was accepted before the hold, and that comes after
        it: it may have had its effect, and waits for the release.
        """
        if not self._stops and not 0 < number < self._held_by:
            check_not_held(self.held)

    async def _decide(
        self,
        action: str,
        reason: str,
        by: Caller,
        *,
        step: str | None = None,
        voids: str | None = None,
        stage: Callable[[], Stage] | None = None,
    ) -> Stage | None:
        """Write a person's decision down, before it counts; however long that takes. Gives the stage that was
        written with it.
        """
        update, pauses, summary = workflow.current_update_info(), Pauses(), action.capitalize()
        key = f"{self._id}/process.decide/{update.id if update else self._stages_recorded}"
        decision = Decision(action=action, step=step, reason=reason)
        decide: Operation[Decision, Decision] = OPERATIONS["process.decide"]
        while True:
            reached = stage() if stage is not None else None
            call = self._call(key, by=by, stage=reached, voids=voids)
            outcome = await attempted(decide, call, decision, summary=summary)
            if not isinstance(outcome, BaseException):
                return reached
            if is_refusal(outcome):
                raise outcome
            await workflow.sleep(pauses.after(kind_of(outcome)), summary=f"Write down again: {summary}")
