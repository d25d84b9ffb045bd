"""Collective invoices: what is delivered is listed, and billed together at the end of its month."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from domains.receivables.messages.invoices import InvoicePosted, LineToBill
from foundation.process.run_messages import ListSome, RunProgress
from foundation.values.messages import Amount, Code, CurrencyCode, Message, PositiveQuantity, Text
from foundation.values.money import ZERO

About = Literal["billed", "paid"]
"""What the orders of a collective invoice are told."""

Month = Annotated[str, Field(pattern="^[0-9]{4}-(0[1-9]|1[0-2])$")]
"""A calendar month: `2026-03`."""


class BillingGroup(Message):
    """What one collective invoice has in common."""

    customer_code: Code
    currency: CurrencyCode
    payment_terms_code: Code
    prices_include_tax: bool


class ListForBilling(BillingGroup):
    """What has left for an order is to be billed at the end of its month."""

    order_id: UUID
    order_number: str
    customer_reference: Text = ""
    process_id: str
    """The order's process, which is told when it is billed and when it is paid."""
    shipment_id: UUID
    shipment_number: str | None = None
    """None for services, which no shipment carries."""
    delivered_on: date
    completes_order: bool
    """Whether nothing more leaves for the order."""
    lines: Annotated[tuple[LineToBill, ...], Field(min_length=1)]


class ListedForBilling(Message):
    """How many lines of the delivery are due now."""

    shipment_id: UUID
    listed: int


class DueQuantity(Message):
    """A quantity of an order line that is to be billed, in the unit in which it is billed."""

    order_line_number: int
    quantity: PositiveQuantity


class WithdrawFromBilling(Message):
    """Goods came back: as much of them as is not billed yet never will be, the latest delivery first."""

    order_id: UUID
    lines: tuple[DueQuantity, ...] = ()
    with_freight: bool = False
    """Also the freight, for an order that is cancelled."""


class TakeOffBilling(Message):
    """A shipment that stood on the list was taken back: nothing of it is billed."""

    order_id: UUID
    shipment_id: UUID
    with_freight: bool
    """Also the order's freight, if it stands with it: nothing else of the order stands on the list."""


class TakenOffBilling(Message):
    """Nothing of the shipment is billed; and whether the order's freight stood with it, and does no more."""

    shipment_id: UUID
    with_freight: bool


class WithdrawnFromBilling(Message):
    """What will not be billed. Whatever else was asked for is billed already, and is to be credited."""

    order_id: UUID
    lines: tuple[DueQuantity, ...]
    with_freight: bool


class MonthToBill(BillingGroup):
    """A month of a customer that is to be billed."""

    month: Month


class MonthInTurn(MonthToBill):
    """A month that is to be billed after others of the same customer."""

    after_months: tuple[Month, ...] = ()


class ListMonths(ListSome):
    """List the months that are to be billed up to one, of the customers behind `last`."""

    month: Month


class PostCollectiveInvoice(MonthInTurn):
    """Bill everything that was delivered in the month, and what was told too late of months billed before."""

    invoice_id: UUID
    process_id: str
    """The process to tell when it is settled."""


class CollectiveInvoicePosted(Message):
    """The invoice as posted, dated the month's last day; its amounts in its currency."""

    invoice_id: UUID | None = None
    """None when nothing was left to be billed: then there is none."""
    invoice_number: str = ""
    net_amount: Amount = ZERO
    tax_amount: Amount = ZERO
    total_amount: Amount = ZERO
    due_on: date | None = None
    """The last instalment's due date."""


class AwaitPayment(Message):
    """A collective invoice whose orders are to be told of it, and told again when it is paid."""

    invoice_id: UUID
    month: Month
    customer_code: str
    currency: str


class Telling(Message):
    """What the orders of a collective invoice are told, and what is open of it."""

    about: About = "billed"
    told: UUID | None = None
    """The last order that was told it."""
    open_amount: Decimal | None = None
    """None before anything is known; news may be older than what is known."""
    opened_again: int = Field(default=0, exclude_if=lambda number: not number)
    """The number of the last news that it is open again; what was told before says nothing."""


class TellOrders(Message):
    """Tell the orders that a collective invoice bills what their share is, or that it is paid.

    So many at once, after the one given.
    """

    invoice_id: UUID
    about: About
    after: UUID | None = None


class OrderShare(Message):
    """What a collective invoice charges one order."""

    order_id: UUID
    process_id: str
    invoice: InvoicePosted
    """The invoice, with the order's share of its amounts."""
    lines: tuple[DueQuantity, ...]
    with_freight: bool


class OrdersTold(Message):
    """The last order that was told, by id; `is_all` when there are no more after it. The amount is in the
    invoice's currency.
    """

    last: UUID | None
    is_all: bool
    invoice_number: str
    total_amount: Amount


class CollectiveRunAsked(Message):
    """Write the collective invoices of a month that is over."""

    month: Month | None = None
    """Last month when empty."""


class CollectiveRunProgress(RunProgress):
    """How far a month's run has come, invoice by invoice."""

    month: str
