"""Coded invoice: from a supplier's invoice without an order to what is owed.

1. Payables writes the invoice down, coded to accounts. Its number counts as used.
2. Whoever the company's policy names says yes; without one a finance director. Never who has entered it.
3. It is posted, and owed: paid by hand, or by the next payment run.

Rejected, or cancelled until it is approved, its number may be entered again. After that it is taken back by
its own reversal.
"""

from hashlib import sha256

from temporalio import workflow

from activities.payables import coded_invoices
from domains.payables.messages.coded_invoices import (
    CODED_INVOICE,
    CodedInvoiceCancellation,
    CodedInvoiceEntered,
    EndCodedInvoice,
    EnterCodedInvoice,
    PostCodedInvoice,
    SubmitCodedInvoice,
)
from foundation.operations.mailbox import Event, command
from foundation.process.approvals import Approval, ApprovalDecided, Approvals, Rejected
from foundation.process.undo import Undo
from foundation.runtime import visibility
from workflows.coded_invoice.refusals import (
    CodedInvoiceApproved,
    CodedInvoiceCancelled,
)

APPROVER = "finance director"
"""Who is asked where the company has no policy."""


@workflow.defn(name="coded_invoice")
class InvoiceWithoutOrder(Approvals):
    """From a supplier's invoice without an order to what is owed."""

    kind = "Coded invoice"
    entered: CodedInvoiceEntered

    cancel = command("cancel", CodedInvoiceCancellation, "It was entered by mistake")

    @workflow.init
    def __init__(self, asked: EnterCodedInvoice) -> None:
        super().__init__(asked)
        self.invoice_id = asked.invoice_id
        self.is_approved = False

    @workflow.run
    async def run(self, asked: EnterCodedInvoice) -> str:
        """The whole way, as the numbers above say; gives how it ended."""
        await self.conduct(self.procedure(asked))
        return self.now.outcome or "cancelled"

    async def procedure(self, asked: EnterCodedInvoice) -> None:
        """Steps 1 and 2 with their way back, then 3."""
        try:
            async with self.undo() as undo:
                await self.enter(asked, undo)
                decision = await self.approve()
        except (CodedInvoiceCancelled, Rejected):
            return
        post = PostCodedInvoice(
            invoice_id=self.invoice_id,
            posted_on=asked.posted_on,
            decided_by=decision.on_behalf_of or decision.by.actor,
        )
        stage = self.at("posted", outcome="closed")
        posting = self.step(coded_invoices.post_coded_invoice, post, must=True, stage=stage)
        await self.serve_while(posting)  # Who cancels it now is told so at once.

    async def take(self, event: Event) -> None:
        """Until it is approved it can be cancelled; that is answered when it is taken back."""
        match event.message:
            case CodedInvoiceCancellation(reason=reason):
                self.caller, self.ending = event.caller, CodedInvoiceCancelled(reason)
                self.answer_when(event, True, self.answer)

    def check_takes(self, kind: str) -> None:
        """What is approved is taken back by its reversal."""
        super().check_takes(kind)
        if kind == "cancel" and self.is_approved:
            number = self.entered.invoice_number
            raise CodedInvoiceApproved(f"{number} is approved, and posted: take it back instead")

    async def enter(self, asked: EnterCodedInvoice, undo: Undo) -> None:
        """1. Write it down; or refuse it with all that is wrong with it."""
        undo.of(coded_invoices.enter_coded_invoice, coded_invoices.end_coded_invoice, self.why_ended)
        stage = self.at("entered", waiting_on="payables")
        self.entered = await self.step(coded_invoices.enter_coded_invoice, asked, stage=stage)
        entered = self.entered
        self.party = visibility.named(entered.supplier_name, entered.supplier_code)
        self.know(document=entered.invoice_number, party=entered.supplier_code)
        self.know(amount=entered.total_amount, currency=entered.currency)

    async def approve(self) -> ApprovalDecided:
        """2. What is posted is what people say yes to, by its hash."""
        entered = self.entered
        approval = Approval(
            subject=f"invoice without an order: {entered.total_amount:,.2f} {entered.currency}"
            f" to {entered.supplier_name} ({entered.supplier_number})",
            kind=CODED_INVOICE,
            role=APPROVER,
            base_amount=entered.base_total_amount,
            of_cost_centres=entered.of_cost_centres,
            content_hash=sha256(entered.model_dump_json().encode()).hexdigest(),
        )
        submit = SubmitCodedInvoice(invoice_id=self.invoice_id)
        submits, stage = coded_invoices.submit_coded_invoice, "waiting for approval"
        decision = await self.serve_while(self.approval(approval, submits, submit, stage=stage))
        self.check_approved(decision)
        self.is_approved = True
        return decision

    def why_ended(self) -> EndCodedInvoice:
        """What payables is told when it is taken back."""
        reason = self.ending.message if self.ending else "a step was refused"
        by = self.caller.actor if self.is_rejected else ""
        return EndCodedInvoice(invoice_id=self.invoice_id, reason=reason, rejected_by=by)

    @property
    def has_begun(self) -> bool:
        """Whoever enters it is answered when people are asked."""
        return self.has_asked

    def on_cancellation_requested(self) -> None:
        """In the Temporal Web UI: until it is approved, and without effect after that."""
        if not self.is_approved:
            self.ending = self.ending or CodedInvoiceCancelled("cancelled by an operator")
