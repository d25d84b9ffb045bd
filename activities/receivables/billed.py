"""What of an order can still be credited."""

from domains.receivables.messages import Billed, FindBilled
from domains.receivables.queries import credits
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation


@operation("receivables.find_billed")
async def find_billed(tx: Transaction, find: FindBilled) -> Billed:
    """The order's invoices with what is not credited of them, the newest first. Reads only."""
    return await credits.billed(tx, find.order_id)
