"""Invoices."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from foundation.values.messages import Amount, Code, CurrencyCode, Message, Quantity, Text, UnitAmount
from foundation.values.money import ZERO


class LineToBill(Message):
    """What is billed of an order line. `unit_price` includes tax when the invoice's prices do."""

    line_number: int
    item_code: Code | None = None
    description: Text
    quantity: Quantity
    stock_quantity: Quantity | None = None
    """In the item's stock unit: what taxes of an amount per unit count. As billed when empty."""
    unit: str
    unit_price: UnitAmount
    discount_percent: Decimal = Decimal(0)
    tax_code: Code
    is_freight: bool = False
    delivered_on: date | None = None
    """The day of supply, whose tax it is; the invoice's when empty."""

    @property
    def taxed_quantity(self) -> Decimal:
        """What taxes of an amount per unit count: stock units, and nothing of freight, which has none."""
        if self.is_freight:
            return ZERO
        return self.quantity if self.stock_quantity is None else self.stock_quantity


class PostInvoice(Message):
    """Bill a customer.

    Revenue, tax and receivable are posted, and the open items written, in one transaction.
    """

    POSTED_ON = "invoiced_on"

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
    agreed_on: date | None = None
    """The day whose payment terms hold: the order's. The invoice's own when empty."""
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
    invoiced_on: date | None = None
    """Not the day that was asked for when somebody has corrected it."""
