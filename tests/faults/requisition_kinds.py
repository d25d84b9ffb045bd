"""What is bought by a requisition in a fault run, and what that needs."""

from typing import Any

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
