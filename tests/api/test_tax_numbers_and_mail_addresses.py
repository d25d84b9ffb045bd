"""A VAT number has its country's form and check digits; an e-mail address is one that can be written to."""

from typing import Any

import pytest

from tests.api.test_imports import imported
from tests.api.test_names_that_are_not_there import CUSTOMER, REVERSE
from tests.erp import Erp, an_order

WRONG_NUMBERS = [
    ("DE", "DE123456789", "check digits are wrong", "DE123456788"),
    ("DE", "DE12345678", "not formed as one", "DE123456788"),
    ("AT", "ATU12345676", "check digits are wrong", "ATU12345675"),
    ("DE", "ATU12345675", "another country than DE", "DE123456788"),
    ("GR", "DE123456788", "another country than GR", "EL123456783"),
    ("US", "DE123456789", "check digits are wrong", "DE123456788"),
    ("CH", "CHE-123.456.789 MWST", "check digits are wrong", "CHE-123.456.788 MWST"),
]
KEPT_NUMBERS = [
    ("DE", "de 123 456 788", "DE123456788"),
    ("GR", "GR 123456783", "EL123456783"),
    ("CH", "CHE123456788mwst", "CHE-123.456.788 MWST"),
    ("US", "DE 123456788", "DE123456788"),
    ("DE", " 12/345/67890 ", "12/345/67890"),
]
WRONG_ADDRESSES = [
    "nobody",
    "a@b",
    "a@b@example.com",
    "jörg@example.com",
    "a@example.invalid",
    "a@exam_ple.com",
]


def a_customer(**facts: Any) -> dict[str, Any]:
    """A new customer."""
    return CUSTOMER | facts


@pytest.mark.parametrize(("country", "number", "wrong", "right"), WRONG_NUMBERS)
async def test_a_number_that_cannot_be_a_vat_number_is_refused(
    erp: Erp, country: str, number: str, wrong: str, right: str
) -> None:
    asked = a_customer(country=country, tax_number=number)
    parties = [await erp.request("POST", f"/v1/{path}", asked) for path in ("customers", "suppliers")]
    company = await erp.request(
        "PATCH", f"/v1/companies/{erp.company}", {"country": country, "tax_number": number}, if_match="*"
    )

    for refused in (*parties, company):
        (error,) = refused.json()["errors"]
        assert (refused.status_code, error["field"]) == (422, "tax_number")
        assert number in error["message"]
        assert wrong in error["message"]
        assert right in error["message"]
    assert (await erp.request("GET", "/v1/customers/NEW")).status_code == 404


@pytest.mark.parametrize(("country", "written", "kept"), KEPT_NUMBERS)
async def test_a_tax_number_is_kept_in_one_form(erp: Erp, country: str, written: str, kept: str) -> None:
    await erp.post("/v1/customers", a_customer(country=country, tax_number=written))
    erp.accepted(
        await erp.request(
            "PATCH", f"/v1/companies/{erp.company}", {"country": country, "tax_number": written}, if_match="*"
        )
    )

    assert (await erp.get("/v1/customers/NEW"))["tax_number"] == kept
    assert (await erp.get(f"/v1/companies/{erp.company}"))["tax_number"] == kept


async def test_who_moves_to_another_country_needs_another_vat_number(erp: Erp) -> None:
    await erp.post("/v1/customers", a_customer(country="AT", tax_number="ATU12345675"))

    moved = await erp.request("PATCH", "/v1/customers/NEW", {"country": "DE"}, if_match="*")

    assert [error["field"] for error in moved.json()["errors"]] == ["tax_number"]


async def test_a_file_is_read_as_strictly(erp: Erp) -> None:
    heading = "code,name,country,currency,payment_terms_code,tax_number,email\n"
    rows = (
        "ONE,One,DE,EUR,NET30,DE123456789,one@example.com\nTWO,Two,DE,EUR,NET30,de123456788,two@EXAMPLE.com\n"
    )

    report = await imported(erp, "customers.csv", heading + rows)

    assert [(error["row"], error["column"]) for error in report["errors"]] == [(2, "tax_number")]
    two = await erp.get("/v1/customers/TWO")
    assert (two["tax_number"], two["email"]) == ("DE123456788", "two@example.com")


@pytest.mark.parametrize("number", ["12/345/67890", "X-1", "123456788"])
async def test_who_owes_the_tax_itself_has_a_vat_number_and_no_other(erp: Erp, number: str) -> None:
    await erp.post("/v1/tax-codes", REVERSE)
    await erp.post("/v1/customers", a_customer(code="NATIONAL", country="US", tax_number=number))
    line = {"quantity": "1", "unit_price": "1.00", "tax_code": "REVERSE"}
    ordered = an_order(customer_code="NATIONAL", lines=[line | {"item_code": "APPLE"}])
    billed = {
        "customer_code": "NATIONAL",
        "invoiced_on": "2026-03-02",
        "lines": [line | {"description": "Advice"}],
    }

    for path, asked, field in (
        ("customers", a_customer(country="US", tax_number=number, tax_code="REVERSE"), "tax_number"),
        ("sales-orders", ordered, "lines.0.tax_code"),
        ("invoices", billed, "lines.0.tax_code"),
    ):
        refused = await erp.request("POST", f"/v1/{path}", asked)

        assert refused.status_code == 422, f"{path}: {refused.text}"
        assert [error["field"] for error in refused.json()["errors"]] == [field], refused.text
        assert "VAT number" in refused.json()["errors"][0]["message"]


@pytest.mark.parametrize("address", WRONG_ADDRESSES)
async def test_what_nobody_can_write_to_is_refused_wherever_it_enters(erp: Erp, address: str) -> None:
    for method, path, asked, field in (
        ("POST", "customers", a_customer(email=address), "email"),
        ("POST", "suppliers", a_customer(email=address), "email"),
        ("POST", "suppliers", a_customer(remittance_email=address), "remittance_email"),
        ("PATCH", f"companies/{erp.company}", {"email": address}, "email"),
        ("POST", "mail-rules", {"letter": "invoice", "active": True, "sender": address}, "sender"),
        ("POST", "mail-rules", {"letter": "invoice", "active": True, "blind_copy": address}, "blind_copy"),
    ):
        refused = await erp.request(method, f"/v1/{path}", asked, if_match="*")

        assert refused.status_code == 422, f"{path}: {refused.text}"
        (error,) = refused.json()["errors"]
        assert error["field"] == field
        assert address in error["message"]
        assert "name@example.com" in error["message"]


async def test_a_mail_address_is_kept_as_mail_servers_read_it(erp: Erp) -> None:
    written, kept = " Anna@Bücher.example ", "Anna@xn--bcher-kva.example"

    await erp.post("/v1/customers", a_customer(email=written))
    await erp.post("/v1/mail-rules", {"letter": "invoice", "active": False, "blind_copy": written})

    assert (await erp.get("/v1/customers/NEW"))["email"] == kept
    rules = (await erp.get("/v1/mail-rules"))["items"]
    assert [rule["blind_copy"] for rule in rules if rule["letter"] == "invoice"] == [kept]
