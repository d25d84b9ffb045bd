"""The day of what is asked of an order when nobody names one: it has to be a day on which it can be done."""

from contextlib import suppress
from datetime import date
from uuid import UUID

from api.door import AskedRequest
from api.inventory.days import since_goods_left
from domains.sales import queries
from foundation.values.errors import NotFound


async def today_or_later(asked: AskedRequest, order_id: UUID) -> date:
    """The later of today and the order's own day; today when there is no such order, as its process says."""
    async with asked.read() as tx:
        with suppress(NotFound):
            return max(asked.today, (await queries.order_view(tx, order_id)).ordered_on)
    return asked.today


async def since_it_left(asked: AskedRequest, order_id: UUID) -> date:
    """The same, and not before the last of its goods have left; of services only its process knows."""
    return await since_goods_left(asked, order_id, await today_or_later(asked, order_id))
