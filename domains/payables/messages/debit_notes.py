"""Debit notes: what is claimed back of a supplier for goods that went back.

Amounts are in the currency of its invoices.
"""

from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field

from foundation.values.events import PublicEvent
from foundation.values.messages import Message, ShownAmount, Text
from foundation.values.money import ZERO


class ClaimAsked(Message):
    """What was billed of a return's goods is claimed back."""

    posted_on: date | None = None
    """Today when empty, and not before the return."""
    reason: Annotated[Text, Field(min_length=1)]


class PostDebitNote(Message):
    """Claim back what was billed of goods that went back."""

    POSTED_ON = "posted_on"

    debit_note_id: UUID
    return_id: UUID
    posted_on: date
    reason: Text


class InvoiceClaimed(Message):
    """By how much an invoice is less owed."""

    invoice_id: UUID
    invoice_number: str
    settled_amount: ShownAmount


class DebitNotePosted(Message):
    """The debit note; `open_amount` is what it claims beyond what its invoices still owe: that was paid."""

    debit_note_id: UUID
    debit_note_number: str
    return_id: UUID
    return_number: str
    order_id: UUID
    order_number: str
    supplier_code: str
    posted_on: date
    currency: str
    net_amount: ShownAmount
    tax_amount: ShownAmount
    total_amount: ShownAmount
    base_total_amount: ShownAmount
    settled: tuple[InvoiceClaimed, ...]
    open_amount: ShownAmount

    @classmethod
    def none(cls, asked: PostDebitNote, **of_return: Any) -> Self:
        """Nothing is claimed by it: somebody has claimed it by hand, or the return was a mistake."""
        amounts = ("net_amount", "tax_amount", "total_amount", "base_total_amount", "open_amount")
        same = asked.model_dump(include={"debit_note_id", "return_id", "posted_on"})
        return cls(debit_note_number="", settled=(), **same, **of_return, **dict.fromkeys(amounts, ZERO))


class DebitNoteConfirmed(Message):
    """The supplier has credited what a debit note claims."""

    debit_note_id: UUID
    debit_note_number: str
    supplier_number: str


class ConfirmationAsked(Message):
    """The supplier's own credit note for what a debit note claims has come: nothing is posted once more."""

    supplier_number: Annotated[Text, Field(min_length=1)]
    """The number of its credit note."""
    credited_on: date
    """The day on it."""
    total_amount: ShownAmount
    """What it comes to with tax: what the debit note claims."""


class ConfirmDebitNote(ConfirmationAsked):
    """The same for one debit note."""

    debit_note_id: UUID


class ReverseDebitNote(Message):
    """A debit note was a mistake: what it claims is owed again, and is to be claimed again."""

    POSTED_ON = "reversed_on"

    debit_note_id: UUID
    reversal_id: UUID
    reversed_on: date
    reason: Text


class DebitNotePostedEvent(PublicEvent, name="payables.debit_note_posted"):
    """What a supplier had billed of goods that went back was claimed back."""

    debit_note_id: UUID
    debit_note_number: str
    return_number: str
    order_number: str
    supplier_code: str
    posted_on: date
    currency: str
    net_amount: ShownAmount
    tax_amount: ShownAmount
    total_amount: ShownAmount


class DebitNoteConfirmedEvent(PublicEvent, name="payables.debit_note_confirmed"):
    """A supplier has sent its own credit note for what a debit note claims."""

    debit_note_id: UUID
    debit_note_number: str
    supplier_number: str


class DebitNoteReversedEvent(PublicEvent, name="payables.debit_note_reversed"):
    """A debit note was taken back."""

    reversal_id: UUID
    reversal_number: str
    document_id: UUID
    document_number: str
