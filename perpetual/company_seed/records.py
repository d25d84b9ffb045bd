"""The records of the demo company; a record's fields are the columns of its file, in this order."""

import csv
import dataclasses
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

CENT = Decimal("0.01")
NONE = Decimal(0)


def rounded(amount: Decimal, step: Decimal = CENT) -> Decimal:
    """The amount in whole steps, half-up; one cent unless another step is given."""
    return ((amount / step).quantize(Decimal(1), ROUND_HALF_UP) * step).quantize(step)


@dataclass(frozen=True)
class DemoItem:
    """What is bought, assembled, stocked or sold. Weight in kilograms; cost in euro per stock unit."""

    code: str
    name: str
    description: str
    unit: str
    kind: str
    costing_method: str
    tax_code: str
    weight_kg: Decimal
    standard_cost: Decimal
    group: str
    allow_negative_stock: bool = False


@dataclass(frozen=True)
class BillLine:
    """How many of a component one piece of the parent takes."""

    parent_item_code: str
    component_item_code: str
    quantity: Decimal
    unit: str


@dataclass(frozen=True)
class DemoPriceList:
    """A set of prices in one currency, with tax or without."""

    code: str
    name: str
    currency: str
    prices_include_tax: bool
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class PriceLine:
    """The price of one stock unit from a quantity on. The last day of validity is included."""

    price_list_code: str
    item_code: str
    min_quantity: Decimal
    unit_price: Decimal
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class DemoCustomer:
    """Who buys from us. The credit limit is in euro, whatever the currency of the orders."""

    code: str
    name: str
    address: str
    postal_code: str
    city: str
    country: str
    language: str
    currency: str
    price_list_code: str
    payment_terms_code: str
    tax_code: str
    tax_number: str
    email: str
    credit_limit: Decimal
    invoicing: str
    delivery: str
    discount_percent: Decimal


@dataclass(frozen=True)
class DemoOrder:
    """What a customer ordered, and how the demo plays it: when it is shipped, when and how it is paid."""

    order_id: str
    ordered_on: date
    customer_code: str
    freight_amount: Decimal
    ship_after_days: int
    ship_in: int
    pay_after_days: int
    pay_style: str
    cancelled: bool


@dataclass(frozen=True)
class OrderLine:
    """One item on an order, in stock units unless another is named; the discount adds to the customer's."""

    order_id: str
    line_number: int
    item_code: str
    quantity: Decimal
    unit: str
    discount_percent: Decimal


@dataclass(frozen=True)
class OpeningStock:
    """What lies in a warehouse on the first day. Unit cost in euro, six decimals."""

    warehouse_code: str
    item_code: str
    quantity: Decimal
    unit_cost: Decimal


def as_row(record: Any) -> dict[str, str]:
    """A record as it stands in its file."""
    return {field.name: as_text(getattr(record, field.name)) for field in dataclasses.fields(record)}


def as_text(value: object) -> str:
    """Nothing as an empty field, days as in ISO 8601, figures without exponent, true and false in small."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def as_rows(header: str, *lines: str) -> list[dict[str, str]]:
    """Rows written by hand: fields are separated by a bar and empty where nothing stands between two bars."""
    columns = header.split(",")
    return [dict(zip(columns, (field.strip() for field in line.split("|")), strict=True)) for line in lines]


def as_csv(rows: Sequence[dict[str, str]]) -> str:
    """The text of a file: a header, then the rows, every line ended by one line feed."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
