"""What is bought by a requisition in a fault run, and what that needs."""

import asyncio
import time
from functools import partial
from typing import Any

from tests.builders.budgets import BUDGETS, COST_CENTRES, a_budget
from tests.builders.purchase_orders import PATH as ORDERS
from tests.builders.purchase_orders import SUPPLIER, came
from tests.builders.requisitions import PATH
from tests.builders.supplier_items import PATH as SUPPLIER_ITEMS
from tests.builders.supplier_items import a_supplier_item
from tests.faults import looks
from tests.faults.company import BACK_ON, ORDERED_ON
from tests.faults.patience import PATIENCE_SECONDS, NotAnswered
from tests.faults.procure_to_pay_kinds import OF_FOUR, billed, paid
from tests.faults.registering import kind
from tests.faults.stories import Story

SELLS = ("suppliers", SUPPLIER)


async def own_source(story: Story, name: str) -> str:
    """An item that no other story has, and which the supplier sells at 4.00, in cartons of five."""
    item = f"{name}-{story.number}"
    record: dict[str, Any] = {"code": item, "name": item, "tax_code": "S19"}
    await story.ask("/v1/items", record)
    await story.ask(SUPPLIER_ITEMS, a_supplier_item(item, item_code=item, multiple="5", preferred=True))
    return item


@kind(at_the_door=("procurement.put_supplier_item",), records=(SELLS,))
async def sold_to_us(story: Story) -> None:
    """A supplier sells us an item."""
    item = await own_source(story, "SOLD-TO-US")
    known = await story.desks.clerk.get(f"{SUPPLIER_ITEMS}/{item}")
    assert (known["item_code"], known["version"]) == (item, 1), known


async def own_budget(story: Story, name: str, amount: str) -> str:
    """A cost centre of the story's own with so much for 2026; its code, and its budget's."""
    code = f"{name}-{story.number}"
    await story.ask(COST_CENTRES, {"code": code, "name": code})
    await story.ask(BUDGETS, a_budget(amount, code=code, cost_centre=code))
    return code


@kind(at_the_door=("ledger.put_cost_centre", "ledger.put_budget"))
async def budgeted(story: Story) -> None:
    """A cost centre gets a budget."""
    code = await own_budget(story, "BUDGETED", "500.00")
    known = await story.desks.clerk.get(f"{BUDGETS}/{code}")
    assert (known["amount"], known["version"]) == ("500.00", 1), known


POLICY = (
    "approval-policies",
    {"code": "PQ", "kind": "purchase_requisition", "category": "asked", "valid_from": "2020-01-01"}
    | {"levels": [{"number": 1, "role": "credit manager"}]},
)
"""What is asked for in this category, a credit manager says yes to."""


async def entered(story: Story, name: str, *, category: str = "plain") -> tuple[Any, str]:
    """Seven of an item of the story's own are needed, and cost 40.00; the requisition, and its budget."""
    item, budget = await own_source(story, name), await own_budget(story, name, "60.00")
    line = {"item_code": item, "quantity": "7", "wanted_on": BACK_ON, "cost_centre": budget}
    asked = {"requested_on": ORDERED_ON, "category": category, "lines": [line]}
    requisition = await story.ask(PATH, asked, look=partial(looks.at_requisition, story))
    story.books.note("purchase requisition", requisition["requisition_id"], requisition["requisition_number"])
    return requisition, budget


async def until(story: Story, requisition: Any, status: str) -> Any:
    """Wait until it has come so far. Raises: NotAnswered."""
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE_SECONDS:
        now = await story.desks.clerk.get(f"{PATH}/{requisition['requisition_id']}")
        if now["status"] == status:
            return now
        await asyncio.sleep(0.2)
    raise NotAnswered(f"requisition {now['requisition_number']} is {now['status']}, not {status}")


async def committed(story: Story, budget: str, amount: str) -> None:
    """So much is committed of a budget. Raises: AssertionError."""
    now = await story.desks.clerk.get(f"{BUDGETS}/{budget}")
    assert now["committed_amount"] == amount, now


async def not_needed(story: Story, requisition: Any, budget: str) -> None:
    """Its one order is there, and is cancelled before anything has come."""
    (line,) = (await until(story, requisition, "ordered"))["lines"]
    story.books.note("purchase order", line["order_id"], line["order_number"])
    await committed(story, budget, "40.00")
    await story.ask(f"{ORDERS}/{line['order_id']}/cancellation", {"reason": "too late"})
    await committed(story, budget, "0.00")


@kind(
    "procurement.enter_requisition",
    "procurement.approve_requisition",
    "procurement.close_requisition",
    "process.begin",
    documents=("purchase requisition", "purchase order"),
    records=(SELLS,),
)
async def requisitioned(story: Story) -> None:
    """What is needed is ordered, and the order is cancelled."""
    requisition, budget = await entered(story, "NEEDED")
    await not_needed(story, requisition, budget)


@kind(
    "procurement.end_purchase_order",
    documents=("purchase requisition", "purchase order", "stock receipt", "supplier invoice"),
    records=(SELLS,),
)
async def come_in_part(story: Story) -> None:
    """Four of ten come, the rest is wanted no more; what has come is billed and paid, and stays committed."""
    requisition, budget = await entered(story, "IN-PART")
    (line,) = (await until(story, requisition, "ordered"))["lines"]
    order = {name: line[name] for name in ("order_id", "order_number")}
    story.books.note("purchase order", order["order_id"], order["order_number"])
    receipt = await story.ask(f"{ORDERS}/{order['order_id']}/receipts", came((1, "4")))
    story.books.note("stock receipt", receipt["receipt_id"], receipt["receipt_number"])
    story.books.on_hand[line["item_code"]] += 4
    await story.ask(f"{ORDERS}/{order['order_id']}/cancellation", {"reason": "enough"})
    await paid(story, await billed(story, order, OF_FOUR), OF_FOUR)
    await committed(story, budget, "16.00")


@kind(
    "procurement.submit_requisition",
    documents=("purchase requisition", "purchase order"),
    records=(SELLS, POLICY),
)
async def asked_for(story: Story) -> None:
    """Somebody says yes to it."""
    requisition, budget = await entered(story, "ASKED", category="asked")
    await until(story, requisition, "submitted")
    decision = {"approved": True, "reason": "needed"}
    path = f"{PATH}/{requisition['requisition_id']}/approval"
    await story.ask(path, decision, by=story.desks.credit_manager)
    await not_needed(story, requisition, budget)


@kind("procurement.cancel_requisition", documents=("purchase requisition",), records=(SELLS, POLICY))
async def turned_down(story: Story) -> None:
    """One is rejected, another cancelled."""
    for name, what, status in (
        ("REJECTED", "approval", "rejected"),
        ("GIVEN-UP", "cancellation", "cancelled"),
    ):
        requisition, budget = await entered(story, name, category="asked")
        await until(story, requisition, "submitted")
        body = {"approved": False, "reason": "too dear"} if what == "approval" else {"reason": "no need"}
        by = story.desks.credit_manager if what == "approval" else None
        await story.ask(f"{PATH}/{requisition['requisition_id']}/{what}", body, by=by)
        await until(story, requisition, status)
        await committed(story, budget, "0.00")
