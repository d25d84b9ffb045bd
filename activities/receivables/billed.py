"""What of an order can still be credited."""

from sqlalchemy.ext.asyncio import AsyncSession

from domains.receivables.messages import Billed, FindBilled
from domains.receivables.queries import credits
from foundation.operation import operation


@operation("receivables.find_billed")
async def find_billed(session: AsyncSession, find: FindBilled) -> Billed:
    """The order's invoices with what is not credited of them, the newest first. Reads only."""
    return await credits.billed(session, find.order_id)
