"""Payment run: from what is to be paid to suppliers, or of wages, to the file by which the bank pays it.

1. Somebody has a proposal kept. Its invoices, or wages, are in no other run from now on.
2. Whoever has proposed it leaves invoices out, or puts them in again, and submits it.
3. Two persons approve what will be paid, neither of whom has proposed it. With the first no it is cancelled.
   When a supplier gets another bank account meanwhile, its payments are left out, and the run is at 2 again.
4. It is released. A posting run looks at each invoice once more: what has changed since is left out, the rest
   is posted as on its way to the bank.
5. The file for the bank is written, with all that was posted.

Until it is released the run can be cancelled, and its invoices are free again. After that only single
payments are taken back.
"""

from typing import Any

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.banking import payment_run_posting as posting
from activities.banking import payment_runs as runs
from domains.banking.messages import payment_runs as messages
from domains.banking.rules.payment_runs import RunChanged
from foundation.operations.mailbox import Event, command, fact
from foundation.process.approvals import ApprovalDecided, Approvals
from foundation.process.next_run import known
from foundation.process.undo import Undo
from workflows.payment_posting_run import PostPaymentRun
from workflows.payment_run.approvers import asked_of
from workflows.payment_run.facts import PaymentRunFacts, PaymentRunSoFar
from workflows.payment_run.refusals import (
    PaymentRunCancelled,
    PaymentRunOpenedAgain,
    PaymentRunRejected,
)


@workflow.defn(name="payment_run")
class SupplierPaymentRun(Approvals):
    """From what is to be paid to suppliers to the file by which the bank pays it."""

    kind = "Payment run"

    edit = command("edit", messages.EditPaymentRun, "Leave invoices out, or put them in", kept_first=True)
    submit = command("submit", messages.SubmitPaymentRun, "Ask for its approval", kept_first=True)
    cancel = command("cancel", messages.PaymentRunCancellation, "Nothing of it is paid", kept_first=True)

    accounts_changed = fact("accounts_changed", messages.RunOpenedAgain, "Bank accounts have changed")
    payments_posted = fact("payments_posted", messages.PaymentsPosted, "All of it is posted, or left out")

    @workflow.init
    def __init__(self, run: messages.ProposePaymentRun | PaymentRunSoFar) -> None:
        super().__init__(run)
        self.asked, self.facts = known(run, lambda _: PaymentRunFacts())
        self.submission: Event | None = None

    @workflow.run
    async def run(self, run: messages.ProposePaymentRun | PaymentRunSoFar) -> str:
        """The whole way, as the numbers above say; or on from where an earlier run has come to."""
        await self.conduct(self.procedure(self.asked))
        return self.now.outcome or "cancelled"

    async def procedure(self, run: messages.ProposePaymentRun) -> None:
        """Steps 1 to 3 with their way back, then 4 and 5."""
        if self.facts.released is None:
            try:
                async with self.undo() as undo:
                    await self.propose(run, undo)
                    await self.be_submitted_and_approved()
                    await self.release_payments()
            except (PaymentRunCancelled, PaymentRunRejected):
                return
        await self.have_it_posted()
        await self.write_the_file()

    async def take(self, event: Event) -> None:
        """What is asked for before the run is released, and told after that."""
        match event.message:
            case messages.EditPaymentRun() as edit:
                await self.edit_what_is_paid(edit, event)
            case messages.SubmitPaymentRun():
                self.submission = event
                self.learn(is_submitted=True)
            case messages.PaymentRunCancellation(reason=reason):
                self.caller, self.ending = event.caller, PaymentRunCancelled(reason)
                self.answer_when(event, True, self.answer)
            case messages.RunOpenedAgain() as again if self.facts.released is None:
                await self.open_again(again)
            case messages.PaymentsPosted():
                self.learn(is_posted=True)
            case None if self.facts.released is None:
                self.ending = PaymentRunCancelled(event.kind)

    async def propose(self, run: messages.ProposePaymentRun, undo: Undo) -> None:
        """1. What falls due, or is worth paying early, and what is left out and why."""
        undo.of(runs.propose_payment_run, runs.cancel_payment_run, self.cancellation)
        if self.facts.kept is None:
            stage = self.at("proposed", waiting_on=run.proposed_by)
            self.learn(kept=await self.step(runs.propose_payment_run, run, stage=stage))
            await self.introduce()

    async def edit_what_is_paid(self, edit: messages.EditPaymentRun, event: Event) -> None:
        """2. By whoever has proposed it: nobody else has a hand in what others approve."""
        by = edit.model_copy(update={"edited_by": event.caller.actor})
        kept = await self.step(runs.edit_payment_run, by, per=edit.edit_id, by=event.caller)
        self.learn(kept=kept)
        await self.introduce()
        event.answer_with(kept)

    async def open_again(self, again: messages.RunOpenedAgain) -> None:
        """2. Without the payments to an old account. News may come late: the latest version counts."""
        if again.kept.version <= self.facts.known.version:
            return
        if self.facts.is_submitted:
            why = f"{again.because} has changed where a supplier is paid: read the run again, and submit it"
            self.reconsidered = PaymentRunOpenedAgain(why)
        self.learn(kept=again.kept)
        await self.introduce()

    async def be_submitted_and_approved(self) -> None:
        """2 and 3, once more when bank accounts have changed meanwhile."""
        is_approved = False
        while not is_approved:
            await self.rest_until(lambda: self.facts.is_submitted)
            try:
                await self.be_approved()
                is_approved = True
            except ApplicationError as refusal:
                # Whoever has submitted a version that was changed meanwhile is told so: the news comes next.
                if refusal.type not in (PaymentRunOpenedAgain.type_name(), RunChanged.type_name()):
                    raise
                self.reconsidered, self.submission = None, None
                self.learn(is_submitted=False, times_asked=self.facts.times_asked + 1)

    async def be_approved(self) -> None:
        """3. All that will be paid is what two persons say yes to."""
        decision = await self.serve_while(self.ask_two())
        if not decision.approved:
            self.caller, self.ending = decision.by, PaymentRunRejected.of(decision)
            raise self.ending

    async def ask_two(self) -> ApprovalDecided:
        """Ask them; whoever has submitted the run is answered when they are asked."""
        kept = self.facts.known
        approval = asked_of(kept, self.asked.pay_on, times=self.facts.times_asked)
        submit = messages.SubmitPaymentRun(run_id=self.asked.run_id, version=kept.version)
        stage = "waiting for two approvals"
        return await self.approval_of(self.submission, approval, runs.submit_payment_run, submit, stage=stage)

    async def release_payments(self) -> None:
        """4. What was approved is paid; from now on there is no way back, also when the answer is lost."""
        content = self.facts.known.content_hash
        release = messages.ReleasePaymentRun(run_id=self.asked.run_id, content_hash=content)
        paying = self.at("paying")
        released = await self.step(runs.release_payment_run, release, stage=paying, may_abort=False)
        self.learn(released=released)

    async def have_it_posted(self) -> None:
        """4. By a run of its own, which waits for what cannot be posted."""
        number = self.facts.known.run_number
        post = PostPaymentRun(
            payment_run_id=self.asked.run_id,
            run_number=number,
            process_id=self.id,
            is_of_wages=self.facts.known.is_of_wages,
        )
        what = f"Payments of {number}"
        await self.begin("payment_posting_run", self.asked.run_id, post, party=None, summary=what)
        await self.rest_until(lambda: self.facts.is_posted)

    async def write_the_file(self) -> None:
        """5. With all that was posted."""
        write, stage = messages.MakePaymentFile(run_id=self.asked.run_id), self.at("paid", outcome="closed")
        await self.step(posting.make_payment_file, write, must=True, stage=stage)

    def cancellation(self) -> messages.CancelPaymentRun:
        """Why nothing of it is paid."""
        why = self.ending or self.refused
        reason = why.message if why else "a step was refused"
        return messages.CancelPaymentRun(run_id=self.asked.run_id, reason=reason)

    async def introduce(self) -> None:
        """What is shown of the run from now on."""
        kept = self.facts.known
        self.know(document=kept.run_number, amount=kept.amount, currency=kept.currency)
        await self.note(self.at("proposed", waiting_on=self.asked.proposed_by))

    def learn(self, **news: Any) -> None:
        """What the run has come to."""
        self.facts = self.facts.model_copy(update=news)

    def on_cancellation_requested(self) -> None:
        """In the Temporal Web UI: before it is released, and without effect after that."""
        self.mailbox.put(Event("cancelled by an operator", None, 0))
