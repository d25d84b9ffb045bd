"""An order is cancelled, whatever has been done for it."""

from datetime import date
from enum import StrEnum
from typing import Literal
from uuid import UUID

from domains.sales.messages.returns import Resolution
from foundation.values.messages import Message, ShownAmount, Text


class Goods(StrEnum):
    """What becomes of goods that have left when their order is cancelled."""

    COME_BACK = "come_back"
    STAY = "stay"


class CancellationAsked(Message):
    """The customer, or we, want the order no more.

    After goods have left: whether they come back, and whether money that was paid is refunded or stays on the
    customer's account.
    """

    reason: Text
    cancelled_on: date | None = None
    """The day of what is posted to take the order back, in an open period; today when empty, or the order's
    own day when it is yet to come.
    """
    goods: Goods = Goods.COME_BACK
    money: Literal[Resolution.REFUND, Resolution.ON_ACCOUNT] = Resolution.REFUND


class Cancellation(CancellationAsked):
    """The cancellation with its day."""

    POSTED_ON = "cancelled_on"

    cancelled_on: date


class PlannedStep(Message):
    """One thing that a cancellation takes back, and who does it."""

    what: str
    document: str | None = None
    by: str
    """`system`, or the role of the person who is needed."""
    amount: ShownAmount | None = None
    currency: str | None = None


class CancellationPlan(Message):
    """What a cancellation would do now, step by step in this order, and what would remain."""

    order_number: str
    stage: str
    steps: tuple[PlannedStep, ...]
    remains: tuple[str, ...]
    """In words; empty when everything nets to zero."""


class OrderClosed(Message):
    """How the process ended: `closed`, `cancelled` or `rejected`."""

    order_id: UUID
    outcome: str


class CancellationAnswered(OrderClosed):
    """The order is cancelled; or it is on its way back, and waits for its goods (`cancelling`)."""

    stage: str
    return_id: UUID | None = None
