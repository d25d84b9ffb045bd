"""Whoever approves a payroll run is not paid by it, nor does anybody approve for who is."""

from typing import Any

from tests.builders.payment_runs import DIRECTOR, decided
from tests.builders.payroll import (
    APPROVER,
    CLERK,
    PATH,
    asked_of,
    calculated,
    hired,
    in_dollars,
    opened,
    submitted,
    until,
)
from tests.erp import Erp
from tests.workflows.runs.test_payroll_runs_in_time import holds, problem


async def waiting_on(own: Erp, by: str) -> list[str]:
    """What somebody finds in the inbox, by role."""
    return sorted(one["role"] for one in (await own.get("/v1/approvals", by=by, waiting_on="me"))["items"])


async def asked_about_both(erp: Erp) -> tuple[Erp, Any, dict[str, Any]]:
    """A company in which everybody who approves is paid by the run."""
    own = await in_dollars(erp)
    await hired(own, "E-1", actor=DIRECTOR)
    await hired(own, "E-2", actor=APPROVER)
    await hired(own, "E-3")
    run = await opened(own)
    await submitted(own, run)
    return own, run, await asked_of(own, run)


async def test_whom_a_run_pays_does_not_approve_it_and_an_administrator_may(erp: Erp) -> None:
    own, run, asked = await asked_about_both(erp)
    for name in ("Ada Admin", "Adam Admin"):
        key = {"actor": name, "companies": [own.company], "roles": ["administrator"]}
        own.keys[name] = (await own.post("/v1/api-keys", key))["key"]

    by_payee = await decided(own, asked["finance director"], DIRECTOR)
    found = {by: await waiting_on(own, by) for by in (DIRECTOR, APPROVER, "Ada Admin")}
    own.accepted(await decided(own, asked["finance director"], "Ada Admin"))
    own.accepted(await decided(own, asked["payroll approver"], "Adam Admin"))

    assert problem(by_payee) == (403, "conflict-of-interest")
    assert "administrator" in by_payee.json()["detail"]
    assert found == {DIRECTOR: [], APPROVER: [], "Ada Admin": ["finance director", "payroll approver"]}
    assert (await until(own, run, lambda now: now["status"] == "sealed"))["people"] == 3
    await holds(own)


async def test_nobody_stands_in_for_whom_a_run_pays(erp: Erp) -> None:
    own, _, asked = await asked_about_both(erp)
    key = {"actor": "Dora Deputy", "companies": [own.company], "roles": ["viewer"]}
    own.keys["Dora Deputy"] = (await own.post("/v1/api-keys", key))["key"]
    deputy = {"to_actor": "Dora Deputy", "role": "finance director", "valid_until": "2030-01-01T00:00:00Z"}
    await own.post("/v1/delegations", deputy, by=DIRECTOR)

    answer = await decided(own, asked["finance director"], "Dora Deputy")

    assert problem(answer) == (403, "conflict-of-interest")
    assert await waiting_on(own, "Dora Deputy") == []


async def test_who_is_left_out_of_a_run_may_approve_it(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own, "E-1", actor=DIRECTOR)
    await hired(own, "E-2")
    run = await opened(own)
    await own.post(
        f"{PATH}/{run['run_id']}/edits", {"version": run["version"], "leave_out": ["E-1"]}, by=CLERK
    )
    run = await calculated(own, run)
    await submitted(own, run)
    asked = await asked_of(own, run)

    assert await waiting_on(own, DIRECTOR) == ["finance director"]
    own.accepted(await decided(own, asked["finance director"], DIRECTOR))
