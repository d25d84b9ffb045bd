"""Credit notes: what was billed is taken back, line by line; and refunds: money that goes back."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from domains.finance.messages.payments import SettledInvoice
from foundation.messages import Amount, Code, Message, PositiveQuantity, ShownAmount, Text


class LineToCredit(Message):
    """A quantity of one billed order line, in the unit in which it was billed."""

    order_line_number: int
    quantity: PositiveQuantity


class PostCreditNote(Message):
    """Take back what an invoice charged. Without lines: everything of it that is not credited yet."""

    credit_note_id: UUID
    invoice_id: UUID
    credited_on: date
    """In an open period; the invoice's own day may lie in a closed one."""
    reason: Text
    lines: tuple[LineToCredit, ...] = ()
    order_id: UUID | None = Field(default=None, exclude_if=lambda order: order is None)
    """Of a collective invoice: whose lines are credited. Left out of what others ask, as it always was."""


class CreditNotePosted(Message):
    """The credit note as posted; amounts in the invoice's currency.

    It lowers what is open on the invoice; what was paid already is put on the customer's account, less the
    share of what was not paid but taken as discount or written off.
    """

    credit_note_id: UUID
    credit_note_number: str
    """Empty when nothing was left to credit."""
    invoice_number: str
    invoiced_on: date
    credited_on: date
    currency: str
    net_amount: Amount
    tax_amount: Amount
    total_amount: Amount
    settled: SettledInvoice | None
    """What it did to the invoice; None when nothing was open on it."""
    on_account_amount: ShownAmount
    discount_reversed_amount: ShownAmount
    written_off_reversed_amount: ShownAmount
    exchange_difference_reversed: ShownAmount
    """In the company's currency: what had been gained, and is no more."""


class RefundAsked(Message):
    """Money on a customer's account goes back to it. Without an amount: all of it."""

    refunded_on: date | None = None
    """Today when empty."""
    amount: Annotated[Amount, Field(gt=0)] | None = None
    """In the currency of the money on account."""
    account_code: Code | None = None
    """The bank account; the account with the role bank when empty."""
    reference: Text = ""


class PostRefund(RefundAsked):
    """Pay back what is on account from one payment or one credit note."""

    refund_id: UUID
    refunded_on: date
    payment_id: UUID | None = None
    credit_note_id: UUID | None = None


class RefundPosted(Message):
    """The refund as posted."""

    @classmethod
    def none(cls, refund: PostRefund) -> Self:
        """What is so when a refund is skipped: the money stays on account."""
        return cls(
            refund_id=refund.refund_id,
            refund_number="",
            amount=Decimal(0),
            currency="",
            exchange_difference=Decimal(0),
        )

    refund_id: UUID
    refund_number: str
    """Empty when nothing was on account."""
    amount: ShownAmount
    currency: str
    exchange_difference: ShownAmount
    """Realised, in the company's currency: positive is a gain."""


class PostGoodsReturn(Message):
    """Goods came back: their cost leaves the cost of goods sold, into inventory or, scrapped, into loss.

    In the company's currency.
    """

    return_id: UUID
    return_number: str
    order_number: str
    posted_on: date
    restocked_value: Amount = Decimal(0)
    scrapped_value: Amount = Decimal(0)
    adjustment_value: Amount = Decimal(0)
    """By how much goods issued before, at an assumed cost, cost more than was assumed."""
