"""What is bought by a requisition in a fault run, and what that needs."""

from typing import Any

from tests.builders.budgets import BUDGETS, COST_CENTRES, a_budget
from tests.builders.purchase_orders import SUPPLIER
from tests.builders.supplier_items import PATH as SUPPLIER_ITEMS
from tests.builders.supplier_items import a_supplier_item
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
