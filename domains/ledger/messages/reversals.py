"""A posted document is taken back by a document of its own."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from domains.ledger.messages.payments import SettledInvoice
from foundation.values.messages import Amount, Message, Text
from foundation.values.money import ZERO


class ReversalAsked(Message):
    """Why a document is taken back."""

    reversed_on: date | None = None
    """A day in an open period, not before the document's own; the later of that and today when empty."""
    reason: Annotated[Text, Field(min_length=1)]


class ReversibleType(StrEnum):
    """The documents that the ledger itself can take back; other domains take back their own."""

    ENTRY = "manual"
    PAYMENT = "payment"
    ALLOCATION = "allocation"
    REFUND = "refund"
    SUPPLIER_PAYMENT = "supplier_payment"


class ReverseDocument(Message):
    """Take a document of the ledger back."""

    POSTED_ON = "reversed_on"

    document_type: ReversibleType
    document_id: UUID
    reversal_id: UUID
    reversed_on: date
    reason: Text


class ReopenedInvoice(Message):
    """What had settled an invoice was taken back: more of it is open again. How much, the books say."""

    invoice_id: UUID
    invoice_number: str
    reopened_on: date | None = None


class FindOpen(Message):
    """What is open of an invoice now, and on account of the money that is named?"""

    invoice_id: UUID
    money: tuple[UUID, ...] = Field(default=(), exclude_if=lambda money: not money)
    """Payments, and credit notes on what had been paid."""


class OnAccount(Message):
    """What of a payment or a credit note is on account, in its currency."""

    document_id: UUID
    amount: Amount


class FoundOpen(Message):
    """What is open of an invoice, and was settled without money, in its currency; and what is on account."""

    invoice_id: UUID
    open_amount: Amount
    discount_amount: Amount = ZERO
    written_off_amount: Amount = ZERO
    on_account: tuple[OnAccount, ...] = ()


class CreditSetOff(Message):
    """A credit note's money that closes its own invoice again, because what had paid that never came."""

    allocation_id: UUID
    credit_note_id: UUID
    credit_note_number: str
    settled: SettledInvoice


class DocumentReversed(Message):
    """The reversal: its number is gapless per company and fiscal year."""

    reversal_id: UUID
    reversal_number: str
    document_type: str
    document_id: UUID
    document_number: str
    set_off: tuple[CreditSetOff, ...] = Field(default=(), exclude_if=lambda credits: not credits)
    """What credit notes on what it had paid have put on account, and is used for that again."""
