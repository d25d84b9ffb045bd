"""People who are paid, as tests ask for them: here, and nowhere else, is said what one needs."""

import asyncio
from typing import Any

from tests.builders.bank_details import changed_at_once
from tests.builders.employees import PATH as EMPLOYEES
from tests.builders.employees import an_employee
from tests.builders.payment_runs import DIRECTOR, decided
from tests.erp import Erp, a_company

GROUPS, COMPONENTS, AGREEMENTS = "/v1/pay-groups", "/v1/pay-components", "/v1/pay-agreements"
OPENINGS = "/v1/year-openings"
ORDERS, LOANS, MOVEMENTS = "/v1/garnishment-orders", "/v1/employee-loans", "/v1/loan-movements"
PATH, PAYSLIPS = "/v1/payroll-runs", "/v1/payslips"
CLERK, APPROVER = "Carla Clerk", "Arno Approver"
"""Who runs the payroll, and who approves it with the finance director."""
IBAN, SECOND_IBAN = "DE02120300000000202051", "DE89370400440532013000"
STAFF = {"code": "STAFF", "name": "Staff, monthly", "country": "US", "frequency": "monthly"}
IN_TEXAS = {"state": "TX", "state_unemployment_percent": "2.7"}


def a_component(code: str = "salary", **changes: Any) -> dict[str, Any]:
    """A monthly salary, whose amount each agreement says."""
    asked = {
        "name": "Monthly salary",
        "country": STAFF["country"],
        "sign": "earning",
        "treatment": "regular",
        "counts_as_base": True,
        "proration": "calendar_days",
        "versions": [{"valid_from": "2025-01-01", "kind": "fixed"}],
    }
    return {"code": code} | asked | changes


def an_agreement(employee: str = "E-1", salary: str = "5000.00", **changes: Any) -> dict[str, Any]:
    """Somebody is paid a salary since 2025."""
    asked = {
        "employee_code": employee,
        "pay_group_code": STAFF["code"],
        "valid_from": "2025-01-01",
        "items": [{"component": "salary", "amount": salary}],
        "details": IN_TEXAS,
        "accounts": [{"iban": IBAN}],
    }
    return {"code": f"{employee}/1"} | asked | changes


def an_opening(employee: str = "E-1", **changes: Any) -> dict[str, Any]:
    """Two months that the system before this one has paid."""
    asked = {
        "employee_code": employee,
        "year": 2026,
        "country": STAFF["country"],
        "law": {"social_security_wages": "8000.00"},
        "components": {"salary": "8000.00"},
    }
    return {"code": f"{employee}/2026"} | asked | changes


def a_garnishment(employee: str = "E-1", **changes: Any) -> dict[str, Any]:
    """A court asks for 2,000.00; 3,000.00 of a month are left to the employee."""
    asked = {
        "employee_code": employee,
        "creditor": "COURT",
        "creditor_name": "City Court",
        "valid_from": "2026-01-01",
        "total_amount": "2000.00",
        "protected": {"at_least": "3000.00"},
    }
    return {"code": f"{employee}/court"} | asked | changes


def a_loan(employee: str = "E-1", **changes: Any) -> dict[str, Any]:
    """An advance that 200.00 of each payslip repay."""
    asked = {
        "employee_code": employee,
        "name": "Advance",
        "instalment": "200.00",
        "valid_from": "2026-01-01",
    }
    return {"code": f"{employee}/loan"} | asked | changes


def a_movement(loan: str = "E-1/loan", **changes: Any) -> dict[str, Any]:
    """500.00 are lent at the beginning of the year."""
    return {"loan_code": loan, "kind": "granted", "amount": "500.00", "moved_on": "2026-01-15"} | changes


async def lent(erp: Erp, employee: str = "E-1", **changes: Any) -> Any:
    """Somebody owes us an advance."""
    await erp.post(LOANS, a_loan(employee, **changes), by=CLERK)
    return await erp.post(MOVEMENTS, a_movement(f"{employee}/loan"), by=CLERK)


def company_in_dollars(company: str) -> str:
    """What the company of the United States is called that stands beside another one."""
    return f"{company}-US"


async def in_dollars(erp: Erp) -> Erp:
    """A company of the United States, with its books and the persons that a payroll needs."""
    company = company_in_dollars(erp.company)
    await erp.post("/v1/companies", a_company(company) | {"currency": "USD", "country": "US"})
    own = Erp(erp.http, erp.temporal, company)
    await own.post("/v1/accounts/template", {})
    await own.post("/v1/fiscal-years", {"code": "2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31"})
    await with_payroll(own)
    await own.post(GROUPS, STAFF)
    await own.post(COMPONENTS, a_component())
    return own


async def with_payroll(own: Erp) -> None:
    """A company has the persons that a payroll needs."""
    for name, role in (
        (CLERK, "payroll clerk"),
        (DIRECTOR, "finance director"),
        (APPROVER, "payroll approver"),
        ("operator", "operator"),
    ):
        asked = {"actor": name, "companies": [own.company], "roles": [role]}
        own.keys[name] = (await own.post("/v1/api-keys", asked))["key"]


async def hired(erp: Erp, code: str = "E-1", salary: str = "5000.00", **changes: Any) -> None:
    """Somebody works for us, and is paid."""
    await erp.post(EMPLOYEES, an_employee(code))
    await erp.post(AGREEMENTS, an_agreement(code, salary, **changes))


async def paid_to(erp: Erp, code: str, iban: str = IBAN) -> None:
    """Somebody's pay goes to another account: somebody else has said yes to it."""
    path, elsewhere = f"{AGREEMENTS}/{code}/1", {"accounts": [{"iban": iban}]}
    await changed_at_once(erp, path, elsewhere, approver=APPROVER)


def wanted(**changes: Any) -> dict[str, Any]:
    """March of 2026."""
    return {"pay_group": "STAFF", "starts_on": "2026-03-01", "ends_on": "2026-03-31"} | changes


async def opened(erp: Erp, **changes: Any) -> Any:
    """A run whose payslips are computed."""
    run = await erp.post(PATH, wanted(**changes), by=CLERK)
    return await calculated(erp, run)


async def seen(erp: Erp, run: Any) -> Any:
    """A run as it stands."""
    return await erp.get(f"{PATH}/{run['run_id']}")


async def calculated(erp: Erp, run: Any) -> Any:
    """The run, once it was added up again."""
    return await until(erp, run, lambda now: now["version"] > run["version"])


async def until(erp: Erp, run: Any, is_so: Any) -> Any:
    """The run, once something is so of it."""
    for _ in range(400):
        now = await seen(erp, run)
        if is_so(now):
            return now
        await asyncio.sleep(0.05)
    raise AssertionError(f"not so within 20 s: {now}")


async def payslips_of(erp: Erp, run: Any, **query: Any) -> dict[str, Any]:
    """The payslips of a run, by person."""
    found = (await erp.get(PAYSLIPS, run=run["run_id"], limit=200, **query))["items"]
    return {one["employee_code"]: one for one in found}


async def submitted(erp: Erp, run: Any) -> Any:
    """The run waits for its approvals."""
    return await erp.post(f"{PATH}/{run['run_id']}/submission", {"version": run["version"]}, by=CLERK)


async def asked_of(erp: Erp, run: Any) -> dict[str, Any]:
    """What the two are asked about a run, by role."""
    for _ in range(200):
        found = (await erp.get("/v1/approvals", document=run["run_number"]))["items"]
        if len(found) == 2:
            return {one["role"]: one for one in found}
        await asyncio.sleep(0.05)
    raise AssertionError(f"two are to be asked about {run['run_number']}: {found}")


async def approved(erp: Erp, run: Any) -> None:
    """Both say yes."""
    asked = await asked_of(erp, run)
    for role, by in (("finance director", DIRECTOR), ("payroll approver", APPROVER)):
        erp.accepted(await decided(erp, asked[role], by))


async def sealed(erp: Erp, run: Any) -> Any:
    """A computed run, to its posted payslips."""
    await submitted(erp, run)
    await approved(erp, run)
    return await until(erp, run, lambda now: now["status"] == "sealed")


async def trade(erp: Erp) -> None:
    """What the company that the checker looks at does in dollars beside its own trade: two people are paid,
    one of them by another system before, less what a creditor and a loan get, and a raise that is known late,
    and one is held; a payslip is taken back and corrected, and something is paid off-cycle; a run is
    cancelled, one waits for approval, one to be submitted.
    """
    own = await in_dollars(erp)
    await hired(own, "E-1", actor="Erna Employee")
    await hired(own, "E-2", "4000.00")
    await hired(own, "E-3", "3000.00", accounts=[])
    await own.post(OPENINGS, an_opening("E-2"))
    await own.post(ORDERS, a_garnishment("E-2", a_period="100.00"), by=CLERK)
    await lent(own, "E-2")
    by_hand = await own.post(MOVEMENTS, a_movement("E-2/loan", kind="repaid", amount="50.00"), by=CLERK)
    february = {"starts_on": "2026-02-01", "ends_on": "2026-02-28"}
    await sealed(own, run := await opened(own, **february))
    first = (await payslips_of(own, run))["E-1"]
    back = {"reason": "a mistake", "reversed_on": "2026-02-28"}
    await own.post(f"{MOVEMENTS}/{by_hand['movement_id']}/reversal", back, by=CLERK)
    await own.post(f"{PAYSLIPS}/{first['payslip_id']}/reversal", back, by=CLERK)
    await sealed(own, await opened(own, kind="correction", **february))
    raised = {"items": [{"component": "salary", "amount": "4100.00"}]}
    await own.request("PATCH", f"{AGREEMENTS}/E-2/1", raised, if_match="*")
    mistaken = await opened(own)
    await own.post(f"{PATH}/{mistaken['run_id']}/cancellation", {"reason": "a test"}, by=CLERK)
    await sealed(own, await opened(own))
    bonus = [{"employee_code": "E-2", "items": [{"component": "salary", "amount": "700.00"}]}]
    await sealed(own, await opened(own, kind="off_cycle", people=bonus))
    await paid_to(own, "E-2", SECOND_IBAN)
    await submitted(own, await opened(own, starts_on="2026-04-01", ends_on="2026-04-30"))
    await opened(own, starts_on="2026-05-01", ends_on="2026-05-31")
