"""Leave request: somebody wants to be away.

1. The process takes up the request, whose days were set aside when it was written down.
2. The manager's role says yes, or whom the company's policy names; of some sorts of leave nobody is asked.
3. If the days are not paid, payroll is told which they are. 4. The leave is approved.

Rejected, cancelled, or refused by payroll, its days are there again. Once it is approved it is taken back by
a process of its own: `leave_taken_back`.
"""

from temporalio import workflow

from activities.hr import leave_requests
from activities.payroll import absences
from domains.hr.messages import leave as messages
from domains.hr.messages.leave import LEAVE, LEAVE_APPROVER
from domains.hr.rules.leave_requests import check_cancels, check_decides
from domains.payroll.messages.absences import NoteAbsence, WithdrawAbsence
from foundation.operations.mailbox import Event, command
from foundation.process.approvals import Approval, ApprovalDecided, Approvals, DecideApproval, Rejected
from foundation.process.undo import Undo
from foundation.values.errors import ProcessEnded
from foundation.values.messages import Caller
from workflows.leave_request.refusals import LeaveCancelled


@workflow.defn(name="leave_request")
class LeaveRequest(Approvals):
    """Somebody wants to be away."""

    kind = "Leave request"
    wanted: messages.LeaveTakenUp

    cancel = command("cancel", messages.LeaveCancellation, "It is not taken after all")

    @workflow.init
    def __init__(self, asked: messages.LeaveToDecide) -> None:
        super().__init__(asked)
        self.asked = asked
        self.is_decided = False

    @workflow.run
    async def run(self, asked: messages.LeaveToDecide) -> str:
        """The whole way, as the numbers above say; gives how it ended."""
        await self.conduct(self.procedure(asked))
        return self.now.outcome or "cancelled"

    async def procedure(self, asked: messages.LeaveToDecide) -> None:
        """Steps 1 to 3 with their way back, then 4."""
        try:
            async with self.undo() as undo:
                await self.take_up(asked, undo)
                await self.be_decided()
                await self.serve_while(self.note_absence(undo))
        except (LeaveCancelled, Rejected):
            return
        await self.serve_while(self.approve(asked))  # Who cancels it now is told so at once.

    async def take(self, event: Event) -> None:
        """Until it is decided it can be cancelled by who has asked for it, or who looks after leave."""
        match event.message:
            case messages.LeaveCancellation(may_for_others=may) as cancellation:
                check_cancels(event.caller.actor, self.caller.actor, self.wanted.actor, may_for_others=may)
                self.caller, self.ending = event.caller, LeaveCancelled(cancellation.reason)
                self.answer_when(event, True, self.answer)

    def check_takes(self, kind: str) -> None:
        """What is approved is taken back instead."""
        super().check_takes(kind)
        if kind == "cancel" and self.is_decided:
            raise ProcessEnded.of(self.wanted.leave_number, "approved: take it back")

    async def take_up(self, asked: messages.LeaveToDecide, undo: Undo) -> None:
        """1. Its days are set aside already."""
        undo.of(leave_requests.take_up_leave, leave_requests.cancel_leave, self.why_cancelled)
        stage = self.at("requested", waiting_on="human resources")
        self.wanted = await self.step(leave_requests.take_up_leave, asked, stage=stage, must=True)
        self.know(document=self.wanted.leave_number)

    async def be_decided(self) -> None:
        """2. Ask whoever decides, and wait for all of them."""
        if self.wanted.needs_approval:
            decision = await self.serve_while(self.ask())
            self.check_approved(decision)
        self.is_decided = True

    async def ask(self) -> ApprovalDecided:
        """Not what sort of leave it is: that may tell of an illness."""
        wanted = self.wanted
        days = f"{wanted.days.normalize():f} {'day' if wanted.days == 1 else 'days'}"
        others = LEAVE_APPROVER if wanted.role != LEAVE_APPROVER else None
        approval = Approval(
            subject=f"leave of {wanted.employee_code}: {days}, {wanted.starts_on} to {wanted.ends_on}",
            kind=LEAVE,
            role=wanted.role,
            escalate_to=others,
        )
        stage = "waiting for approval"
        return await self.approval(approval, leave_requests.submit_leave, self.asked, stage=stage)

    def check_decision(self, decision: DecideApproval, by: Caller) -> None:
        """Nobody decides about their own leave, whoever has asked for it."""
        super().check_decision(decision, by)
        check_decides(by.actor, decision.on_behalf_of, self.wanted.actor)

    async def note_absence(self, undo: Undo) -> None:
        """3. Payroll refuses days that it has paid already."""
        if self.wanted.is_paid:
            return
        note = NoteAbsence(
            absence_id=self.wanted.leave_id,
            reference=self.wanted.leave_number,
            employee_code=self.wanted.employee_code,
            starts_on=self.wanted.starts_on,
            ends_on=self.wanted.ends_on,
        )
        withdraw = WithdrawAbsence(absence_id=note.absence_id)
        undo.of(absences.note_absence, absences.withdraw_absence, lambda: withdraw)
        await self.step(absences.note_absence, note, stage=self.at("being approved", waiting_on="payroll"))

    async def approve(self, asked: messages.LeaveToDecide) -> None:
        """4. There is no way back any more but to take it back."""
        approved = self.at("approved", outcome="closed")
        await self.step(leave_requests.approve_leave, asked, stage=approved, must=True)

    def why_cancelled(self) -> messages.CancelLeave:
        """What hr is told when it is turned back."""
        why = self.ending or self.refused
        return messages.CancelLeave(
            leave_id=self.asked.leave_id,
            reason=why.message if why else "a step was refused",
            rejected=self.is_rejected,
        )

    def on_cancellation_requested(self) -> None:
        """In the Temporal Web UI: until it is decided, and without effect after that."""
        if not self.is_decided:
            self.ending = self.ending or LeaveCancelled("cancelled by an operator")
