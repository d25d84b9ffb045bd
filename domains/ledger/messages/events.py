"""What others may be told of payments, refunds, reversals, entries and the chart of accounts."""

from datetime import date
from uuid import UUID

from domains.ledger.messages.accounts import AccountKind
from foundation.values.events import EventPart, PublicEvent
from foundation.values.messages import ShownAmount


class SettledDocument(EventPart):
    """What was settled of an invoice or a dunning letter, in its currency. Nothing open: it is paid."""

    invoice_id: UUID
    invoice_number: str
    order_id: UUID | None = None
    settled_amount: ShownAmount
    discount_amount: ShownAmount
    written_off_amount: ShownAmount
    open_amount: ShownAmount


class PaymentPostedEvent(PublicEvent, name="ledger.payment_posted"):
    """A customer's payment arrived and was posted."""

    payment_id: UUID
    payment_number: str
    customer_code: str
    received_on: date
    currency: str
    amount: ShownAmount
    settled: tuple[SettledDocument, ...]
    on_account_amount: ShownAmount
    """What of it settled nothing, in its currency."""


class SupplierPaymentPostedEvent(PublicEvent, name="ledger.supplier_payment_posted"):
    """Money that was paid to a supplier was posted."""

    payment_id: UUID
    payment_number: str
    supplier_code: str
    settled: SettledDocument


class PaymentAllocatedEvent(PublicEvent, name="ledger.payment_allocated", only_with="settled"):
    """Money on a customer's account was used for an invoice."""

    allocation_id: UUID
    payment_id: UUID | None = None
    credit_note_id: UUID | None = None
    """The money's payment, or its credit note."""
    payment_number: str
    """Of the payment, or of the credit note."""
    allocated_on: date
    settled: tuple[SettledDocument, ...]
    on_account_amount: ShownAmount
    """What is left on account, in the money's currency."""


class RefundPostedEvent(PublicEvent, name="ledger.refund_posted", only_with="refund_number"):
    """Money on a customer's account was paid back."""

    refund_id: UUID
    refund_number: str
    payment_id: UUID | None = None
    credit_note_id: UUID | None = None
    """The payment or the credit note whose money it is."""
    refunded_on: date
    currency: str
    amount: ShownAmount


class DocumentReversedEvent(PublicEvent, name="ledger.document_reversed"):
    """An entry, a payment, an allocation or a refund was reversed."""

    reversal_id: UUID
    reversal_number: str
    document_type: str
    """`manual` for an entry, `payment`, `allocation` or `refund`."""
    document_id: UUID
    document_number: str
    reversed_on: date


class EntryPostedEvent(PublicEvent, name="ledger.entry_posted"):
    """A person's journal entry was posted."""

    entry_id: UUID
    entry_number: str
    posted_on: date


class AccountChangedEvent(PublicEvent, name="ledger.account_changed"):
    """An account of the chart is new or was changed."""

    code: str
    created: bool
    kind: AccountKind
    blocked: bool = False


class DimensionValueChangedEvent(PublicEvent, name="ledger.dimension_value_changed"):
    """A cost centre, a project or another dimension's value is new or was changed."""

    dimension: str
    code: str
    created: bool
    blocked: bool = False


class FiscalYearChangedEvent(PublicEvent, name="ledger.fiscal_year_changed"):
    """A fiscal year was opened, or its lock was moved."""

    code: str
    created: bool
    starts_on: date
    ends_on: date
    locked_through: date | None = None
