"""Payroll in a fault run: each story has a company of the United States of its own, which pays two people."""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from tests.builders.employees import PATH as EMPLOYEES
from tests.builders.employees import an_employee
from tests.builders.payroll import (
    AGREEMENTS,
    COMPONENTS,
    GROUPS,
    LOANS,
    MOVEMENTS,
    OPENINGS,
    ORDERS,
    PATH,
    PAYSLIPS,
    STAFF,
    a_component,
    a_garnishment,
    a_loan,
    a_movement,
    an_agreement,
    an_opening,
    wanted,
)
from tests.faults.company_kinds import OwnCompany, at_work_for, close
from tests.faults.looking import Fate
from tests.faults.patience import PATIENCE_SECONDS, Client, Refused
from tests.faults.payment_run_kinds import asked_of
from tests.faults.registering import kind
from tests.faults.stories import Story

ROLES = ("finance director", "payroll approver")


@kind(
    "payroll.open_payroll_run",
    "payroll.list_payslips",
    "payroll.calculate_payslips",
    "payroll.total_payroll_run",
    "payroll.edit_payroll_run",
    "payroll.submit_payroll_run",
    "payroll.cancel_payroll_run",
    "payroll.release_payroll_run",
    "payroll.post_payslips",
    "payroll.seal_payroll_run",
    at_the_door=(
        *("payroll.put_pay_group", "payroll.put_pay_component", "payroll.put_pay_agreement"),
        *("payroll.put_year_opening", "payroll.put_garnishment_order", "payroll.put_employee_loan"),
        *("payroll.post_loan_movement", "payroll.reverse_loan_movement"),
        *("payroll.reverse_payslip", "payroll.print_payslip", "identity.note_read"),
    ),
    documents=("payroll run", "payslip", "loan movement"),
)
async def people_paid(story: Story) -> None:
    """One run is cancelled; of the next somebody is left out, and put in again, before both are paid, one of
    them less what a creditor and a loan get. One payslip is then taken back, and something paid off-cycle.
    """
    own = at_work_for(story, f"PAYS-{story.number}")
    await with_two_people(own)
    mistaken = await opened(own)
    await own.ask(f"{PATH}/{mistaken['run_id']}/cancellation", {"reason": "too early"})
    run = await opened(own)
    path = f"{PATH}/{run['run_id']}"
    for edit in ({"leave_out": ["E-2"]}, {"put_in": ["E-2"]}):
        await own.ask(f"{path}/edits", {"version": run["version"]} | edit)
        run = await computed(own, run)
    await own.ask(f"{path}/submission", {"version": run["version"]})
    for role in ROLES:
        await decided(own, run, role)
    done = await until(own, path, lambda now: now["status"] == "sealed")
    assert (done["people"], done["gross_amount"]) == (2, "9000.00"), done
    left = (await own.desks.clerk.get(f"{LOANS}/E-1/loan"))["balance"]
    await taken_back(own, run)
    given_back = (await own.desks.clerk.get(f"{LOANS}/E-1/loan"))["balance"]
    assert (left, given_back) == ("300.00", "500.00")
    await paid_off_cycle(own)
    await close(own)


async def with_two_people(own: OwnCompany) -> None:
    """The company, and who is paid by it."""
    company = {"code": own.company, "name": "Pays", "currency": "USD", "country": "US"}
    await own.ask("/v1/companies", company)
    await own.ask("/v1/accounts/template", {})
    year = {"code": "2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31"}
    await own.ask("/v1/fiscal-years", year)
    await own.ask(GROUPS, STAFF)
    await own.ask(COMPONENTS, a_component())
    for code, salary in (("E-1", "5000.00"), ("E-2", "4000.00")):
        await own.ask(EMPLOYEES, an_employee(code))
        await own.ask(AGREEMENTS, an_agreement(code, salary))
    await own.ask(OPENINGS, an_opening("E-1"))
    await owes(own)
    known = await own.desks.clerk.get(f"{AGREEMENTS}/E-1/1")
    assert known["items"][0]["amount"] == "5000.00", known


async def owes(own: OwnCompany) -> None:
    """One of the two owes a creditor, and us: something was repaid by hand, and that was a mistake. In cash,
    for what is in the bank is counted over all companies.
    """
    await own.ask(ORDERS, a_garnishment("E-1"))
    await own.ask(LOANS, a_loan("E-1"))
    for changes in ({}, {"kind": "repaid", "amount": "50.00"}):
        moved = await own.ask(MOVEMENTS, a_movement("E-1/loan", account_code="1450", **changes))
        own.books.note("loan movement", moved["movement_id"], moved["movement_number"])
    path = f"{MOVEMENTS}/{moved['movement_id']}/reversal"
    back = await own.ask(path, {"reversed_on": "2026-01-31", "reason": "of somebody else"})
    own.books.note("reversal", back["reversal_id"], back["reversal_number"])


async def opened(own: OwnCompany, **changes: Any) -> Any:
    """A run is opened and computed; it and its payslips are noted."""
    run = await own.ask(PATH, wanted(**changes), look=partial(at_run, own))
    own.books.note("payroll run", run["run_id"], run["run_number"])
    for slip in (await own.desks.clerk.get(f"{PAYSLIPS}?run={run['run_id']}"))["items"]:
        own.books.note("payslip", slip["payslip_id"], slip["number"])
    return await until(own, f"{PATH}/{run['run_id']}", lambda now: now["version"] > 1)


async def at_run(own: OwnCompany, fate: Fate) -> Any:
    """The run, by the id of its process."""
    assert fate.process_id is not None
    return await own.desks.clerk.get(f"{PATH}/{fate.process_id.split('/')[2]}")


async def computed(own: OwnCompany, run: Any) -> Any:
    """The run, when it was added up again."""
    return await until(own, f"{PATH}/{run['run_id']}", lambda now: now["version"] > run["version"])


async def until(own: OwnCompany, path: str, is_so: Callable[[Any], bool]) -> Any:
    """The run, once something is so of it."""
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE_SECONDS:
        run = await own.desks.clerk.get(path)
        if is_so(run):
            return run
        await asyncio.sleep(0.2)
    raise AssertionError(f"{run['run_number']} is {run['status']} at version {run['version']}")


async def decided(own: OwnCompany, run: Any, role: str) -> None:
    """Somebody with the role says yes."""
    asked = await asked_of(own, run, role)
    body = {"approved": True, "reason": "as read", "content_hash": asked["content_hash"]}
    by = await client_with(own, role)
    await own.ask(f"/v1/approvals/{asked['id']}/decision", body, by=by)
    await by.close()


async def client_with(own: OwnCompany, role: str) -> Client:
    """Somebody with the role; a key whose answer was lost is never shown again: another is issued."""
    wanted_key = {"actor": f"The {role}", "companies": [own.company], "roles": [role]}
    for _ in range(10):
        try:
            issued = await own.ask("/v1/api-keys", wanted_key)
        except Refused as refusal:
            if refusal.status != 409:
                raise
        else:
            if "key" in issued:
                client = own.desks.clerk.of_company(own.company)
                client.api_key = issued["key"]
                return client
    raise AssertionError(f"no {role} has a key")


async def paid_off_cycle(own: OwnCompany) -> None:
    """The other one gets something beside the regular pay."""
    items = [{"component": "salary", "amount": "700.00"}]
    run = await opened(own, kind="off_cycle", people=[{"employee_code": "E-2", "items": items}])
    path = f"{PATH}/{run['run_id']}"
    await own.ask(f"{path}/submission", {"version": run["version"]})
    for role in ROLES:
        await decided(own, run, role)
    done = await until(own, path, lambda now: now["status"] == "sealed")
    assert (done["people"], done["gross_amount"]) == (1, "700.00"), done


async def taken_back(own: OwnCompany, run: Any) -> None:
    """The payslip of one of the two is handed out, and taken back."""
    slips = (await own.desks.clerk.get(f"{PAYSLIPS}?run={run['run_id']}"))["items"]
    path = f"{PAYSLIPS}/{slips[0]['payslip_id']}"
    printed, again = [await own.desks.clerk.get(f"{path}/pdf") for _ in range(2)]
    assert printed == again, f"{path} is not as it was printed"
    back = await own.ask(f"{path}/reversal", {"reversed_on": "2026-03-31", "reason": "entered by mistake"})
    own.books.note("reversal", back["reversal_id"], back["reversal_number"])
