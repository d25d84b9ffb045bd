"""Invoices without an order as tests ask for them: here, and nowhere else, is said what one needs."""

import asyncio
from typing import Any

from tests.builders.purchase_orders import SUPPLIER, pay
from tests.erp import Erp

ENTER = "/v1/supplier-invoices"
PATH = "/v1/coded-invoices"
APPROVER = "administrator"
"""Who may say yes in the place of a finance director."""


def coded(net: str = "100.00", **changes: Any) -> dict[str, Any]:
    """A line on an account of expenses."""
    return {"account_code": "5300", "net_amount": net, "tax_code": "S19", "text": "freight"} | changes


def an_invoice(*lines: dict[str, Any], total: str = "119.00", **changes: Any) -> dict[str, Any]:
    """100.00 of freight with 19 % tax, or other lines."""
    asked = {"supplier_code": SUPPLIER["code"], "supplier_number": "F-1", "invoiced_on": "2026-03-11"}
    asked |= {"posted_on": "2026-03-12", "total_amount": total}
    return asked | {"lines": list(lines or (coded(),))} | changes


async def entered(
    erp: Erp, *lines: dict[str, Any], total: str = "119.00", by: str = "accountant", **changes: Any
) -> Any:
    """It lies on the table, and somebody is asked."""
    return await erp.post(ENTER, an_invoice(*lines, total=total, **changes), by=by)


async def refused(erp: Erp, *lines: dict[str, Any], **changes: Any) -> tuple[int, str, list[str]]:
    """What it is refused for."""
    answer = await erp.request("POST", ENTER, an_invoice(*lines, **changes), by="accountant")
    problem = answer.json()
    fields = [error["field"] for error in problem.get("errors", [])]
    return answer.status_code, problem["type"].rpartition("/")[2], fields


async def asked_about(erp: Erp, invoice: Any) -> Any:
    """The approval that it waits for, or has waited for."""
    (approval,) = (await erp.get("/v1/approvals", document=invoice["invoice_number"]))["items"]
    return approval


async def decide(erp: Erp, invoice: Any, *, by: str = APPROVER, approved: bool = True, **more: Any) -> Any:
    """Who is asked says yes or no."""
    path = f"/v1/approvals/{(await asked_about(erp, invoice))['id']}/decision"
    return await erp.post(path, {"approved": approved, "reason": "because"} | more, by=by)


async def posted(erp: Erp, *lines: dict[str, Any], total: str = "119.00", **changes: Any) -> Any:
    """It was entered, and somebody has said yes; gives it as it stands then."""
    invoice = await entered(erp, *lines, total=total, **changes)
    await decide(erp, invoice)
    return await until(erp, invoice, "posted")


async def until(erp: Erp, invoice: Any, status: str) -> Any:
    """Wait a moment until it has come so far; gives it as it is then."""
    for _ in range(400):
        now = await erp.get(f"{PATH}/{invoice['invoice_id']}")
        if now["status"] == status:
            return now
        await asyncio.sleep(0.05)
    raise AssertionError(f"the invoice is {now['status']}, not {status}")


async def taken_back(erp: Erp, invoice: Any, on: str = "2026-03-20") -> Any:
    """It was a mistake."""
    path = f"{PATH}/{invoice['invoice_id']}/reversal"
    return await erp.post(path, {"reversed_on": on, "reason": "a mistake"}, by="accountant")


async def trade(erp: Erp) -> None:
    """What the company that the checker looks at does with them."""
    await taken_back(erp, await posted(erp, supplier_number="X1"))
    half = coded(deductible_percent="50", dimensions={"cost_centre": "SHOP"})
    invoice = await posted(erp, half, supplier_number="X1")
    await pay(erp, invoice, "100.00")
    await posted(erp, coded(), supplier_number="X2", total="100.00", reverse_charge=True)
    await entered(erp, coded("10.00"), total="11.90", supplier_number="X3")
    await decide(erp, await entered(erp, coded("20.00"), total="23.80", supplier_number="X4"), approved=False)
