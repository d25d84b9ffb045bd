"""Refunds: money on an account of ours goes back."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from foundation.values.messages import Amount, Code, Message, ShownAmount, Text


class RefundAsked(Message):
    """Money on a customer's account goes back to it. Without an amount: all of it."""

    refunded_on: date | None = None
    """Not before the money, nor before what had used it was taken back; when empty today, or the latest of
    these days.
    """
    amount: Annotated[Amount, Field(gt=0)] | None = None
    """In the currency of the money on account; no more than there is."""
    account_code: Code | None = None
    """The bank account; the account with the role bank when empty."""
    reference: Text = ""


class PostRefund(RefundAsked):
    """Pay back what is on account from one payment or one credit note."""

    POSTED_ON = "refunded_on"

    refund_id: UUID
    refunded_on: date
    payment_id: UUID | None = None
    credit_note_id: UUID | None = None
    or_later: bool = Field(default=False, exclude_if=lambda later: not later)
    """On the first day on which the money can be used, instead of refusing, when that is later."""


class RefundPosted(Message):
    """The refund as posted."""

    @classmethod
    def none(cls, refund: PostRefund) -> Self:
        """What is so when a refund is skipped: the money stays on account."""
        return cls(
            refund_id=refund.refund_id,
            refunded_on=refund.refunded_on,
            refund_number="",
            amount=Decimal(0),
            currency="",
            exchange_difference=Decimal(0),
        )

    refund_id: UUID
    refunded_on: date | None = None
    """None in an answer of a version that did not say."""
    refund_number: str
    """Empty when nothing was on account."""
    amount: ShownAmount
    currency: str
    exchange_difference: ShownAmount
    """Realised, in the company's currency: positive is a gain."""
