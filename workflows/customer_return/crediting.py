"""What returns and cancellations do alike: an invoice is credited, and what was paid of it goes back."""

from uuid import uuid5

from activities.ledger import refunds
from activities.receivables import credit_notes
from domains.ledger.messages import PostRefund, RefundPosted
from domains.receivables.messages import CreditNotePosted, PostCreditNote
from foundation.process import Process


async def credit_invoice(process: Process, note: PostCreditNote, *, per: object = None) -> CreditNotePosted:
    """Post a credit note: one for each invoice, unless `per` tells several apart."""
    return await process.step(credit_notes.post_credit_note, note, per=per or note.invoice_id, must=True)


async def pay_back_credit(process: Process, credited: CreditNotePosted) -> RefundPosted:
    """Refund what a credit note has put on the customer's account."""
    refund = PostRefund(
        refund_id=uuid5(credited.credit_note_id, "refund"),
        credit_note_id=credited.credit_note_id,
        refunded_on=credited.credited_on,
        reference=credited.credit_note_number,
    )
    return await pay_back(process, refund, per=credited.credit_note_id)


async def pay_back(process: Process, refund: PostRefund, per: object) -> RefundPosted:
    """Refund money on account. Skipped, it stays there."""
    skipped = RefundPosted.none(refund)
    return await process.step(refunds.post_refund, refund, per=per, must=True, otherwise=skipped)
