"""Credit notes: what was billed is taken back, line by line; and refunds: money that goes back."""

from datetime import date
from uuid import UUID

from pydantic import Field

from domains.ledger.messages.payments import SettledInvoice
from foundation.values.messages import Amount, Message, PositiveQuantity, Quantity, ShownAmount, Text


class LineToCredit(Message):
    """A quantity of one billed order line, in the unit in which it was billed."""

    order_line_number: int
    quantity: PositiveQuantity


class PostCreditNote(Message):
    """Take back what an invoice charged. Without lines: everything of it that is not credited yet."""

    POSTED_ON = "credited_on"

    credit_note_id: UUID
    invoice_id: UUID
    credited_on: date
    """In an open period; the invoice's own day may lie in a closed one."""
    reason: Text
    lines: tuple[LineToCredit, ...] = ()
    order_id: UUID | None = Field(default=None, exclude_if=lambda order: order is None)
    """Of a collective invoice: whose lines are credited. Left out of what others ask, as it always was."""
    or_less: bool = Field(default=False, exclude_if=lambda less: not less)
    """No more than is left of the lines is credited, instead of refusing: the invoice may be taken back
    meanwhile.
    """


class LineCredited(Message):
    """How much was credited of an order line, in its unit; or of the order's freight."""

    order_line_number: int
    quantity: Quantity
    is_freight: bool = False


class CreditNotePosted(Message):
    """The credit note as posted; amounts in the invoice's currency.

    It lowers what is open on the invoice; what was paid already is put on the customer's account, less the
    share of what was not paid but taken as discount or written off.
    """

    credit_note_id: UUID
    credit_note_number: str
    """Empty when nothing was left to credit."""
    invoice_number: str
    invoiced_on: date
    credited_on: date
    currency: str
    net_amount: Amount
    tax_amount: Amount
    total_amount: Amount
    lines: tuple[LineCredited, ...] | None = None
    """What was credited of which order line; nothing where no quantity was."""
    settled: SettledInvoice | None
    """What it did to the invoice; None when nothing was open on it."""
    on_account_amount: ShownAmount
    discount_reversed_amount: ShownAmount
    written_off_reversed_amount: ShownAmount
    exchange_difference_reversed: ShownAmount
    """In the company's currency: what had been gained, and is no more."""
