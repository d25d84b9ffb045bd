"""What suppliers sell us: written and read as any record, one of an item preferred on any day."""

import asyncio
from typing import Any

import pytest
from asyncpg import PostgresError
from sqlalchemy import text

from foundation.database.connections import database
from tests.builders.supplier_items import PATH, a_supplier_item, with_suppliers
from tests.erp import Erp


async def refused(erp: Erp, **changes: Any) -> tuple[int, str, list[str]]:
    """What a supplier item is refused for, at which fields."""
    answer = await erp.request("POST", PATH, a_supplier_item(**changes))
    problem = answer.json()
    fields = [error["field"] for error in problem.get("errors", [])]
    return answer.status_code, problem["type"].rpartition("/")[2], fields


async def test_it_is_written_read_listed_and_changed(erp: Erp) -> None:
    await with_suppliers(erp, a_supplier_item("A/1", preferred=True), a_supplier_item("B", item_code="PEAR"))

    one = await erp.request("GET", f"{PATH}/A/1")
    changed = await erp.request(
        "PATCH", f"{PATH}/A/1", {"unit_price": "4.5", "multiple": "5"}, if_match=one.headers["ETag"]
    )
    late = await erp.request("PATCH", f"{PATH}/A/1", {"unit_price": "9"}, if_match=one.headers["ETag"])
    listed = [one["code"] for one in (await erp.get(PATH, item="APPLE", only_preferred=True))["items"]]

    assert (one.json()["unit_price"], changed.json()["unit_price"]) == ("4.000000", "4.500000")
    assert (late.status_code, listed) == (412, ["A/1"])
    assert len((await erp.get(PATH))["items"]) == 2


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"supplier_code": "NOBODY", "item_code": "NOTHING"}, ["supplier_code", "item_code"]),
        ({"unit": "crate"}, ["unit"]),
        ({"valid_from": "2026-02-01", "valid_to": "2026-01-31"}, ["valid_to"]),
    ],
)
async def test_what_cannot_be_is_refused_at_its_field(
    erp: Erp, changes: dict[str, Any], fields: list[str]
) -> None:
    await with_suppliers(erp)

    assert await refused(erp, **changes) == (422, "invalid", fields)
    assert (await erp.get(PATH))["items"] == []


async def test_a_carton_that_cannot_be_divided_is_refused(erp: Erp) -> None:
    await with_suppliers(erp)
    await erp.request("PATCH", "/v1/items/APPLE", {"is_whole": True}, if_match="*")

    asked = {"minimum_quantity": "1.5", "multiple": "0.5"}
    assert await refused(erp, **asked) == (422, "invalid", ["minimum_quantity", "multiple"])


async def test_one_of_an_item_is_preferred_on_any_day(erp: Erp) -> None:
    until_june = a_supplier_item("A", preferred=True, valid_to="2026-06-30")
    await with_suppliers(erp, until_june)

    always = await refused(erp, code="B", preferred=True)
    last_day = await refused(erp, code="B", preferred=True, valid_from="2026-06-30")
    await erp.post(PATH, a_supplier_item("B", preferred=True, valid_from="2026-07-01"))
    await erp.post(PATH, a_supplier_item("C", preferred=True, blocked=True))
    await erp.post(PATH, a_supplier_item("D", preferred=True, item_code="PEAR"))

    assert always == last_day == (409, "preferred-twice", ["preferred"])
    unblocked = await erp.request("PATCH", f"{PATH}/C", {"blocked": False}, if_match="*")
    assert unblocked.status_code == 409


async def test_of_two_who_prefer_another_at_once_one_does(erp: Erp) -> None:
    await with_suppliers(erp)

    asked = [erp.request("POST", PATH, a_supplier_item(code, preferred=True)) for code in "ABCDEFGH"]
    answers = [answer.status_code for answer in await asyncio.gather(*asked)]

    assert sorted(answers) == [201] + [409] * 7


async def test_the_database_refuses_a_second_one_too(erp: Erp) -> None:
    await with_suppliers(erp, a_supplier_item("A", preferred=True), a_supplier_item("B"))

    with pytest.raises(PostgresError, match="another one of APPLE is preferred"):
        async with database().write(erp.company, "tests") as tx:
            await tx.execute(text("UPDATE procurement.supplier_item SET preferred = true"))
