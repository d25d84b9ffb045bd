"""Invoices without an order, and debit notes, which charge more on an invoice."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from domains.ledger.messages import RoleName
from domains.receivables.messages.invoices import InvoicePosted
from foundation.values.messages import (
    Code,
    CurrencyCode,
    Message,
    Percent,
    PositiveQuantity,
    Text,
    UnitAmount,
)


class DirectLine(Message):
    """What is charged. `unit_price` includes tax when the invoice's prices do.

    With an item, what is left out is the item's: description, unit and tax code.
    """

    item_code: Code | None = None
    description: Text = ""
    quantity: PositiveQuantity = Decimal(1)
    unit: Annotated[str, Field(max_length=40)] = ""
    unit_price: UnitAmount
    """Negative of what is taken off: the invoice as a whole charges something."""
    discount_percent: Percent = Decimal(0)
    tax_code: Code | None = None
    account_role: RoleName | None = None
    account_code: Code | None = None
    """Where its revenue is posted: a role or an account; the role `revenue` when neither is given."""


DirectLines = Annotated[tuple[DirectLine, ...], Field(min_length=1, max_length=1000)]


class DirectInvoiceAsked(Message):
    """An invoice without an order."""

    customer_code: Code
    invoiced_on: date | None = None
    """Today when empty."""
    currency: CurrencyCode | None = None
    payment_terms_code: Code | None = None
    """Currency and terms are the customer's when empty."""
    customer_reference: Text = ""
    prices_include_tax: bool = False
    lines: DirectLines


class DebitNoteAsked(Message):
    """Charge more on an invoice: an invoice of its own that names it, of its customer, currency and terms."""

    invoiced_on: date | None = None
    """Not before the invoice's day; when empty today, or the invoice's day when it is later."""
    reason: Annotated[Text, Field(min_length=1)]
    lines: DirectLines


class PostDirectInvoice(DirectInvoiceAsked):
    """The invoice with an id of its own; a debit note names the invoice that it corrects."""

    POSTED_ON = "invoiced_on"

    invoice_id: UUID
    invoiced_on: date
    corrects_id: UUID | None = None
    reason: Text = ""


class DirectInvoicePosted(InvoicePosted):
    """The invoice as posted, with what was left to the customer's terms."""

    customer_code: str
    currency: str
