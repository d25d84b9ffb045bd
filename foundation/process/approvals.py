"""Approvals: a process asks a person, and waits durably, for months if need be, until somebody decides.

What is asked is written down in the transaction of the step before the wait. The process then reminds by a
timer, escalates to a further role once, and takes the decision as an update. It ends decided, or withdrawn
when the process is turned back. Who may decide is a matter of `identity`; the operation that writes the
decision down asks for it.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from pydantic import TypeAdapter
from temporalio import workflow
from temporalio.exceptions import ApplicationError

from foundation.operations.mailbox import number_of_command
from foundation.operations.operation import OPERATIONS, Answer, Ask, Operation
from foundation.process.next_run import Carried
from foundation.process.process import Process
from foundation.values.errors import BusinessError
from foundation.values.messages import ApprovalAsked, Caller, Message, Stage, Text

ID_SPACE = UUID("0d7c2f57-3f0e-5c39-8a55-5a1d3c0f9e21")
_ON_TIME = timedelta(hours=1)


class NothingToDecide(BusinessError):
    """Nobody is asked for a decision here, or it is not needed any more."""

    status = 409


class DecidedAlready(BusinessError):
    """Somebody has decided, and not the same or not the same person."""

    status = 409


class Approval(Message):
    """What a process asks a person for, and how patiently."""

    subject: str
    """In a sentence, with the reason: what the person sees first."""
    role: str
    name: str = "approval"
    """Tells apart several approvals of one process."""
    document: str | None = None
    party: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    """What is left out is taken from what is known of the process."""
    requested_by: str | None = None
    """Who entered what is to be decided, and may not decide; the process's caller when left out."""
    remind_after: timedelta = timedelta(days=2)
    remind_every: timedelta = timedelta(days=7)
    escalate_after: timedelta = timedelta(days=14)
    escalate_to: str | None = None
    """The role that may decide as well after `escalate_after`; nobody when left out."""


class DecisionAsked(Message):
    """Yes or no, and why."""

    approved: bool
    reason: Text = ""


class DecideApproval(DecisionAsked):
    """A person's decision about one approval, with the roles that the person's API key has."""

    approval_id: UUID
    roles: tuple[str, ...]


class RecordDecision(DecideApproval):
    """The decision, to be written down if the person may take it."""

    by: Caller
    at: datetime


class ApprovalDecided(Message):
    """What was decided, by whom and for whom."""

    approval_id: UUID
    approved: bool
    reason: str
    by: Caller
    on_behalf_of: str | None
    decided_at: datetime


class FindDecision(Message):
    """Whether somebody has decided already, as our books say; and who wants to know it."""

    approval_id: UUID
    by: Caller


class AskedSince(Message):
    """How patiently somebody was asked so far."""

    requested_at: datetime
    remind_at: datetime
    reminders: int
    escalated: bool


class DecisionFound(Message):
    """What was decided, if it was; since when it is asked, and when somebody is reminded next."""

    decided: ApprovalDecided | None = None
    asked: AskedSince | None = None


class RemindOfApproval(Message):
    """It is time to remind those who may decide: the reminder's number, and when the next is due."""

    approval_id: UUID
    number: int
    at: datetime
    remind_at: datetime


class EscalateApproval(Message):
    """Nobody has decided for long: a further role may decide from now on."""

    approval_id: UUID
    to_role: str
    at: datetime


class WithdrawApproval(Message):
    """The decision is not needed any more."""

    approval_id: UUID
    reason: str


class ApprovalNoted(Message):
    """What an approval looks like now: enough to write to those who may decide."""

    approval_id: UUID
    status: str
    subject: str
    roles: tuple[str, ...]
    document: str | None
    party: str | None
    amount: Decimal | None
    currency: str | None
    requested_by: str
    requested_at: datetime
    reminders: int


@dataclass
class Pending:
    """An approval as its process remembers it."""

    asks: Approval
    asked: ApprovalAsked
    stage: str
    remind_at: datetime
    reminders: int = 0
    escalated: bool = False
    decided: ApprovalDecided | None = None

    def go_on_from(self, since: AskedSince) -> None:
        """Take over since when an earlier run of the process has asked, and how often it has reminded."""
        self.asked = self.asked.model_copy(update={"requested_at": since.requested_at})
        self.remind_at, self.reminders, self.escalated = since.remind_at, since.reminders, since.escalated

    @property
    def roles(self) -> tuple[str, ...]:
        """Who may decide now."""
        further = (self.asks.escalate_to,) if self.escalated and self.asks.escalate_to else ()
        return (self.asks.role, *further)

    @property
    def escalate_at(self) -> datetime | None:
        """When a further role is asked; None when there is none, or it was."""
        if self.escalated or self.asks.escalate_to is None:
            return None
        return self.asked.requested_at + self.asks.escalate_after


_ASKED = TypeAdapter(dict[UUID, Pending])


class Approvals(Process):
    """The base class of a process that asks people."""

    def __init__(self, command: Message) -> None:
        super().__init__(command)
        self.approvals = _ASKED.validate_python(command.asked if isinstance(command, Carried) else {})
        """Everything that was asked, in its order."""
        self.deciding = asyncio.Lock()
        """Held while a decision is written down: a second one comes to what the first has decided."""

    def carried(self) -> Carried[Any, Any]:
        """What goes along into the next run, with what was asked and decided."""
        return super().carried().model_copy(update={"asked": _ASKED.dump_python(self.approvals, mode="json")})

    async def approval(
        self, asks: Approval, operation: Operation[Ask, Answer], command: Ask, *, stage: str
    ) -> ApprovalDecided:
        """Take the step that makes the process wait, ask a person with it, and wait for the decision.

        Refuses what the step refuses; and with the reason, when the process is turned back meanwhile.
        """
        now = workflow.now()
        known = {name: getattr(asks, name) for name in ("document", "party", "amount", "currency")}
        asked = ApprovalAsked(
            approval_id=uuid5(ID_SPACE, f"{self._id}/{asks.name}"),
            subject=asks.subject,
            role=asks.role,
            requested_by=asks.requested_by or self.caller.actor,
            requested_at=now,
            remind_at=now + asks.remind_after,
            **{name: getattr(self.now, name) if fact is None else fact for name, fact in known.items()},
        )
        pending = Pending(asks=asks, asked=asked, stage=stage, remind_at=asked.remind_at)
        await self.step(operation, command, per=_per(asks), stage=self._waiting(pending), asks=asked)
        await self._look_into_the_books(pending)
        self.approvals[asked.approval_id] = pending
        try:
            return await self._decision_of(pending)
        except ApplicationError as turned_back:
            withdraw = WithdrawApproval(approval_id=asked.approval_id, reason=turned_back.message)
            await self._note("approval.withdraw", withdraw, asked.approval_id)
            raise

    async def _look_into_the_books(self, pending: Pending) -> None:
        """Nobody is asked twice: an earlier run of this process may have been told the decision."""
        find: Operation[Any, DecisionFound] = OPERATIONS["approval.find_decision"]
        ask = FindDecision(approval_id=pending.asked.approval_id, by=self.caller)
        found = await self.step(find, ask, per=pending.asked.approval_id, must=True)
        pending.decided = found.decided
        if found.asked is not None and found.asked.requested_at != pending.asked.requested_at:
            # The process was begun again: it had asked before, and its timers go on from then.
            pending.go_on_from(found.asked)
            self.reach(self._waiting(pending))

    async def _decision_of(self, pending: Pending) -> ApprovalDecided:
        """Wait; remind and escalate when it is time."""
        while True:
            escalates = pending.escalate_at is not None and pending.escalate_at <= pending.remind_at
            due = pending.escalate_at if escalates and pending.escalate_at else pending.remind_at
            try:
                await workflow.wait_condition(
                    lambda: self.ending is not None or pending.decided is not None,
                    timeout=max(due - workflow.now(), timedelta(0)),
                    timeout_summary=f"Escalate to {pending.asks.escalate_to}"
                    if escalates
                    else f"Remind {' and '.join(pending.roles)}",
                )
            except TimeoutError:
                await self.while_held()
                if self.ending is None:
                    await (self._escalate(pending) if escalates else self._remind(pending))
                continue
            if self.ending is not None:
                raise self.ending
            assert pending.decided is not None
            return pending.decided

    async def _remind(self, pending: Pending) -> None:
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
        await self._note("approval.remind", remind, f"{remind.approval_id}/{at.isoformat()}", pending)

    async def _escalate(self, pending: Pending) -> None:
        assert pending.asks.escalate_to is not None and pending.escalate_at is not None
        at = _moment(pending.escalate_at)
        pending.escalated = True
        escalate = EscalateApproval(
            approval_id=pending.asked.approval_id, to_role=pending.asks.escalate_to, at=at
        )
        await self._note("approval.escalate", escalate, f"{escalate.approval_id}/{at.isoformat()}", pending)

    async def _note(self, name: str, command: Message, per: object, waiting: Pending | None = None) -> None:
        """Write down what happens to an approval. There is no way back from that, and no refusal."""
        stage = self._waiting(waiting) if waiting is not None and waiting.decided is None else None
        # Operations stand above us: their declarations are found by name.
        await self.step(OPERATIONS[name], command, per=per, stage=stage, must=True)

    def _waiting(self, pending: Pending) -> Stage:
        asked, roles = pending.asked, pending.roles
        reminded = f" Reminded {pending.reminders} times." if pending.reminders else ""
        return self.at(
            pending.stage,
            waiting_on=asked.role,
            waiting_until=pending.remind_at,
            why=asked.subject,
            remedy=f"Decided by whoever has the role {' or '.join(roles)}, or stands in for one who has; "
            f"not by {asked.requested_by}, who asked. Approval {asked.approval_id}.{reminded}",
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
            # Answered when the process has come on: to its next wait, or its end.
            await workflow.wait_condition(lambda: self.now.stage != pending.stage)
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
        if kind == "decide" and all(pending.decided is not None for pending in self.approvals.values()):
            raise self._nothing_to_decide()

    def check_decision(self, decision: DecideApproval, by: Caller) -> None:
        """Refuses: NothingToDecide, DecidedAlready, ProcessHeld. What is not asked yet may be asked still."""
        self.check_not_held()
        pending = self.approvals.get(decision.approval_id)
        if pending is not None and pending.decided is not None:
            decided = pending.decided
            check_same(decision, by.actor, was=decided.approved, by=decided.by.actor, at=decided.decided_at)
        elif self._asks_no_more():
            raise self._nothing_to_decide()

    def _asks_no_more(self) -> bool:
        return self.ending is not None or self.now.outcome is not None

    def _nothing_to_decide(self) -> NothingToDecide:
        return NothingToDecide(f"nobody is asked for a decision any more: this is at '{self.now.stage}'")

    @property
    def has_asked(self) -> bool:
        """Whether a person was asked for a decision."""
        return bool(self.approvals)


def check_same(decision: DecisionAsked, actor: str, *, was: bool, by: str, at: datetime) -> None:
    """Whether somebody decides again what the same person has decided. Refuses: DecidedAlready."""
    if actor != by or decision.approved != was:
        word = "approved" if was else "rejected"
        raise DecidedAlready(f"decided already by {by} on {at:%Y-%m-%d}: {word}")


def _moment(due: datetime) -> datetime:
    """When something happens: when it was due, or now if it is late.

    A step that is tried again after its worker died asks for the same once more.
    """
    return due if workflow.now() - due < _ON_TIME else workflow.now()


def _per(asks: Approval) -> str:
    return "" if asks.name == "approval" else asks.name
