"""Vendor return: goods of a purchase order go back to the supplier, and what it had billed is claimed back.

1. Inventory lets the goods go. What no invoice had billed is to be billed no more; the order is told.
2. Payables claims back what was billed of them, with its tax, by a debit note.

It runs whether the order has ended or not. Once the goods have left there is no way back: a debit note that
cannot be posted waits, and shows why, until it can; or somebody does without it, having claimed by hand, or
taken the return back. What was a mistake is taken back by the documents' own reversals.
"""

from uuid import uuid5

from temporalio import workflow

from activities.inventory import vendor_returns
from activities.payables import debit_notes
from domains.inventory.messages.vendor_returns import SendGoodsBack
from domains.payables.messages.debit_notes import DebitNotePosted, PostDebitNote
from foundation.process.process import Process


@workflow.defn(name="vendor_return")
class ReturnToVendor(Process):
    """Goods go back to the supplier, and what it had billed is claimed back."""

    kind = "Vendor return"

    @workflow.init
    def __init__(self, back: SendGoodsBack) -> None:
        super().__init__(back)

    @workflow.run
    async def run(self, back: SendGoodsBack) -> str:
        """The whole way, as the numbers above say."""
        await self.conduct(self.procedure(back))
        return self.now.outcome or "refused"

    async def procedure(self, back: SendGoodsBack) -> None:
        """Steps 1 and 2."""
        sent = await self.step(vendor_returns.send_goods_back, back)
        self.know(document=sent.return_number, party=sent.supplier_code)
        self.know(amount=sent.value, currency=sent.currency)
        closed = self.at("closed", outcome="closed")
        if not sent.is_to_be_claimed:
            await self.note(closed)
            return
        post = PostDebitNote(
            debit_note_id=uuid5(back.return_id, "debit note"),
            return_id=back.return_id,
            posted_on=back.returned_on,
            reason=back.reason,
        )
        of_return = {"return_number", "order_id", "order_number", "supplier_code", "currency"}
        without = DebitNotePosted.none(post, **sent.model_dump(include=of_return))
        await self.step(debit_notes.post_debit_note, post, must=True, otherwise=without, stage=closed)

    def on_cancellation_requested(self) -> None:
        """In the Temporal Web UI: without effect, for the goods have left."""
