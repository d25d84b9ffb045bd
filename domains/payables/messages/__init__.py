"""What payables can be asked for, and what it answers. Amounts are in the invoice's currency."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from domains.ledger.messages import Role
from foundation.values.events import PublicEvent
from foundation.values.messages import (
    Amount,
    Code,
    CurrencyCode,
    Message,
    Percent,
    PositiveQuantity,
    Quantity,
    ShownAmount,
    ShownQuantity,
    Text,
    UnitAmount,
)


class PayablesRole(Role):
    """The roles that supplier invoices are posted by."""

    SERVICES = "purchased_services"
    GOODS_WRITTEN_OFF = "goods_received_written_off"
    """What came and is never billed is a credit on it; what went back and is never credited, a debit."""


class InvoiceLineAsked(Message):
    """What the supplier bills of one line of the order, at which price for one unit, without tax."""

    line_number: int
    quantity: PositiveQuantity
    unit_price: Annotated[UnitAmount, Field(ge=0)] | None = None
    """That of the order, with its discount, when empty."""
    discount_percent: Percent = Decimal(0)
    """Off the price that is named."""


class SupplierInvoiceAsked(Message):
    """A supplier's invoice for an order, as it lies on the table.

    Without lines: all that has come and is not billed yet, at the prices of the order.
    """

    supplier_number: Annotated[Text, Field(min_length=1)]
    """The number that the supplier has given it."""
    invoiced_on: date
    """The day on the invoice: its terms count from it."""
    posted_on: date | None = None
    """The day on which it is posted; today when empty, and not before the invoice's own."""
    total_amount: Annotated[Amount, Field(gt=0)]
    """What it comes to with tax, as it is printed: it must be what its lines come to."""
    lines: Annotated[tuple[InvoiceLineAsked, ...], Field(max_length=500)] = ()


class EnterInvoice(SupplierInvoiceAsked):
    """The invoice with an id of its own, so that it counts once."""

    POSTED_ON = "posted_on"

    invoice_id: UUID
    posted_on: date
    file_id: UUID | None = Field(default=None, exclude_if=lambda file: file is None)
    """Where it came as a file."""


class CameAt(Message):
    """The price of one unit, less discount, at which goods came with a receipt, if another than now."""

    receipt_number: str
    unit_price: Decimal


class LineToMatch(Message):
    """One line of an invoice beside the line of the order that it bills."""

    order_line_number: int
    item_code: str
    description: str
    quantity: PositiveQuantity
    unit: str
    stock_quantity: Quantity
    """The quantity in the item's stock unit."""
    is_stocked: bool
    left_quantity: Quantity
    """What of the order's line is not billed yet, in its unit: it limits services, which nobody receives."""
    unit_price: UnitAmount
    discount_percent: Decimal
    ordered_price: UnitAmount
    """What the order says, and its discount."""
    ordered_discount_percent: Decimal
    tax_code: str
    came_at: tuple[CameAt, ...] = Field(default=(), exclude_if=lambda prices: not prices)


class CreditedLine(Message):
    """What a supplier has credited of a line of its invoice, without tax."""

    line_number: int
    """The line of the invoice, from 1."""
    quantity: Quantity
    stock_quantity: Quantity
    net_amount: Amount


class CreditToMatch(Message):
    """A supplier's credit note for an invoice that is not posted."""

    supplier_number: Text
    total_amount: Amount
    lines: tuple[CreditedLine, ...]


class AcceptedBlock(Message):
    """A reason for which the invoice was blocked, and which somebody has accepted: of a line, from 1, or, as
    0, of the whole.
    """

    line_number: int
    code: str


class PostSupplierInvoice(Message):
    """A supplier's invoice, to be matched with what has come, and posted if it does."""

    POSTED_ON = "posted_on"

    invoice_id: UUID
    process_id: str
    order_id: UUID
    order_number: str
    supplier_code: Code
    supplier_number: Text
    invoiced_on: date
    posted_on: date
    currency: CurrencyCode
    payment_terms_code: Code
    agreed_on: date
    """The day whose terms hold: the order's."""
    total_amount: Amount
    lines: tuple[LineToMatch, ...]
    file_id: UUID | None = Field(default=None, exclude_if=lambda file: file is None)
    entered_by: str = ""
    """Whoever does not decide about it; empty when an older version has asked."""
    credits: tuple[CreditToMatch, ...] = Field(default=(), exclude_if=lambda credits: not credits)
    was_blocked: bool = Field(default=False, exclude_if=lambda is_so: not is_so)
    accepted: tuple[AcceptedBlock, ...] = Field(default=(), exclude_if=lambda accepted: not accepted)
    accepted_by: str = Field(default="", exclude_if=lambda name: not name)
    why_accepted: Text = Field(default="", exclude_if=lambda why: not why)


class SupplierInvoicePosted(Message):
    """The invoice as it was posted; the differences are in the company's currency, positive when we lose."""

    invoice_id: UUID
    invoice_number: str
    """Our own number for it."""
    supplier_code: str
    supplier_number: str
    order_number: str
    posted_on: date
    due_on: date
    currency: str
    net_amount: ShownAmount
    tax_amount: ShownAmount
    total_amount: ShownAmount
    price_difference: ShownAmount
    exchange_difference: ShownAmount
    matched: dict[int, ShownQuantity]
    """How much of each line of the order it bills, in the order's unit: what was tolerated or accepted beyond
    what has come is a difference."""


class TakeSupplierInvoiceBack(Message):
    """An invoice of the order was wrong: what it billed is to be billed again."""

    POSTED_ON = "reversed_on"

    invoice_id: UUID
    reversal_id: UUID
    reversed_on: date
    reason: Text


class ReverseSupplierInvoice(Message):
    """Take a supplier's invoice back: what it billed has come and is not invoiced again."""

    POSTED_ON = "reversed_on"

    invoice_id: UUID
    reversal_id: UUID
    reversed_on: date
    reason: Text


class SupplierInvoicePostedEvent(PublicEvent, name="payables.supplier_invoice_posted", part="posted"):
    """A supplier's invoice was matched and posted: it is owed."""

    invoice_id: UUID
    invoice_number: str
    supplier_code: str
    supplier_number: str
    order_number: str
    posted_on: date
    due_on: date
    currency: str
    net_amount: ShownAmount
    tax_amount: ShownAmount
    total_amount: ShownAmount


class SupplierInvoiceReversedEvent(PublicEvent, name="payables.supplier_invoice_reversed"):
    """A supplier's invoice was taken back."""

    reversal_id: UUID
    reversal_number: str
    document_id: UUID
    document_number: str
