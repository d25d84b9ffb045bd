"""An IBAN and a BIC have their form and check digits: refused by their field, and kept in one form."""

from typing import Any

import pytest

from tests.builders import purchase_orders
from tests.builders.bank_details import changed_at_once
from tests.erp import Erp

WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"iban": "DE02120300000000202052"}, "iban", "check digits are wrong"),
    ({"iban": "DE4512030000000020205"}, "iban", "not formed as one"),
    ({"iban": "120300000000202051"}, "iban", "check digits are wrong"),
    ({"bic": "BYLADEM100"}, "bic", "not formed as one"),
    ({"bic": "1YLADEM1001"}, "bic", "not formed as one"),
]
IBAN = "DE02120300000000202051"


async def changed(erp: Erp, change: dict[str, Any]) -> Any:
    return await erp.request("PATCH", f"/v1/companies/{erp.company}", change, if_match="*")


@pytest.mark.parametrize(("details", "field", "why"), WRONG)
async def test_what_is_none_is_refused_wherever_a_company_names_it(
    erp: Erp, details: dict[str, Any], field: str, why: str
) -> None:
    second = [
        {"currency": "EUR", "iban": IBAN},
        {"currency": "USD", "iban": details.get("iban", IBAN), "bic": details.get("bic", "")},
    ]

    for change, named in ((details, field), ({"bank_accounts": second}, f"bank_accounts.1.{field}")):
        refused = await changed(erp, change)
        (error,) = refused.json()["errors"]
        assert (refused.status_code, error["field"]) == (422, named)
        assert details[field] in error["message"]
        assert why in error["message"]


async def test_a_bank_account_without_a_number_is_refused(erp: Erp) -> None:
    refused = await changed(erp, {"bank_accounts": [{"currency": "EUR", "iban": " "}]})

    assert [error["field"] for error in refused.json()["errors"]] == ["bank_accounts.0.iban"]


async def test_a_supplier_has_one_for_each_currency(erp: Erp) -> None:
    supplier = purchase_orders.SUPPLIER
    written = {"currency": "EUR", "iban": "de02 1203 0000 0000 2020 51"}

    twice = await erp.request("POST", "/v1/suppliers", supplier | {"bank_accounts": [written] * 2})
    wrong = await erp.request(
        "POST", "/v1/suppliers", supplier | {"bank_accounts": [written | {"iban": "DE02120300000000202052"}]}
    )
    await erp.post("/v1/suppliers", supplier | {"bank_accounts": [written]})

    assert (twice.status_code, wrong.status_code) == (422, 422)
    assert [error["field"] for error in twice.json()["errors"]] == ["bank_accounts.1.currency"]
    assert [error["field"] for error in wrong.json()["errors"]] == ["bank_accounts.0.iban"]
    kept = await erp.get("/v1/suppliers/GROVE")
    assert kept["bank_accounts"] == [{"currency": "EUR", "iban": IBAN, "bic": "", "bank": ""}]


async def test_they_are_kept_without_spaces_in_capitals(erp: Erp) -> None:
    written = {"iban": "de02 1203 0000 0000 2020 51", "bic": "bylade m1 001"}

    path = f"/v1/companies/{erp.company}"
    change = written | {"bank_accounts": [written | {"currency": "USD"}]}
    await changed_at_once(erp, path, change)

    company = await erp.get(f"/v1/companies/{erp.company}")
    assert (company["iban"], company["bic"]) == (IBAN, "BYLADEM1001")
    (account,) = company["bank_accounts"]
    assert (account["iban"], account["bic"]) == (IBAN, "BYLADEM1001")
    await changed_at_once(erp, path, {"iban": "", "bic": "", "bank_accounts": []})
