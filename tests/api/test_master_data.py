"""Records through the REST API: created once, found, read with an ETag, changed only as they were read."""

import asyncio
from typing import Any

import httpx
import pytest
from temporalio.client import Client

from foundation.values.messages import Caller
from tests.builders.master_data import Registrar
from tests.erp import ADMIN_KEY, Erp


@pytest.fixture
async def door(http: httpx.AsyncClient, temporal: Client, caller: Caller) -> Erp:
    """The API of a company that has records."""
    await Registrar(caller).open()
    return Erp(http=http, temporal=temporal, company=caller.company)


async def change(door: Erp, path: str, fields: Any, **headers: str) -> httpx.Response:
    """A PATCH by the administrator; headers are named with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named |= {"Authorization": f"Bearer {ADMIN_KEY}", "X-Company": door.company}
    return await door.http.patch(path, json=fields, headers=named)


def fields_of(refused: httpx.Response) -> list[str]:
    """The fields that a problem names."""
    assert refused.headers["content-type"] == "application/problem+json"
    return [error["field"] for error in refused.json()["errors"]]


def kind_of(refused: httpx.Response) -> str:
    """A problem's name."""
    return str(refused.json()["type"]).removeprefix("/problems/")


NEW_CUSTOMER = {
    "code": "NEW",
    "name": "New",
    "country": "DE",
    "currency": "EUR",
    "payment_terms_code": "NET30",
}


async def test_a_record_is_created_once_and_the_same_again_is_no_conflict(door: Erp) -> None:
    first = await door.request("POST", "/v1/customers", NEW_CUSTOMER)
    same = await door.request("POST", "/v1/customers", NEW_CUSTOMER)
    other = await door.request("POST", "/v1/customers", NEW_CUSTOMER | {"name": "Other"})

    assert (first.status_code, first.headers["etag"]) == (201, '"1"')
    assert (same.status_code, same.json()) == (201, first.json())
    assert (other.status_code, kind_of(other)) == (409, "exists-already")
    assert (await door.get("/v1/customers/NEW"))["name"] == "New"


async def test_of_two_who_create_the_same_code_at_once_one_is_told(door: Erp) -> None:
    asked = [NEW_CUSTOMER | {"name": name} for name in ("One", "Two", "Three")]

    answers = await asyncio.gather(*(door.request("POST", "/v1/customers", record) for record in asked))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    created = next(answer for answer in answers if answer.status_code == 201)
    assert await door.get("/v1/customers/NEW") == created.json()


async def test_a_change_takes_the_given_fields_and_no_others(door: Erp) -> None:
    before = await door.get("/v1/customers/C1")

    changed = await change(
        door, "/v1/customers/C1", {"name": "Changed", "credit_limit": "10"}, If_Match='"1"'
    )

    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    expected = before | {"name": "Changed", "version": 2}
    assert {name: changed.json()[name] for name in expected if name != "credit_limit"} == {
        name: value for name, value in expected.items() if name != "credit_limit"
    }


async def test_a_change_says_which_version_it_is_based_on(door: Erp) -> None:
    missing = await change(door, "/v1/customers/C1", {"name": "A"})
    nonsense = await change(door, "/v1/customers/C1", {"name": "A"}, If_Match='"none"')
    too_many = await change(door, "/v1/customers/C1", {"name": "A"}, If_Match='"99999999999999999999"')
    first = await change(door, "/v1/customers/C1", {"name": "B"}, If_Match='W/"1"')
    stale = await change(door, "/v1/customers/C1", {"name": "C"}, If_Match='"1"')
    whatever = await change(door, "/v1/customers/C1", {"name": "D"}, If_Match="*")

    answers = [missing, nonsense, too_many, first, stale, whatever]
    assert [answer.status_code for answer in answers] == [428, 412, 412, 200, 412, 200]
    assert (await door.get("/v1/customers/C1"))["name"] == "D"


async def test_of_many_who_change_the_same_version_at_once_one_wins(door: Erp) -> None:
    changes = (change(door, "/v1/customers/C1", {"name": str(number)}, If_Match='"1"') for number in range(8))

    answers = await asyncio.gather(*changes)

    assert sorted(answer.status_code for answer in answers) == [200, *[412] * 7]
    assert (await door.get("/v1/customers/C1"))["version"] == 2


async def test_several_changes_may_share_a_correlation_id(door: Erp) -> None:
    answers = [
        await change(door, f"/v1/items/{code}", {"name": code}, If_Match='"1"', X_Correlation_ID="one story")
        for code in ("BOLT", "ADVICE")
    ]

    assert [answer.status_code for answer in answers] == [200, 200]


async def test_wrong_fields_are_named_in_a_new_record_and_in_a_change(door: Erp) -> None:
    wrong = {"price_list_code": "GHOST", "payment_terms_code": "GHOST"}

    new = await door.request("POST", "/v1/customers", NEW_CUSTOMER | wrong)
    changed = await change(door, "/v1/customers/C1", wrong, If_Match='"1"')
    empty = await change(door, "/v1/customers/C1", {"name": "", "country": None}, If_Match='"1"')
    code = await change(door, "/v1/customers/C1", {"code": "C2"}, If_Match='"1"')

    assert [answer.status_code for answer in (new, changed, empty, code)] == [422] * 4
    assert fields_of(new) == fields_of(changed) == ["price_list_code", "payment_terms_code"]
    assert fields_of(empty) == ["name", "country"]
    assert fields_of(code) == ["code"]


async def test_what_cannot_change_is_refused_by_its_name(door: Erp) -> None:
    item = await change(door, "/v1/items/BOLT", {"unit": "kg", "units": []}, If_Match='"1"')
    company = await change(door, f"/v1/companies/{door.company}", {"currency": "USD"}, If_Match='"1"')

    assert (item.status_code, kind_of(item), fields_of(item)) == (409, "cannot-change", ["unit"])
    assert (company.status_code, kind_of(company)) == (409, "currency-is-fixed")


async def test_records_are_found_by_a_part_of_their_code_or_name_in_any_case(door: Erp) -> None:
    for code, name in [("X-1", "Left 100%"), ("X-2", "Right")]:
        await door.post("/v1/customers", NEW_CUSTOMER | {"code": code, "name": name})

    async def found(q: str) -> list[str]:
        return [record["code"] for record in (await door.get("/v1/customers", q=q))["items"]]

    assert await found("x-") == ["X-1", "X-2"]
    assert await found("RIGHT") == ["X-2"]
    assert await found("100%") == ["X-1"]
    assert await found("%") == ["X-1"]
    assert await found("nobody") == []


async def test_a_list_is_sorted_and_goes_on_where_its_page_ended(door: Erp) -> None:
    for code, name in [("A", "Zoe"), ("B", "Yves"), ("D", "Yves")]:
        await door.post("/v1/customers", NEW_CUSTOMER | {"code": code, "name": name})

    codes: list[str] = []
    query: dict[str, Any] = {"limit": 2, "sort": "-name"}
    while True:
        page = await door.get("/v1/customers", **query)
        codes += [record["code"] for record in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]

    assert codes == ["A", "B", "D", "C1"]
    assert (await door.request("GET", "/v1/customers", sort="colour")).status_code == 422


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("items", "BOLT"),
        ("warehouses", "MAIN"),
        ("price-lists", "STD"),
        ("tax-codes", "T19"),
        ("payment-terms", "NET30"),
        ("customers", "C1"),
    ],
)
async def test_every_kind_of_record_is_listed_read_and_changed_alike(door: Erp, path: str, code: str) -> None:
    listed = (await door.get(f"/v1/{path}", q=code))["items"]
    read = await door.request("GET", f"/v1/{path}/{code}")
    changed = await change(door, f"/v1/{path}/{code}", {"name": "Changed"}, If_Match=read.headers["etag"])
    unknown = await door.request("GET", f"/v1/{path}/GHOST")

    assert [record["code"] for record in listed] == [code]
    assert read.json()["version"] == 1
    assert changed.json() == read.json() | {"name": "Changed", "version": 2}
    assert (unknown.status_code, kind_of(unknown)) == (404, "not-found")


async def test_a_code_with_a_slash_in_it_can_be_read_and_changed(door: Erp) -> None:
    await door.post("/v1/items", {"code": "A/B 1", "name": "Both", "tax_code": "T19"})

    changed = await change(door, "/v1/items/A%2FB%201", {"name": "Either"}, If_Match='"1"')

    assert changed.status_code == 200
    assert (await door.get("/v1/items/A%2FB%201"))["name"] == "Either"


async def test_rates_are_put_by_currency_and_day(door: Erp) -> None:
    for rate in ("1.10", "1.20"):
        await door.post("/v1/exchange-rates", {"currency": "USD", "valid_from": "2026-03-01", "rate": rate})

    (only,) = (await door.get("/v1/exchange-rates"))["items"]

    assert (only["currency"], only["valid_from"], float(only["rate"])) == ("USD", "2026-03-01", 1.2)


async def test_a_company_is_read_without_naming_it_twice(door: Erp) -> None:
    headers = {"Authorization": f"Bearer {ADMIN_KEY}"}

    read = await door.http.get(f"/v1/companies/{door.company}", headers=headers)

    assert (read.status_code, read.json()["code"]) == (200, door.company)


async def test_who_may_only_read_cannot_write(door: Erp) -> None:
    asked = {"actor": "Victor", "companies": [door.company], "roles": ["viewer"]}
    door.keys["viewer"] = (await door.post("/v1/api-keys", asked))["key"]

    assert (await door.request("GET", "/v1/customers", by="viewer")).status_code == 200
    assert (await door.request("POST", "/v1/customers", NEW_CUSTOMER, by="viewer")).status_code == 403
