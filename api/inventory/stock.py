"""Goods: what lies where and for whom, how it moved, what it is worth; shipments, receipts and returns."""

from typing import Any
from uuid import UUID

from fastapi import Response

from activities import inventory as operations
from activities.inventory import printing
from api import prints, processes
from api.door import Asked, AskedRequest, Router, allows
from api.ledger import days, reversing
from api.lists import add_list
from domains.inventory.messages import ReceiptAsked, ReceiveStock
from domains.inventory.queries import documents, stock
from domains.inventory.queries.documents import GoodsReturnView, ReceiptView, ShipmentView
from domains.ledger.messages import DocumentReversed, ReversalAsked
from domains.sales.messages import ShipmentReversalAsked, TakeShipmentBack
from foundation.values.errors import NotFound

on_hand = Router(prefix="/v1/stock", tags=["Inventory"])
reservations = Router(prefix="/v1/stock-reservations", tags=["Inventory"])
moves = Router(prefix="/v1/stock-moves", tags=["Inventory"])
valuations = Router(prefix="/v1/stock-valuations", tags=["Inventory"])
receipts = Router(prefix="/v1/stock-receipts", tags=["Inventory"])
shipments = Router(prefix="/v1/shipments", tags=["Inventory"])
goods_returns = Router(prefix="/v1/goods-returns", tags=["Inventory"])


add_list(on_hand, stock.STOCK, allows("inventory.stock.read"))
add_list(on_hand, stock.BALANCES, allows("inventory.valuation.read"), path="/balances", where=days.known_day)
add_list(reservations, stock.RESERVATIONS, allows("inventory.stock.read"))
add_list(moves, stock.MOVES, allows("inventory.stock.read"))
add_list(valuations, stock.VALUATIONS, allows("inventory.valuation.read"))
add_list(shipments, documents.SHIPMENTS, allows("inventory.shipment.read"))
add_list(receipts, documents.RECEIPTS, allows("inventory.receipt.read"))
add_list(goods_returns, documents.GOODS_RETURNS, allows("inventory.goods_return.read"))


@shipments.get("/{shipment_id}", dependencies=[allows("inventory.shipment.read")])
async def one_shipment(shipment_id: UUID, asked: Asked) -> ShipmentView:
    """What left with one shipment, and what it cost."""
    async with asked.read() as tx:
        return await documents.shipment_view(tx, shipment_id)


@shipments.get("/{shipment_id}/pdf", dependencies=[allows("inventory.shipment.read")], **prints.PDF)
async def pdf(shipment_id: UUID, asked: Asked) -> Response:
    """The delivery note, without prices, in the customer's language: printed once, the same ever after."""
    return await prints.shown(asked, printing.print_delivery_note, "shipment", shipment_id)


@shipments.post(
    "/{shipment_id}/reversal", status_code=201, dependencies=[allows("inventory.shipment.reverse")]
)
async def reverse_shipment(shipment_id: UUID, why: ShipmentReversalAsked, asked: Asked) -> DocumentReversed:
    """Take a shipment back that is not billed, and has not left: its goods are set aside for its order again.

    What is billed goes back with its invoice first, POST /v1/invoices/{invoice_id}/reversal; what has really
    left comes back by a return. Services that were confirmed by mistake go back alike, with their `order_id`;
    nothing was posted for them, and the reversal has no number.
    """
    order_id = await _order_of(asked, shipment_id, why)
    back = TakeShipmentBack(
        shipment_id=shipment_id,
        **await reversal(asked, "shipment", shipment_id, why),
    )
    process_id = processes.process_id_of(asked, "order_to_cash", order_id)
    return await processes.command(asked, process_id, "take_shipment_back", back, DocumentReversed)


async def _order_of(asked: AskedRequest, shipment_id: UUID, why: ShipmentReversalAsked) -> UUID:
    """The order of a shipment; of services it is named. Refuses: NotFound."""
    async with asked.read() as tx:
        if why.order_id is None:
            return (await documents.shipment_view(tx, shipment_id)).order_id
        process_id = processes.process_id_of(asked, "order_to_cash", why.order_id)
        if await processes.is_known(tx, process_id):
            return why.order_id
    nothing = f"there is no order {why.order_id}"
    raise NotFound(nothing, errors=[("order_id", nothing)])


# Where receipts are reported, they are read as well.
@receipts.post("", status_code=201, dependencies=[allows("inventory.receipt.post")])
async def receive(receipt: ReceiptAsked, asked: Asked, response: Response) -> ReceiptView:
    """Take goods in at cost: their value is posted, and waiting backorders are served, oldest first."""
    receive = ReceiveStock(
        **{
            **dict(receipt),
            "receipt_id": asked.new_id("stock-receipt"),
            "received_on": receipt.received_on or asked.today,
        }
    )
    received = await asked.run(operations.receive_stock, receive)
    response.headers["Location"] = f"/v1/stock-receipts/{received.receipt_id}"
    async with asked.read() as session:
        return await documents.receipt_view(session, received.receipt_id)


@receipts.get("/{receipt_id}", dependencies=[allows("inventory.receipt.read")])
async def one_receipt(receipt_id: UUID, asked: Asked) -> ReceiptView:
    """What came in with one receipt, line by line, and what it is worth."""
    async with asked.read() as tx:
        return await documents.receipt_view(tx, receipt_id)


@goods_returns.get("/{return_id}", dependencies=[allows("inventory.goods_return.read")])
async def one_goods_return(return_id: UUID, asked: Asked) -> GoodsReturnView:
    """What came back with one return, line by line, and what it had cost."""
    async with asked.read() as tx:
        return await documents.goods_return_view(tx, return_id)


async def reversal(asked: AskedRequest, kind: str, document_id: UUID, why: ReversalAsked) -> dict[str, Any]:
    """What a reversal of its documents is asked with: the books know no day of goods that have no value."""
    async with asked.read() as tx:
        moved_on = await documents.latest_move(tx, document_id)
    return await reversing.reversal(asked, kind, document_id, why, moved_on)
