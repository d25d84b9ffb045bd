"""What returns and orders do alike: what was billed is credited, and what was paid of it goes back."""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID, uuid5

from activities.ledger import refunds
from activities.receivables import credit_notes
from domains.ledger.messages import PostRefund, RefundPosted
from domains.receivables.messages import Billed, BilledInvoice, CreditNotePosted, LineToCredit, PostCreditNote
from domains.sales.messages import LineQuantity, Resolution
from foundation.process.process import Process
from foundation.values.money import ZERO


class Credited(NamedTuple):
    """An invoice that was credited, and what of it was paid back."""

    invoice_id: UUID
    note: CreditNotePosted
    refunded_amount: Decimal


class ToCredit(NamedTuple):
    """What is to be credited of an invoice."""

    invoice: BilledInvoice
    lines: tuple[LineToCredit, ...]


def over_newest_first(
    billed: Billed, quantities: Mapping[int, Decimal]
) -> tuple[list[ToCredit], dict[int, Decimal]]:
    """What of each invoice is credited for goods, by order lines; and what of them was never billed."""
    left = dict(quantities)
    found = []
    for invoice in billed.invoices:
        lines = []
        for line in invoice.lines:
            quantity = min(line.quantity, left.get(line.order_line_number, ZERO))
            if quantity and not line.is_freight:
                left[line.order_line_number] -= quantity
                lines.append(LineToCredit(order_line_number=line.order_line_number, quantity=quantity))
        found.append(ToCredit(invoice, tuple(lines)))
    return found, {number: quantity for number, quantity in left.items() if quantity}


def not_credited(note: PostCreditNote, posted: CreditNotePosted) -> tuple[LineQuantity, ...]:
    """What was asked for and not credited: its invoice was taken back meanwhile, and bills it no more."""
    if posted.lines is None:
        return ()
    left = {line.order_line_number: line.quantity for line in note.lines}
    for line in posted.lines:
        left[line.order_line_number] = left.get(line.order_line_number, ZERO) - line.quantity
    return tuple(
        LineQuantity(line_number=number, quantity=quantity)
        for number, quantity in left.items()
        if quantity > 0
    )


async def credit(process: Process, note: PostCreditNote, resolution: Resolution) -> Credited:
    """Post a credit note. What was paid of it is refunded, if that is agreed, or stays on account."""
    posted = await process.step(credit_notes.post_credit_note, note, per=note.credit_note_id, must=True)
    if resolution is not Resolution.REFUND or not posted.on_account_amount:
        return Credited(note.invoice_id, posted, ZERO)
    refund = PostRefund(
        refund_id=uuid5(posted.credit_note_id, "refund"),
        credit_note_id=posted.credit_note_id,
        refunded_on=posted.credited_on,
        reference=posted.credit_note_number,
    )
    refunded = await pay_back(process, refund, per=posted.credit_note_id)
    return Credited(note.invoice_id, posted, refunded.amount)


async def pay_back(process: Process, refund: PostRefund, per: object) -> RefundPosted:
    """Refund money on account. Skipped, it stays there."""
    skipped = RefundPosted.none(refund)
    return await process.step(refunds.post_refund, refund, per=per, must=True, otherwise=skipped)
