"""Payroll run: what the people of a pay group are paid for a period.

1. Somebody opens the run: everybody with an agreement in the period, or who is named, gets a payslip.
2. Payslips are computed, gross to net. One that cannot be is held, says why, and keeps nobody else waiting.
3. Whoever has opened the run looks through it, leaves people out or has them computed again, and submits it.
4. Two persons approve what will be paid, neither of whom has opened it. With the first no it is cancelled.
5. It is released. Each payslip is posted, as it was approved.
6. It is sealed: what is posted stays, and single payslips are taken back by documents of their own.

Until it is released the run can be cancelled, and there may be another for the period.
"""

from typing import Any

from temporalio import workflow

from activities.payroll import runs
from domains.payroll.messages import runs as messages
from domains.payroll.messages.runs import PayslipStatus
from foundation.operations.mailbox import Event, command, fact
from foundation.process.approvals import Approval, ApprovalDecided, Approvals
from foundation.process.next_run import Carried, known
from foundation.process.undo import Undo
from workflows.payroll_run.approvers import APPROVERS, subject_of
from workflows.payroll_run.facts import PayrollRunFacts, PayrollRunSoFar
from workflows.payroll_run.refusals import PayrollRunCancelled, PayrollRunRejected
from workflows.payslips_run import CALCULATED, POSTED, RunPayslips


@workflow.defn(name="payroll_run")
class PayrollRun(Approvals):
    """What the people of a pay group are paid for a period."""

    kind = "Payroll run"

    edit = command(
        "edit", messages.EditPayrollRun, "Leave people out, or compute them again", kept_first=True
    )
    submit = command("submit", messages.SubmitPayrollRun, "Ask for its approval", kept_first=True)
    cancel = command("cancel", messages.PayrollRunCancellation, "Nobody is paid by it", kept_first=True)

    payslips_calculated = fact(
        "payslips_calculated", messages.PayslipsCalculated, "All that could be is computed"
    )
    payslips_posted = fact("payslips_posted", messages.PayslipsPosted, "All that could be is posted")

    @workflow.init
    def __init__(self, run: messages.OpenPayrollRun | PayrollRunSoFar) -> None:
        super().__init__(run)
        self.asked, self.facts = known(run, lambda _: PayrollRunFacts())
        self.submission: Event | None = None

    @workflow.run
    async def run(self, run: messages.OpenPayrollRun | PayrollRunSoFar) -> str:
        """The whole way, as the numbers above say; or on from where an earlier run has come to."""
        await self.conduct(self.procedure(self.asked))
        return self.now.outcome or "cancelled"

    async def procedure(self, run: messages.OpenPayrollRun) -> None:
        """Steps 1 to 4 with their way back, then 5 and 6."""
        if self.facts.released is None:
            try:
                async with self.undo() as undo:
                    await self.open(run, undo)
                    await self.rest_until(lambda: self.facts.is_submitted)
                    await self.be_approved()
                    await self.release_pay()
            except (PayrollRunCancelled, PayrollRunRejected):
                return
        await self.have_it_posted()
        await self.seal()

    async def take(self, event: Event) -> None:
        """What is asked for before the run is released, and told on the way."""
        match event.message:
            case messages.EditPayrollRun() as edit:
                await self.edit_who_is_paid(edit, event)
            case messages.SubmitPayrollRun():
                self.submission = event
                self.learn(is_submitted=True)
            case messages.PayrollRunCancellation(reason=reason):
                self.caller, self.ending = event.caller, PayrollRunCancelled(reason)
                self.answer_when(event, True, self.answer)
            case messages.PayslipsCalculated():
                await self.add_up()
            case messages.PayslipsPosted():
                self.learn(is_posted=True)
            case None if self.facts.released is None:
                self.ending = PayrollRunCancelled(event.kind)

    async def open(self, run: messages.OpenPayrollRun, undo: Undo) -> None:
        """1. Whoever has an agreement in the period is paid."""
        undo.of(runs.open_payroll_run, runs.cancel_payroll_run, self.cancellation)
        if self.facts.opened is None:
            stage = self.at("calculating")
            self.learn(opened=await self.step(runs.open_payroll_run, run, stage=stage))
            self.know(document=self.facts.number)
            await self.have_it_calculated()

    async def have_it_calculated(self) -> None:
        """2. By a run of its own, whose items are few people each."""
        self.learn(rounds=self.facts.rounds + 1, totals=None)
        await self.begin_payslips(PayslipStatus.OPEN, CALCULATED)
        await self.note(self.at("calculating"))

    async def add_up(self) -> None:
        """2. What it comes to, and who is held."""
        total = messages.TotalPayrollRun(run_id=self.asked.run_id, per=str(self.facts.rounds))
        totals = await self.step(runs.total_payroll_run, total, per=self.facts.rounds, must=True)
        self.learn(totals=totals)
        held = f"{totals.held:,} of {totals.held + totals.people:,} are held" if totals.held else None
        await self.note(self.at("calculated", waiting_on=self.asked.opened_by, why=held))

    async def edit_who_is_paid(self, edit: messages.EditPayrollRun, event: Event) -> None:
        """3. By whoever has opened it: nobody else has a hand in what others approve."""
        by = edit.model_copy(update={"edited_by": event.caller.actor})
        edited = await self.step(runs.edit_payroll_run, by, per=edit.edit_id, by=event.caller)
        await self.have_it_calculated()
        event.answer_with(edited)

    async def be_approved(self) -> None:
        """4. All that will be paid is what two persons say yes to."""
        decision = await self.serve_while(self.ask_two())
        if not decision.approved:
            self.caller, self.ending = decision.by, PayrollRunRejected.of(decision)
            raise self.ending

    async def ask_two(self) -> ApprovalDecided:
        """Ask them; whoever has submitted the run is answered when they are asked."""
        totals = self.facts.known
        approval = Approval(
            subject=subject_of(totals, self.asked),
            kind="payroll_run",
            levels=APPROVERS,
            content_hash=totals.content_hash,
            must_be_read=True,
        )
        submit = messages.SubmitPayrollRun(run_id=self.asked.run_id, version=totals.version)
        stage = "waiting for two approvals"
        return await self.approval_of(self.submission, approval, runs.submit_payroll_run, submit, stage=stage)

    async def release_pay(self) -> None:
        """5. What was approved is posted; from now on there is no way back, also when the answer is lost."""
        content = self.facts.known.content_hash
        release = messages.ReleasePayrollRun(run_id=self.asked.run_id, content_hash=content)
        posting = self.at("posting")
        released = await self.step(runs.release_payroll_run, release, stage=posting, may_abort=False)
        self.learn(released=released)

    async def have_it_posted(self) -> None:
        """5. By a run of its own, which waits for what cannot be posted."""
        await self.begin_payslips(PayslipStatus.CALCULATED, POSTED)
        await self.rest_until(lambda: self.facts.is_posted)

    async def seal(self) -> None:
        """6. It is as it was posted."""
        seal = messages.SealPayrollRun(run_id=self.asked.run_id)
        await self.step(runs.seal_payroll_run, seal, must=True, stage=self.at("sealed", outcome="closed"))

    async def begin_payslips(self, status: PayslipStatus, tells: str) -> None:
        """All payslips that stand so, in a run that tells this one when it is done."""
        number, run_id = self.facts.number, self.asked.run_id
        work = RunPayslips(
            payroll_run_id=run_id,
            run_number=number,
            process_id=self.id,
            status=status,
            tells=tells,
        )
        name = f"{run_id}-{tells}-{self.facts.rounds}"
        await self.begin("payslips_run", name, work, party=None, summary=f"Payslips of {number}")

    def carried(self) -> Carried[Any, Any]:
        """What people are named for is in the books once the run is open, and goes no further."""
        opened = self.asked.model_copy(update={"people": ()})
        return super().carried().model_copy(update={"command": opened})

    def cancellation(self) -> messages.CancelPayrollRun:
        """Why nobody is paid by it."""
        why = self.ending or self.refused
        reason = why.message if why else "a step was refused"
        return messages.CancelPayrollRun(run_id=self.asked.run_id, reason=reason)

    def learn(self, **news: Any) -> None:
        """What the run has come to."""
        self.facts = self.facts.model_copy(update=news)

    def on_cancellation_requested(self) -> None:
        """In the Temporal Web UI: before it is released, and without effect after that."""
        self.mailbox.put(Event("cancelled by an operator", None, 0))
