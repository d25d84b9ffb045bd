"""Purchases worked by hand (`invoices_by_hand.toml`), and what the system makes of them over REST."""

import asyncio
import re
import tomllib
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

from tests.builders import purchase_orders, vendor_returns
from tests.builders.purchase_orders import BLOCKED, PATH
from tests.erp import Erp

CHAPTERS: dict[str, list[dict[str, Any]]] = tomllib.loads(
    Path(__file__).with_name("invoices_by_hand.toml").read_text(encoding="utf-8")
)
ROLES = {
    "received": "goods_received_not_invoiced",
    "difference": "purchase_price_difference",
    "tax": "tax_receivable",
    "services": "purchased_services",
    "discount": "discount_received",
    "gain": "exchange_gain",
    "loss": "exchange_loss",
}
"""What the cases call roles of accounts; others are called as they are."""
ORDERED = re.compile(
    r"(?P<quantity>\S+) (?:(?P<unit>\S+) of )?(?P<item>\S+) at (?P<price>\S+)(?: less (?P<less>\S+))?"
)


def parts(said: str) -> list[list[str]]:
    """`1: 8 at 4.00, 2: 5 at 3.00` as words, without what stands between them."""
    return [re.split(r": | at | for ", part) for part in said.split(", ")]


def ordered(case: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines of the order."""
    lines = []
    for line in case["ordered"]:
        found = ORDERED.fullmatch(line)
        assert found, line
        asked = {"item_code": found["item"], "quantity": found["quantity"], "unit_price": found["price"]}
        lines.append(asked | {"unit": found["unit"], "discount_percent": found["less"] or "0"})
    return lines


def tolerated(case: dict[str, Any], supplier: str) -> list[dict[str, Any]]:
    """What is tolerated of the case's supplier."""
    said = case.get("tolerated", [])
    limits = said if isinstance(said, list) else [said]
    return [{"supplier_code": supplier, "valid_from": "2026-01-01"} | one for one in limits]


class ByHand:
    """One case at the outermost door: a supplier, an order, and what happens to it."""

    def __init__(self, erp: Erp, case: dict[str, Any], number: int) -> None:
        self.erp, self.case = erp, case
        self.supplier = f"HAND-{number}"
        self.order: Any = None
        self.number = 0
        self.invoices: list[str] = []
        """All that were entered and not refused, the last the last."""
        self.receipt = ""

    async def begin(self) -> None:
        """Supplier, tolerances, rates and the order."""
        currency = self.case.get("currency", "EUR")
        for day, rate in self.case.get("rates", {}).items():
            await self.erp.post("/v1/exchange-rates", {"currency": currency, "valid_from": day, "rate": rate})
        supplier = {"code": self.supplier, "name": self.case["name"], "currency": currency}
        supplier["payment_terms_code"] = self.case.get("terms", "NET30")
        await self.erp.post("/v1/suppliers", purchase_orders.SUPPLIER | supplier)
        for limits in tolerated(self.case, self.supplier):
            await self.erp.post(purchase_orders.TOLERANCES, limits)
        asked = purchase_orders.a_purchase_order(supplier_code=self.supplier, lines=ordered(self.case))
        self.order = await self.erp.post(PATH, asked)

    async def differences(self) -> list[str]:
        """What of the case the system sees in another way, by step."""
        await self.begin()
        found = []
        for position, step in enumerate(self.case["steps"], start=1):
            before = await self.erp.balances()
            answer = await self.take(step)
            assert answer.status_code < 500, answer.text
            if "returned" in step:
                await self.told_of(step, answer, before)
            differs = await self.differs(step, answer, before)
            found += [f"{self.case['name']}, step {position}, {what}" for what in differs]
        return found

    async def told_of(self, step: dict[str, Any], answer: httpx.Response, before: dict[str, Decimal]) -> None:
        """Wait a moment: the order is told afterwards of what went back."""
        for _ in range(200):
            if not (differs := await self.differs(step, answer, before)):
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"{self.case['name']}, sent back: {differs}")

    async def differs(
        self, step: dict[str, Any], answer: httpx.Response, before: dict[str, Decimal]
    ) -> list[str]:
        """What is other than it should be after a step."""
        is_, should = await self.seen(step, answer, before), wanted(step)
        return [
            f"{what}: {is_[what]} instead of {should[what]}" for what in should if is_[what] != should[what]
        ]

    async def take(self, step: dict[str, Any]) -> httpx.Response:
        """Let it happen."""
        what = next(name for name in step if hasattr(self, f"_{name}"))
        path, body, by = await getattr(self, f"_{what}")(step)
        answer = await self.erp.request("POST", path, body, by=by)
        if answer.is_success and what == "billed":
            entered = answer.json()
            self.invoices.append(entered[entered["status"]]["invoice_id"])
        if answer.is_success and what == "came":
            self.receipt = answer.json()["receipt_id"]
        return answer

    async def seen(
        self, step: dict[str, Any], answer: httpx.Response, before: dict[str, Decimal]
    ) -> dict[str, Any]:
        """What has become of it, as a case says it."""
        names = {role: name for name, role in ROLES.items()}
        moved = await purchase_orders.moved(self.erp, before)
        now = await self.last_invoice() if self.invoices else {}
        problem = answer.json() if not answer.is_success else {}
        refusal = [str(answer.status_code), problem["type"].rpartition("/")[2]] if problem else []
        refusal += [error["field"] for error in problem.get("errors", ())]
        told = step.get("refused", "").split()
        return {
            "posts": {names.get(role, role): str(amount) for role, amount in moved.items()},
            "blocks": sorted(f"{block['line_number']} {block['code']}" for block in now.get("blocks", [])),
            "refused": " ".join(refusal[: len(told)] if told else refusal),
            "left": await self.left() if "left" in step else {},
            "posted_on": await self.posted_on() if "posted_on" in step else None,
        }

    async def last_invoice(self) -> Any:
        """The last invoice as it is read while it is blocked, or nothing when it never was."""
        answer = await self.erp.request("GET", f"{BLOCKED}/{self.invoices[-1]}")
        return answer.json() if answer.is_success else {}

    async def left(self) -> dict[str, str]:
        """What is received and not invoiced, by line of the order."""
        report = await self.erp.get("/v1/reports/goods-received-not-invoiced", as_of="2026-12-31")
        by_line: defaultdict[str, Decimal] = defaultdict(Decimal)
        for row in report["rows"]:
            if row["order_id"] == self.order["order_id"]:
                by_line[str(row["order_line_number"])] += Decimal(row["base_amount"])
        return {line: str(amount) for line, amount in by_line.items() if amount}

    async def posted_on(self) -> str | None:
        """The day of the last invoice, once it is posted."""
        if not self.invoices:
            return None
        answer = await self.erp.request("GET", f"/v1/supplier-invoices/{self.invoices[-1]}")
        return str(answer.json()["posted_on"]) if answer.is_success else None

    # What can happen: where it is asked for, what, and by whom

    def of_order(self, what: str) -> str:
        """A command's path."""
        return f"{PATH}/{self.order['order_id']}/{what}"

    async def _came(self, step: dict[str, Any]) -> tuple[str, Any, str]:
        lines = [(int(line), quantity) for line, quantity in parts(step["came"])]
        body = purchase_orders.came(*lines, on=step.get("on", "2026-03-09"))
        return self.of_order("receipts"), body, "warehouse"

    async def _billed(self, step: dict[str, Any]) -> tuple[str, Any, str]:
        self.number += 1
        on = step.get("on", "2026-03-11")
        lines = [
            {"line_number": int(line), "quantity": quantity, "unit_price": price}
            for line, quantity, price in parts(step["billed"])
        ]
        number = step.get("number", f"{self.number} of {self.supplier}")
        body = {"supplier_number": number, "invoiced_on": on, "posted_on": on, "total_amount": step["total"]}
        return self.of_order("invoices"), body | {"lines": lines}, "accountant"

    async def _credited(self, step: dict[str, Any]) -> tuple[str, Any, str]:
        self.number += 1
        lines = [
            {"line_number": int(line), "quantity": quantity, "net_amount": amount}
            for line, quantity, amount in parts(step["credited"])
        ]
        body = {"supplier_number": f"credit {self.number}", "credited_on": "2026-03-13", "lines": lines}
        body |= {"posted_on": "2026-03-14", "total_amount": step["total"]}
        return f"{BLOCKED}/{self.invoices[-1]}/credits", body, "accountant"

    async def _accepted(self, step: dict[str, Any]) -> tuple[str, Any, str]:
        del step
        read = purchase_orders.as_read(await self.last_invoice())
        body = {"reason": "agreed by phone", "posted_on": "2026-03-16", "accepts": read}
        return f"{BLOCKED}/{self.invoices[-1]}/acceptance", body, "administrator"

    async def _rejected(self, step: dict[str, Any]) -> tuple[str, Any, str]:
        del step
        return f"{BLOCKED}/{self.invoices[-1]}/rejection", {"reason": "not ordered so"}, "administrator"

    async def _priced(self, step: dict[str, Any]) -> tuple[str, Any, str]:
        lines = [{"line_number": int(line), "unit_price": price} for line, price in parts(step["priced"])]
        body = {"lines": lines, "reason": "agreed anew", "changed_on": "2026-03-15"}
        return self.of_order("price-changes"), body, "administrator"

    async def _returned(self, step: dict[str, Any]) -> tuple[str, Any, str]:
        lines = [(int(line), quantity) for line, quantity in parts(step["returned"])]
        more = {"returned_on": step.get("on", "2026-03-13"), "replace": step.get("replace", False)}
        return self.of_order("returns"), vendor_returns.a_return(*lines, **more), "warehouse"

    async def _paid(self, step: dict[str, Any]) -> tuple[str, Any, str]:
        body = {"invoice_id": self.invoices[-1], "amount": step["paid"], "paid_on": "2026-03-20"}
        return "/v1/supplier-payments", body, "accountant"

    async def _receipt_reversed(self, step: dict[str, Any]) -> tuple[str, Any, str]:
        del step
        return f"/v1/stock-receipts/{self.receipt}/reversal", MISTAKE, "administrator"

    async def _invoice_reversed(self, step: dict[str, Any]) -> tuple[str, Any, str]:
        del step
        for invoice in reversed(self.invoices):
            path = f"/v1/supplier-invoices/{invoice}"
            if (await self.erp.request("GET", path)).is_success:
                return f"{path}/reversal", MISTAKE, "administrator"
        raise AssertionError("no invoice is posted")


MISTAKE = {"reversed_on": "2026-03-20", "reason": "a mistake"}


def wanted(step: dict[str, Any]) -> dict[str, Any]:
    """What a case says of a step: what it does not mention must not be, but for what it may leave out."""
    always = {
        "posts": step.get("posts", {}),
        "blocks": step.get("blocks", []),
        "refused": step.get("refused", ""),
    }
    return always | {name: step[name] for name in ("left", "posted_on") if name in step}
