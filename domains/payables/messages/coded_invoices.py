"""Suppliers' invoices without an order: their lines are coded to accounts. Amounts are in their currency."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from foundation.values.events import EventPart, PublicEvent
from foundation.values.messages import (
    Amount,
    Code,
    ComposedText,
    CurrencyCode,
    Message,
    Percent,
    ShownAmount,
    Text,
)

CODED_INVOICE = "coded_invoice"
"""The kind of approvals for it, and what the books call the document."""


class CodedInvoiceStatus(StrEnum):
    """What has become of it."""

    ENTERED = "entered"
    POSTED = "posted"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    REVERSED = "reversed"


class CodedLine(Message):
    """What is billed, without tax, and the account that it is coded to."""

    account_code: Code
    net_amount: Annotated[Amount, Field(gt=0)]
    text: Text = ""
    tax_code: Code
    deductible_percent: Percent = Decimal(100)
    """How much of its input tax may be deducted; the rest is part of what it cost."""
    dimensions: Mapping[str, str] = Field(default_factory=dict)
    """Codes by dimension: {"cost_centre": "SALES", "project": "P1"}."""


class CodedInvoiceAsked(Message):
    """A supplier's invoice for which there is no order, as it lies on the table."""

    supplier_code: Code
    supplier_number: Annotated[Text, Field(min_length=1)]
    """The number that the supplier has given it."""
    invoiced_on: date
    """The day on the invoice: its terms and its tax rates are of that day."""
    posted_on: date | None = None
    """Today when empty, and not before the invoice's own."""
    currency: CurrencyCode | None = None
    payment_terms_code: Code | None = None
    """Both the supplier's when empty."""
    total_amount: Annotated[Amount, Field(gt=0)]
    """What is to be paid, as it is printed: with the tax of its lines, unless that is owed by us."""
    reverse_charge: bool = False
    """The supplier bills no tax, for we owe it: it is owed, and deducted as input tax, at once."""
    is_no_duplicate: bool = False
    """Somebody has looked: it is another invoice than those over the same amount of about that day."""
    lines: Annotated[tuple[CodedLine, ...], Field(min_length=1, max_length=500)]


class EnterCodedInvoice(CodedInvoiceAsked):
    """The invoice with an id of its own, so that it counts once."""

    POSTED_ON = "posted_on"

    invoice_id: UUID
    process_id: str
    posted_on: date
    entered_by: str


class CodedInvoiceEntered(Message):
    """The invoice as it was written down, and as people are asked about it."""

    invoice_id: UUID
    invoice_number: str
    supplier_code: str
    supplier_name: str
    supplier_number: str
    invoiced_on: date
    posted_on: date
    due_on: date
    currency: str
    net_amount: ShownAmount
    tax_amount: ShownAmount
    total_amount: ShownAmount
    base_total_amount: ShownAmount
    of_cost_centres: dict[str, Decimal]
    """What of it is of which, without tax, in the company's currency."""
    lines: tuple[CodedLine, ...]


class SubmitCodedInvoice(Message):
    """People are asked about it."""

    invoice_id: UUID


class PostCodedInvoice(Message):
    """Post an invoice that was approved."""

    POSTED_ON = "posted_on"

    invoice_id: UUID
    posted_on: date
    decided_by: str


class EndCodedInvoice(Message):
    """It is not posted: somebody has said no, or it was a mistake."""

    invoice_id: UUID
    reason: ComposedText
    rejected_by: str = ""
    """Who has said no; nobody when it was cancelled."""


class CodedInvoiceChanged(Message):
    """Where it stands now."""

    invoice_id: UUID
    invoice_number: str = ""
    status: CodedInvoiceStatus | None = None
    """Empty when there is no such invoice."""
    supplier_code: str = ""
    supplier_number: str = ""
    currency: str = ""
    total_amount: ShownAmount = Decimal(0)


class CodedInvoiceCancellation(Message):
    """It was entered by mistake."""

    reason: Annotated[Text, Field(min_length=1)]


class ReverseCodedInvoice(Message):
    """It was a mistake: it is owed no more."""

    POSTED_ON = "reversed_on"

    invoice_id: UUID
    reversal_id: UUID
    reversed_on: date
    reason: Text


class _OfInvoice(EventPart):
    """Which invoice it is."""

    invoice_id: UUID
    invoice_number: str
    supplier_code: str
    supplier_number: str
    currency: str
    total_amount: ShownAmount


class CodedInvoiceEnteredEvent(_OfInvoice, PublicEvent, name="payables.coded_invoice_entered"):
    """A supplier's invoice without an order was entered."""


class CodedInvoiceSubmittedEvent(_OfInvoice, PublicEvent, name="payables.coded_invoice_submitted"):
    """People are asked about a supplier's invoice without an order."""


class CodedInvoicePostedEvent(_OfInvoice, PublicEvent, name="payables.coded_invoice_posted"):
    """A supplier's invoice without an order was posted: it is owed."""


class CodedInvoiceEndedEvent(
    _OfInvoice, PublicEvent, name="payables.coded_invoice_ended", only_with="invoice_number"
):
    """A supplier's invoice without an order was rejected, or cancelled."""


class CodedInvoiceReversedEvent(PublicEvent, name="payables.coded_invoice_reversed"):
    """A supplier's invoice without an order was taken back."""

    reversal_id: UUID
    reversal_number: str
    document_id: UUID
    document_number: str
