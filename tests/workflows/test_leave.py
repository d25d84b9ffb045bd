"""Leave, from the request to the balance: asked for, decided by the manager, cancelled, taken back."""

import asyncio
from typing import Any

import pytest

from tests.builders.leave import (
    ADJUSTMENTS,
    ANNUAL,
    APPROVER,
    BERLIN,
    CALENDARS,
    EMPLOYEE,
    GRANTS,
    HEAD,
    MANAGER,
    OFFICER,
    PATH,
    TYPES,
    approved,
    asked_for,
    balance,
    cancelled,
    decided,
    decision_path,
    granted,
    leave,
    ready,
    refused,
    taken_back,
    until,
)
from tests.checked import violations_at_rest
from tests.erp import Erp


async def with_leave(erp: Erp) -> None:
    """Everybody has thirty days of 2026."""
    await ready(erp)
    await granted(erp)


async def problem_of(erp: Erp, path: str, body: Any, by: str = OFFICER) -> tuple[int, str]:
    """What a POST is refused for."""
    answer = await erp.request("POST", path, body, by=by)
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


async def test_the_manager_says_yes_and_working_days_without_holidays_are_taken(erp: Erp) -> None:
    await with_leave(erp)

    request = await asked_for(erp, "2026-03-30", "2026-04-07", half_last_day=True)
    await until(erp, request, "submitted")
    (asked,) = (await erp.get("/v1/approvals", waiting_on="me", by=MANAGER))["items"]
    await decided(erp, request)
    done = await until(erp, request, "approved")

    # Monday to Thursday, and half of the Tuesday after Easter.
    assert done["days"] == "4.5"
    assert (asked["role"], asked["document"]) == (HEAD, request["leave_number"])
    assert asked["subject"] == "leave of E-2: 4.5 days, 2026-03-30 to 2026-04-07"
    days = ("2025-12-31", "2026-01-01", "2026-03-30", "2026-04-07", "2026-12-31", "2027-01-01")
    assert [await balance(erp, on) for on in days] == ["0", "30", "29", "25.5", "25.5", "5"]
    assert await balance(erp, "2027-04-01") == "0"
    await erp.at_rest()
    assert await violations_at_rest(erp.company) == []


async def test_a_calendar_has_the_days_of_the_one_that_it_is_based_on(erp: Erp) -> None:
    await with_leave(erp)

    of_berlin = await asked_for(erp, "2026-03-09", "2026-03-10")
    of_germany = await refused(erp, "2026-05-01")

    assert of_berlin["days"] == "1"
    assert of_germany == (422, "invalid", ["starts_on"])


async def test_without_a_manager_the_leave_approver_decides(erp: Erp) -> None:
    await with_leave(erp)

    request = await asked_for(erp, "2026-08-03", by=OFFICER, employee_code="E-1")
    await until(erp, request, "submitted")
    (asked,) = (await erp.get("/v1/approvals"))["items"]
    await decided(erp, request, by=APPROVER)

    assert (asked["role"], asked["document"]) == ("leave approver", request["leave_number"])
    assert (await until(erp, request, "approved"))["status"] == "approved"


async def test_nobody_decides_about_their_own_leave_whoever_has_asked_for_it(erp: Erp) -> None:
    await with_leave(erp)
    # The manager's own leave is decided by the manager's role, too: that of somebody else who has it.
    await erp.request("PATCH", "/v1/employees/E-2", {"decides_as": HEAD}, if_match="*")
    await erp.request("PATCH", "/v1/employees/E-1", {"manager_code": None}, if_match="*")
    policy = {
        "code": "L",
        "kind": "leave",
        "valid_from": "2020-01-01",
        "levels": [{"number": 1, "role": HEAD}],
    }
    await erp.post("/v1/approval-policies", policy)
    own = await asked_for(erp, "2026-08-03", by=MANAGER, employee_code="E-1")
    entered = await asked_for(erp, "2026-08-05", by=OFFICER, employee_code="E-1")
    yes = {"approved": True, "reason": "mine"}

    for request, why in ((own, "four-eyes"), (entered, "decides-about-themselves")):
        await until(erp, request, "submitted")
        answer = await erp.request("POST", decision_path(request), yes, by=MANAGER)
        assert (answer.status_code, answer.json()["type"]) == (403, f"/problems/{why}")
        assert (await until(erp, request, "submitted"))["status"] == "submitted"


async def test_a_no_gives_the_days_back(erp: Erp) -> None:
    await with_leave(erp)
    request = await asked_for(erp)
    assert await balance(erp, "2026-08-03") == "29"

    await decided(erp, request, approved=False)

    assert (await until(erp, request, "rejected"))["why_ended"] == f"{MANAGER} has said no: because"
    assert await balance(erp, "2026-08-03") == "30"


async def test_until_it_is_approved_it_is_cancelled_and_after_that_taken_back(erp: Erp) -> None:
    await with_leave(erp)
    first = await asked_for(erp)
    await until(erp, first, "submitted")
    await cancelled(erp, first)
    second = await approved(erp)

    late = await problem_of(erp, f"{PATH}/{second['leave_id']}/cancellation", {"reason": "no"}, EMPLOYEE)
    too_early = await problem_of(erp, f"{PATH}/{first['leave_id']}/taking-back", {"reason": "ill"})
    stage = await taken_back(erp, second)
    again = await problem_of(erp, f"{PATH}/{second['leave_id']}/taking-back", {"reason": "ill"})

    assert (await until(erp, first, "cancelled"))["why_ended"] == "no need"
    assert (late, too_early, again) == (
        (409, "process-ended"),
        (409, "leave-not-in-this-status"),
        (409, "leave-not-in-this-status"),
    )
    assert stage["outcome"] == "closed"
    assert (await until(erp, second, "taken_back"))["why_ended"] == "ill"
    assert await balance(erp, "2026-08-03") == "30"
    assert await asked_for(erp)  # The day is free again.
    await erp.at_rest()
    assert await violations_at_rest(erp.company) == []


async def test_of_twelve_who_ask_at_once_for_the_last_day_one_gets_it(erp: Erp) -> None:
    await ready(erp)
    await erp.post(TYPES, ANNUAL | {"code": "LAST", "steps": [{"after_years": 0, "days_a_year": "1"}]})
    await granted(erp, leave_type_code="LAST")

    days = [f"2026-08-{day:02}" for day in (3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 17, 18)]
    asked = [erp.request("POST", PATH, leave(day, leave_type_code="LAST"), by=EMPLOYEE) for day in days]
    answers = await asyncio.gather(*asked)

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 11
    kinds = {answer.json()["type"] for answer in answers if answer.status_code == 409}
    assert kinds == {"/problems/not-enough-leave"}
    assert await balance(erp, "2026-12-31", leave_type="LAST") == "0"


async def test_more_than_there_is_is_taken_only_where_it_may_be(erp: Erp) -> None:
    await ready(erp)
    await erp.post(TYPES, ANNUAL | {"code": "AHEAD", "may_be_negative": True})

    assert await refused(erp) == (409, "not-enough-leave", [])
    await asked_for(erp, leave_type_code="AHEAD")

    assert await balance(erp, "2026-08-03", leave_type="AHEAD") == "-1"


async def test_who_is_ill_has_it_written_down_and_nobody_is_asked(erp: Erp) -> None:
    await with_leave(erp)

    request = await asked_for(erp, "2026-08-03", "2026-08-05", leave_type_code="SICK")

    await until(erp, request, "approved")
    assert await balance(erp, "2026-12-31") == "30"
    assert await balance(erp, "2026-12-31", leave_type="SICK") is None
    assert await refused(erp, "2026-08-05") == (409, "away-already", ["starts_on"])


async def test_what_sort_of_leave_it_is_stands_nowhere_but_where_few_read_it(erp: Erp) -> None:
    await with_leave(erp)
    request = await asked_for(erp, "2026-08-03", leave_type_code="SICK", note="broken leg")
    await until(erp, request, "approved")

    (process,) = (await erp.get("/v1/processes", document=request["leave_number"]))["items"]
    story = str(await erp.get(f"/v1/processes/{process['id']}"))
    history = await erp.temporal.get_workflow_handle(process["id"]).fetch_history()
    told = history.to_json()

    assert "SICK" not in story and "broken" not in story
    assert "SICK" not in told and "broken" not in told
    forbidden = await erp.request("GET", PATH, by="accountant")
    others = await erp.request("GET", f"{PATH}/{request['leave_id']}", by=MANAGER)
    own = await erp.get(f"{PATH}/{request['leave_id']}", by=EMPLOYEE)
    assert (forbidden.status_code, others.status_code, own["note"]) == (403, 403, "broken leg")


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"leave_type_code": "GHOST"}, ["leave_type_code"]),
        ({"starts_on": "2026-08-04", "ends_on": "2026-08-03"}, ["ends_on"]),
        ({"ends_on": "2027-08-04"}, ["ends_on"]),
        ({"starts_on": "2024-12-30", "ends_on": "2024-12-30"}, ["starts_on"]),
        ({"starts_on": "2026-08-08", "ends_on": "2026-08-09"}, ["starts_on"]),
        ({"half_first_day": True, "half_last_day": True}, ["half_last_day"]),
        ({"leave_type_code": "UNPAID", "half_first_day": True}, ["half_first_day"]),
        ({"starts_on": "2026-08-02", "half_first_day": True}, ["half_first_day"]),
    ],
)
async def test_what_cannot_be_is_refused_at_its_field(
    erp: Erp, changes: dict[str, Any], fields: list[str]
) -> None:
    await with_leave(erp)

    assert await refused(erp, **changes) == (422, "invalid", fields)
    assert (await erp.get(PATH))["items"] == []
    assert await balance(erp, "2026-12-31") == "30"


async def test_who_may_only_ask_for_themselves_does_so(erp: Erp) -> None:
    await with_leave(erp)

    assert await refused(erp, employee_code="E-1") == (403, "not-your-leave", ["employee_code"])
    assert await refused(erp, employee_code="GHOST") == (403, "not-your-leave", ["employee_code"])
    assert await refused(erp, by=OFFICER, employee_code="GHOST") == (422, "invalid", ["employee_code"])
    request = await asked_for(erp)
    path = f"{PATH}/{request['leave_id']}/cancellation"
    assert await problem_of(erp, path, {"reason": "no"}, MANAGER) == (403, "not-your-leave")
    await cancelled(erp, request)


async def test_a_request_that_comes_twice_is_one(erp: Erp) -> None:
    await with_leave(erp)

    first, again = [await erp.post(PATH, leave(), by=EMPLOYEE, key="the same") for _ in range(2)]
    shown = await erp.request("POST", f"{PATH}?dry_run=true", leave("2026-09-01"), by=EMPLOYEE)

    assert first["leave_id"] == again["leave_id"]
    assert shown.status_code == 200
    assert await balance(erp, "2026-12-31") == "29"
    assert len((await erp.get(PATH))["items"]) == 1


async def test_leave_is_granted_once_and_what_is_brought_along_is_adjusted(erp: Erp) -> None:
    await ready(erp)
    brought = {"employee_code": "E-2", "leave_type_code": "ANNUAL", "year": 2026, "counts_on": "2026-01-01"}
    brought |= {"days": "3.5", "reason": "left of 2025"}

    early = await problem_of(erp, ADJUSTMENTS, brought)
    both, none = [await granted(erp) for _ in range(2)]
    named = {"leave_type_code": "ANNUAL", "year": 2026, "employee_codes": ["E-2", "GHOST"]}
    again = await erp.request("POST", GRANTS, named, by=OFFICER)
    await erp.post(ADJUSTMENTS, brought, by=OFFICER)
    too_few = await problem_of(erp, ADJUSTMENTS, brought | {"days": "-40"})

    assert ((both["people"], both["days"]), none["people"]) == ((2, "60"), 0)
    assert early == (422, "invalid")
    assert [one["field"] for one in again.json()["errors"]] == ["employee_codes.0", "employee_codes.1"]
    assert too_few == (409, "not-enough-leave")
    assert await balance(erp, "2026-01-01") == "33.5"
    moved = await erp.get("/v1/employees/E-2/leave-movements")
    assert [one["kind"] for one in moved] == ["accrued", "adjusted", "lapsed", "lapsed", "lapsed"]


async def test_a_sort_of_leave_and_a_calendar_are_refused_at_their_fields(erp: Erp) -> None:
    await ready(erp)
    none = {"code": "N", "name": "N", "accrual": "none", "carry_over_most": "1"}
    wrong = ANNUAL | {
        "code": "W",
        "steps": [{"after_years": 1, "days_a_year": "1"}],
        "carry_over_until": "02-30",
    }
    circle = {"based_on": "DE-BE"}
    twice = BERLIN | {"code": "X", "days": [BERLIN["days"][0]] * 2, "based_on": "GHOST"}

    answers = [
        await erp.request("POST", TYPES, none),
        await erp.request("POST", TYPES, wrong),
        await erp.request("PATCH", f"{CALENDARS}/DE", circle, if_match="*"),
        await erp.request("POST", CALENDARS, twice),
    ]
    in_use = await erp.request("PATCH", f"{TYPES}/SICK", {"is_paid": False}, if_match="*")

    fields = [[one["field"] for one in answer.json()["errors"]] for answer in answers]
    assert fields == [
        ["carry_over_most"],
        ["steps", "carry_over_until"],
        ["based_on"],
        ["days.1.on", "based_on"],
    ]
    assert (in_use.status_code, in_use.json()["type"]) == (409, "/problems/leave-type-in-use")
