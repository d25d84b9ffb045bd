"""What is open of a document."""

from sqlalchemy import Uuid, bindparam, select

from domains.ledger.messages import FindOpen, FoundOpen
from domains.ledger.tables.open_items import OpenItem
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.money import ZERO, rounded

_OPEN = select(OpenItem.open_amount, OpenItem.currency).where(
    OpenItem.document_id == bindparam("document", type_=Uuid)
)


@operation("ledger.find_open")
async def find_open(tx: Transaction, find: FindOpen) -> FoundOpen:
    """What is open of an invoice now, in its currency; nothing when there is no such invoice. Reads only."""
    items = await tx.execute(_OPEN, {"document": find.invoice_id})
    amount = sum((rounded(item.open_amount, item.currency) for item in items), ZERO)
    return FoundOpen(invoice_id=find.invoice_id, open_amount=amount)
