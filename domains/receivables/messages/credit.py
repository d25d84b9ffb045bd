"""A customer's credit: checked, committed, set free."""

from uuid import UUID

from pydantic import Field

from foundation.values.messages import Amount, Code, Message
from foundation.values.money import ZERO

CREDIT = "credit"
"""What approval policies are written for."""


class CheckCredit(Message):
    """May this order go ahead? `amount` in the company's currency.

    `approved` skips the limit: a person decided.
    """

    order_id: UUID
    customer_code: Code
    amount: Amount
    approved: bool = False


class CreditChecked(Message):
    """The decision and the figures behind it, in the company's currency. Within the limit it is committed."""

    order_id: UUID
    within_limit: bool
    exposure: Amount
    """Without this order: open orders, delivered not billed, open receivables."""
    credit_limit: Amount | None


class ReleaseCredit(Message):
    """The order needs no credit any more, or no more than for what is still to be billed of it."""

    order_id: UUID
    kept_amount: Amount = Field(default=ZERO, exclude_if=lambda amount: not amount)
    """What is still to be billed, in the company's currency, with tax."""


class CreditReleased(Message):
    """What was set free, in the company's currency."""

    order_id: UUID
    released_amount: Amount
