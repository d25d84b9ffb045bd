"""What the demo buys: what it runs short of, once a month from July on, of the supplier of scarce goods."""

from datetime import date, timedelta
from decimal import Decimal

from perpetual.company_seed import company, goods, orders
from perpetual.company_seed import customers as buyers
from perpetual.demo.people import BUYER, People

SUPPLIER, WAREHOUSE_CODE = "S-2001", "MAIN"
RUNS_ON = (*(date(2026, month, 5) for month in range(7, 13)), date(2027, 1, 5))
ARRIVES_AFTER = timedelta(days=10)
LAST_ARRIVAL = RUNS_ON[-1] + ARRIVES_AFTER
REORDERED = {
    "code": "MAIN/BRAKES-DISC",
    "item_code": "BRAKES-DISC",
    "reorder_point": "2",
    "order_up_to": "10",
}
"""The one item that is not bought only when orders wait for it."""


def costs() -> dict[str, Decimal]:
    """What one piece of each scarce item costs in euro: as much as what was there from the beginning."""
    items, bills = goods.items(), goods.bills_of_materials()
    _, lines = orders.orders(buyers.customers(), items)
    return {
        line.item_code: line.unit_cost
        for line in company.opening_stock(items, bills, lines)
        if line.warehouse_code == WAREHOUSE_CODE and line.item_code in company.TIGHT_ITEMS
    }


async def agree(people: People) -> None:
    """The supplier says what it sells the scarce goods for, and one of them is reordered by a rule."""
    for item, cost in costs().items():
        record = {
            "code": f"{SUPPLIER}/{item}",
            "supplier_code": SUPPLIER,
            "item_code": item,
            "unit_price": str(cost),
            "currency": "EUR",
            "lead_time_days": ARRIVES_AFTER.days,
            "preferred": True,
        }
        key = f"demo/supplier-item/{item}"
        await people.post("/v1/supplier-items", record, by=BUYER, key=key)
    rule = REORDERED | {"warehouse_code": WAREHOUSE_CODE}
    await people.post("/v1/reorder-rules", rule, by=BUYER, key="demo/reorder-rule")
