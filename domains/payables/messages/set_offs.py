"""What a debit note claims is set off against what is owed. Amounts are in the currency of both."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from foundation.values.events import PublicEvent
from foundation.values.messages import Amount, Message, ShownAmount, Text


class SetOffAsked(Message):
    """An invoice of the supplier is paid with what a debit note claims."""

    invoice_id: UUID
    amount: Annotated[Amount, Field(gt=0)] | None = None
    """All that both allow when empty."""
    set_off_on: date | None = None
    """Today when empty, or the first day on which both are open."""


class SetDebitNoteOff(SetOffAsked):
    """The set-off with an id of its own, so that it counts once."""

    POSTED_ON = "set_off_on"

    set_off_id: UUID
    debit_note_id: UUID
    set_off_on: date


class DebitNoteSet(Message):
    """By how much less is owed, and what is left of both."""

    set_off_id: UUID
    set_off_number: str
    debit_note_number: str
    invoice_number: str
    supplier_code: str
    set_off_on: date
    currency: str
    amount: ShownAmount
    exchange_difference: ShownAmount
    debit_note_open_amount: ShownAmount
    invoice_open_amount: ShownAmount


class ReverseSetOff(Message):
    """A set-off was a mistake: both are open again."""

    POSTED_ON = "reversed_on"

    set_off_id: UUID
    reversal_id: UUID
    reversed_on: date
    reason: Text


class DebitNoteSetOffEvent(PublicEvent, name="payables.debit_note_set_off"):
    """What a debit note claims was set off against an invoice of the supplier."""

    set_off_id: UUID
    set_off_number: str
    debit_note_number: str
    invoice_number: str
    supplier_code: str
    set_off_on: date
    currency: str
    amount: ShownAmount


class SetOffReversedEvent(PublicEvent, name="payables.set_off_reversed"):
    """A set-off was taken back."""

    reversal_id: UUID
    reversal_number: str
    document_id: UUID
    document_number: str
