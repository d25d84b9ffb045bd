"""Reorder rules: written and read as any record, one of an item in a warehouse on any day."""

import asyncio
from typing import Any

import pytest
from asyncpg import PostgresError
from sqlalchemy import text

from foundation.database.connections import database
from tests.builders.replenishment import RULES, a_rule, short, waits_for
from tests.erp import Erp


async def refused(erp: Erp, **changes: Any) -> tuple[int, str, list[str]]:
    """What a reorder rule is refused for, at which fields."""
    answer = await erp.request("POST", RULES, a_rule(**changes))
    problem = answer.json()
    fields = [error["field"] for error in problem.get("errors", [])]
    return answer.status_code, problem["type"].rpartition("/")[2], fields


async def test_it_is_written_read_listed_and_changed(erp: Erp) -> None:
    await erp.post(RULES, a_rule("PEAR"))
    await erp.post(RULES, a_rule("APPLE", blocked=True))

    one = await erp.request("GET", f"{RULES}/MAIN/PEAR")
    changed = await erp.request(
        "PATCH", f"{RULES}/MAIN/PEAR", {"order_up_to": "300"}, if_match=one.headers["ETag"]
    )
    late = await erp.request("PATCH", f"{RULES}/MAIN/PEAR", {"blocked": True}, if_match=one.headers["ETag"])
    in_use = [one["code"] for one in (await erp.get(RULES, warehouse="MAIN", only_in_use=True))["items"]]

    assert (one.json()["order_up_to"], changed.json()["order_up_to"]) == ("200.000000", "300.000000")
    assert (late.status_code, in_use) == (412, ["MAIN/PEAR"])
    assert len((await erp.get(RULES))["items"]) == 2


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"warehouse_code": "NOWHERE", "item_code": "NOTHING"}, ["item_code", "warehouse_code"]),
        ({"item_code": "ADVICE"}, ["item_code"]),
        ({"order_up_to": "120"}, ["order_up_to"]),
        ({"valid_from": "2026-02-01", "valid_to": "2026-01-31"}, ["valid_to"]),
    ],
)
async def test_what_cannot_be_is_refused_at_its_field(
    erp: Erp, changes: dict[str, Any], fields: list[str]
) -> None:
    assert await refused(erp, **changes) == (422, "invalid", fields)
    assert (await erp.get(RULES))["items"] == []


async def test_of_two_rules_for_the_same_days_at_once_one_is_written(erp: Erp) -> None:
    asked = [erp.request("POST", RULES, a_rule(code=code)) for code in "ABCDEFGH"]
    answers = [answer.status_code for answer in await asyncio.gather(*asked)]

    assert sorted(answers) == [201] + [409] * 7
    assert await refused(erp, code="Z") == (409, "two-reorder-rules", ["valid_from"])


async def test_the_database_refuses_a_second_one_too(erp: Erp) -> None:
    await erp.post(RULES, a_rule(code="A"))
    await erp.post(RULES, a_rule(code="B", blocked=True))

    with pytest.raises(PostgresError, match="another one of PEAR in MAIN holds"):
        async with database().write(erp.company, "tests") as tx:
            await tx.execute(text("UPDATE replenishment.reorder_rule SET blocked = false"))


async def test_what_is_short_is_told_by_item_and_warehouse(erp: Erp) -> None:
    await erp.post(RULES, a_rule("PEAR"))
    waiting = await waits_for(erp, "112")

    found = await short(erp)

    assert {item: (one["suggested_quantity"], one["reason"]) for item, one in found.items()} == {
        "APPLE": ("12", "backorders"),
        "PEAR": ("100", "reorder_point"),
    }
    apples = found["APPLE"]
    assert (apples["backordered"], apples["for_orders"]) == ("12", [waiting["order_number"]])
    assert (found["PEAR"]["reorder_point"], found["PEAR"]["order_up_to"]) == ("120", "200")
    assert list(await short(erp, item="PEAR")) == ["PEAR"]
    assert await short(erp, warehouse="EAST") == {}


async def test_a_rule_counts_on_its_days_only_and_not_when_it_is_blocked(erp: Erp) -> None:
    await erp.post(RULES, a_rule("PEAR", valid_to="2020-01-01"))
    await erp.post(RULES, a_rule("APPLE", blocked=True))

    assert await short(erp) == {}


async def test_who_only_sells_neither_writes_rules_nor_has_runs(erp: Erp) -> None:
    written = await erp.request("POST", RULES, a_rule(), by="sales clerk")
    run = await erp.request("POST", "/v1/replenishment-runs", {}, by="warehouse")
    read = await erp.request("GET", "/v1/reports/shortages", by="warehouse")

    assert (written.status_code, run.status_code, read.status_code) == (403, 403, 200)
