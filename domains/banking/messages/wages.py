"""Payments of wages that are taken back, and how far what a payroll run leaves to be paid has come.

What single people are paid is named by ids only: neither histories nor the log of operations say how much.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from foundation.values.events import PublicEvent
from foundation.values.messages import Message, Text


class ReverseWagePayment(Message):
    """Take a payment of wages back: the person is owed it again."""

    POSTED_ON = "reversed_on"

    wage_payment_id: UUID
    reversal_id: UUID
    reversed_on: date
    reason: Annotated[Text, Field(min_length=1)]


class WageState(StrEnum):
    """How far a part of somebody's net pay has come."""

    OPEN = "open"
    """No payment run is to pay it."""
    PLANNED = "planned"
    IN_TRANSIT = "in_transit"
    ACCEPTED = "accepted"
    CONFIRMED = "confirmed"
    """The bank has paid it: it is on a statement."""


class WagePaymentReversedEvent(PublicEvent, name="banking.wage_payment_reversed"):
    """A payment of wages was taken back: the person is owed it again."""

    document_id: UUID
    document_number: str
    reversal_number: str
