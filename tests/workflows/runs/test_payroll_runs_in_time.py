"""Who comes too late, too early or at the same time: a payroll run pays what was approved, or nothing."""

import asyncio
from typing import Any

import pytest

from tests.builders.payment_runs import DIRECTOR, decided
from tests.builders.payroll import (
    APPROVER,
    CLERK,
    PATH,
    approved,
    asked_of,
    hired,
    in_dollars,
    opened,
    payslips_of,
    sealed,
    seen,
    submitted,
    until,
    wanted,
)
from tests.checked import violations
from tests.erp import Erp


def problem(answer: Any) -> tuple[int, str]:
    """What a request is refused with."""
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


async def cancel(own: Erp, run: Any) -> Any:
    """Whoever runs the payroll calls it off."""
    return await own.request("POST", f"{PATH}/{run['run_id']}/cancellation", {"reason": "no"}, by=CLERK)


async def holds(own: Erp) -> None:
    """Nothing is broken."""
    await own.at_rest()
    assert await violations(own.company) == []


async def test_a_dry_run_of_an_opening_writes_nothing(erp: Erp) -> None:
    own = await in_dollars(erp)
    nobody = await own.request("POST", PATH, wanted(), by=CLERK, dry_run="true")
    await hired(own)

    would = await own.request("POST", PATH, wanted(), by=CLERK, dry_run="true")

    assert problem(nobody) == (422, "nobody-to-pay")
    assert would.status_code == 200, would.text
    assert (await own.get(PATH))["items"] == []
    assert (await own.get("/v1/payslips"))["items"] == []


def fields(answer: Any) -> list[str]:
    """The fields that a request is refused for."""
    return [one["field"] for one in answer.json()["errors"]]


async def test_what_a_run_is_not_opened_for_is_named_by_field(erp: Erp) -> None:
    own = await in_dollars(erp)
    april = {"starts_on": "2026-04-01", "ends_on": "2026-04-30"}
    nobody = await own.request("POST", PATH, wanted(), by=CLERK)
    await hired(own)
    await opened(own)

    answers = [
        await own.request("POST", PATH, wanted(**changes), by=CLERK)
        for changes in ({}, {"kind": "correction"}, april | {"kind": "correction"}, {"pay_group": "GHOST"})
    ]

    assert (problem(nobody), fields(nobody)) == ((422, "nobody-to-pay"), ["starts_on"])
    assert [problem(one)[1] for one in answers] == [
        "period-has-run",
        "period-has-run",
        "no-run-to-correct",
        "invalid",
    ]
    assert [fields(one) for one in answers] == [["starts_on"], ["starts_on"], ["starts_on"], ["pay_group"]]


async def test_of_two_who_open_the_same_run_at_once_one_does(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own)

    answers = await asyncio.gather(*(own.request("POST", PATH, wanted(), by=CLERK) for _ in range(2)))

    assert sorted(one.status_code for one in answers) == [201, 409]
    assert problem(max(answers, key=lambda one: one.status_code)) == (409, "period-has-run")
    assert len((await own.get("/v1/payslips"))["items"]) == 1


async def test_an_edit_and_a_submission_at_once_are_one_after_the_other(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own, "E-1")
    await hired(own, "E-2")
    run = await opened(own)
    path, version = f"{PATH}/{run['run_id']}", {"version": run["version"]}

    edit, submission = await asyncio.gather(
        own.request("POST", f"{path}/edits", version | {"leave_out": ["E-2"]}, by=CLERK),
        own.request("POST", f"{path}/submission", version, by=CLERK),
    )

    assert (edit.status_code < 300) != (submission.status_code < 300), (edit.text, submission.text)
    late = problem(max((edit, submission), key=lambda one: one.status_code))
    assert late in {(409, "still-calculating"), (409, "payroll-changed"), (409, "payroll-submitted")}
    now = await until(own, run, lambda now: now["status"] == "submitted" or now["people"] == 1)
    assert now["people"] == (2 if now["status"] == "submitted" else 1)


async def test_a_run_is_submitted_once(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own)
    run = await opened(own)
    path = f"{PATH}/{run['run_id']}/submission"

    stale = await own.request("POST", path, {"version": run["version"] - 1}, by=CLERK)
    await submitted(own, run)
    again = await own.request("POST", path, {"version": run["version"]}, by=CLERK)

    assert problem(stale) == (409, "payroll-changed")
    assert problem(again) == (409, "payroll-submitted")


@pytest.mark.parametrize("stage", ["calculating", "calculated", "submitted", "one approved"])
async def test_a_run_is_cancelled_at_any_stage_before_it_is_released(erp: Erp, stage: str) -> None:
    own = await in_dollars(erp)
    await hired(own)
    run = await own.post(PATH, wanted(), by=CLERK) if stage == "calculating" else await opened(own)
    if stage in ("submitted", "one approved"):
        await submitted(own, run)
    if stage == "one approved":
        own.accepted(await decided(own, (await asked_of(own, run))["finance director"], DIRECTOR))

    own.accepted(await cancel(own, run))

    assert (await seen(own, run))["status"] == "cancelled"
    assert [one["status"] for one in (await payslips_of(own, run)).values()] == ["withdrawn"]
    assert (await own.get("/v1/approvals", status="open"))["items"] == []
    another = await opened(own)
    assert another["people"] == 1
    await until_only_open(own, {another["run_number"]})
    await holds(own)


async def until_only_open(own: Erp, numbers: set[str]) -> None:
    """Wait until no other process waits, also not one that computes."""
    for _ in range(200):
        found = {one["document"] for one in (await own.get("/v1/processes", only_open=True))["items"]}
        if found == numbers:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"open are {found}")


async def test_a_run_that_is_released_is_not_cancelled(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own)
    run = await opened(own)
    await sealed(own, run)

    late = await cancel(own, run)

    assert late.status_code == 409
    assert (await seen(own, run))["status"] == "sealed"


async def test_one_no_is_enough(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own)
    run = await opened(own)
    await submitted(own, run)
    asked = await asked_of(own, run)

    own.accepted(await decided(own, asked["finance director"], DIRECTOR))
    no = {"approved": False, "reason": "too much"}
    own.accepted(await decided(own, asked["payroll approver"], APPROVER, **no))

    now = await until(own, run, lambda now: now["status"] == "cancelled")
    assert now["reason"] == f"rejected by {APPROVER}: too much"
    assert (await own.balances()).get("wages_payable", 0) == 0
    await holds(own)


async def test_who_has_opened_a_run_does_not_approve_it_also_when_another_submits_it(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own)
    opener = {
        "actor": "Olga Opener",
        "companies": [own.company],
        "roles": ["payroll clerk", "payroll approver"],
    }
    own.keys["Olga Opener"] = (await own.post("/v1/api-keys", opener))["key"]
    run = await own.post(PATH, wanted(), by="Olga Opener")
    run = await until(own, run, lambda now: now["version"] > run["version"])
    await submitted(own, run)
    asked = await asked_of(own, run)

    own_yes = await decided(own, asked["payroll approver"], "Olga Opener")
    first = await decided(own, asked["payroll approver"], APPROVER)

    assert own_yes.status_code == 403, own_yes.text
    assert first.status_code == 200


async def test_a_yes_to_another_content_is_refused(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own)
    run = await opened(own)
    await submitted(own, run)
    asked = (await asked_of(own, run))["finance director"]

    other = await decided(own, asked, DIRECTOR, content_hash="0" * 64)
    yes = {"approved": True, "reason": "unread"}
    unread = await own.request("POST", f"/v1/approvals/{asked['id']}/decision", yes, by=DIRECTOR)

    assert problem(other) == (409, "other-content")
    assert problem(unread) == (422, "content-not-named")


async def test_a_period_that_is_locked_between_approval_and_release_turns_the_run_back(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own)
    run = await opened(own)
    await submitted(own, run)
    locked = await own.request(
        "PATCH", "/v1/fiscal-years/2026", {"locked_through": "2026-03-31"}, if_match="*"
    )
    own.accepted(locked)

    await approved(own, run)

    now = await until(own, run, lambda now: now["status"] == "cancelled")
    assert "2026-03-31" in now["reason"]
    late = await own.request("POST", PATH, wanted(), by=CLERK)
    assert problem(late) == (422, "period-locked")
    await holds(own)


async def test_without_an_account_for_a_role_no_run_is_opened_or_released(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own)
    run = await opened(own)
    await submitted(own, run)
    (account,) = [one for one in (await own.get("/v1/accounts"))["items"] if one["role"] == "wages_payable"]
    gone = await own.request("PATCH", f"/v1/accounts/{account['code']}", {"blocked": True}, if_match="*")
    own.accepted(gone)

    await approved(own, run)

    now = await until(own, run, lambda now: now["status"] == "cancelled")
    assert "wages_payable" in now["reason"]
    again = await own.request("POST", PATH, wanted(), by=CLERK)
    assert problem(again) == (422, "no-account-for")
    await holds(own)
