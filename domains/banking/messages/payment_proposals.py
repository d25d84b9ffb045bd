"""What is proposed to be paid to suppliers. Amounts are in the currency of the bank account, and positive."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from foundation.values.messages import Message, ShownAmount, ShownQuantity


class PayReason(StrEnum):
    """Why an invoice is paid now."""

    DUE = "due"
    DISCOUNT = "discount"
    """It is not due, and its cash discount yields enough."""


class LeftOutReason(StrEnum):
    """Why an invoice that would be paid now is not."""

    OTHER_CURRENCY = "other_currency"
    SUPPLIER_BLOCKED = "supplier_blocked"
    NO_BANK_ACCOUNT = "no_bank_account"
    """The supplier has said none for the currency."""
    TOO_EARLY = "too_early"
    """It was posted, or what had paid it was taken back, only after the day of payment."""
    IN_ANOTHER_RUN = "in_another_run"
    """A payment run that has not ended pays it."""
    NO_TOWN = "no_town"
    """The supplier has no town in its address, which the file for the bank names."""
    BY_A_PERSON = "by_a_person"
    """Whoever proposed the run has left it out, and may put it in again."""
    NOT_OPEN = "not_open"
    """It was paid, credited or taken back since it was proposed."""
    AMOUNT_CHANGED = "amount_changed"
    """Another amount is open of it than was, or its discount is another on the day of payment."""
    BANK_ACCOUNT_CHANGED = "bank_account_changed"
    """The supplier has another bank account since it was proposed."""
    NOT_POSTED = "not_posted"
    """It could not be posted, and somebody has gone on without it."""


class ProposedInvoice(Message):
    """What is paid of an invoice."""

    invoice_id: UUID
    invoice_number: str
    supplier_number: str = ""
    """What the supplier calls it."""
    due_on: date
    """When the first instalment that is open falls due."""
    open_amount: ShownAmount
    amount: ShownAmount
    discount_amount: ShownAmount
    """What is taken off: the amount pays the invoice all the same."""
    discount_yield_percent: ShownQuantity | None
    """What the discount yields in a year for paying early, rounded half-up to two decimals; None without a
    discount, or when the invoice is due anyway.
    """
    reason: PayReason


class ProposedPayment(Message):
    """One payment to a supplier, for one invoice or several."""

    supplier_code: str
    supplier_name: str
    iban: str
    bic: str
    amount: ShownAmount
    discount_amount: ShownAmount
    invoices: tuple[ProposedInvoice, ...]


class LeftOutInvoice(Message):
    """An invoice that would be paid now, in its own currency, and why it is not."""

    supplier_code: str
    supplier_name: str
    invoice_id: UUID
    invoice_number: str
    supplier_number: str = ""
    """What the supplier calls it."""
    due_on: date
    currency: str
    open_amount: ShownAmount
    reason: LeftOutReason


class PaymentProposal(Message):
    """What is to be paid from a bank account on a day, and what is left out."""

    bank_account_code: str
    currency: str
    pay_on: date
    due_until: date
    amount: ShownAmount
    discount_amount: ShownAmount
    payments: tuple[ProposedPayment, ...]
    """By supplier; a supplier's invoices as they fall due."""
    left_out: tuple[LeftOutInvoice, ...]
