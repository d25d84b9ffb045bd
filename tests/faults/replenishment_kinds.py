"""What runs short in a fault run. Each story has a supplier of its own, so that a requisition is of one
story, whoever's run has asked for it.
"""

import asyncio
import time
from typing import Any

from tests.builders.purchase_orders import PATH as ORDERS
from tests.builders.purchase_orders import SUPPLIER, came
from tests.builders.replenishment import RULES, RUNS, a_rule
from tests.builders.requisitions import PATH as REQUISITIONS
from tests.builders.supplier_items import PATH as SUPPLIER_ITEMS
from tests.builders.supplier_items import a_supplier_item
from tests.faults.patience import PATIENCE_SECONDS, NotAnswered
from tests.faults.procure_to_pay_kinds import OF_FOUR, billed, paid
from tests.faults.registering import kind
from tests.faults.stories import Story


@kind(
    *("replenishment.list_shortages", "replenishment.request_shortages", "procurement.take_up_requisition"),
    at_the_door=("replenishment.put_reorder_rule",),
    documents=("purchase requisition", "purchase order", "stock receipt", "supplier invoice"),
)
async def ran_short(story: Story) -> None:
    """With one or none left four are bought: asked for, ordered, received and paid; and not again."""
    code = f"SHORT-{story.number}"
    await story.ask("/v1/suppliers", SUPPLIER | {"code": code, "name": code})
    await story.ask("/v1/items", {"code": code, "name": code, "tax_code": "S19"})
    await story.ask(SUPPLIER_ITEMS, a_supplier_item(code, supplier_code=code, item_code=code))
    await story.ask(RULES, a_rule(code, reorder_point="1", order_up_to="4"))
    for _ in range(2):
        await story.ask(RUNS, {"on": str(next(story.books.replenishing))})
    order = await _ordered(story, code)
    receipt = await story.ask(f"{ORDERS}/{order['order_id']}/receipts", came())
    story.books.note("stock receipt", receipt["receipt_id"], receipt["receipt_number"])
    story.books.on_hand[code] += 4
    await paid(story, await billed(story, order, OF_FOUR), OF_FOUR)
    await story.ask(RUNS, {"on": str(next(story.books.replenishing))})
    (only,) = (await story.desks.clerk.get(f"{ORDERS}?supplier={code}"))["items"]
    assert only["order_id"] == order["order_id"], f"{code} was bought twice"


async def _ordered(story: Story, code: str) -> Any:
    """The one order for it, which has begun with its requisition. Raises: NotAnswered."""
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE_SECONDS:
        if orders := (await story.desks.clerk.get(f"{ORDERS}?supplier={code}"))["items"]:
            (order,) = orders
            story.books.note("purchase order", order["order_id"], order["order_number"])
            await _note_requisition(story, code)
            return order
        await asyncio.sleep(0.2)
    raise NotAnswered(f"{code} was not ordered")


async def _note_requisition(story: Story, code: str) -> None:
    clerk = story.desks.clerk
    for one in (await clerk.get(f"{REQUISITIONS}?category=stock&limit=200"))["items"]:
        asked = await clerk.get(f"{REQUISITIONS}/{one['requisition_id']}")
        if any(line["item_code"] == code for line in asked["lines"]):
            number = asked["requisition_number"]
            story.books.note("purchase requisition", asked["requisition_id"], number)
