"""Payments: money that arrives, and what it settles."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from foundation.values.messages import Amount, Code, CurrencyCode, Message, ShownAmount, Text
from foundation.values.money import ZERO


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
    """Settle only this invoice, or what this dunning letter charges."""


class ReceivePayment(PaymentAsked):
    """The payment with an id of its own, so that it counts once."""

    POSTED_ON = "received_on"

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
    """Settle only this invoice, or what this dunning letter charges."""


class AllocationAsked(Message):
    """Use a customer's money on account for an open invoice.

    Without an amount, as much as both sides allow.
    """

    invoice_id: UUID
    """Or the dunning letter, for what it charges."""
    allocated_on: date | None = None
    """Not before the money and the invoice, nor before what used or settled them was taken back; when empty
    today, or the latest of these days.
    """
    amount: Annotated[Amount, Field(gt=0)] | None = None
    """In the currency of the money on account; no more than is on account, nor than is open."""


class AllocatePayment(AllocationAsked):
    """The allocation with an id of its own, so that it counts once.

    The money is on account from one payment, or from one credit note on what had been paid.
    """

    POSTED_ON = "allocated_on"

    allocation_id: UUID
    payment_id: UUID | None = None
    credit_note_id: UUID | None = None
    allocated_on: date
    if_any: bool = False
    """Settle nothing, instead of refusing, when the money was used meanwhile or nothing is open any more; and
    on the first day on which both are open, when that is later.
    """
    discount_amount: Amount = Field(default=ZERO, exclude_if=lambda amount: not amount)
    """The cash discount that was granted with all of the money, on an invoice that was taken back: its share
    is granted with what is used, on whatever day.
    """
    written_off_amount: Amount = Field(default=ZERO, exclude_if=lambda amount: not amount)
    """The small difference that was written off with it, likewise."""


class SettledInvoice(Message):
    """What a payment did to one invoice or dunning letter, in its currency. `open_amount` is what is left."""

    invoice_id: UUID
    invoice_number: str
    order_id: UUID | None
    """None of a dunning letter."""
    process_id: str
    settled_amount: ShownAmount
    discount_amount: ShownAmount
    written_off_amount: ShownAmount
    open_amount: ShownAmount


class PaymentPosted(Message):
    """The payment, what it settled, and what stays on account in the payment's currency.

    For money on account from a credit note, the credit note's id and number instead.
    """

    payment_id: UUID | None
    credit_note_id: UUID | None = None
    payment_number: str
    since: date
    """When the money came, or was credited."""
    allocated_on: date | None = Field(default=None, exclude_if=lambda day: day is None)
    """When money on account was used."""
    settled: tuple[SettledInvoice, ...]
    on_account_amount: ShownAmount
    exchange_difference: ShownAmount
    """Realised, in the company's currency: positive is a gain."""
    order_open_amount: ShownAmount
    """What is still open on the order's invoices, in their currency."""


class SupplierPaymentAsked(Message):
    """Money that we have paid to a supplier, for one of its invoices."""

    invoice_id: UUID
    paid_on: date | None = None
    """Today when empty."""
    amount: Annotated[Amount, Field(gt=0)]
    """What our account is less by. Less than is open pays the invoice in part; less by the cash discount, and
    in time, pays all of it.
    """
    currency: CurrencyCode | None = None
    """Of the money; the invoice's when empty."""
    invoice_amount: Annotated[Amount, Field(gt=0)] | None = None
    """What money in another currency pays of the invoice, in the invoice's, as the bank has changed it; by
    the rates of the day when empty.
    """
    reference: Text = ""
    account_code: Code | None = None
    """The bank account; the account with the role bank when empty."""


class PostSupplierPayment(SupplierPaymentAsked):
    """The payment with an id of its own, so that it counts once."""

    POSTED_ON = "paid_on"

    payment_id: UUID
    paid_on: date


class SupplierPaymentPosted(Message):
    """The payment, and what it settled of the invoice, in the invoice's currency."""

    payment_id: UUID
    payment_number: str
    supplier_code: str
    settled: SettledInvoice
    exchange_difference: ShownAmount
    """Realised, in the company's currency: positive is a gain."""
