"""Net pay that is paid, as tests ask for it: by a payment run in dollars.

Payroll runs are of 2026; payments are of today.
"""

from decimal import Decimal
from typing import Any

from tests.builders.bank_statements import camt, entry, imported, lines_of, match, open_account
from tests.builders.payment_runs import DIRECTOR, PATH, PROPOSER, asked, decided, open_this_year, today, until
from tests.builders.payroll import APPROVER, company_in_dollars, hired, in_dollars, opened, sealed
from tests.erp import Erp

OUR_IBAN = "DE75512108001245126199"
WAGES_OF_PAYROLL = "/v1/payroll-runs/{}/wages"


async def ready_to_pay(erp: Erp) -> Erp:
    """A company that pays in dollars, with a bank account and those whom a run needs."""
    own = await in_dollars(erp)
    await open_this_year(own)
    await open_account(own, iban=OUR_IBAN, currency="USD")
    asked_key = {"actor": PROPOSER, "companies": [own.company], "roles": ["accountant"]}
    own.keys[PROPOSER] = own.keys["accountant"] = (await own.post("/v1/api-keys", asked_key))["key"]
    return own


async def a_sealed_run(own: Erp, *people: str, **changes: Any) -> Any:
    """The payroll of March for some people, who are hired for it."""
    for code in people:
        await hired(own, code, **changes)
    run = await opened(own)
    await sealed(own, run)
    return run


def of_wages(payroll: Any, **changes: Any) -> dict[str, Any]:
    """The net pay of a payroll run, paid today."""
    wanted = {"bank_account": "SAVINGS", "pay_on": today(), "payroll_run_id": payroll["run_id"]}
    return wanted | changes


async def proposed(own: Erp, payroll: Any, **changes: Any) -> Any:
    """A payment run of the wages, as it is kept."""
    return await own.post(PATH, of_wages(payroll, **changes), by=PROPOSER)


async def approved(own: Erp, run: Any) -> None:
    """Who may see what people are paid says yes, both of them."""
    approvals = await asked(own, run)
    for role, by in (("finance director", DIRECTOR), ("payroll approver", APPROVER)):
        own.accepted(await decided(own, approvals[role], by))


async def submitted(own: Erp, run: Any) -> Any:
    """The run waits for its approvals."""
    return await own.post(f"{PATH}/{run['run_id']}/submission", {"version": run["version"]}, by=PROPOSER)


async def paid(own: Erp, run: Any) -> Any:
    """A proposed run of wages, to the file for the bank."""
    await submitted(own, run)
    await approved(own, run)
    return await until(own, run, "posted")


async def wages_of(own: Erp, run: Any) -> list[Any]:
    """What people are paid by a payment run."""
    found: list[Any] = await own.get(f"{PATH}/{run['run_id']}/wages")
    return found


async def parts_of(own: Erp, payroll: Any) -> dict[str, Any]:
    """How far what a payroll run leaves to be paid has come, by person; of several accounts the last."""
    parts = await own.get(WAGES_OF_PAYROLL.format(payroll["run_id"]))
    return {one["employee_code"]: one for one in parts}


async def stated(own: Erp, *lines: str, closing: str, **more: Any) -> list[Any]:
    """The lines of a statement of today, when those that a rule knows are posted."""
    content = camt(*lines, closing=closing, day=today(), iban=OUR_IBAN, currency="USD", **more)
    (statement,) = await imported(own, content)
    await match(own, statement)
    return await lines_of(own, statement)


async def trade(erp: Erp) -> None:
    """What the company that the checker looks at does with them in dollars: the net pay of March is paid, one
    of two is confirmed, the other comes back and is to be paid again; a run is cancelled before. A payment of
    a correction is taken back by hand.
    """
    own = Erp(erp.http, erp.temporal, company_in_dollars(erp.company))
    for name, role in (
        (DIRECTOR, "finance director"),
        (APPROVER, "payroll approver"),
        (PROPOSER, "accountant"),
    ):
        asked_key = {"actor": name, "companies": [own.company], "roles": [role]}
        own.keys[name] = (await own.post("/v1/api-keys", asked_key))["key"]
    own.keys["accountant"] = own.keys[PROPOSER]
    await open_this_year(own)
    await open_account(own, iban=OUR_IBAN, currency="USD")
    listed = (await own.get("/v1/payroll-runs", status="sealed"))["items"]
    (payroll,) = [one for one in listed if (one["starts_on"], one["kind"]) == ("2026-03-01", "regular")]
    (correction,) = [one for one in listed if one["kind"] == "correction"]
    (not_made,) = await wages_of(own, await paid(own, await proposed(own, correction)))
    of_wage = f"/v1/wage-payments/{not_made['wage_payment_id']}/reversal"
    await own.post(of_wage, {"reason": "the bank has lost the file"})
    mistaken = await proposed(own, payroll)
    await own.post(f"{PATH}/{mistaken['run_id']}/cancellation", {"reason": "a test"}, by=PROPOSER)
    run = await paid(own, await proposed(own, payroll))
    first, second = await wages_of(own, run)
    total = Decimal(first["amount"]) + Decimal(second["amount"])
    there = entry(f"-{total}", run["run_number"], day=today(), currency="USD")
    back = entry(first["amount"], "closed", day=today(), end_to_end=first["number"], currency="USD")
    await stated(own, there, back, closing=f"-{second['amount']}")
    await proposed(own, payroll)
