"""Bank details change: from who asks that money goes elsewhere to the day on which it does.

1. What somebody has asked for by changing a record is taken up: it waits from now on.
2. Somebody else says yes to just this: not who has asked, and not who has changed the record last. Who has
   changed it meanwhile and said yes all the same is not counted, and another is asked.
3. It waits until the time that the company waits is over.
4. It takes effect: whose record it is has the new accounts.
5. Payment runs that were to pay the old account of a supplier, and that nobody has approved yet, are proposed
   again with the new one.

Until it takes effect it can be cancelled; rejected, it has no effect. Money goes to the old accounts
meanwhile.
"""

from contextlib import suppress
from datetime import timedelta

from temporalio import workflow

from activities.banking import changed_accounts
from activities.master_data import bank_details
from activities.payroll import pay_accounts
from domains.banking.messages.payment_runs import OpenRunsAgain
from domains.master_data.messages import bank_details as messages
from domains.master_data.messages.bank_details import BankDetailsOwner
from domains.master_data.rules.bank_details_changes import check_approver
from foundation.operations.mailbox import Event, command
from foundation.process.approvals import ApprovalDecided, Approvals, DecideApproval, Rejected
from foundation.process.undo import Undo
from foundation.values.errors import ProcessEnded
from foundation.values.messages import Caller, Stage
from workflows.bank_details_change.approvers import approval_of
from workflows.bank_details_change.refusals import BankDetailsChangeCancelled


@workflow.defn(name="bank_details_change")
class BankDetailsChange(Approvals):
    """From who asks that money goes elsewhere to the day on which it does."""

    kind = "Bank details change"
    change: messages.BankDetailsChangeTaken

    cancel = command("cancel", messages.BankDetailsChangeCancellation, "Nothing is changed")

    @workflow.init
    def __init__(self, asked: messages.StartBankDetailsChange) -> None:
        super().__init__(asked)
        self.change_id = asked.change_id
        self.is_due = False

    @workflow.run
    async def run(self, asked: messages.StartBankDetailsChange) -> str:
        """The whole way, as the numbers above say; gives how it ended."""
        await self.conduct(self.procedure())
        return self.now.outcome or "cancelled"

    async def procedure(self) -> None:
        """Steps 1 to 3 with their way back, then 4 and 5."""
        try:
            async with self.undo() as undo:
                await self.take_up(undo)
                await self.be_approved()
                await self.serve_while(self.wait())
        except (BankDetailsChangeCancelled, Rejected):
            return
        self.is_due = True
        await self.serve_while(self.take_effect())  # Who cancels it now is told so at once.

    async def take(self, event: Event) -> None:
        """Until it takes effect it can be cancelled; that is answered when it has ended."""
        match event.message:
            case messages.BankDetailsChangeCancellation(reason=reason):
                self.caller, self.ending = event.caller, BankDetailsChangeCancelled(reason)
                self.answer_when(event, True, self.answer)

    def check_takes(self, kind: str) -> None:
        """What has taken effect is changed back by another change."""
        super().check_takes(kind)
        if kind == "cancel" and self.is_due:
            raise ProcessEnded.of(self.change.change_number, "in effect: ask for another change")

    def check_decision(self, decision: DecideApproval, by: Caller) -> None:
        """Nor does who had changed the record last, before it was asked for."""
        super().check_decision(decision, by)
        if decision.approved and decision.approval_id in self.approvals:
            check_approver(self.change.change_number, self.change.may_not_approve, by.actor)

    async def take_up(self, undo: Undo) -> None:
        """1. From now on it waits."""
        undo.of(
            bank_details.take_up_bank_details_change,
            bank_details.cancel_bank_details_change,
            self.cancellation,
        )
        take = messages.TakeUpBankDetailsChange(change_id=self.change_id, at=workflow.now())
        self.change = await self.step(bank_details.take_up_bank_details_change, take, must=True)
        self.know(document=self.change.change_number)

    async def be_approved(self) -> None:
        """2. Until somebody says yes who may."""
        times, who_may_not = 0, ""
        while times == 0 or who_may_not:
            decision = await self.serve_while(self.ask(times, who_may_not))
            self.check_approved(decision)
            approve = messages.ApproveBankDetailsChange(
                change_id=self.change_id,
                content_hash=self.change.content_hash,
                approved_by=decision.by.actor,
                on_behalf_of=decision.on_behalf_of,
            )
            approving = bank_details.approve_bank_details_change
            done = await self.step(approving, approve, per=str(times), stage=self.waiting(), must=True)
            times, who_may_not = times + 1, done.who_may_not

    async def ask(self, times: int, who_may_not: str) -> ApprovalDecided:
        """Ask somebody else, for the first time or once more."""
        approval = approval_of(self.change, times, who_may_not)
        submit = messages.SubmitBankDetailsChange(change_id=self.change_id)
        stage = "waiting for approval"
        return await self.approval(approval, bank_details.submit_bank_details_change, submit, stage=stage)

    async def wait(self) -> None:
        """3. However early somebody has said yes."""
        left = self.change.not_before - workflow.now()
        with suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: self.ending is not None,
                timeout=max(left, timedelta(0)),
                timeout_summary="Until it takes effect",
            )

    async def take_effect(self) -> None:
        """4 and 5. There is no way back any more."""
        apply = messages.ApplyBankDetails(change_id=self.change_id, at=workflow.now())
        is_supplier = self.change.owner is BankDetailsOwner.SUPPLIER
        applies = (
            pay_accounts.apply_account_change
            if self.change.owner is BankDetailsOwner.EMPLOYEE
            else bank_details.apply_bank_details
        )
        ended = self.at("in effect", outcome="closed")
        taking_effect = self.at("taking effect") if is_supplier else ended
        await self.step(applies, apply, must=True, stage=taking_effect)
        if is_supplier:
            again = OpenRunsAgain(supplier_code=self.change.code, because=self.change.change_number)
            await self.step(changed_accounts.open_payment_runs_again, again, must=True, stage=ended)

    def waiting(self) -> Stage:
        """That it waits for its time only."""
        return self.at("waiting for its time", waiting_on="its time", waiting_until=self.change.not_before)

    def cancellation(self) -> messages.CancelBankDetailsChange:
        """Why nothing is changed."""
        why = self.ending or self.refused
        return messages.CancelBankDetailsChange(
            change_id=self.change_id,
            reason=why.message if why else "a step was refused",
            is_rejected=self.is_rejected,
        )

    def on_cancellation_requested(self) -> None:
        """In the Temporal Web UI: before it takes effect, and without effect after that."""
        if not self.is_due:
            self.ending = self.ending or BankDetailsChangeCancelled("cancelled by an operator")
