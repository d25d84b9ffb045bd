"""What of an order can still be credited."""

from domains.receivables.messages import Billed, FindBilled, FindDebitNotes, FoundDebitNotes
from domains.receivables.queries import corrections, credits
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation


@operation("receivables.find_billed")
async def find_billed(tx: Transaction, find: FindBilled) -> Billed:
    """The order's invoices with what is not credited of them, the newest first. Reads only."""
    return await credits.billed(tx, find.order_id)


@operation("receivables.find_debit_notes")
async def find_debit_notes(tx: Transaction, find: FindDebitNotes) -> FoundDebitNotes:
    """What more was charged on an order's own invoices, and is not credited. Reads only."""
    return await corrections.debit_notes_of_order(tx, find.order_id)
