"""Approvals: a process asks people, and waits durably, for months if need be, until they have decided.

What is asked first is written down in the transaction of the step before the wait; each further level when
those before have said yes. The process then reminds by a timer, escalates to a further role once, and takes
each decision as an update. It ends decided, or withdrawn when the process is turned back. Who may decide is a
matter of `identity`; the operation that writes the decision down asks for it.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from temporalio import workflow
from temporalio.exceptions import ApplicationError

from foundation.operations.mailbox import Event, number_of_command
from foundation.operations.operation import OPERATIONS, Answer, Ask, Operation
from foundation.process.approval_levels import (
    Pending,
    decided_last,
    matter_of,
    one_after_the_other,
    rejection_in,
    remedy_of,
    still_open,
)
from foundation.process.approval_messages import (
    Approval,
    ApprovalByPolicy,
    ApprovalDecided,
    AskNextLevel,
    DecideApproval,
    DecisionFound,
    EscalateApproval,
    FindAsked,
    FindDecision,
    FindLevels,
    Level,
    LevelsFound,
    NothingToDecide,
    RecordDecision,
    Rejected,
    RemindOfApproval,
    StillAsked,
    WithdrawApproval,
    check_same,
)
from foundation.process.next_run import Carried
from foundation.process.process import Process
from foundation.values.messages import BETWEEN_ROLES, Caller, Message, Stage

__all__ = [
    "Approval",
    "ApprovalByPolicy",
    "ApprovalDecided",
    "Approvals",
    "DecideApproval",
    "Level",
    "NothingToDecide",
    "Rejected",
]

_ON_TIME = timedelta(hours=1)

_ASKED = TypeAdapter(dict[UUID, Pending])


class Approvals(Process):
    """The base class of a process that asks people."""

    def __init__(self, command: Message) -> None:
        super().__init__(command)
        self.approvals = _ASKED.validate_python(command.asked if isinstance(command, Carried) else {})
        """Everything that was asked, in its order."""
        self.reconsidered: ApplicationError | None = None
        """Why nobody is asked any more about what was asked, though the process goes on: it is withdrawn, and
        this is raised where the decision is waited for.
        """
        self.deciding = asyncio.Lock()
        """Held while a decision is written down: a second one comes to what the first has decided."""

    def carried(self) -> Carried[Any, Any]:
        """What goes along into the next run, with what was asked and decided."""
        return super().carried().model_copy(update={"asked": _ASKED.dump_python(self.approvals, mode="json")})

    async def approval(
        self, asks: Approval, operation: Operation[Ask, Answer], command: Ask, *, stage: str
    ) -> ApprovalDecided:
        """Take the step that makes the process wait, ask people with it, and wait until all have said yes, or
        one has said no. Gives the last decision, or that one.

        Refuses what the step refuses; NoExchangeRate, ExchangeRateTooOld when a policy is looked for; and
        with the reason, when the process is turned back meanwhile.
        """
        return await self._asked(asks, await self._levels_found(asks), operation, command, stage)

    def check_approved(self, decision: ApprovalDecided) -> None:
        """Turn the process back, in the name of who has said no. Refuses: Rejected."""
        if not decision.approved:
            self.caller, self.ending = decision.by, Rejected.of(decision)
            raise self.ending

    @property
    def is_rejected(self) -> bool:
        """Whether the process turns back since somebody has said no."""
        return isinstance(self.ending, Rejected)

    def ending_stage(self) -> Stage:
        """Rejected, cancelled or refused."""
        if self.ending is not None and self.is_rejected:
            return self.at("rejected", outcome="rejected", why=self.ending.message)
        return super().ending_stage()

    async def approval_by_policy(
        self, asks: ApprovalByPolicy, operation: Operation[Ask, Answer], command: Ask, *, stage: str
    ) -> ApprovalDecided | None:
        """The same, where a policy of the company says who is asked. None, and the step is not taken, where
        none does: nobody needs to say yes.
        """
        found = await self._levels_found(asks)
        return await self._asked(asks, found, operation, command, stage) if found.levels else None

    async def approval_of(
        self,
        submission: Event | None,
        asks: Approval,
        operation: Operation[Ask, Answer],
        command: Ask,
        *,
        stage: str,
    ) -> ApprovalDecided:
        """The same of what somebody has submitted: they are answered when people are asked, or with what the
        step refuses; nobody is, where an earlier run of the process has answered.
        """
        before = len(self.approvals)
        asking = asyncio.create_task(self.approval(asks, operation, command, stage=stage))
        await workflow.wait_condition(lambda: len(self.approvals) > before or asking.done())
        if submission is not None and len(self.approvals) > before:
            submission.answer_with(self.answer())
        try:
            return await asking
        except ApplicationError as refusal:
            if submission is not None and not submission.is_answered:
                submission.refuse(refusal)
            raise

    async def _asked(
        self, asks: Approval, found: LevelsFound, operation: Operation[Ask, Answer], command: Ask, stage: str
    ) -> ApprovalDecided:
        matter = matter_of(
            self._id,
            asks,
            found,
            stage=stage,
            requested_by=asks.requested_by or self.caller.actor,
            known=self.now,
            at=workflow.now(),
        )
        first, at_once = matter[0], one_after_the_other(matter)[0]
        await self.step(operation, command, per=_per(asks), stage=self._waiting(at_once), asks=first.asked)
        await self._look_into_the_books(first, at_once)
        try:
            return await self._decision_about(matter)
        except ApplicationError as turned_back:
            await self._withdraw(matter, turned_back.message)
            raise

    async def _levels_found(self, asks: Approval) -> LevelsFound:
        """Who is asked by the company's policy. It is logged: a process that is begun again asks the same."""
        if not asks.kind:
            return LevelsFound()
        find: Operation[FindLevels, LevelsFound] = OPERATIONS["approval.find_levels"]
        about = FindLevels(
            kind=asks.kind,
            amount=self.now.amount if asks.amount is None else asks.amount,
            currency=self.now.currency if asks.currency is None else asks.currency,
            base_amount=asks.base_amount,
            category=asks.category,
            cost_centre=asks.cost_centre,
            of_cost_centres=asks.of_cost_centres,
        )
        return await self.step(find, about, per=_per(asks))

    async def _look_into_the_books(self, pending: Pending, level: Sequence[Pending]) -> None:
        """Nobody is asked twice: an earlier run of this process may have been told the decision."""
        find: Operation[Any, DecisionFound] = OPERATIONS["approval.find_decision"]
        ask = FindDecision(approval_id=pending.asked.approval_id, by=self.caller)
        found = await self.step(find, ask, per=pending.asked.approval_id, must=True)
        pending.decided = found.decided
        if found.asked is not None and found.asked.requested_at != pending.asked.requested_at:
            # The process was begun again: it had asked before, and its timers go on from then.
            pending.go_on_from(found.asked)
            self.reach(self._waiting(still_open(level) or level))

    async def _decision_about(self, matter: list[Pending]) -> ApprovalDecided:
        """Ask one level after the other, until all have decided or one has said no."""
        for level in one_after_the_other(matter):
            for pending in level:
                if rejection_in(level) is not None:
                    break
                if pending is not matter[0]:
                    await self._ask_next(pending, level)
                self.approvals[pending.asked.approval_id] = pending
            _move_on([pending for pending in self.approvals.values() if pending not in level])
            await self._wait_for(level)
            if (rejection := rejection_in(level)) is not None:
                by = rejection.by.actor
                await self._withdraw(matter, f"{by} has said no: {rejection.reason or 'no reason given'}")
                return rejection
        return decided_last(matter)

    async def _ask_next(self, pending: Pending, level: Sequence[Pending]) -> None:
        """A further one is asked now. Its moment is no part of the request: asked again, it is the same."""
        pending.ask_now(workflow.now())
        asked = pending.asked
        ask = AskNextLevel(
            approval_id=asked.approval_id,
            matter=asked.matter or asked.approval_id,
            number=asked.level,
            role=asked.role,
        )
        operation: Operation[Any, Any] = OPERATIONS["approval.ask_next_level"]
        stage = self._waiting(still_open(level))
        await self.step(operation, ask, per=asked.approval_id, stage=stage, asks=asked, must=True)
        await self._look_into_the_books(pending, level)

    async def _wait_for(self, level: Sequence[Pending]) -> None:
        """Wait until all have decided, or one has said no; remind and escalate when it is time."""
        while self._no_more is None and rejection_in(level) is None and (waits := still_open(level)):
            if len(waits) < len(level) and not all(one.has_moved_on for one in level if one not in waits):
                await self.note(self._waiting(waits))
                _move_on(level)
            due = min(waits, key=lambda pending: pending.due_at)
            try:
                await workflow.wait_condition(
                    partial(self._need_not_wait, waits),
                    timeout=max(due.due_at - workflow.now(), timedelta(0)),
                    timeout_summary=due.timer,
                )
            except TimeoutError:
                await self.while_held()
                if self._no_more is None:
                    await (self._escalate(due, level) if due.escalates_next else self._remind(due, level))
        if self._no_more is not None:
            raise self._no_more

    @property
    def _no_more(self) -> ApplicationError | None:
        """Why nobody needs to decide any more; None while somebody does."""
        return self.ending or self.reconsidered

    def _need_not_wait(self, waits: Sequence[Pending]) -> bool:
        return self._no_more is not None or len(still_open(waits)) < len(waits)

    async def _withdraw(self, matter: Sequence[Pending], reason: str) -> None:
        """Nobody needs to decide any more of those who were asked and have not.

        Who that is, the books say: an attempt that died may have asked one more, or withdrawn some already.
        """
        if not (waits := still_open(matter)):
            return
        for pending in waits:
            pending.is_withdrawn = True
        find: Operation[FindAsked, StillAsked] = OPERATIONS["approval.find_asked"]
        about = FindAsked(matter=matter[0].asked.approval_id)
        found = await self.step(find, about, per=about.matter, must=True)
        for approval_id in found.approval_ids:
            withdraw = WithdrawApproval(approval_id=approval_id, reason=reason)
            await self._note("approval.withdraw", withdraw, approval_id)

    async def _remind(self, pending: Pending, level: Sequence[Pending]) -> None:
        at = _moment(pending.remind_at)
        pending.reminders += 1
        # What was missed, in an outage or while it was held, is not made up for.
        pending.remind_at = at + pending.asks.remind_every
        remind = RemindOfApproval(
            approval_id=pending.asked.approval_id,
            number=pending.reminders,
            at=at,
            remind_at=pending.remind_at,
        )
        await self._note("approval.remind", remind, f"{remind.approval_id}/{at.isoformat()}", level)

    async def _escalate(self, pending: Pending, level: Sequence[Pending]) -> None:
        assert pending.asks.escalate_to is not None and pending.escalate_at is not None
        at = _moment(pending.escalate_at)
        pending.escalated = True
        escalate = EscalateApproval(
            approval_id=pending.asked.approval_id, to_role=pending.asks.escalate_to, at=at
        )
        await self._note("approval.escalate", escalate, f"{escalate.approval_id}/{at.isoformat()}", level)

    async def _note(self, name: str, command: Message, per: object, level: Sequence[Pending] = ()) -> None:
        """Write down what happens to an approval. There is no way back from that, and no refusal."""
        waits = still_open(level)
        # Operations stand above us: their declarations are found by name.
        stage = self._waiting(waits) if waits else None
        await self.step(OPERATIONS[name], command, per=per, stage=stage, must=True)

    def _waiting(self, waits: Sequence[Pending]) -> Stage:
        first = waits[0]
        return self.at(
            first.stage,
            waiting_on=BETWEEN_ROLES.join(dict.fromkeys(pending.asked.role for pending in waits)),
            waiting_until=min(pending.remind_at for pending in waits),
            why=first.asked.subject,
            remedy=remedy_of(waits),
        )

    # The decision

    @workflow.update(description="Approve or reject what the process waits for")
    async def decide(self, decision: DecideApproval, by: Caller) -> ApprovalDecided:
        """Take a decision; the process goes on, or back. The same person may send the same decision again.
        Refuses: NothingToDecide, DecidedAlready, ProcessHeld; and what `identity` says about who may decide.
        """
        number, asked = number_of_command(), decision.approval_id
        self.mailbox.go_past(number)
        self.check_not_held(number)
        await self.while_held()  # One that was accepted before the hold waits for the release.
        if asked not in self.approvals:
            # After a reset it may come again before the process has come to its question.
            await workflow.wait_condition(lambda: asked in self.approvals or self._asks_no_more())
        with self.mailbox.before_others(number):
            async with self.deciding:
                self.check_decision(decision, by)
                if asked not in self.approvals:
                    raise self._nothing_to_decide()
                pending = self.approvals[asked]
                if pending.decided is None:
                    record = RecordDecision(**dict(decision), by=by, at=workflow.now())
                    # It is in the history before it has an effect: were it lost with the worker after the
                    # effect, nobody might give it again; and its moment would be another.
                    await self.written_into_history("The decision")
                    pending.decided = await self._record(record, by)
                decided = pending.decided
                check_same(
                    decision, by.actor, was=decided.approved, by=decided.by.actor, at=decided.decided_at
                )
            # Answered when the process has come on: to its next wait, or its end; or others are asked now.
            await workflow.wait_condition(lambda: pending.has_moved_on or self.now.stage != pending.stage)
        return decided

    async def _record(self, record: RecordDecision, by: Caller) -> ApprovalDecided:
        update = workflow.current_update_info()
        assert update is not None
        decide: Operation[Any, ApprovalDecided] = OPERATIONS["approval.decide"]
        # Each attempt has a key of its own: after one that was refused, another person may decide.
        return await self.step(decide, record, per=f"{record.approval_id}/{update.id}", by=by)

    def check_takes(self, kind: str) -> None:
        """The same of decisions."""
        super().check_takes(kind)
        if kind == "decide" and not still_open(self.approvals.values()):
            raise self._nothing_to_decide()

    def check_decision(self, decision: DecideApproval, by: Caller) -> None:
        """Refuses: NothingToDecide, DecidedAlready, ProcessHeld. What is not asked yet may be asked still."""
        self.check_not_held()
        pending = self.approvals.get(decision.approval_id)
        if pending is not None and pending.decided is not None:
            decided = pending.decided
            check_same(decision, by.actor, was=decided.approved, by=decided.by.actor, at=decided.decided_at)
        elif self._asks_no_more() or (pending is not None and pending.is_withdrawn):
            raise self._nothing_to_decide()

    def _asks_no_more(self) -> bool:
        return self.ending is not None or self.now.outcome is not None

    def _nothing_to_decide(self) -> NothingToDecide:
        return NothingToDecide(f"nobody is asked for a decision any more: this is at '{self.now.stage}'")

    @property
    def has_asked(self) -> bool:
        """Whether a person was asked for a decision."""
        return bool(self.approvals)


def _move_on(asked: Sequence[Pending]) -> None:
    """Others are asked now than those who have decided: who decided is answered."""
    for pending in asked:
        pending.has_moved_on = pending.decided is not None


def _moment(due: datetime) -> datetime:
    """When something happens: when it was due, or now if it is late.

    A step that is tried again after its worker died asks for the same once more.
    """
    return due if workflow.now() - due < _ON_TIME else workflow.now()


def _per(asks: Approval) -> str:
    return "" if asks.name == "approval" else asks.name
