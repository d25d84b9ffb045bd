"""Who sells does not decide what a customer may owe, when it pays, and what it is charged."""

from typing import Any

import pytest

from tests.erp import Erp

CUSTOMER = {
    "code": "NEW",
    "name": "New",
    "country": "DE",
    "currency": "EUR",
    "payment_terms_code": "NET30",
    "credit_limit": "0",
}


@pytest.fixture
async def office(erp: Erp) -> Erp:
    """A company with somebody for prices and somebody for credit, who do nothing else."""
    for role in ("pricing manager", "credit manager"):
        asked = {"actor": f"The {role}", "companies": [erp.company], "roles": [role]}
        erp.keys[role] = (await erp.post("/v1/api-keys", asked))["key"]
    return erp


async def change(office: Erp, by: str, **fields: Any) -> int:
    """The answer to a change of a customer."""
    answer = await office.request("PATCH", "/v1/customers/BOB", fields, by=by, if_match="*")
    if answer.status_code == 403:
        assert [error["field"] for error in answer.json()["errors"]] == list(fields)
    return answer.status_code


async def test_each_field_is_changed_by_those_who_decide_about_it(office: Erp) -> None:
    may: dict[str, set[str]] = {
        "sales clerk": {"name"},
        "pricing manager": {"name", "payment_terms_code", "price_list_code", "discount_percent"},
        "credit manager": {"name", "credit_limit"},
        "accountant": {"name", "payment_terms_code", "price_list_code", "discount_percent", "credit_limit"},
    }
    fields: dict[str, list[Any]] = {
        "name": ["Bob", "Bobby"],
        "payment_terms_code": ["NET30", "DISC"],
        "price_list_code": [None, "STD"],
        "discount_percent": ["1", "2"],
        "credit_limit": ["1", "2"],
    }
    for by, own in may.items():
        for name, values in fields.items():
            now = (await office.get("/v1/customers/BOB"))[name]
            other = next(value for value in values if not is_same(value, now))
            answer = await change(office, by, **{name: other})
            assert answer == (200 if name in own else 403), (by, name)
            # Saying what is so already changes nothing.
            now = (await office.get("/v1/customers/BOB"))[name]
            assert await change(office, by, **{name: now}) == 200


def is_same(value: str | None, now: str | None) -> bool:
    """Whether two texts are the same, or the same figure."""
    return value == now or bool(value and now and value[0].isdigit() and float(value) == float(now))


async def test_prices_and_terms_are_not_the_sales_clerk_s(office: Erp) -> None:
    prices = {"code": "NEW", "name": "New", "currency": "EUR"}
    terms = {"code": "NEW", "name": "New"}

    for path, record in (("price-lists", prices), ("payment-terms", terms), ("customers", CUSTOMER)):
        for by, status in (("sales clerk", 403), ("pricing manager", 201)):
            answer = await office.request("POST", f"/v1/{path}", record, by=by)
            assert answer.status_code == status, answer.text


async def test_who_enters_a_customer_gives_it_no_credit(office: Erp) -> None:
    for limit in (None, "500.00"):
        answer = await office.request(
            "POST", "/v1/customers", CUSTOMER | {"credit_limit": limit}, by="pricing manager"
        )
        assert answer.status_code == 403
        assert "master_data.credit_limit.write" in answer.json()["detail"]
