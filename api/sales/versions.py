"""An order as it was before it was amended."""

from uuid import UUID

from api.door import Asked, Router, allows
from domains.sales import queries
from domains.sales.queries import OrderVersionView

router = Router(prefix="/v1/sales-orders", tags=["Sales"])


@router.get("/{order_id}/versions", dependencies=[allows("sales.order.read")])
async def order_versions(order_id: UUID, asked: Asked) -> list[OrderVersionView]:
    """The order's versions, the one that holds now first: who amended it, why, and what differs."""
    async with asked.read() as tx:
        return await queries.order_versions(tx, order_id)
