"""What routes take in their address: days by the same names everywhere, and nothing that they do not know."""

import re
from datetime import date, datetime
from typing import Any, get_args
from uuid import UUID

import httpx
import pytest
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Query
from temporalio.client import Client

from api.app import app
from api.door import AskedRequest
from api.routes import KnownRoute, known
from foundation.values.messages import Caller
from tests.builders.finance import Accountant, a_line
from tests.erp import Erp

TODAY = date(2026, 5, 6)


@pytest.fixture
async def door(
    http: httpx.AsyncClient, temporal: Client, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> Erp:
    """The API of a company with two fiscal years, in the first of them."""
    monkeypatch.setattr(AskedRequest, "today", TODAY)
    books = await Accountant(caller).open()
    await books.year(2027, code="FY27", starts_on=date(2027, 1, 1), ends_on=date(2027, 3, 31))
    await books.bill(a_line(1, "100"))
    await books.bill(a_line(1, "7"), invoiced_on=date(2027, 1, 15))
    return Erp(http=http, temporal=temporal, company=caller.company)


def takes_days(annotation: Any) -> bool:
    """Whether a parameter is a day or a moment, or nothing."""
    kinds = {annotation, *get_args(annotation)}
    return any(isinstance(kind, type) and issubclass(kind, date | datetime) for kind in kinds) or any(
        takes_days(kind) for kind in kinds - {annotation}
    )


def days_of(route: KnownRoute) -> list[str]:
    """The parameters of a route that are days or moments."""
    fields = get_flat_params(route.route.dependant)
    return [
        field.alias
        for field in fields
        if isinstance(field.field_info, Query) and takes_days(field.field_info.annotation)
    ]


def test_days_are_named_alike_everywhere() -> None:
    named = {(route.path, name) for route in known(app) for name in days_of(route)}

    assert ("/v1/reports/trial-balance", "from") in named and ("/v1/payments", "received_to") in named
    wrong = {one for one in named if not re.fullmatch(r"(\w+_)?(from|to)|as_of", one[1])}
    assert wrong == set()


async def test_every_route_refuses_a_parameter_that_it_does_not_know(door: Erp) -> None:
    let_pass = []
    for route in known(app):
        path = re.sub(r"\{[^}]*\}", str(UUID(int=7)), route.path)
        answer = await door.request(route.method, path, {} if route.method != "GET" else None, untill="x")
        fields = [error["field"] for error in answer.json().get("errors", [])]
        if (answer.status_code, fields) != (422, ["untill"]):
            let_pass.append((route.method, route.path, answer.status_code, fields))

    assert let_pass == []


@pytest.mark.parametrize("report", ["trial-balance", "profit-and-loss"])
async def test_a_report_is_of_the_fiscal_year_of_today_or_of_the_one_that_is_named(
    report: str, door: Erp
) -> None:
    async def days(**query: str) -> tuple[str, str]:
        answer = await door.get(f"/v1/reports/{report}", **query)
        return answer["from"], answer["to"]

    assert await days() == ("2026-01-01", "2026-12-31")
    assert await days(fiscal_year="FY27") == ("2027-01-01", "2027-03-31")
    assert await days(**{"from": "2027-02-01"}) == ("2027-02-01", "2027-03-31")
    assert await days(to="2027-02-01") == ("2027-01-01", "2027-02-01")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"fiscal_year": "2026", "to": "2026-03-31"}, "fiscal_year"),
        ({"from": "2026-04-01", "to": "2026-03-31"}, "from"),
        ({"until": "2026-03-31"}, "until"),
        ({"from": "yesterday"}, "from"),
    ],
)
async def test_days_that_contradict_each_other_are_refused(
    query: dict[str, str], field: str, door: Erp
) -> None:
    refused = await door.request("GET", "/v1/reports/trial-balance", **query)

    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)


async def test_a_year_or_a_day_without_books_is_refused_by_its_name(door: Erp) -> None:
    unknown = await door.request("GET", "/v1/reports/balance-sheet", fiscal_year="1999")
    early = await door.request("GET", "/v1/reports/trial-balance", to="1999-12-31")

    assert (unknown.status_code, "1999" in unknown.text) == (404, True)
    assert early.json()["type"] == "/problems/no-fiscal-year"


async def test_a_balance_sheet_and_the_ageing_are_of_the_end_of_a_year(door: Erp) -> None:
    for report in ("balance-sheet", "aged-receivables", "open-items"):
        assert (await door.get(f"/v1/reports/{report}", fiscal_year="FY27"))["as_of"] == "2027-03-31"
        assert (await door.get(f"/v1/reports/{report}"))["as_of"] == TODAY.isoformat()
    before, after = [
        (await door.get("/v1/reports/aged-receivables", fiscal_year=year))["base_total"]
        for year in ("2026", "FY27")
    ]
    assert (before, after) == ("100.00", "107.00")
