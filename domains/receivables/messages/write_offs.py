"""Write-offs: what is open and will not be paid."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from domains.ledger.messages.payments import SettledInvoice
from foundation.values.messages import Amount, Message, ShownAmount, Text


class WriteOffKind(StrEnum):
    """Why it will not be paid.

    A small difference is the whole rest of a document, no more than the company's `small_difference_limit`. A
    bad debt is uncollectible, and the output tax on it is taken back.
    """

    SMALL_DIFFERENCE = "small_difference"
    BAD_DEBT = "bad_debt"


class WriteOffAsked(Message):
    """Write off what is open of one document: an invoice, a dunning letter's charge, or money on account."""

    kind: WriteOffKind
    invoice_id: UUID | None = None
    """Or the dunning letter, for what it charges."""
    payment_id: UUID | None = None
    credit_note_id: UUID | None = None
    """What is left on account of one of them, as a small difference."""
    written_off_on: date | None = None
    """Not before the document's day; when empty today, or the document's day when it is later."""
    amount: Annotated[Amount, Field(gt=0)] | None = None
    """Of a bad debt, with its tax, in the document's currency; all that is open when empty."""
    reason: Annotated[Text, Field(min_length=1)]


class PostWriteOff(WriteOffAsked):
    """The write-off with an id of its own, so that it counts once."""

    POSTED_ON = "written_off_on"

    write_off_id: UUID
    written_off_on: date


class WriteOffPosted(Message):
    """The write-off as posted; amounts in the document's currency.

    Negative of money on account, which is ours from then on.
    """

    write_off_id: UUID
    write_off_number: str
    document_type: str
    document_id: UUID
    document_number: str
    customer_code: str
    currency: str
    amount: ShownAmount
    tax_amount: ShownAmount
    """What of it is output tax that is taken back."""
    settled: SettledInvoice | None
    """What it did to the invoice or dunning letter; None for money on account."""
