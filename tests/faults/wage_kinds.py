"""Net pay in a fault run: each story has a company of the United States of its own, which pays two people."""

from functools import partial
from typing import Any

from tests.builders.payment_runs import PATH, today
from tests.builders.payroll import PATH as PAYROLL_RUNS
from tests.faults import payroll_kinds
from tests.faults.company_kinds import OwnCompany, at_work_for, close
from tests.faults.looking import Fate
from tests.faults.payroll_kinds import ROLES, decided, opened, with_two_people
from tests.faults.registering import kind
from tests.faults.stories import Story

ACCOUNT = {"code": "WAGES", "name": "Wages", "currency": "USD", "account_code": "1455"}


@kind(
    "banking.list_run_wages",
    "banking.pay_run_wages",
    at_the_door=("banking.reverse_wage_payment",),
    documents=("payroll run", "payslip", "payment run", "wage payment", "reversal"),
)
async def wages_paid(story: Story) -> None:
    """A payroll run is paid, once two have approved it; of one of the two the payment is taken back."""
    own = at_work_for(story, f"WAGES-{story.number}")
    await with_two_people(own)
    await with_a_bank(own, story.number)
    payroll = await sealed(own)
    asked = {"bank_account": ACCOUNT["code"], "pay_on": today(), "payroll_run_id": payroll["run_id"]}
    run = await own.ask(PATH, asked, look=partial(at_payment_run, own))
    own.books.note("payment run", run["run_id"], run["run_number"])
    path = f"{PATH}/{run['run_id']}"
    await own.ask(f"{path}/submission", {"version": run["version"]})
    for role in ROLES:
        await decided(own, run, role)
    await payroll_kinds.until(own, path, lambda now: now["status"] == "posted")
    wages = await own.desks.clerk.get(f"{path}/wages")
    assert [one["state"] for one in wages] == ["in_transit"] * 2, wages
    for wage in wages:
        own.books.note("wage payment", wage["wage_payment_id"], wage["number"])
    of_wage = f"/v1/wage-payments/{wages[0]['wage_payment_id']}/reversal"
    back = await own.ask(of_wage, {"reversed_on": today(), "reason": "not made"})
    own.books.note("reversal", back["reversal_id"], back["reversal_number"])
    await close(own)


async def with_a_bank(own: OwnCompany, number: int) -> None:
    """An account with an IBAN that no other story has, and books that are open today."""
    if today()[:4] != "2026":
        year = {"code": today()[:4], "starts_on": f"{today()[:4]}-01-01", "ends_on": f"{today()[:4]}-12-31"}
        await own.ask("/v1/fiscal-years", year)
    code = ACCOUNT["account_code"]
    await own.ask("/v1/accounts", {"code": code, "name": "Wages", "kind": "asset"})
    digits = f"{number:018d}"
    check = 98 - int(f"{digits}131400") % 97
    await own.ask("/v1/bank-accounts", ACCOUNT | {"iban": f"DE{check:02d}{digits}"})


async def sealed(own: OwnCompany) -> Any:
    """The payroll of March, computed, approved and posted."""
    run = await opened(own)
    path = f"{PAYROLL_RUNS}/{run['run_id']}"
    await own.ask(f"{path}/submission", {"version": run["version"]})
    for role in ROLES:
        await decided(own, run, role)
    return await payroll_kinds.until(own, path, lambda now: now["status"] == "sealed")


async def at_payment_run(own: OwnCompany, fate: Fate) -> Any:
    """The run, by the id of its process."""
    assert fate.process_id is not None
    return await own.desks.clerk.get(f"{PATH}/{fate.process_id.split('/')[2]}")
