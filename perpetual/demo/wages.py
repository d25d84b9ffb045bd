"""How the demo pays its people: thirty of them are hired, and two months are run, approved and posted."""

import asyncio
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from perpetual.demo.people import (
    ACCOUNTS,
    FINANCE,
    LEAVE_APPROVER,
    PAY_APPROVER,
    PAYROLL,
    PERSONNEL,
    People,
    Refused,
)
from perpetual.demo.runs import LOOKS, LOOKS_EVERY_SECONDS, RunToApprove, payment_run

EMPLOYEES = Path(__file__).parents[1] / "company" / "employees.csv"
CARDS = Path(__file__).with_name("tax_cards.csv")
"""What the tax office and the health fund say of each, and where their pay goes."""
BANK = "MAIN"
"""The account from which they are paid."""
STAFF = {"code": "STAFF", "name": "Staff, monthly", "country": "DE", "frequency": "monthly"}
SALARY: dict[str, Any] = {
    "code": "salary",
    "name": "Gehalt",
    "country": "DE",
    "sign": "earning",
    "treatment": "regular",
    "counts_as_base": True,
    "proration": "calendar_days",
    "versions": [{"valid_from": "2026-01-01", "kind": "fixed"}],
}
LEVIES = {"sick_pay": "1.6", "maternity": "0.44"}
APPRENTICE = "Apprentice"
RAISED, RAISE = "E-021", "4000.00"
"""Who gets a raise from the first month on, which is known when that is paid: the second pays the rest."""
LEAVES, LAST_DAY = "E-029", "2026-10-15"
"""Who leaves amid the second month."""
AWAY, FIRST_DAY_AWAY, LAST_DAY_AWAY = "E-006", "2026-10-05", "2026-10-16"
"""Who is away without pay in the second month."""
WITHOUT_PAY = {"code": "UNPAID", "name": "Leave without pay", "accrual": "none", "is_paid": False}
APPROVERS = {"finance director": FINANCE, "payroll approver": PAY_APPROVER}


@dataclass(frozen=True)
class Month:
    """A month that is paid on its last day."""

    starts_on: str
    ends_on: str


class WagesPaid(NamedTuple):
    """What the bank pays at once of a payroll run: by the number of the payment run."""

    run_number: str
    amount: Decimal


MONTHS = (Month("2026-09-01", "2026-09-30"), Month("2026-10-01", "2026-10-31"))


class Payroll:
    """The people of the company, and what they are paid."""

    def __init__(self, people: People, on: date) -> None:
        self.people, self.on = people, on

    async def pay(self) -> list[WagesPaid]:
        """They are hired, and paid for two months; gives what the bank is to pay. A month that was paid
        before is not paid again.
        """
        await self._hire()
        first, second = MONTHS
        runs = [await self._run(first)]
        await self._change()
        runs.append(await self._run(second))
        return [paid for run_id in runs if (paid := await self._pay(run_id)) is not None]

    async def _hire(self) -> None:
        """Whoever is not there yet."""
        there = {one["code"] async for one in self.people.every("/v1/pay-agreements")}
        await self._put("pay-groups", STAFF, by=PAYROLL)
        await self._put("pay-components", SALARY, by=PAYROLL)
        for employee, agreement in hired():
            if agreement["code"] not in there:
                await self._put("employees", employee, by=PERSONNEL)
                await self._put("pay-agreements", agreement, by=PAYROLL)

    async def _put(self, path: str, body: dict[str, Any], *, by: str) -> None:
        await self.people.post(f"/v1/{path}", body, by=by, key=f"demo/{path}/{body['code']}")

    async def _change(self) -> None:
        """One of them gets a raise, one has left, one will be away without pay."""
        for code, changes in ((RAISED, {"items": _salary(RAISE)}), (LEAVES, {"valid_to": LAST_DAY})):
            await self.people.change(f"/v1/pay-agreements/{code}-1", changes, by=PAYROLL)
        await self._put("leave-types", WITHOUT_PAY, by=PERSONNEL)
        days = {"starts_on": FIRST_DAY_AWAY, "ends_on": LAST_DAY_AWAY}
        asked = {"employee_code": AWAY, "leave_type_code": WITHOUT_PAY["code"], **days}
        key = f"demo/leave of {AWAY}"
        leave = await self.people.post("/v1/leave-requests", asked, by=PERSONNEL, key=key)
        path = f"/v1/leave-requests/{leave['leave_id']}"
        decision = {"approved": True, "reason": "agreed"}
        for _ in range(LOOKS):
            now = await self.people.get(path)
            if now["status"] == "approved":
                return
            if now["status"] == "submitted":
                await self.people.post(f"{path}/approval", decision, by=LEAVE_APPROVER, key=f"{key}/yes")
            await asyncio.sleep(LOOKS_EVERY_SECONDS)
        raise Refused(202, {"detail": f"{leave['leave_number']} is not approved"})

    async def _run(self, month: Month) -> str:
        """The payroll run of a month: opened, computed, submitted, approved by two, posted; gives its id."""
        wanted = {"pay_group": STAFF["code"], "starts_on": month.starts_on, "ends_on": month.ends_on}
        key = f"demo/payroll/{month.starts_on}"
        opened = await self.people.post("/v1/payroll-runs", wanted, by=PAYROLL, key=key)
        run_id: str = opened["run_id"]
        run = RunToApprove(self.people, f"/v1/payroll-runs/{run_id}", PAYROLL, APPROVERS)
        await run.until(lambda now: now["status"] != "open" or now["version"] > opened["version"])
        await run.approve(still="open")
        await run.until(lambda now: now["status"] == "sealed")
        return run_id

    async def _pay(self, payroll_run_id: str) -> WagesPaid | None:
        """What the bank is to pay of it, as it books it: one sum; nothing, when that is paid."""
        wanted = {"bank_account": BANK, "pay_on": str(self.on), "payroll_run_id": payroll_run_id}
        key = f"wages/{payroll_run_id}"
        if (found := await payment_run(self.people, wanted, by=ACCOUNTS, key=key)) is None:
            return None
        run = RunToApprove(self.people, f"/v1/payment-runs/{found['run_id']}", ACCOUNTS, APPROVERS)
        await run.approve(still="proposed")
        posted = await run.until(lambda now: now["status"] == "posted")
        wages = await self.people.get(f"{run.path}/wages")
        return WagesPaid(posted["run_number"], sum((Decimal(one["amount"]) for one in wages), Decimal(0)))


def hired() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each person as hr knows them, and what they are paid."""
    with CARDS.open(newline="", encoding="utf-8") as file:
        cards = {card["code"]: card for card in csv.DictReader(file)}
    with EMPLOYEES.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield _employee(row), _agreement(row, cards[row["code"]])


def _employee(row: dict[str, str]) -> dict[str, Any]:
    same = {name: row[name] for name in ("code", "name", "department", "hired_on")}
    return same | {"position": row["job"], "country": "DE", "language": "de"}


def _agreement(row: dict[str, str], card: dict[str, str]) -> dict[str, Any]:
    return {
        "code": f"{row['code']}-1",
        "employee_code": row["code"],
        "pay_group_code": STAFF["code"],
        "valid_from": "2026-09-01",
        "language": "de",
        "items": _salary(row["monthly_salary"]),
        "details": _details(row, card),
        "accounts": [{"iban": card["iban"]}],
    }


def _salary(amount: str) -> list[dict[str, str]]:
    return [{"component": SALARY["code"], "amount": amount}]


def _details(row: dict[str, str], card: dict[str, str]) -> dict[str, Any]:
    children = card["children_born_on"].split()
    return {
        "born_on": card["born_on"],
        "state": "BB",
        "tax": {
            "wage_tax_class": int(card["wage_tax_class"]),
            "child_allowances": str(len(children)),
            "is_church_member": card["is_church_member"] == "yes",
        },
        "fund": {"code": card["fund"], "additional_percent": card["additional_percent"]},
        "is_parent": bool(children),
        "children_born_on": children,
        "levies": LEVIES,
        # In a month with days without pay less is paid, and makes no midi-job.
        "regular_monthly_pay": row["monthly_salary"],
        "is_in_training": row["job"] == APPRENTICE,
    }
