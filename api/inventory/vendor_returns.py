"""Goods that went back to suppliers."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Body

from activities.inventory.reversals import reverse_vendor_return
from activities.inventory.vendor_returns import send_goods_back
from api import processes
from api.door import Asked, Router, allows
from api.inventory.stock import reversal
from api.lists import add_list
from api.procurement.purchase_orders import process_of, purchase_orders
from domains.inventory.messages import ReverseStockDocument
from domains.inventory.messages.vendor_returns import SendGoodsBack, VendorReturnAsked
from domains.inventory.queries import vendor_returns as queries
from domains.inventory.queries.vendor_returns import VendorReturnView
from domains.ledger.messages import DocumentReversed, ReversalAsked
from foundation.values.messages import Stage

vendor_returns = Router(prefix="/v1/vendor-returns", tags=["Inventory"])

RETURNS: dict[str, Any] = {
    "two that are damaged": {
        "value": {
            "returned_on": "2026-03-12",
            "reason": "damaged",
            "replace": True,
            "lines": [{"line_number": 1, "quantity": "2"}],
        },
    },
}


@purchase_orders.post(
    "/{order_id}/returns", status_code=201, dependencies=[allows("inventory.vendor_return.post")]
)
async def send_back(
    order_id: UUID, wanted: Annotated[VendorReturnAsked, Body(openapi_examples=RETURNS)], asked: Asked
) -> VendorReturnView:
    """Goods of the order go back to the supplier, also when it has ended: at what they had been taken in at.

    What no invoice has billed is to be billed no more; what was billed is claimed back by a debit note. With
    `replace` the same goods are to come again.
    """
    return_id = asked.new_id("vendor-return", of=order_id)
    own = {"return_id": return_id, "order_id": order_id, "process_of_order": process_of(asked, order_id)}
    on = wanted.returned_on or asked.today
    command = SendGoodsBack(**{**dict(wanted), **own, "returned_on": on})
    start = processes.Start(
        name="vendor_return",
        document_id=return_id,
        command=command,
        answer_type=Stage,
        summary=f"Goods go back to the supplier: {wanted.reason}",
        first=(send_goods_back, command),
    )
    await processes.start(asked, start)
    async with asked.read() as tx:
        return await queries.vendor_return(tx, return_id)


add_list(vendor_returns, queries.VENDOR_RETURNS, allows("inventory.vendor_return.read"))


@vendor_returns.get("/{return_id}", dependencies=[allows("inventory.vendor_return.read")])
async def one_vendor_return(return_id: UUID, asked: Asked) -> VendorReturnView:
    """What went back with one return, line by line, and what it had been taken in at."""
    async with asked.read() as tx:
        return await queries.vendor_return(tx, return_id)


@vendor_returns.post(
    "/{return_id}/reversal", status_code=201, dependencies=[allows("inventory.vendor_return.reverse")]
)
async def reverse(return_id: UUID, why: ReversalAsked, asked: Asked) -> DocumentReversed:
    """Take a return back: its goods are here, and are to be billed, or were, as before.

    Its debit note is taken back first.
    """
    asked_with = await reversal(asked, "vendor_return", return_id, why)
    command = ReverseStockDocument(document_id=return_id, **asked_with)
    return await asked.run(reverse_vendor_return, command)
