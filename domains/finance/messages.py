"""What can be asked of finance, and what it answers.

A document has one currency for its amounts; `base_…` amounts are in the company's currency. Journal lines
are signed: debit is positive, credit is negative; an entry's lines add up to zero in both currencies.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from foundation.messages import (
    Amount,
    Code,
    CurrencyCode,
    Message,
    Name,
    Quantity,
    ShownAmount,
    Text,
    UnitAmount,
)


class AccountKind(StrEnum):
    """On which side of which statement an account stands."""

    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    INCOME = "income"
    EXPENSE = "expense"


class AccountRole(StrEnum):
    """What an account is for, when a document posts itself. One account per role and company."""

    BANK = "bank"
    CASH = "cash"
    RECEIVABLE = "receivable"
    CUSTOMER_ON_ACCOUNT = "customer_on_account"
    PAYABLE = "payable"
    INVENTORY = "inventory"
    GOODS_RECEIVED_NOT_INVOICED = "goods_received_not_invoiced"
    COST_OF_GOODS_SOLD = "cost_of_goods_sold"
    INVENTORY_ADJUSTMENT = "inventory_adjustment"
    REVENUE = "revenue"
    FREIGHT_REVENUE = "freight_revenue"
    TAX_PAYABLE = "tax_payable"
    TAX_RECEIVABLE = "tax_receivable"
    DISCOUNT_GRANTED = "discount_granted"
    SMALL_DIFFERENCES = "small_differences"
    EXCHANGE_GAIN = "exchange_gain"
    EXCHANGE_LOSS = "exchange_loss"
    EXCHANGE_CLEARING = "exchange_clearing"
    ROUNDING_DIFFERENCE = "rounding_difference"
    OPENING_BALANCE = "opening_balance"
    RETAINED_EARNINGS = "retained_earnings"


class PutAccount(Message):
    """An account of the chart."""

    code: Code
    name: Name
    kind: AccountKind
    role: AccountRole | None = None
    blocked: bool = False


class LoadChart(Message):
    """Load the template of about 60 accounts; accounts that are there already stay as they are."""

    template: Annotated[str, Field(pattern="^standard$")] = "standard"


class ChartLoaded(Message):
    """How many accounts were added."""

    added: int


class AccountPut(Message):
    """The account, or the fiscal year, is written."""

    code: str
    created: bool


class PutFiscalYear(Message):
    """A fiscal year.

    Its periods are the calendar months it touches; `locked_through` closes those before it.
    """

    code: Code
    starts_on: date
    ends_on: date
    locked_through: date | None = None
    """No entry dated on this day or before it can be posted any more."""


# Credit


class CheckCredit(Message):
    """May this order go ahead? `amount` in the company's currency.

    `approved` skips the limit: a person decided.
    """

    order_id: UUID
    customer_code: Code
    amount: Amount
    approved: bool = False


class CreditChecked(Message):
    """The decision and the figures behind it, in the company's currency. Within the limit it is committed."""

    order_id: UUID
    within_limit: bool
    exposure: Amount
    """Without this order: open orders, delivered not billed, open receivables."""
    credit_limit: Amount | None


class ReleaseCredit(Message):
    """The order needs no credit any more: cancelled, rejected or closed."""

    order_id: UUID


class CreditReleased(Message):
    """What was set free, in the company's currency."""

    order_id: UUID
    released_amount: Amount


# Journal


class EntryLine(Message):
    """One line:

    Signed amounts, debit positive. `base_amount` may be left out when the currencies are the same.
    """

    account_code: Code
    amount: Amount
    base_amount: Amount | None = None
    text: Text = ""
    party_code: Code | None = None


class EntryAsked(Message):
    """A journal entry as a person writes it."""

    posted_on: date
    currency: CurrencyCode | None = None
    text: Text
    lines: Annotated[tuple[EntryLine, ...], Field(min_length=1, max_length=1000)]


class PostEntry(EntryAsked):
    """A journal entry. Its source and purpose name what it posts: there is one entry for the two, ever."""

    entry_id: UUID
    source_type: Annotated[str, Field(max_length=40)] = "manual"
    source_id: UUID | None = None
    purpose: Annotated[str, Field(max_length=40)] = "entry"


class EntryPosted(Message):
    """The entry's number: gapless per company and fiscal year."""

    entry_id: UUID
    entry_number: str


class ReversalAsked(Message):
    """Why an entry is taken back."""

    posted_on: date | None = None
    """Today when empty."""
    reason: Text


class ReverseEntry(Message):
    """Take an entry back by its mirror image, dated in an open period."""

    entry_id: UUID
    reversal_id: UUID
    posted_on: date
    reason: Text


class PostGoodsCost(Message):
    """The cost of goods that left: cost of goods sold against inventory, in the company's currency."""

    shipment_id: UUID
    shipment_number: str
    order_id: UUID
    order_number: str
    posted_on: date
    cost: Amount


class PostStockReceipt(Message):
    """The value of goods that came in:

    Inventory against goods received not invoiced, or what the reason says.
    """

    receipt_id: UUID
    receipt_number: str
    posted_on: date
    reason: str
    value: Amount
    adjustment_value: Amount


# Invoice


class LineToBill(Message):
    """What is billed of an order line. `unit_price` includes tax when the invoice's prices do."""

    line_number: int
    item_code: Code | None = None
    description: Text
    quantity: Quantity
    unit: str
    unit_price: UnitAmount
    discount_percent: Decimal = Decimal(0)
    tax_code: Code
    is_freight: bool = False


class PostInvoice(Message):
    """Bill a customer:

    Revenue, tax and receivable are posted, and the open items written, in one transaction.
    """

    invoice_id: UUID
    process_id: str
    """The process to tell when it is settled."""
    order_id: UUID
    order_number: str
    shipment_id: UUID | None = None
    shipment_number: str | None = None
    customer_code: Code
    customer_reference: Text = ""
    invoiced_on: date
    currency: CurrencyCode
    payment_terms_code: Code
    prices_include_tax: bool = False
    completes_order: bool = False
    """Whether everything of the order is billed with it: what is left of the order's credit is set free."""
    lines: Annotated[tuple[LineToBill, ...], Field(min_length=1)]


class InvoicePosted(Message):
    """The invoice as posted. Amounts in its currency."""

    invoice_id: UUID
    invoice_number: str
    net_amount: Amount
    tax_amount: Amount
    total_amount: Amount
    due_on: date
    """The last instalment's due date."""


# Payment


class PaymentAsked(Message):
    """Money that arrived, as the bank or the cashier tells it."""

    received_on: date | None = None
    """Today when empty."""
    amount: Annotated[Amount, Field(gt=0)]
    currency: CurrencyCode
    reference: Text = ""
    account_code: Code | None = None
    """The bank account; the account with the role bank when empty."""


class CustomerPaymentAsked(PaymentAsked):
    """Money from a customer that names no order; perhaps an invoice."""

    customer_code: Code
    invoice_id: UUID | None = None
    """Settle only this invoice."""


class ReceivePayment(PaymentAsked):
    """The payment with an id of its own, so that it counts once."""

    payment_id: UUID
    received_on: date


class PostPayment(ReceivePayment):
    """Money arrived from a customer.

    It settles the given order's invoices, oldest due first, or the given invoice; the rest stays on account.
    With neither it settles nothing, and waits to be allocated.
    """

    customer_code: Code
    order_id: UUID | None = None
    invoice_id: UUID | None = None
    """Settle only this invoice."""


class AllocationAsked(Message):
    """Use a customer's money on account for an open invoice.

    Without an amount, as much as both sides allow.
    """

    invoice_id: UUID
    allocated_on: date | None = None
    """Today when empty."""
    amount: Annotated[Amount, Field(gt=0)] | None = None
    """In the payment's currency."""


class AllocatePayment(AllocationAsked):
    """The allocation with an id of its own, so that it counts once."""

    allocation_id: UUID
    payment_id: UUID
    allocated_on: date


class SettledInvoice(Message):
    """What a payment did to one invoice, in the invoice's currency. `open_amount` is what is left."""

    invoice_id: UUID
    invoice_number: str
    order_id: UUID
    process_id: str
    settled_amount: ShownAmount
    discount_amount: ShownAmount
    written_off_amount: ShownAmount
    open_amount: ShownAmount


class PaymentPosted(Message):
    """The payment, what it settled, and what stays on account in the payment's currency."""

    payment_id: UUID
    payment_number: str
    settled: tuple[SettledInvoice, ...]
    on_account_amount: ShownAmount
    exchange_difference: ShownAmount
    """Realised, in the company's currency: positive is a gain."""
    order_open_amount: ShownAmount
    """What is still open on the order's invoices, in their currency."""


class PaymentProgress(PaymentPosted):
    """The payment, for whoever waits for it."""

    request_hash: str
