"""Purchase orders as tests ask for them: here, and nowhere else, is said what one needs."""

import asyncio
from decimal import Decimal
from typing import Any

from tests.erp import Erp

PATH = "/v1/purchase-orders"
SUPPLIER = {
    "code": "GROVE",
    "name": "Grove",
    "country": "DE",
    "currency": "EUR",
    "payment_terms_code": "NET30",
    "over_delivery_percent": "10",
}
ABROAD = SUPPLIER | {"code": "PLANTATION", "name": "Plantation", "country": "US", "currency": "USD"}


def a_purchase_order(*lines: tuple[str, str, str], **changes: Any) -> dict[str, Any]:
    """Ten apples at 4.00 and five pears at 3.00, in euros; or lines of item, quantity and price."""
    wanted = lines or (("APPLE", "10", "4.00"), ("PEAR", "5", "3.00"))
    names = ("item_code", "quantity", "unit_price")
    return {
        "supplier_code": SUPPLIER["code"],
        "ordered_on": "2026-03-02",
        "expected_on": "2026-03-10",
        "lines": [dict(zip(names, line, strict=True)) for line in wanted],
    } | changes


def came(*lines: tuple[int, str], on: str = "2026-03-09") -> dict[str, Any]:
    """What has come, by line number and quantity; all that was still to come when no line is named."""
    named = [{"line_number": number, "quantity": quantity} for number, quantity in lines]
    return {"received_on": on, "reference": "DN 4711", "lines": named}


async def receive(erp: Erp, order: Any, *lines: tuple[int, str], **more: Any) -> Any:
    """Goods of the order have come."""
    return await erp.post(f"{PATH}/{order['order_id']}/receipts", came(*lines, **more), by="warehouse")


async def billed(erp: Erp, order: Any, number: str, total: str, **more: Any) -> Any:
    """The supplier's invoice has come."""
    asked = {"supplier_number": number, "invoiced_on": "2026-03-11", "posted_on": "2026-03-12"}
    path = f"{PATH}/{order['order_id']}/invoices"
    return await erp.post(path, asked | {"total_amount": total} | more, by="accountant")


async def pay(erp: Erp, invoice: Any, amount: str, on: str = "2026-03-20") -> Any:
    """We have paid it, or some of it."""
    asked = {"invoice_id": invoice["invoice_id"], "amount": amount, "paid_on": on}
    return await erp.post("/v1/supplier-payments", asked, by="accountant")


async def ended(erp: Erp, order: Any) -> Any:
    """Wait a moment until the order's process has ended; gives its row."""
    for _ in range(400):
        (process,) = (await erp.get("/v1/processes", document=order["order_number"]))["items"]
        if process["outcome"]:
            return process
        await asyncio.sleep(0.05)
    raise AssertionError(process)


async def refused(erp: Erp, order: Any, **invoice: Any) -> tuple[int, str, list[str]]:
    """What an invoice is refused for."""
    asked = {"supplier_number": "1", "invoiced_on": "2026-03-11", "posted_on": "2026-03-12"} | invoice
    answer = await erp.request("POST", f"{PATH}/{order['order_id']}/invoices", asked)
    problem = answer.json()
    fields = [error["field"] for error in problem.get("errors", [])]
    return answer.status_code, problem["type"].rpartition("/")[2], fields


async def moved(erp: Erp, before: dict[str, Decimal]) -> dict[str, Decimal]:
    """By how much each account is other than it was."""
    after = await erp.balances()
    return {role: after[role] - before[role] for role in after if after[role] != before[role]}


async def trade(erp: Erp) -> None:
    """What the company that the checker looks at does with them."""
    for supplier in (SUPPLIER, ABROAD):
        await erp.post("/v1/suppliers", supplier)
    in_parts = await erp.post(PATH, a_purchase_order())
    await receive(erp, in_parts, (1, "4"), (2, "2"))
    mistaken = await receive(erp, in_parts, (1, "2"))
    back = {"reversed_on": "2026-03-12", "reason": "counted twice"}
    await erp.post(f"/v1/stock-receipts/{mistaken['receipt_id']}/reversal", back)
    cancelled = await erp.post(PATH, a_purchase_order())
    await erp.post(f"{PATH}/{cancelled['order_id']}/cancellation", {"reason": "a test"})
    abroad = a_purchase_order(("APPLE", "3", "5.00"), supplier_code=ABROAD["code"])
    abroad = await erp.post(PATH, abroad)
    await receive(erp, abroad)
    paid = await pay(erp, await billed(erp, abroad, "US 1", "17.85"), "17.85")
    await erp.post(
        f"/v1/supplier-payments/{paid['payment_id']}/reversal", back | {"reversed_on": "2026-03-21"}
    )
    wrong = await billed(erp, in_parts, "4711", "25.46")
    await erp.post(f"/v1/supplier-invoices/{wrong['invoice_id']}/reversal", back)
    await pay(erp, await billed(erp, in_parts, "RE-4711", "25.46"), "20.00")
    await receive(erp, await erp.post(PATH, a_purchase_order()), (1, "7"))
