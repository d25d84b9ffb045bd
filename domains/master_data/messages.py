"""What can be asked of master data: put a record down, change it, and what comes back.

`Put…` writes a record by its code: new, or the same record changed (an upsert by external id). Amounts are
in the currency that stands beside them; credit limits are in the company's currency.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from foundation.values.events import PublicEvent
from foundation.values.messages import (
    Amount,
    Code,
    CountryCode,
    CurrencyCode,
    Message,
    Name,
    Percent,
    PositiveQuantity,
    Quantity,
    Rate,
    ShownQuantity,
    Text,
    UnitAmount,
)


class TaxRounding(StrEnum):
    """Where a company rounds tax: on every line, or once per document and tax."""

    LINE = "line"
    DOCUMENT = "document"


class PutCompany(Message):
    """A company that keeps its own books. `currency` is the currency of its ledger."""

    code: Code
    name: Name
    currency: CurrencyCode
    country: CountryCode
    address: Text = ""
    postal_code: Text = ""
    city: Text = ""
    tax_number: Text = ""
    iban: Text = ""
    bic: Text = ""
    email: Text = ""
    tax_rounding: TaxRounding = TaxRounding.DOCUMENT
    default_warehouse_code: Code | None = None
    small_difference_limit: Annotated[Amount, Field(ge=0)] = Decimal("0.05")
    """Payments short or over by no more than this, in the company's currency, are written off."""


class Invoicing(StrEnum):
    """When an order is billed: after each shipment, once when everything is delivered, or with the customer's
    other orders at the end of the month.
    """

    SHIPMENT = "shipment"
    ORDER = "order"
    COLLECTIVE = "collective"


class Delivery(StrEnum):
    """Whether an order may leave in parts."""

    PARTIAL = "partial"
    COMPLETE = "complete"


class PutCustomer(Message):
    """A customer: how it pays, what it is charged, how much credit it has."""

    code: Code
    name: Name
    address: Text = ""
    postal_code: Text = ""
    city: Text = ""
    country: CountryCode
    language: Annotated[str, Field(pattern="^(de|en)$")] = "en"
    currency: CurrencyCode
    price_list_code: Code | None = None
    payment_terms_code: Code
    tax_code: Code | None = None
    """Overrides the items' tax codes, as for a customer abroad."""
    tax_number: Text = ""
    email: Text = ""
    credit_limit: Annotated[Amount, Field(ge=0)] | None = None
    """In the company's currency; none means no limit."""
    invoicing: Invoicing = Invoicing.SHIPMENT
    delivery: Delivery = Delivery.PARTIAL
    discount_percent: Percent = Decimal(0)
    blocked: bool = False


class ItemKind(StrEnum):
    """Whether an item is bought, assembled, or no thing at all."""

    BOUGHT = "bought"
    ASSEMBLED = "assembled"
    SERVICE = "service"


class CostingMethod(StrEnum):
    """How goods issued are valued."""

    MOVING_AVERAGE = "moving_average"
    FIFO = "fifo"


class ItemUnit(Message):
    """Another unit in which an item is traded: one box is `factor` stock units."""

    unit: Code
    factor: PositiveQuantity
    is_whole: bool = False
    """Whether it cannot be divided: a quantity in it has no fraction."""


class PutItem(Message):
    """Something we buy, make or sell. Quantities in the ledger of goods are in its stock `unit`."""

    code: Code
    name: Name
    description: Text = ""
    unit: Code = "pc"
    kind: ItemKind = ItemKind.BOUGHT
    costing_method: CostingMethod = CostingMethod.MOVING_AVERAGE
    tax_code: Code | None = None
    weight_kg: Annotated[Quantity, Field(ge=0)] | None = None
    standard_cost: Annotated[UnitAmount, Field(ge=0)] | None = None
    group: Text = ""
    allow_negative_stock: bool = False
    is_whole: bool = False
    """Whether its stock unit cannot be divided: a quantity, in whatever unit, is no fraction of it."""
    blocked: bool = False
    units: tuple[ItemUnit, ...] = ()


class PutWarehouse(Message):
    """A place where stock is kept."""

    code: Code
    name: Name
    address: Text = ""
    postal_code: Text = ""
    city: Text = ""
    country: CountryCode | None = None


class PriceListLine(Message):
    """The price of one unit from a quantity on, while it is valid.

    The largest `min_quantity` reached wins.
    """

    item_code: Code
    unit: Code | None = None
    """The unit priced; the item's stock unit when empty."""
    min_quantity: Annotated[Quantity, Field(ge=0)] = Decimal(0)
    unit_price: Annotated[UnitAmount, Field(ge=0)]
    valid_from: date | None = None
    valid_to: date | None = None


class PutPriceList(Message):
    """Prices in one currency, with or without tax in them. Its lines replace the lines it had."""

    code: Code
    name: Name
    currency: CurrencyCode
    prices_include_tax: bool = False
    valid_from: date | None = None
    valid_to: date | None = None
    lines: tuple[PriceListLine, ...] = ()


class TaxKind(StrEnum):
    """Why a tax is what it is. Exempt and reverse charge need a reason, which is printed on the invoice."""

    STANDARD = "standard"
    EXEMPT = "exempt"
    REVERSE_CHARGE = "reverse_charge"


class TaxComponent(Message):
    """One of the taxes behind a tax code: a rate in per cent, or a fixed amount per unit.

    The next components are computed on a base raised by this tax when it `raises_base`.
    """

    name: Name
    rate_percent: Percent | None = None
    amount_per_unit: Annotated[UnitAmount, Field(ge=0)] | None = None
    raises_base: bool = False
    account_code: Code | None = None
    """Where it is posted; the account with the role tax_payable when empty."""


class PutTaxCode(Message):
    """A tax treatment: its components in the order in which they are computed."""

    code: Code
    name: Name
    kind: TaxKind = TaxKind.STANDARD
    exemption_reason: Text = ""
    components: tuple[TaxComponent, ...] = ()
    country: CountryCode | None = None


class InstalmentKind(StrEnum):
    """How the amount of an instalment is found."""

    PERCENT_OF_TOTAL = "percent_of_total"
    PERCENT_OF_REMAINING = "percent_of_remaining"
    FIXED = "fixed"
    REMAINDER = "remainder"


class Instalment(Message):
    """One instalment: how much, and when.

    The invoice's date plus `months`, then forward to the next `day_of_month` (in the same month or the
    following one), then plus `days`.
    """

    kind: InstalmentKind = InstalmentKind.REMAINDER
    value: Annotated[Decimal, Field(ge=0)] | None = None
    months: Annotated[int, Field(ge=0, le=120)] = 0
    days: Annotated[int, Field(ge=0, le=3650)] = 0
    day_of_month: Annotated[int, Field(ge=1, le=31)] | None = None


class DiscountTax(StrEnum):
    """What happens to the tax when a cash discount is taken.

    `when_paid`: corrected when the discount is taken; `always`: computed on the discounted base from the
    start.
    """

    WHEN_PAID = "when_paid"
    ALWAYS = "always"


class PutPaymentTerms(Message):
    """When an invoice is due, in one or more instalments, and what is taken off for paying early."""

    code: Code
    name: Name
    instalments: Annotated[tuple[Instalment, ...], Field(min_length=1)] = (Instalment(),)
    discount_percent: Percent = Decimal(0)
    discount_days: Annotated[int, Field(ge=0, le=365)] = 0
    discount_tax: DiscountTax = DiscountTax.WHEN_PAID


class PutExchangeRate(Message):
    """Units of a foreign currency for one unit of the company's currency, from a day on."""

    currency: CurrencyCode
    valid_from: date
    rate: Rate


class RecordPut(Message):
    """The record is written. `created` tells a new one from a changed one."""

    code: str
    created: bool


# What others may be told. The record itself is read from the API.


class CompanyChangedEvent(PublicEvent, name="master_data.company_changed"):
    """A company is new or was changed."""

    code: str
    created: bool


class WarehouseChangedEvent(PublicEvent, name="master_data.warehouse_changed"):
    """A warehouse is new or was changed."""

    code: str
    created: bool


class ExchangeRateChangedEvent(PublicEvent, name="master_data.exchange_rate_changed"):
    """A currency's rate from a day on is new or was changed."""

    currency: str
    valid_from: date
    rate: ShownQuantity
    """Units of the currency for one unit of the company's."""
    created: bool


class CustomerChangedEvent(PublicEvent, name="master_data.customer_changed"):
    """A customer is new or was changed."""

    code: str
    created: bool
    blocked: bool = False


class ItemChangedEvent(PublicEvent, name="master_data.item_changed"):
    """An item is new or was changed."""

    code: str
    created: bool
    blocked: bool = False


class PriceListChangedEvent(PublicEvent, name="master_data.price_list_changed"):
    """A price list is new or was changed."""

    code: str
    created: bool


class TaxCodeChangedEvent(PublicEvent, name="master_data.tax_code_changed"):
    """A tax code is new or was changed."""

    code: str
    created: bool


class PaymentTermsChangedEvent(PublicEvent, name="master_data.payment_terms_changed"):
    """Payment terms are new or were changed."""

    code: str
    created: bool
