"""How the demo pays its people: thirty of them are hired, and two months are run, approved and posted."""

import asyncio
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perpetual.demo.people import FINANCE, PAY_APPROVER, PAYROLL, PERSONNEL, People, Refused

EMPLOYEES = Path(__file__).parents[1] / "company" / "employees.csv"
CARDS = Path(__file__).with_name("tax_cards.csv")
"""What the tax office and the health fund say of each, and where their pay goes."""
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
APPROVERS = {"finance director": FINANCE, "payroll approver": PAY_APPROVER}
LOOKS, LOOKS_EVERY_SECONDS = 300, 0.1


@dataclass(frozen=True)
class Month:
    """A month that is paid on its last day."""

    starts_on: str
    ends_on: str


MONTHS = (Month("2026-09-01", "2026-09-30"), Month("2026-10-01", "2026-10-31"))


class Payroll:
    """The people of the company, and what they are paid."""

    def __init__(self, people: People) -> None:
        self.people = people

    async def pay(self) -> None:
        """They are hired, and paid for two months. A month that was paid before is not paid again."""
        await self._hire()
        first, second = MONTHS
        await self._pay(first)
        await self._change()
        await self._pay(second)

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
        """One of them gets a raise, and one has left."""
        for code, changes in ((RAISED, {"items": _salary(RAISE)}), (LEAVES, {"valid_to": LAST_DAY})):
            await self.people.change(f"/v1/pay-agreements/{code}-1", changes, by=PAYROLL)

    async def _pay(self, month: Month) -> None:
        """The run of a month: opened, computed, submitted, approved by two, posted."""
        wanted = {"pay_group": STAFF["code"], "starts_on": month.starts_on, "ends_on": month.ends_on}
        key = f"demo/payroll/{month.starts_on}"
        opened = await self.people.post("/v1/payroll-runs", wanted, by=PAYROLL, key=key)
        first = opened["version"]
        run = await self._until(
            opened["run_id"], is_so=lambda now: now["status"] != "open" or now["version"] > first
        )
        if run["status"] == "open":
            path = f"/v1/payroll-runs/{run['run_id']}/submission"
            await self.people.post(path, {"version": run["version"]}, by=PAYROLL, key=f"{key}/submission")
        await self._have_it_approved(run)
        await self._until(run["run_id"], is_so=lambda now: now["status"] == "sealed")

    async def _have_it_approved(self, run: dict[str, Any]) -> None:
        """Both say yes, as they are asked."""
        for _ in range(LOOKS):
            now = await self.people.get(f"/v1/payroll-runs/{run['run_id']}")
            if now["status"] in ("released", "sealed"):
                return
            for one in (await self.people.get("/v1/approvals", document=run["run_number"]))["items"]:
                body = {"approved": True, "reason": "as read", "content_hash": one["content_hash"]}
                decision = f"/v1/approvals/{one['id']}/decision"
                who = APPROVERS[one["role"]]
                await self.people.post(decision, body, by=who, key=f"demo/{decision}")
            await asyncio.sleep(LOOKS_EVERY_SECONDS)
        raise Refused(202, {"detail": f"{run['run_number']} waits for its approvals"})

    async def _until(self, run_id: str, *, is_so: Any) -> dict[str, Any]:
        for _ in range(LOOKS):
            now: dict[str, Any] = await self.people.get(f"/v1/payroll-runs/{run_id}")
            if is_so(now):
                return now
            await asyncio.sleep(LOOKS_EVERY_SECONDS)
        raise Refused(202, {"detail": f"{now['run_number']} is {now['status']}"})


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
        "details": _details(card, is_in_training=row["job"] == APPRENTICE),
        "accounts": [{"iban": card["iban"]}],
    }


def _salary(amount: str) -> list[dict[str, str]]:
    return [{"component": SALARY["code"], "amount": amount}]


def _details(card: dict[str, str], *, is_in_training: bool) -> dict[str, Any]:
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
        "is_in_training": is_in_training,
    }
