"""Goods write-off: what came for a purchase order and is never billed, or went back and is never credited.

1. Payables finds what is open of the goods, and asks for a yes.
2. Whoever the company's policy names says yes; without one a finance director. Never who has asked for it.
3. It is written off, and the order is told. When something else is open by then than was approved, it is not.

Until it is approved it can be cancelled. After that it is taken back by its own reversal.
"""

from hashlib import sha256

from temporalio import workflow

from activities.payables import goods_write_offs
from domains.payables.messages.goods_write_offs import (
    GOODS_WRITE_OFF,
    GoodsNeverSettled,
    GoodsWriteOffCancellation,
    GoodsWriteOffDone,
    GoodsWriteOffProposed,
    PostGoodsWriteOff,
    ProposeGoodsWriteOff,
    SubmitGoodsWriteOff,
)
from foundation.operations.mailbox import Event, command
from foundation.process.approvals import Approval, ApprovalDecided, Approvals, Rejected
from workflows.goods_write_off.refusals import (
    GoodsWriteOffApproved,
    GoodsWriteOffCancelled,
)

APPROVER = "finance director"
"""Who is asked where the company has no policy."""
WHAT = {
    GoodsNeverSettled.NOT_BILLED: "goods that are never billed",
    GoodsNeverSettled.NOT_CREDITED: "goods that are never credited",
}


@workflow.defn(name="goods_write_off")
class WriteOffOfGoods(Approvals):
    """What is open of goods of a purchase order is written off, when people have said yes."""

    kind = "Goods write-off"
    proposed: GoodsWriteOffProposed

    cancel = command("cancel", GoodsWriteOffCancellation, "It is not to be written off after all")

    @workflow.init
    def __init__(self, asked: ProposeGoodsWriteOff) -> None:
        super().__init__(asked)
        self.is_approved = False
        self.asked_by = self.caller.actor

    @workflow.run
    async def run(self, asked: ProposeGoodsWriteOff) -> str:
        """The whole way, as the numbers above say; gives how it ended."""
        await self.conduct(self.procedure(asked))
        return self.now.outcome or "cancelled"

    async def procedure(self, asked: ProposeGoodsWriteOff) -> None:
        """Steps 1 to 3. Nothing is to be taken back before it is posted."""
        await self.propose(asked)
        try:
            decision = await self.serve_while(self.be_approved(asked))
            self.check_approved(decision)
        except (GoodsWriteOffCancelled, Rejected):
            await self.note(self.ending_stage())
            return
        self.is_approved = True
        await self.serve_while(self.post(asked, decision))  # Who cancels it now is told so at once.

    async def take(self, event: Event) -> None:
        """Until it is approved it can be cancelled; that is answered when nobody is asked any more."""
        match event.message:
            case GoodsWriteOffCancellation(reason=reason):
                self.caller, self.ending = event.caller, GoodsWriteOffCancelled(reason)
                self.answer_when(event, True, self.answer)

    def check_takes(self, kind: str) -> None:
        """What is approved is taken back by its reversal."""
        super().check_takes(kind)
        if kind == "cancel" and self.is_approved:
            number = self.proposed.write_off_number
            raise GoodsWriteOffApproved(f"{number} is approved, and posted: take it back instead")

    async def propose(self, asked: ProposeGoodsWriteOff) -> None:
        """1. Find what is open; or refuse it with all that is wrong with it."""
        stage = self.at("proposed", waiting_on="payables")
        self.proposed = await self.step(goods_write_offs.propose_goods_write_off, asked, stage=stage)
        proposed = self.proposed
        self.know(document=proposed.write_off_number, party=proposed.supplier_code)
        self.know(amount=proposed.total_amount, currency=proposed.currency)

    async def be_approved(self, asked: ProposeGoodsWriteOff) -> ApprovalDecided:
        """2. What is written off is what people say yes to, by its hash."""
        proposed = self.proposed
        numbers = dict.fromkeys(line.order_line_number for line in proposed.lines)
        lines = ", ".join(str(number) for number in numbers)
        approval = Approval(
            subject=f"write-off of {WHAT[proposed.kind]}: {proposed.total_amount:,.2f} {proposed.currency}"
            f" of {proposed.order_number} (lines {lines}): {asked.reason}"[:500],
            kind=GOODS_WRITE_OFF,
            role=APPROVER,
            base_amount=proposed.total_amount,
            content_hash=sha256(proposed.model_dump_json().encode()).hexdigest(),
        )
        submit = SubmitGoodsWriteOff(proposed=proposed, reason=asked.reason)
        submits = goods_write_offs.submit_goods_write_off
        return await self.approval(approval, submits, submit, stage="waiting for approval")

    async def post(self, asked: ProposeGoodsWriteOff, decision: ApprovalDecided) -> None:
        """3. There is nobody any more to refuse it to: what cannot be posted waits until it can."""
        post = PostGoodsWriteOff(
            proposed=self.proposed,
            requested_by=self.asked_by,
            approved_by=decision.on_behalf_of or decision.by.actor,
            **asked.model_dump(include={"write_off_id", "written_off_on", "process_of_order", "reason"}),
        )
        done = await self.step(goods_write_offs.post_goods_write_off, post, must=True, otherwise=_NOT_POSTED)
        if done.posted is not None:
            await self.note(self.at("written off", outcome="closed"))
        else:
            await self.note(self.at("not written off", outcome="cancelled", why=done.why_not))

    @property
    def has_begun(self) -> bool:
        """Whoever asks for it is answered when people are asked."""
        return self.has_asked

    def on_cancellation_requested(self) -> None:
        """In the Temporal Web UI: until it is approved, and without effect after that."""
        if not self.is_approved:
            self.ending = self.ending or GoodsWriteOffCancelled("cancelled by an operator")


_NOT_POSTED = GoodsWriteOffDone(status="given_up", why_not="an operator has gone on without it")
