"""What a company has more than one of: lines, tax rates, warehouses, items sold before they were bought; and
another company beside it that uses the same codes.
"""

from typing import Any

import httpx
from temporalio.client import Client

from tests.erp import Erp, an_order

NEIGHBOUR = "NEIGHBOUR"
"""The other company's code."""


async def many_of_each(erp: Erp) -> None:
    """Orders with many lines at two tax rates from two warehouses; parts of them come back or are amended."""
    await erp.post("/v1/warehouses", {"code": "NORTH", "name": "Second warehouse"})
    await erp.post("/v1/items", {"code": "BEET", "name": "Beet", "tax_code": "S7"})
    for warehouse in ("MAIN", "NORTH"):
        goods = {"APPLE": 12, "BEET": 12, "FIFO-NUT": 12}
        await erp.receive(goods, warehouse_code=warehouse, unit_cost="4.25")
    lines = [
        {"item_code": item, "quantity": str(quantity), "unit_price": f"{3 + quantity}.35"}
        for quantity in range(1, 5)
        for item in ("APPLE", "BEET", "FIFO-NUT")
    ]
    for warehouse in ("MAIN", "NORTH"):
        order = await erp.place(an_order(lines=lines, warehouse_code=warehouse, freight_amount="4.90"))
        await erp.ship(order, lines=[{"line_number": line, "quantity": "1"} for line in range(1, 13)])
        await erp.pay(order, "20.00")
        await erp.ship(order)
    back = {
        "reason": "broken",
        "resolution": "on_account",
        "lines": [{"line_number": line, "quantity": "1"} for line in (2, 6, 12)],
    }
    answer = await erp.post(f"/v1/sales-orders/{order['order_id']}/returns", back, by="sales clerk")
    inspected = {"received_on": "2026-04-01", "lines": []}
    await erp.post(f"/v1/returns/{answer['return_id']}/inspection", inspected, by="warehouse")


async def sold_before_it_was_bought(erp: Erp) -> None:
    """What was issued before it came cost less than was assumed, or more; its receipt settles it."""
    for method in ("moving_average", "fifo"):
        item = f"EARLY-{method[:4].upper()}"
        await erp.post(
            "/v1/items",
            {
                "code": item,
                "name": item,
                "tax_code": "S19",
                "costing_method": method,
                "allow_negative_stock": True,
            },
        )
        for reason, cost in (("purchase", "3.00"), ("adjustment", "2.00"), ("adjustment", "7.00")):
            await erp.receive({item: 2}, unit_cost="4.00")
            await _sell(erp, item, "6")
            received = await erp.receive({item: 5}, unit_cost=cost, reason=reason)
            assert received["adjustment_value"] != "0.00"
        mistaken = await erp.receive({item: 2}, unit_cost="5.00")
        back = {"reversed_on": "2026-03-25", "reason": "a mistake"}
        await erp.post(f"/v1/stock-receipts/{mistaken['receipt_id']}/reversal", back)
        await _sell(erp, item, "9")
        await erp.receive({item: 1}, unit_cost="0", reason="adjustment")
        await erp.receive({item: 1, "APPLE": 1}, unit_cost="0.01", reason="opening")


async def lines_that_move_nothing(erp: Erp) -> None:
    """An entry of a person names an account with no amount on it."""
    lines = [
        {"account_code": "6100", "amount": "0", "text": "nothing this month"},
        {"account_code": "6100", "amount": "8.00"},
        {"account_code": "1400", "amount": "-8.00"},
    ]
    await erp.post(
        "/v1/journal-entries", {"posted_on": "2026-03-10", "text": "Rent", "lines": lines}, by="accountant"
    )


async def a_neighbour(http: httpx.AsyncClient, temporal: Client) -> Erp:
    """Another company with the same codes, which has traded and still does."""
    neighbour = Erp(http=http, temporal=temporal, company=NEIGHBOUR)
    await neighbour.open_for_business()
    paid = await neighbour.place()
    await neighbour.ship(paid)
    await neighbour.pay(paid, "119.00")
    for _ in range(2):
        await neighbour.ship(await neighbour.place())
    await neighbour.place(an_order(customer_code="BOB"))
    return neighbour


async def _sell(erp: Erp, item: str, quantity: str) -> Any:
    line = {"item_code": item, "quantity": quantity, "unit_price": "10.00"}
    order = await erp.place(an_order(lines=[line]))
    return await erp.ship(order, lines=[{"line_number": 1, "quantity": quantity}])
