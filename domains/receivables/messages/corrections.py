"""What corrects invoices: price allowances, and the reversal of what was billed, credited or charged."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from foundation.values.messages import Amount, Code, Message, PositiveQuantity, Text


class CreditLine(Message):
    """What is credited: of one line of the invoice, or of all lines of a tax code; name one of the two.

    A `quantity` takes back that much of a line, with its share of price and tax. A `net_amount` without a
    quantity is a price allowance: tax goes down with it, in the invoice's currency.
    """

    line_number: int | None = None
    tax_code: Code | None = None
    quantity: PositiveQuantity | None = None
    net_amount: Annotated[Amount, Field(gt=0)] | None = None


class CreditAsked(Message):
    """Credit a part of an invoice."""

    credited_on: date | None = None
    """Not before the invoice's day, nor before the money came that it puts on account; when empty the latest
    of today, the invoice's day, and the days on which it was paid.
    """
    reason: Annotated[Text, Field(min_length=1)]
    order_id: UUID | None = None
    """Of a collective invoice: whose lines are credited."""
    lines: Annotated[tuple[CreditLine, ...], Field(min_length=1, max_length=1000)]


class CreditInvoice(CreditAsked):
    """The credit note with an id of its own, so that it counts once."""

    POSTED_ON = "credited_on"

    credit_note_id: UUID
    invoice_id: UUID
    credited_on: date


class ReverseInvoice(Message):
    """Take an invoice back that went out: it is credited in full, by a credit note that names it."""

    POSTED_ON = "reversed_on"

    credit_note_id: UUID
    invoice_id: UUID
    reversed_on: date
    reason: Text
    asked_by: str = Field(default="", exclude_if=lambda process: not process)
    """The process that has billed it, and bills again what it billed."""


class ReversibleReceivable(StrEnum):
    """The documents of receivables that are taken back by a reversal; an invoice is by a credit note."""

    CREDIT_NOTE = "credit_note"
    DUNNING_LETTER = "dunning_letter"
    WRITE_OFF = "write_off"


class ReverseReceivable(Message):
    """Take a document of receivables back."""

    POSTED_ON = "reversed_on"

    document_type: ReversibleReceivable
    document_id: UUID
    reversal_id: UUID
    reversed_on: date
    reason: Text
