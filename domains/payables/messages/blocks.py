"""What a supplier's invoice is blocked for, and what becomes of one that is. Amounts are in its currency."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from domains.payables.messages import PostSupplierInvoice, SupplierInvoicePosted
from foundation.values.events import EventPart, PublicEvent
from foundation.values.messages import (
    Amount,
    ComposedText,
    Message,
    Quantity,
    ShownAmount,
    Text,
)


class BlockStatus(StrEnum):
    """What has become of a blocked invoice."""

    BLOCKED = "blocked"
    POSTED = "posted"
    REJECTED = "rejected"


class BlockCode(StrEnum):
    """The kinds of reasons: what does not match by more than is tolerated."""

    NOT_RECEIVED = "not_received"
    """Nothing of the line has come that is not billed. Nobody accepts it: a receipt cures it."""
    QUANTITY = "quantity"
    """More is billed than has come."""
    PRICE = "price"
    VALUE = "value"
    DUPLICATE = "duplicate"
    """It may be another invoice once more."""
    POSTING = "posting"
    """It may match, and posting was refused for another reason, such as a locked period."""


class InvoiceBlock(Message):
    """One reason why an invoice is blocked, what it waits for, and whom."""

    line_number: int
    """The line of the invoice, from 1; 0 is the invoice as a whole."""
    code: BlockCode
    why: ComposedText
    waits_for: str
    waiting_on: str
    """The role that can cure it first."""


class SupplierInvoiceBlocked(Message):
    """A blocked invoice, and what it waits for. Nothing is posted."""

    invoice_id: UUID
    blocked_number: str
    """Our number for it while it is blocked."""
    supplier_code: str
    supplier_number: str
    order_number: str
    currency: str
    total_amount: ShownAmount
    blocks: tuple[InvoiceBlock, ...]
    has_changed: bool
    """Whether it waits for something else than before."""


class SupplierInvoiceEntered(Message):
    """What has become of an invoice: it is posted, or it is blocked."""

    status: BlockStatus
    posted: SupplierInvoicePosted | None = None
    blocked: SupplierInvoiceBlocked | None = None


class ReasonRead(Message):
    """One of the `blocks` of an invoice, as somebody has read it."""

    line_number: int
    code: BlockCode
    why: ComposedText


class InvoiceAcceptance(Message):
    """The invoice is right as it is, and is to be posted."""

    accepts: Annotated[tuple[ReasonRead, ...], Field(min_length=1)]
    """All that it waits for, as it was read: refused when it waits for something else by now."""
    reason: Annotated[Text, Field(min_length=1)]
    posted_on: date | None = None
    """Today when empty."""


class AcceptInvoice(InvoiceAcceptance):
    """The same of one invoice."""

    POSTED_ON = "posted_on"

    invoice_id: UUID
    accepts: tuple[ReasonRead, ...] = ()
    posted_on: date


class InvoiceRejection(Message):
    """The invoice goes back to the supplier."""

    reason: Annotated[Text, Field(min_length=1)]


class RejectInvoice(InvoiceRejection):
    """The same of one invoice."""

    invoice_id: UUID


class RejectSupplierInvoice(RejectInvoice):
    """The same, and who has decided it."""

    decided_by: str


class SupplierInvoiceRejected(Message):
    """The invoice was rejected."""

    invoice_id: UUID
    blocked_number: str
    supplier_code: str
    supplier_number: str


class CreditedLineAsked(Message):
    """What is credited of one line of the invoice, without tax."""

    line_number: int
    """The line of the invoice, from 1."""
    quantity: Annotated[Quantity, Field(ge=0)] = Decimal(0)
    """Nothing when only the price is reduced."""
    net_amount: Annotated[Amount, Field(gt=0)]


class SupplierCreditAsked(Message):
    """A credit note of the supplier for a blocked invoice, as it lies on the table."""

    supplier_number: Annotated[Text, Field(min_length=1)]
    credited_on: date
    """The day on the credit note."""
    posted_on: date | None = None
    """The day on which the invoice is posted with it if it matches then; today when empty."""
    total_amount: Annotated[Amount, Field(gt=0)]
    """What it comes to with tax, as it is printed: it must be what its lines come to."""
    lines: Annotated[tuple[CreditedLineAsked, ...], Field(min_length=1, max_length=500)]


class EnterCredit(SupplierCreditAsked):
    """The credit note with an id of its own, so that it counts once."""

    POSTED_ON = "posted_on"

    credit_id: UUID
    invoice_id: UUID
    posted_on: date


class RecordSupplierCredit(Message):
    """A credit note for a blocked invoice, to be written down."""

    POSTED_ON = "posted_on"

    credit_id: UUID
    credited_on: date
    posted_on: date
    entered_by: str
    post: PostSupplierInvoice
    """The invoice with all its credit notes, this one the last."""


class SupplierCreditRecorded(Message):
    """The credit note is written down."""

    credit_id: UUID
    invoice_id: UUID
    blocked_number: str
    supplier_code: str
    supplier_number: str
    """That of the credit note."""
    currency: str
    net_amount: ShownAmount
    tax_amount: ShownAmount
    total_amount: ShownAmount


class BlockPart(EventPart):
    """A reason, by line; 0 is the whole invoice."""

    line_number: int
    code: BlockCode


class SupplierInvoiceBlockedEvent(
    PublicEvent, name="payables.supplier_invoice_blocked", part="blocked", only_with="has_changed"
):
    """A supplier's invoice does not match, and waits; or waits for something else than before."""

    invoice_id: UUID
    blocked_number: str
    supplier_code: str
    supplier_number: str
    order_number: str
    currency: str
    total_amount: ShownAmount
    blocks: tuple[BlockPart, ...]


class SupplierInvoiceRejectedEvent(PublicEvent, name="payables.supplier_invoice_rejected"):
    """A blocked invoice was rejected."""

    invoice_id: UUID
    blocked_number: str
    supplier_code: str
    supplier_number: str


class SupplierCreditRecordedEvent(PublicEvent, name="payables.supplier_credit_recorded"):
    """A supplier has credited some of a blocked invoice."""

    credit_id: UUID
    invoice_id: UUID
    supplier_code: str
    supplier_number: str
    currency: str
    net_amount: ShownAmount
    tax_amount: ShownAmount
    total_amount: ShownAmount
