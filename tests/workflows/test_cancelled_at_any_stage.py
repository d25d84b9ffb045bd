"""An order is cancelled at any stage, whatever was shipped and paid.

What was done is taken back, and what is left nets to zero, or to what the plan said would remain.
"""

from decimal import Decimal
from typing import Any

import pytest

from tests.checked import violations
from tests.erp import Erp

# Stages of delivery: how much of the 10 apples (cost 4.00, price 10.00, 19 % tax) has left, in which parts.
SHIPMENTS: dict[str, list[str]] = {
    "nothing shipped": [],
    "shipped in part": ["4"],
    "shipped in two parts": ["4", "5"],
}
# What was paid, of each invoice of 47.60 and 59.50, or before there was one; in which currency.
PAYMENTS = [
    "nothing",
    "prepaid",
    "in part",
    "in full",
    "too much",
    "with discount",
    "a cent too little",
    "in dollars",
]
# Without a shipment there is no invoice to be paid, and there are no goods that could stay.
CELLS = [
    (shipped, paid, money, goods)
    for shipped in SHIPMENTS
    for paid in PAYMENTS
    for money in ("refund", "on_account")
    for goods in ("come_back", "stay")
    if SHIPMENTS[shipped] or (paid in ("nothing", "prepaid") and goods == "come_back")
]


async def pay(erp: Erp, order: Any, how: str, invoices: list[Decimal]) -> None:
    """The customer pays what was billed so far, in this way."""
    total = sum(invoices, Decimal(0))
    match how:
        case "nothing" | "prepaid":
            return
        case "in part":
            await erp.pay(order, total / 2)
        case "in full":
            await erp.pay(order, total)
        case "too much":
            await erp.pay(order, total + 7)
        case "with discount":
            less = sum(((one * Decimal("0.98")).quantize(Decimal("0.01")) for one in invoices), Decimal(0))
            await erp.pay(order, less, received_on="2026-03-06")
        case "a cent too little":
            await erp.pay(order, total - Decimal("0.01"))
        case "in dollars":
            await erp.pay(order, (total * Decimal("1.20")).quantize(Decimal("0.01")), currency="USD")


@pytest.mark.parametrize(("shipped", "paid", "money", "goods"), CELLS)
async def test_cancelled_at_any_stage(erp: Erp, shipped: str, paid: str, money: str, goods: str) -> None:
    before = await erp.balances()
    lines = [{"item_code": "APPLE", "quantity": "10", "unit_price": "10.00"}]
    order = await erp.place({"customer_code": "BOB", "ordered_on": "2026-03-02", "lines": lines})
    if paid == "prepaid":
        await erp.pay(order, "30.00", received_on="2026-03-03")
    billed = []
    for quantity in SHIPMENTS[shipped]:
        line = {"line_number": 1, "quantity": quantity}
        answer = await erp.ship(order, lines=[line])
        assert answer["invoice_number"]
        billed.append((Decimal(quantity) * Decimal("11.90")).quantize(Decimal("0.01")))
    await pay(erp, order, paid, billed)
    path = f"/v1/sales-orders/{order['order_id']}/cancellation"
    asked = {"reason": "no more", "cancelled_on": "2026-04-01", "money": money, "goods": goods}
    as_it_was = await erp.balances()

    plan = await erp.post(f"{path}?dry_run=true", asked, by="sales clerk")
    assert await erp.balances() == as_it_was, "a dry run changes nothing"
    answer = await erp.post(path, asked, by="sales clerk")
    if answer["outcome"] == "cancelling" and goods == "come_back":
        assert [step for step in plan["steps"] if step["by"] == "warehouse"]
        inspected = {"received_on": "2026-04-01"}
        await erp.post(f"/v1/returns/{answer['return_id']}/inspection", inspected, by="warehouse")
    await erp.until(order, "cancelled")

    seen = await erp.order(order)
    assert (seen["order"]["status"], seen["process"]["outcome"]) == ("cancelled", "cancelled")
    assert seen["process"]["exception"] is None
    stock = await erp.stock("APPLE")
    gone = sum((Decimal(part) for part in SHIPMENTS[shipped]), Decimal(0)) if goods == "stay" else Decimal(0)
    assert (Decimal(stock["on_hand"]), stock["reserved"]) == (100 - gone, "0")
    await the_books_show_only_what_remains(erp, before, cost=4 * gone, kept=money == "on_account")
    assert await violations(erp.company) == []


async def the_books_show_only_what_remains(
    erp: Erp, before: dict[str, Decimal], *, cost: Decimal, kept: bool
) -> None:
    """Every account as before, but the cost of goods that stayed, and money that is kept on account."""
    now = await erp.balances()
    changed = {role: now[role] - before.get(role, Decimal(0)) for role in now}
    changed = {role: amount for role, amount in changed.items() if amount}
    assert changed.pop("cost_of_goods_sold", Decimal(0)) == cost
    assert changed.pop("inventory", Decimal(0)) == -cost
    if kept:
        money = changed.pop("bank", Decimal(0))
        assert changed.pop("customer_on_account", Decimal(0)) == -money
    assert changed == {}
    items = (await erp.get("/v1/open-items", side="receivable"))["items"]
    assert all(Decimal(item["open_amount"]) <= 0 for item in items)
    assert kept or all(Decimal(item["open_amount"]) == 0 for item in items)
