"""What a version of an order says, and what is other than in the one before: cases worked by hand."""

from decimal import Decimal
from typing import Any

import pytest

from domains.procurement.messages import PurchaseLine
from domains.procurement.rules.versions import changes, version_lines
from foundation.values.money import ZERO

NONE: dict[str, str] = {}


def a_line(number: int = 1, **other: Any) -> PurchaseLine:
    """Ten pieces at 4.00."""
    said: dict[str, Any] = {
        "line_number": number,
        "item_code": "APPLE",
        "description": "Apple",
        "quantity": Decimal(10),
        "unit": "pc",
        "stock_quantity": Decimal(10),
        "is_stocked": True,
        "unit_price": Decimal("4.00"),
        "discount_percent": Decimal(0),
        "tax_code": "S19",
        "over_delivery_percent": Decimal(0),
        "under_delivery_percent": Decimal(0),
        "net_amount": Decimal("40.00"),
        "tax_amount": Decimal("7.60"),
    }
    return PurchaseLine(**said | other)


@pytest.mark.parametrize(
    ("price", "discount", "quantity", "currency", "amount"),
    [
        ("4.00", "0", "10", "EUR", "40.00"),
        ("1.055", "0", "7", "EUR", "7.39"),  # 7.385 is rounded half up.
        ("0.333333", "10", "5", "EUR", "1.50"),  # 1.4999985
        ("1.055", "0", "7", "JPY", "7"),
        ("4.00", "0", "0", "EUR", "0.00"),
    ],
)
def test_a_line_comes_to_its_quantity_times_its_price_less_discount_rounded_once(
    price: str, discount: str, quantity: str, currency: str, amount: str
) -> None:
    line = a_line(unit_price=Decimal(price), discount_percent=Decimal(discount))

    (said,) = version_lines([line], {1: Decimal(quantity)}, NONE, currency)

    assert (said.quantity, said.net_amount) == (Decimal(quantity), Decimal(amount))


def test_of_a_line_that_is_left_out_nothing_is_wanted_and_an_item_keeps_its_suppliers_number() -> None:
    lines = [a_line(1), a_line(2, item_code="PEAR")]

    first, second = version_lines(lines, {2: Decimal(5)}, {"PEAR": "P-1"}, "EUR")

    assert (first.quantity, first.net_amount, first.supplier_item_number) == (ZERO, ZERO, "")
    assert (second.quantity, second.supplier_item_number) == (Decimal(5), "P-1")


@pytest.mark.parametrize(
    ("wanted", "other", "quantity", "price", "cancelled"),
    [
        ("10.00", {"unit_price": Decimal("4")}, None, None, None),  # 4 is 4.00, and 10.00 is 10.
        ("8", {}, True, False, False),
        ("0", {}, True, False, True),
        ("10", {"unit_price": Decimal("4.01")}, False, True, False),
        ("10", {"discount_percent": Decimal(1)}, False, True, False),
        ("8", {"unit_price": Decimal("3.99")}, True, True, False),
        ("10", {"description": "Apples", "net_amount": Decimal(1)}, None, None, None),
    ],
)
def test_what_has_changed_is_what_is_wanted_and_its_price(
    wanted: str, other: dict[str, Any], quantity: bool | None, price: bool | None, cancelled: bool | None
) -> None:
    before = version_lines([a_line(), a_line(2)], {1: Decimal(10), 2: Decimal(1)}, NONE, "EUR")
    after = version_lines([a_line(**other), a_line(2)], {1: Decimal(wanted), 2: Decimal(1)}, NONE, "EUR")

    found = changes(before, after)

    said = [
        (one.after.line_number, one.has_another_quantity, one.has_another_price, one.is_cancelled)
        for one in found
    ]
    assert said == ([] if quantity is None else [(1, quantity, price, cancelled)])
