"""Who works for us: written and read as any record, and named by the books."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from foundation.database.connections import database
from tests.builders.employees import PATH, an_employee
from tests.erp import Erp

_PARTY = text("SELECT name FROM master_data.party WHERE type = 'employee' AND code = 'E-1'")


async def refused(erp: Erp, **changes: Any) -> tuple[int, str, list[str]]:
    """What an employee is refused for, at which fields."""
    answer = await erp.request("POST", PATH, an_employee(**changes))
    problem = answer.json()
    fields = [error["field"] for error in problem.get("errors", [])]
    return answer.status_code, problem["type"].rpartition("/")[2], fields


async def test_somebody_is_hired_changed_and_listed(erp: Erp) -> None:
    await erp.post(PATH, an_employee("E-1", department="Workshop", email="dana@EXAMPLE.com"))
    await erp.post(PATH, an_employee("E-2", manager_code="E-1"))

    one = await erp.request("GET", f"{PATH}/E-1")
    changed = await erp.request("PATCH", f"{PATH}/E-1", {"name": "Dana"}, if_match=one.headers["ETag"])
    late = await erp.request("PATCH", f"{PATH}/E-1", {"name": "Di"}, if_match=one.headers["ETag"])
    of_workshop = [one["code"] for one in (await erp.get(PATH, department="Workshop"))["items"]]
    under_her = [one["code"] for one in (await erp.get(PATH, manager="E-1"))["items"]]

    assert (one.json()["email"], changed.json()["name"], late.status_code) == (
        "dana@example.com",
        "Dana",
        412,
    )
    assert (of_workshop, under_her) == (["E-1"], ["E-2"])
    async with database().read(erp.company) as tx:
        assert (await tx.execute(_PARTY)).scalar_one() == "Dana"


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"country": "QQ", "email": "nowhere"}, ["email", "country"]),
        ({"left_on": "2024-12-31"}, ["left_on"]),
        ({"manager_code": "NOBODY"}, ["manager_code"]),
    ],
)
async def test_what_cannot_be_is_refused_at_its_field(
    erp: Erp, changes: dict[str, Any], fields: list[str]
) -> None:
    assert await refused(erp, **changes) == (422, "invalid", fields)
    assert (await erp.get(PATH))["items"] == []


async def test_who_leaves_on_the_day_of_hire_was_there_a_day(erp: Erp) -> None:
    answer = await erp.post(PATH, an_employee(left_on="2025-01-01"))

    assert answer["left_on"] == "2025-01-01"


async def test_nobody_reports_to_themselves_by_way_of_others_either(erp: Erp) -> None:
    assert await refused(erp, manager_code="E-1") == (409, "managed-in-a-circle", ["manager_code"])
    await erp.post(PATH, an_employee("E-1"))
    await erp.post(PATH, an_employee("E-2", manager_code="E-1"))
    await erp.post(PATH, an_employee("E-3", manager_code="E-2"))

    circle = await erp.request("PATCH", f"{PATH}/E-1", {"manager_code": "E-3"}, if_match="*")

    assert circle.status_code == 409
    assert "E-1 → E-3 → E-2 → E-1" in circle.json()["detail"]


async def test_of_two_who_close_a_circle_at_once_one_does(erp: Erp) -> None:
    await asyncio.gather(*(erp.post(PATH, an_employee(code)) for code in ("E-1", "E-2")))

    asked = [
        erp.request("PATCH", f"{PATH}/{code}", {"manager_code": above}, if_match="*")
        for code, above in (("E-1", "E-2"), ("E-2", "E-1"))
    ]
    answers = [answer.status_code for answer in await asyncio.gather(*asked)]

    assert sorted(answers) == [200, 409]
