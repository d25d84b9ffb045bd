"""Every list is one piece of the kit: filters, sorting, pages and files."""

import csv
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi.routing import APIRoute, iter_route_contexts
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from temporalio.client import Client

from api import exports
from api.lists import ListParameters
from foundation.database.connections import columns_for
from foundation.database.lists import Listing, equal, named
from foundation.database.tables import ProcessState
from foundation.process.run import run_types
from foundation.values.messages import Caller, Message, ShownAmount
from tests.builders.master_data import a_customer
from tests.builders.sales import Clerk
from tests.days import TODAY
from tests.erp import Erp

SIGNED = "=1+1"
SELLER = {"description": "Reads orders, and nothing else.", "permissions": ["sales.order.read"]}


@pytest.fixture
def door(http: httpx.AsyncClient, temporal: Client, company: str) -> Erp:
    """The API of the test's company."""
    return Erp(http=http, temporal=temporal, company=company)


def lists_of_the_house() -> Iterator[tuple[str, APIRoute]]:
    """Every GET route that answers a page, whether it is declared with the kit or not."""
    from api.app import app  # noqa: PLC0415  # Importing it builds every route of the house.

    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute) and "GET" in (context.methods or ()):
            fields = getattr(route.response_model, "model_fields", {})
            if "next_cursor" in fields:
                yield context.path or "", route


def declared(route: APIRoute) -> ListParameters | None:
    """How a list is declared."""
    found = [d.call for d in route.dependant.dependencies if isinstance(d.call, ListParameters)]
    return found[0] if found else None


def address(path: str, company: str) -> str:
    """The path of a list, with a run of the company where it names one."""
    return path.replace("{run_id:path}", f"{company}/{min(run_types())}/2026-01-01").replace("{", "!")


async def complaints_about(door: Erp, path: str, listing: Listing[Any]) -> AsyncIterator[str]:
    """What a list cannot do."""
    wrong = await door.request("GET", path, colour="red")
    if wrong.status_code != 422 or wrong.json()["errors"][0]["field"] != "colour":
        yield f"{path}: it passes over a parameter that it does not know"
    wrong = await door.request("GET", path, sort="colour")
    if wrong.status_code != 422 or not all(f"'{name}'" in wrong.text for name in listing.sorts):
        yield f"{path}: it does not say by what it can be sorted"
    for sort in [f"{minus}{name}" for name in listing.sorts for minus in ("", "-")]:
        if (await door.request("GET", path, sort=sort)).status_code != 200:
            yield f"{path}: it cannot be sorted by {sort}"
    for kind, media_type in exports.MEDIA_TYPES.items():
        file = await door.request("GET", path, format=kind)
        if file.status_code != 200 or not file.headers["content-type"].startswith(media_type):
            yield f"{path}: there is no {kind} of it"


async def test_every_list_is_declared_with_the_kit_and_can_all_that_it_says(door: Erp) -> None:
    looked_at, complaints = 0, []
    for path, route in lists_of_the_house():
        looked_at += 1
        if (parameters := declared(route)) is None:
            complaints.append(f"{path}: declare it with a Listing, and `add_list`")
            continue
        complaints += [
            text async for text in complaints_about(door, address(path, door.company), parameters.listing)
        ]

    assert looked_at > 30
    assert not complaints, "\n".join(complaints)


async def test_each_filter_is_described_takes_its_type_and_names_a_wrong_value(door: Erp) -> None:
    await door.found()
    year = {"code": "2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31"}
    await door.post("/v1/fiscal-years", year)
    described = (await door.http.get("/openapi.json")).json()["paths"]
    right: dict[Any, str] = {UUID: "6f0b1d4e-2c55-5f0e-9b0a-7e1f6b1c9a10", date: "2026-01-01", bool: "true"}
    for path, route in lists_of_the_house():
        parameters = declared(route)
        assert parameters is not None
        shown = {one["name"]: one for one in described[route.path_format]["get"]["parameters"]}
        for each in parameters.listing.filters:
            assert shown[each.name]["description"], f"{path}: {each.name}"
            if each.type in right:
                where = address(path, door.company)
                given = {each.name: right[each.type]}
                wrong = await door.request("GET", where, **{each.name: "\x00no"})
                assert (await door.request("GET", where, **given)).status_code == 200, given
                assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, each.name)


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        ("/v1/payments", "customer", "a\x00"),
        ("/v1/payments", "amount_from", "99999999999999999999999"),
        ("/v1/payments", "amount_from", "NaN"),
        ("/v1/dunning", "level", "99999999999"),
        ("/v1/processes", "started_from", "2026-01-01T00:00:00"),
        ("/v1/payments", "limit", "0"),
        ("/v1/payments", "format", "pdf"),
    ],
)
async def test_what_the_database_would_not_take_is_refused_by_name(
    door: Erp, path: str, name: str, value: str
) -> None:
    wrong = await door.request("GET", path, **{name: value})

    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, name)


async def test_an_unknown_parameter_is_refused_on_any_route_and_the_known_ones_are_named(door: Erp) -> None:
    on_a_list = await door.request("GET", "/v1/open-items", due_til="2026-01-01")
    on_a_report = await door.request("GET", "/v1/reports/trial-balance", til="2026-01-01")
    on_a_record = await door.request("GET", "/v1/customers/C1", full="yes")
    of_a_stranger = await door.http.get("/v1/open-items", params={"due_til": "2026-01-01"})

    assert on_a_list.status_code == 422 and on_a_list.json()["type"] == "/problems/invalid"
    assert "due_til: no such query parameter; there are currency, cursor, customer" in on_a_list.text
    assert on_a_report.status_code == 422
    assert "this address takes none" in on_a_record.text
    assert of_a_stranger.status_code == 401


@pytest.fixture
async def shop(http: httpx.AsyncClient, caller: Caller) -> Clerk:
    """A company with customers, some of whose names look like formulas."""
    del http  # It opens the database.
    clerk = Clerk(caller)
    await clerk.open()
    for code, name in (("X1", SIGNED), ("X2", "-5"), ("X3", 'a "quoted", name'), ("X4", "Jürgen")):
        await clerk.put(a_customer(code, name=name))
    return clerk


async def test_a_csv_has_every_row_once_in_order_and_runs_no_formula(
    shop: Clerk, door: Erp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", 2)

    file = await door.request("GET", "/v1/customers", format="csv", sort="-code", q="X")
    listed = await door.get("/v1/customers", sort="-code", q="X", limit=3)

    rows = list(csv.DictReader(StringIO(file.content.decode("utf-8"), newline="")))
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert f'filename="customers-{TODAY}.csv"' in file.headers["content-disposition"]
    assert file.content.count(b"\r\n") == len(rows) + 1
    assert [row["code"] for row in rows][:4] == ["X4", "X3", "X2", "X1"]
    assert [row["name"] for row in rows][:4] == ["Jürgen", 'a "quoted", name', "'-5", f"'{SIGNED}"]
    assert [one["code"] for one in listed["items"]] == ["X4", "X3", "X2"]
    assert list(rows[0]) == list(listed["items"][0])


async def test_a_list_that_is_too_long_for_a_file_is_refused_by_name(
    shop: Clerk, door: Erp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MOST_ROWS", 3)

    too_many = await door.request("GET", "/v1/customers", format="csv", q="X")
    narrowed = await door.request("GET", "/v1/customers", format="csv", q="X1")
    with_cursor = await door.request("GET", "/v1/customers", format="csv", cursor="abc")

    assert (too_many.status_code, too_many.json()["type"]) == (422, "/problems/too-many-to-export")
    assert narrowed.status_code == 200
    assert with_cursor.json()["errors"][0]["field"] == "cursor"


async def test_who_may_not_read_a_list_gets_no_file_of_it(shop: Clerk, door: Erp) -> None:
    role = await door.request("PUT", "/v1/roles/seller", SELLER)
    asked = {"actor": "Sam", "companies": [door.company], "roles": ["seller"]}
    door.keys["seller"] = (await door.post("/v1/api-keys", asked))["key"]

    given = await door.request("GET", "/v1/sales-orders", by="seller", format="csv")
    refused = await door.request("GET", "/v1/customers", by="seller", format="csv")

    told = (role.status_code, given.status_code, refused.status_code)
    assert told == (200, 200, 403), (role.text, given.text, refused.text)


class SheetRow(Message):
    """One of each kind of cell."""

    text: str
    amount: ShownAmount
    count: int
    on: date
    at: datetime
    flag: bool
    nothing: str | None
    many: list[str]


ROW = SheetRow(
    text=SIGNED,
    amount=Decimal("-1234.5"),
    count=-7,
    on=date(2026, 3, 1),
    at=datetime(2026, 3, 1, 12, 30, tzinfo=UTC),
    flag=True,
    nothing=None,
    many=["=a"],
)


class Proxy(Message):
    """A list needs a view that it can read; this one is never read."""

    id: str


def listing_of(view: type[Message]) -> Listing[Any]:
    """A list of views that are made by hand."""
    return Listing(
        name="rows",
        about="Rows.",
        view=view,
        rows=select(*columns_for(ProcessState, Proxy)),
        to_view=lambda _: ROW,
        filters=(equal(ProcessState.id),),
        sorts=named(ProcessState.id),
        order="id",
        unique=(ProcessState.id,),
    )


async def parts() -> AsyncIterator[list[Message]]:
    """Two parts of a list."""
    yield [ROW, ROW]
    yield [ROW]


async def test_a_sheet_has_numbers_as_numbers_and_days_as_days() -> None:
    with await exports._xlsx_file(listing_of(SheetRow), parts()) as file:
        content = file.read()

    sheet = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    assert sheet[0] == list(SheetRow.model_fields)
    assert len(sheet) == 4
    text, amount, count, on, at, flag, nothing, many = sheet[1]
    assert (text, amount, count, flag, nothing, many) == (SIGNED, -1234.5, -7, True, "", '["=a"]')
    assert (on, at) == (date(2026, 3, 1), datetime(2026, 3, 1, 12, 30))  # noqa: DTZ001  # Sheets know no zone.


async def test_negative_numbers_stay_numbers_in_a_csv() -> None:
    lines = [text async for text in exports._csv_file(listing_of(SheetRow), parts())]

    assert lines[0] == "text,amount,count,on,at,flag,nothing,many\r\n"
    first = lines[1].split("\r\n")[0]
    assert first == '\'=1+1,-1234.50,-7,2026-03-01,2026-03-01T12:30:00Z,true,,"[""=a""]"'


def test_a_list_that_shows_less_than_it_promises_is_not_declared() -> None:
    def of(**changes: Any) -> Listing[Any]:
        told: dict[str, Any] = {
            "name": "rows",
            "about": "Rows.",
            "view": Proxy,
            "rows": select(*columns_for(ProcessState, Proxy)),
            "sorts": named(ProcessState.id),
            "order": "id",
            "unique": (ProcessState.id,),
        }
        return Listing(**told | changes)

    assert of().order == "id"
    with pytest.raises(TypeError, match="no column is called"):
        of(view=SheetRow)
    with pytest.raises(TypeError, match="cannot be sorted by -stage"):
        of(order="-stage")
    with pytest.raises(TypeError, match="shows what it is ordered by"):
        of(sorts=named(ProcessState.id, ProcessState.stage))
    with pytest.raises(TypeError, match="there is no filter colour"):
        of().wanted(colour="red")
