"""What can be asked of master data: put a record down, change it, and what comes back.

`Put…` writes a record by its code: new, or the same record changed (an upsert by external id). Amounts are
in the currency that stands beside them; credit limits are in the company's currency.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

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
    Text,
    UnitAmount,
)


class TaxRounding(StrEnum):
    """Where a company rounds tax: on every line, or once per document and tax."""

    LINE = "line"
    DOCUMENT = "document"


def _check_time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # Unknown, a folder, or no name at all.
        raise ValueError(f"there is no time zone {name}; one is named like Europe/Berlin") from None
    return name


Language = Annotated[str, Field(pattern="^(de|en)$")]
"""In which a customer reads what we send."""

FirstDay = Annotated[date, Field(description="The first day on which it holds.")]
LastDay = Annotated[date, Field(description="The last day on which it holds: that day belongs to it.")]
"""Whatever holds for a time says so in days, both of which belong to it. Without a last day it holds until
another one begins.
"""


class CurrencyAccount(Message):
    """Where money in a currency is to be paid."""

    currency: CurrencyCode
    iban: Text
    bic: Text = ""
    bank: Text = ""
    """The bank's name."""


class PutCompany(Message):
    """A company that keeps its own books. `currency` is the currency of its ledger.

    `iban` and `bic` are the bank account for all currencies that have none in `bank_accounts`. What it is
    registered as stands at the foot of every letter (for a German GmbH: § 35a GmbHG).
    """

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
    register_court: Text = ""
    register_number: Text = ""
    directors: Text = ""
    """Who manages it, as it is printed: names, with commas."""
    bank_accounts: tuple[CurrencyAccount, ...] = ()
    """At most one for each currency."""
    tax_rounding: TaxRounding = TaxRounding.DOCUMENT
    default_warehouse_code: Code | None = None
    freight_tax_code: Code | None = None
    """Of freight, unless the order or the customer says otherwise; when empty, that of the first line."""
    small_difference_limit: Annotated[Amount, Field(ge=0)] = Decimal("0.05")
    """Payments short or over by no more than this, in the company's currency, are written off."""
    time_zone: Annotated[str, AfterValidator(_check_time_zone)] = "UTC"
    """Where its today is; a name of the IANA time zone database, such as Europe/Berlin."""
    days_ahead: Annotated[int, Field(ge=0, le=36_500)] = 31
    """How many days after today a document may be dated that is posted."""
    exchange_rate_days: Annotated[int, Field(ge=0, le=3660)] = 7
    """So many days after its own day an exchange rate may be used, and no longer.

    Seven bridge every weekend and bank holiday of daily rates; who takes one rate a month says 31.
    """
    bank_details_wait_hours: Annotated[int, Field(ge=0, le=8_784)] = 24
    """So long a change of where money goes waits after it was asked for, also when it is approved before."""


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
    language: Language = "en"
    currency: CurrencyCode
    price_list_code: Code | None = None
    payment_terms_code: Code
    tax_code: Code | None = None
    """Overrides the items' tax codes, as for a customer abroad."""
    tax_number: Text = ""
    """The VAT number, where there is one; who owes the tax itself (reverse charge, intra-community) must."""
    email: Text = ""
    """An e-mail address, or nothing."""
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


class PutUnit(Message):
    """A unit in which items are counted, bought or sold. A company begins with the usual ones."""

    code: Code
    name: Name
    un_code: Text = ""
    """By UN/ECE Recommendation 20, or 21 with an X before it (`H87`, `KGM`, `XBX`), as invoices that come as
    files name it; the usual units are known without.
    """


class ItemUnit(Message):
    """Another unit in which an item is traded: one box is `factor` stock units."""

    unit: Code
    factor: PositiveQuantity
    is_whole: bool = False
    """Whether it cannot be divided: a quantity in it has no fraction."""


class UnitsChange(Message):
    """The units of an item from a day on, all of them."""

    valid_from: FirstDay
    units: tuple[ItemUnit, ...] = ()


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
    changes: tuple[UnitsChange, ...] = ()
    """Other units, or factors, from a day on: documents keep the conversion of their own day."""


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

    The largest `min_quantity` reached wins. Of several that hold on a day the one that began last does, and
    no two begin on the same one: so each day has one price.
    """

    item_code: Code
    unit: Code | None = None
    """The unit priced; the item's stock unit when empty."""
    min_quantity: Annotated[Quantity, Field(ge=0)] = Decimal(0)
    unit_price: Annotated[UnitAmount, Field(ge=0)]
    valid_from: FirstDay | None = None
    valid_to: LastDay | None = None


class PutPriceList(Message):
    """Prices in one currency, with or without tax in them. Its lines replace the lines it had."""

    code: Code
    name: Name
    currency: CurrencyCode
    prices_include_tax: bool = False
    valid_from: FirstDay | None = None
    valid_to: LastDay | None = None
    lines: tuple[PriceListLine, ...] = ()


class TaxKind(StrEnum):
    """Why a tax is what it is. All but the standard need a reason, which is printed on the invoice.

    `exempt` is without tax whoever buys, as an export is; `intra_community` because the acquirer is taxed in
    another member state of the European Union; of `reverse_charge` the customer owes the tax.
    """

    STANDARD = "standard"
    EXEMPT = "exempt"
    INTRA_COMMUNITY = "intra_community"
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
    names: dict[Language, Name] = Field(default_factory=dict)
    """What it is called in a customer's language; `name` where it is not said."""


class TaxChange(Message):
    """The components of a tax code from a day on, all of them."""

    valid_from: FirstDay
    components: tuple[TaxComponent, ...] = ()


class PutTaxCode(Message):
    """A tax treatment: its components in the order in which they are computed.

    Those of the day of supply hold.
    """

    code: Code
    name: Name
    kind: TaxKind = TaxKind.STANDARD
    exemption_reason: Text = ""
    exemption_reasons: dict[Language, Text] = Field(default_factory=dict)
    """The reason in a customer's language; `exemption_reason` where it is not said."""
    components: tuple[TaxComponent, ...] = ()
    country: CountryCode | None = None
    changes: tuple[TaxChange, ...] = ()
    """Other rates from a day on. What was posted keeps the rates of its own day."""


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


class TermsChange(Message):
    """Payment terms from a day on, as a whole."""

    valid_from: FirstDay
    instalments: Annotated[tuple[Instalment, ...], Field(min_length=1)] = (Instalment(),)
    discount_percent: Percent = Decimal(0)
    discount_days: Annotated[int, Field(ge=0, le=365)] = 0
    discount_tax: DiscountTax = DiscountTax.WHEN_PAID


class PutPaymentTerms(Message):
    """When an invoice is due, in one or more instalments, and what is taken off for paying early.

    Those of the order's day hold, for a collective invoice those of its own.
    """

    code: Code
    name: Name
    instalments: Annotated[tuple[Instalment, ...], Field(min_length=1)] = (Instalment(),)
    discount_percent: Percent = Decimal(0)
    discount_days: Annotated[int, Field(ge=0, le=365)] = 0
    discount_tax: DiscountTax = DiscountTax.WHEN_PAID
    changes: tuple[TermsChange, ...] = ()
    """Other terms from a day on. Orders keep those of their own day."""
    names: dict[Language, Name] = Field(default_factory=dict)
    """What they are called in a customer's language; `name` where it is not said."""


class Quotation(StrEnum):
    """Which way round a rate is quoted.

    `indirect`: units of the foreign currency for one of the company's (1.17 USD for a euro). `direct`: units
    of the company's currency for one of the foreign (25,430 dong for a US dollar).
    """

    INDIRECT = "indirect"
    DIRECT = "direct"


class PutExchangeRate(Message):
    """What a foreign currency is worth from a day on, as it is quoted; never rounded."""

    currency: CurrencyCode
    valid_from: FirstDay
    rate: Annotated[Decimal, Field(gt=0, max_digits=28, decimal_places=14)]
    quotation: Quotation = Quotation.INDIRECT
    source: Text = ""
    """Who says so, such as `ECB`."""


class RecordPut(Message):
    """The record is written. `created` tells a new one from a changed one."""

    code: str
    created: bool
