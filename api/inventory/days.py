"""On which days the goods of an order left."""

from datetime import date
from uuid import UUID

from api.door import AskedRequest
from domains.inventory.queries.documents import last_shipped_on


async def since_goods_left(asked: AskedRequest, order_id: UUID, on: date) -> date:
    """A day, or the last on which goods of the order left, when that is later."""
    async with asked.read() as tx:
        left_on = await last_shipped_on(tx, order_id)
    return max(on, left_on or on)
