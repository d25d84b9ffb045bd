"""Whoever names a record that there is not, or that may not be used, is told so by field."""

from typing import Any

import pytest

from tests.erp import Erp, an_order

CUSTOMER = {
    "code": "NEW",
    "name": "New",
    "country": "DE",
    "currency": "EUR",
    "payment_terms_code": "NET30",
}
REVERSE = {
    "code": "REVERSE",
    "name": "Reverse charge",
    "kind": "reverse_charge",
    "exemption_reason": "The customer owes the tax",
}


def prices(**line: Any) -> dict[str, Any]:
    """A price list with one line."""
    lines = [{"item_code": "APPLE", "unit_price": "1"} | line]
    return {"code": "NEW", "name": "New", "currency": "EUR", "lines": lines}


def item(**facts: Any) -> dict[str, Any]:
    """A new item."""
    return {"code": "NEW", "name": "New"} | facts


@pytest.fixture
async def names(erp: Erp) -> Erp:
    """A company that also sells to who owes the tax itself."""
    await erp.post("/v1/tax-codes", REVERSE)
    return erp


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("customers", CUSTOMER | {"payment_terms_code": "GHOST"}, "payment_terms_code"),
    ("customers", CUSTOMER | {"price_list_code": "GHOST"}, "price_list_code"),
    ("customers", CUSTOMER | {"tax_code": "GHOST"}, "tax_code"),
    ("customers", CUSTOMER | {"currency": "ZZZ"}, "currency"),
    ("customers", CUSTOMER | {"email": "nobody at example.com"}, "email"),
    ("customers", CUSTOMER | {"email": "a@b"}, "email"),
    ("customers", CUSTOMER | {"tax_code": "REVERSE"}, "tax_number"),
    ("items", item(tax_code="GHOST"), "tax_code"),
    ("items", item(unit="ghost"), "unit"),
    ("items", item(units=[{"unit": "ghost", "factor": "2"}]), "units.0.unit"),
    (
        "items",
        item(changes=[{"valid_from": "2026-01-01", "units": [{"unit": "ghost", "factor": "2"}]}]),
        "changes.0.units.0.unit",
    ),
    ("price-lists", prices(item_code="GHOST"), "lines.0.item_code"),
    ("price-lists", prices(unit="crate"), "lines.0.unit"),
    ("price-lists", prices() | {"currency": "ZZZ"}, "currency"),
    ("exchange-rates", {"currency": "ZZZ", "valid_from": "2026-01-01", "rate": "2"}, "currency"),
    ("sales-orders", an_order(customer_code="GHOST"), "customer_code"),
    ("sales-orders", an_order(warehouse_code="GHOST"), "warehouse_code"),
    ("sales-orders", an_order(payment_terms_code="GHOST"), "payment_terms_code"),
    ("sales-orders", an_order(currency="ZZZ"), "currency"),
    ("sales-orders", an_order(freight_amount="1", freight_tax_code="GHOST"), "freight_tax_code"),
    (
        "sales-orders",
        an_order(lines=[{"item_code": "APPLE", "quantity": "1", "tax_code": "REVERSE"}]),
        "lines.0.tax_code",
    ),
]


async def test_what_is_not_there_is_refused_at_its_field(names: Erp) -> None:
    for path, record, field in WRONG:
        refused = await names.request("POST", f"/v1/{path}", record)

        assert refused.status_code == 422, f"{path} with {field}: {refused.text}"
        assert [error["field"] for error in refused.json()["errors"]] == [field], refused.text


async def test_a_company_names_a_warehouse_and_a_tax_code_that_are_there(names: Erp) -> None:
    path = f"/v1/companies/{names.company}"
    wrong = {"default_warehouse_code": "GHOST", "freight_tax_code": "GHOST", "email": "nobody"}

    refused = await names.request("PATCH", path, wrong, if_match="*")

    assert [error["field"] for error in refused.json()["errors"]] == [
        "email",
        "default_warehouse_code",
        "freight_tax_code",
    ]


async def test_freight_has_a_tax_code_of_its_own(names: Erp) -> None:
    path = f"/v1/companies/{names.company}"
    names.accepted(await names.request("PATCH", path, {"freight_tax_code": "S7"}, if_match="*"))

    order = await names.place(an_order(freight_amount="100.00"))

    assert (await names.order(order))["order"]["tax_amount"] == "26.00"


async def test_a_customer_with_a_vat_number_owes_the_tax_itself(names: Erp) -> None:
    vat = {"country": "AT", "tax_number": "ATU12345675"}
    known = CUSTOMER | {"code": "ABROAD", "tax_code": "REVERSE"} | vat
    await names.post("/v1/customers", known)

    order = await names.place(an_order(customer_code="ABROAD"))

    assert (await names.order(order))["order"]["tax_amount"] == "0.00"


async def test_a_unit_of_one_s_own_is_entered_and_used(names: Erp) -> None:
    await names.post("/v1/units", {"code": "drum", "name": "Drum"})

    await names.post("/v1/items", item(code="OIL", unit="l", units=[{"unit": "drum", "factor": "200"}]))

    assert (await names.get("/v1/items/OIL"))["units"][0]["unit"] == "drum"
    assert {unit["code"] for unit in (await names.get("/v1/units"))["items"]} >= {"pc", "kg", "drum"}
