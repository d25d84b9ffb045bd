"""What of an order was billed, and is not credited: what a return or a cancellation can take back."""

from datetime import date
from uuid import UUID

from pydantic import Field

from foundation.values.messages import Amount, Message, Quantity, ShownAmount


class FindBilled(Message):
    """Which invoices has the order, and what of them is not credited yet?"""

    order_id: UUID


class BilledLine(Message):
    """What is left of a billed order line, in the unit in which it was billed."""

    order_line_number: int
    quantity: Quantity
    is_freight: bool


class BilledInvoice(Message):
    """An invoice of the order with what is not credited of it; amounts in its currency."""

    invoice_id: UUID
    invoice_number: str
    currency: str
    process_id: str
    open_amount: ShownAmount
    lines: tuple[BilledLine, ...]
    invoiced_on: date
    """It may be later than what comes back of it: what is credited is credited not before."""
    is_settled: bool = Field(default=False, exclude_if=lambda known: not known)
    """Whether anything has settled it, so that a credit may put money on account."""
    bad_debts: tuple[str, ...] = Field(default=(), exclude_if=lambda numbers: not numbers)
    """The write-offs by which it was given up as uncollectible: it is not credited while they stand."""


class Billed(Message):
    """The order's invoices that are not credited wholly, the newest first."""

    order_id: UUID
    invoices: tuple[BilledInvoice, ...]
    is_collective: bool = Field(default=False, exclude_if=lambda known: not known)
    """Whether collective invoices bill the order: of each the order's own lines are here."""


class DebitNotesChanged(Message):
    """More was charged on an invoice of an order, or less again. How much, `FindDebitNotes` says."""

    corrects_id: UUID


class FindDebitNotes(Message):
    """What more was charged on the order's own invoices, and is not credited?"""

    order_id: UUID


class DebitNote(Message):
    """What is left of a debit note, in its currency."""

    invoice_id: UUID
    """Its own."""
    invoice_number: str
    invoiced_on: date
    left_amount: Amount
    bad_debts: tuple[str, ...] = Field(default=(), exclude_if=lambda numbers: not numbers)
    """The write-offs by which it was given up as uncollectible: it is not credited while they stand."""


class FoundDebitNotes(Message):
    """The debit notes of which anything is left, by their numbers."""

    notes: tuple[DebitNote, ...]
