"""Hours by class as they are asked for, and what somebody cannot have worked."""

from typing import Any

import pytest

from tests.builders import leave
from tests.builders.employees import PATH as EMPLOYEES
from tests.builders.working_time import PATH, WORKSHOP
from tests.erp import Erp

HOURS = f"{EMPLOYEES}/E-2/classed-hours"
IN_MARCH = {"time_rules": "WORKSHOP", "from": "2026-03-01", "to": "2026-03-31"}


async def ready(erp: Erp) -> None:
    """Somebody in Berlin, who was on leave on 16 March; and rules for the workshop."""
    company = await erp.request("GET", f"/v1/companies/{erp.company}")
    zone = {"time_zone": "Europe/Berlin"}
    etag = company.headers["ETag"]
    erp.accepted(await erp.request("PATCH", f"/v1/companies/{erp.company}", zone, if_match=etag))
    await leave.ready(erp)
    await leave.granted(erp)
    away = {"employee_code": "E-2", "leave_type_code": "ANNUAL", "starts_on": "2026-03-16"}
    await erp.post(leave.PATH, away | {"ends_on": "2026-03-16"})
    await erp.post(PATH, WORKSHOP)


async def asked(erp: Erp, *worked: str, by: str = "administrator", **changes: str) -> Any:
    """The hours of some spans in March, as they were answered."""
    wanted: dict[str, Any] = IN_MARCH | changes | {"worked": list(worked)}
    return await erp.request("GET", HOURS, by=by, **wanted)


async def test_hours_are_classed_by_the_companys_clock_and_the_persons_holidays(erp: Erp) -> None:
    await ready(erp)

    answer = await asked(
        erp,
        "2026-03-08T22:00/2026-03-09T06:30",  # Sunday into 9 March, a holiday in Berlin.
        "2026-03-10T07:00Z/2026-03-10T17:00Z",  # 8:00 to 18:00 in Berlin.
    )

    found = answer.json()
    assert answer.status_code == 200, answer.text
    assert {one["hours_class"]: one["hours"] for one in found["classes"]} == {
        "ordinary": "16.5",
        "daily_overtime": "2",
        "night": "8",
        "sunday": "2",
        "holiday": "6.5",
    }
    assert [(day["on"], day["minutes"]) for day in found["days"]] == [
        ("2026-03-08", 120),
        ("2026-03-09", 390),
        ("2026-03-10", 600),
    ]
    assert found["minutes"] == 1110


@pytest.mark.parametrize("field", ["worked.0", "worked.1"])
async def test_what_nobody_can_have_worked_is_refused_by_its_place(erp: Erp, field: str) -> None:
    await ready(erp)
    good = "2026-03-02T08:00/2026-03-02T16:00"
    wrong = {
        "yesterday": "no day with a time",
        "2026-03-03T08:00": "when it ended",
        "2026-03-03T08:00:30/2026-03-03T09:00": "whole minute",
        "2026-03-29T02:30/2026-03-29T04:00": "say the offset",
        "2026-03-03T09:00/2026-03-03T09:00": "ends before it begins",
        "2026-03-03T09:00/2026-03-04T09:01": "24 hours",
        "2126-03-03T08:00/2126-03-03T09:00": "not over yet",
        "2026-03-16T08:00/2026-03-16T09:00": "on leave on 2026-03-16, by LR-",
        "2026-03-15T23:00/2026-03-16T01:00": "on leave on 2026-03-16, by LR-",
        "2019-03-03T08:00/2019-03-03T09:00": "not employed on 2019-03-03",
        "2026-02-22T08:00/2026-02-22T09:00": "none of the days from 2026-02-23",
    }
    if field == "worked.1":
        wrong = {"2026-03-02T15:59/2026-03-02T17:00": "overlaps with the work that began at 2026-03-02T08:00"}

    for written, why in wrong.items():
        spans = (written,) if field == "worked.0" else (good, written)
        problem = (await asked(erp, *spans)).json()
        assert [error["field"] for error in problem.get("errors", [])] == [field], (written, problem)
        assert why in problem["errors"][0]["message"], problem


async def test_who_is_asked_about_and_for_which_days_is_refused_by_name(erp: Erp) -> None:
    await ready(erp)
    late = WORKSHOP | {"code": "LATE", "versions": [{"valid_from": "2026-03-10"}]}
    await erp.post(PATH, late)
    span = "2026-03-09T08:00/2026-03-09T09:00"

    ghost = (await asked(erp, span, time_rules="GHOST")).json()
    backwards = (await asked(erp, span, to="2026-02-01")).json()
    long = (await asked(erp, span, to="2026-06-01")).json()
    before = (await asked(erp, span, time_rules="LATE")).json()
    nobody = await erp.request("GET", f"{EMPLOYEES}/E-9/classed-hours", **IN_MARCH)

    fields = [[error["field"] for error in one["errors"]] for one in (ghost, backwards, long, before)]
    assert fields == [["time_rules"], ["to"], ["to"], ["worked.0"]]
    assert "no version of the rules is valid on 2026-03-09" in before["errors"][0]["message"]
    assert nobody.status_code == 404


async def test_rules_are_changed_and_only_few_see_somebodys_hours(erp: Erp) -> None:
    await ready(erp)
    one = await erp.request("GET", f"{PATH}/WORKSHOP")
    change = {"name": "Workshop and yard"}

    changed = await erp.request("PATCH", f"{PATH}/WORKSHOP", change, if_match=one.headers["ETag"])
    late = await erp.request("PATCH", f"{PATH}/WORKSHOP", change, if_match=one.headers["ETag"])
    forbidden = await asked(erp, by=leave.EMPLOYEE)
    allowed = await asked(erp, by=leave.OFFICER)

    assert (changed.json()["name"], late.status_code) == ("Workshop and yard", 412)
    assert (forbidden.status_code, allowed.status_code) == (403, 200)
