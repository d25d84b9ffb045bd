"""What the file of an invoice says, whatever its format: the terms of EN 16931 that we look at, by our names.

Amounts are in the invoice's currency. A credit note has positive amounts, as it is written.
"""

from datetime import date
from decimal import Decimal
from uuid import UUID

from pydantic import Field

from foundation.values.messages import Amount, CurrencyCode, Message, ShownAmount, ShownQuantity, Text


class ReadInvoiceParty(Message):
    """Seller (BG-4) or buyer (BG-7)."""

    name: str
    vat_id: str = ""
    """BT-31, BT-48."""


class ReadInvoiceCharge(Message):
    """An allowance or a charge, of the document (BG-20, BG-21) or of a line (BG-27, BG-28), without tax."""

    is_charge: bool
    amount: ShownAmount
    reason: str = ""


class ReadInvoiceTax(Message):
    """The tax of one category and rate (BG-23)."""

    category: str
    rate_percent: ShownQuantity
    """BT-119; 0 where there is none."""
    base_amount: ShownAmount
    tax_amount: ShownAmount


class ReadInvoiceLine(Message):
    """One line (BG-25)."""

    line_id: str
    """BT-126."""
    name: str
    """BT-153."""
    quantity: ShownQuantity
    """BT-129."""
    unit_code: str
    """BT-130, by UN/ECE Recommendation 20."""
    net_amount: ShownAmount
    """BT-131: with the line's allowances and charges."""
    price: ShownQuantity
    """BT-146, without tax, of `price_quantity` units."""
    price_quantity: ShownQuantity = Decimal(1)
    """BT-149."""
    tax_category: str
    rate_percent: ShownQuantity
    order_line: str = ""
    """BT-132."""
    order_of_line: str = ""
    """The order that the line names for itself, where the format has a place for it."""
    seller_item: str = ""
    """BT-155."""
    buyer_item: str = ""
    """BT-156."""
    standard_item: str = ""
    """BT-157: a GTIN, or another registered number."""
    charges: tuple[ReadInvoiceCharge, ...] = ()


class ReadInvoice(Message):
    """The whole invoice."""

    syntax: str
    type_code: str
    """BT-3: 380 is an invoice, 381 a credit note."""
    number: str
    """BT-1."""
    issued_on: date
    """BT-2."""
    due_on: date | None = None
    """BT-9."""
    delivered_on: date | None = None
    """BT-72."""
    currency: str
    """BT-5."""
    buyer_reference: str = ""
    """BT-10."""
    order_number: str = ""
    """BT-13."""
    preceding: tuple[str, ...] = ()
    """BT-25: the numbers of the invoices that it is about."""
    payment_reference: str = ""
    """BT-83."""
    ibans: tuple[str, ...] = ()
    """BT-84. Nothing is paid to them: what is paid goes to the account in the supplier's record."""
    seller: ReadInvoiceParty
    buyer: ReadInvoiceParty
    lines: tuple[ReadInvoiceLine, ...]
    charges: tuple[ReadInvoiceCharge, ...] = ()
    """Of the document."""
    taxes: tuple[ReadInvoiceTax, ...]
    lines_amount: ShownAmount
    """BT-106."""
    allowances_amount: ShownAmount = Decimal(0)
    """BT-107."""
    charges_amount: ShownAmount = Decimal(0)
    """BT-108."""
    net_amount: ShownAmount
    """BT-109."""
    tax_amount: ShownAmount
    """BT-110."""
    total_amount: ShownAmount
    """BT-112."""
    prepaid_amount: ShownAmount = Decimal(0)
    """BT-113."""
    rounding_amount: ShownAmount = Decimal(0)
    """BT-114."""
    due_amount: ShownAmount
    """BT-115."""


class InvoiceEntryAsked(Message):
    """Enter the invoice that is in a file."""

    order_number: Text | None = None
    """The purchase order, where the file names none (BT-13), or another."""
    posted_on: date | None = None
    """Today when empty, and not before the invoice's own day."""


class KeepInvoiceFile(Message):
    """Keep the file of an invoice, with what tells the invoice apart."""

    file_id: UUID
    sha256: str
    """Of the file."""
    file_name: Text
    syntax: str
    supplier_number: Text
    invoiced_on: date
    currency: CurrencyCode
    total_amount: Amount
    """With tax."""
    content: bytes = Field(default=b"", exclude=True, repr=False)
    """The file. It is kept in a table of its own, and not in the log once more."""


class InvoiceFileKept(Message):
    """The file is kept; `file_id` is that of the first, when it has come before."""

    file_id: UUID
    is_new: bool
