"""A posted document is taken back by a document of its own."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from foundation.values.messages import Amount, Message, Text


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


class FindOpen(Message):
    """What is open of an invoice now?"""

    invoice_id: UUID


class FoundOpen(Message):
    """What is open of an invoice, in its currency."""

    invoice_id: UUID
    open_amount: Amount


class DocumentReversed(Message):
    """The reversal: its number is gapless per company and fiscal year."""

    reversal_id: UUID
    reversal_number: str
    document_type: str
    document_id: UUID
    document_number: str
