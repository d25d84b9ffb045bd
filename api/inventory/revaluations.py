"""Stock receipts are taken back; what is on hand is given another value, and that is taken back."""

from uuid import UUID

from activities import inventory
from api import processes
from api.door import Asked, AskedRequest, Router, allows
from api.inventory.stock import receipts
from api.inventory.stock import reversal as reversal_of_stock
from api.lists import add_list
from domains.inventory.messages import (
    ItemRevalued,
    RevaluationAsked,
    RevalueItem,
    ReverseStockDocument,
)
from domains.inventory.queries import documents
from domains.inventory.queries import revaluations as queries
from domains.inventory.queries.revaluations import RevaluationView
from domains.ledger.messages import DocumentReversed, ReversalAsked
from domains.procurement.messages import TakeReceiptBack
from foundation.operations.operation import Operation

revaluations = Router(prefix="/v1/revaluations", tags=["Inventory"])


@receipts.post("/{receipt_id}/reversal", status_code=201, dependencies=[allows("inventory.receipt.reverse")])
async def reverse_receipt(receipt_id: UUID, reversal: ReversalAsked, asked: Asked) -> DocumentReversed:
    """Take a stock receipt back, as a whole: the goods leave again at the value that they came with.

    One of a purchase order goes back through its order, whose goods are then still to come.
    """
    async with asked.read() as tx:
        receipt = await documents.receipt_view(tx, receipt_id)
    if receipt.order_id is None:
        return await _reverse(asked, inventory.reverse_receipt, "stock_receipt", receipt_id, reversal)
    back = TakeReceiptBack(
        receipt_id=receipt_id, **await reversal_of_stock(asked, "stock_receipt", receipt_id, reversal)
    )
    process_id = processes.process_id_of(asked, "procure_to_pay", receipt.order_id)
    return await processes.command(asked, process_id, "take_receipt_back", back, DocumentReversed)


@revaluations.post("", status_code=201, dependencies=[allows("ledger.stock.revalue")])
async def revalue(revaluation: RevaluationAsked, asked: Asked) -> ItemRevalued:
    """Give what is on hand of an item another unit cost; the difference is posted."""
    command = RevalueItem(
        **{
            **dict(revaluation),
            "revaluation_id": asked.new_id("revaluation"),
            "revalued_on": revaluation.revalued_on or asked.today,
        }
    )
    return await asked.run(inventory.revalue_item, command)


add_list(revaluations, queries.REVALUATIONS, allows("inventory.stock.read"))


@revaluations.get("/{revaluation_id}", dependencies=[allows("inventory.stock.read")])
async def one_revaluation(revaluation_id: UUID, asked: Asked) -> RevaluationView:
    """One revaluation."""
    async with asked.read() as tx:
        return await queries.revaluation(tx, revaluation_id)


@revaluations.post(
    "/{revaluation_id}/reversal", status_code=201, dependencies=[allows("ledger.stock.revalue")]
)
async def reverse_revaluation(
    revaluation_id: UUID, reversal: ReversalAsked, asked: Asked
) -> DocumentReversed:
    """Give an item back the value that it had before; nothing may have moved it since."""
    return await _reverse(asked, inventory.reverse_revaluation, "revaluation", revaluation_id, reversal)


async def _reverse(
    asked: AskedRequest,
    operation: Operation[ReverseStockDocument, DocumentReversed],
    kind: str,
    document_id: UUID,
    why: ReversalAsked,
) -> DocumentReversed:
    command = ReverseStockDocument(
        document_id=document_id, **await reversal_of_stock(asked, kind, document_id, why)
    )
    return await asked.run(operation, command)
