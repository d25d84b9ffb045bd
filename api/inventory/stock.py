"""Goods: what lies where and for whom, how it moved, what it is worth; shipments, receipts and returns."""

from datetime import date
from uuid import UUID

from fastapi import Response

from activities import inventory as operations
from api.door import Asked, Page, Paging, Router, allows, page
from domains.inventory.messages import ReceiptAsked, ReceiveStock
from domains.inventory.queries import documents, stock
from domains.inventory.queries.documents import (
    GoodsReturnSummary,
    GoodsReturnView,
    ReceiptSummary,
    ReceiptView,
    ShipmentSummary,
    ShipmentView,
)
from domains.inventory.queries.stock import MoveView, ReservationView, StockView, ValuationView

on_hand = Router(prefix="/v1/stock", tags=["Inventory"])
reservations = Router(prefix="/v1/stock-reservations", tags=["Inventory"])
moves = Router(prefix="/v1/stock-moves", tags=["Inventory"])
valuations = Router(prefix="/v1/stock-valuations", tags=["Inventory"])
receipts = Router(prefix="/v1/stock-receipts", tags=["Inventory"])
shipments = Router(prefix="/v1/shipments", tags=["Inventory"])
goods_returns = Router(prefix="/v1/goods-returns", tags=["Inventory"])


@on_hand.get("", dependencies=[allows("inventory.stock.read")])
async def list_stock(
    asked: Asked,
    paging: Paging,
    item: str | None = None,
    warehouse: str | None = None,
    available_only: bool = False,
) -> Page[StockView]:
    """What lies where: on hand, reserved, available, value.

    By item and warehouse; `sort` by item_code, warehouse_code, on_hand or reserved.
    """
    wanted = stock.stock(
        item_code=item, warehouse_code=warehouse, available_only=available_only, sort=paging.sort
    )
    async with asked.read() as tx:
        return await page(tx, wanted, paging, stock.stock_view)


@reservations.get("", dependencies=[allows("inventory.stock.read")])
async def list_reservations(
    asked: Asked,
    paging: Paging,
    order: UUID | None = None,
    item: str | None = None,
    warehouse: str | None = None,
    waiting_only: bool = False,
) -> Page[ReservationView]:
    """For whom goods are set aside, and who waits: in the order in which they are served."""
    wanted = stock.reservations(
        order_id=order, item_code=item, warehouse_code=warehouse, waiting_only=waiting_only
    )
    async with asked.read() as tx:
        return await page(tx, wanted, paging, stock.reservation_view)


@moves.get("", dependencies=[allows("inventory.stock.read")])
async def list_moves(
    asked: Asked,
    paging: Paging,
    item: str | None = None,
    warehouse: str | None = None,
    kind: str | None = None,
    document: UUID | None = None,
    moved_from: date | None = None,
    moved_to: date | None = None,
) -> Page[MoveView]:
    """The ledger of goods, the newest entries first; `sort` by id or moved_on."""
    wanted = stock.moves(
        item_code=item,
        warehouse_code=warehouse,
        kind=kind,
        document_id=document,
        moved_from=moved_from,
        moved_to=moved_to,
        sort=paging.sort,
    )
    async with asked.read() as tx:
        return await page(tx, wanted, paging, stock.move_view)


@valuations.get("", dependencies=[allows("inventory.valuation.read")])
async def list_valuations(asked: Asked, paging: Paging, item: str | None = None) -> Page[ValuationView]:
    """What the goods are worth, item by item, over all warehouses."""
    async with asked.read() as tx:
        return await page(tx, stock.valuations(item_code=item), paging, stock.valuation_view)


@shipments.get("", dependencies=[allows("inventory.shipment.read")])
async def list_shipments(
    asked: Asked,
    paging: Paging,
    order: UUID | None = None,
    number: str | None = None,
    customer: str | None = None,
    warehouse: str | None = None,
    shipped_from: date | None = None,
    shipped_to: date | None = None,
) -> Page[ShipmentSummary]:
    """Shipments, the newest first; `sort` by shipped_on, number, customer_code or cost."""
    wanted = documents.shipments(
        order_id=order,
        number=number,
        customer_code=customer,
        warehouse_code=warehouse,
        shipped_from=shipped_from,
        shipped_to=shipped_to,
        sort=paging.sort,
    )
    async with asked.read() as tx:
        return await page(tx, wanted, paging, documents.shipment_summary)


@shipments.get("/{shipment_id}", dependencies=[allows("inventory.shipment.read")])
async def one_shipment(shipment_id: UUID, asked: Asked) -> ShipmentView:
    """What left with one shipment, and what it cost."""
    async with asked.read() as tx:
        return await documents.shipment_view(tx, shipment_id)


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


@receipts.get("", dependencies=[allows("inventory.receipt.read")])
async def list_receipts(
    asked: Asked,
    paging: Paging,
    number: str | None = None,
    warehouse: str | None = None,
    reason: str | None = None,
    received_from: date | None = None,
    received_to: date | None = None,
) -> Page[ReceiptSummary]:
    """Receipts, the newest first; `sort` by received_on, number or value."""
    wanted = documents.receipts(
        number=number,
        warehouse_code=warehouse,
        reason=reason,
        received_from=received_from,
        received_to=received_to,
        sort=paging.sort,
    )
    async with asked.read() as tx:
        return await page(tx, wanted, paging, documents.receipt_summary)


@receipts.get("/{receipt_id}", dependencies=[allows("inventory.receipt.read")])
async def one_receipt(receipt_id: UUID, asked: Asked) -> ReceiptView:
    """What came in with one receipt, line by line, and what it is worth."""
    async with asked.read() as tx:
        return await documents.receipt_view(tx, receipt_id)


@goods_returns.get("", dependencies=[allows("inventory.goods_return.read")])
async def list_goods_returns(
    asked: Asked,
    paging: Paging,
    order: UUID | None = None,
    number: str | None = None,
    customer: str | None = None,
    warehouse: str | None = None,
    received_from: date | None = None,
    received_to: date | None = None,
) -> Page[GoodsReturnSummary]:
    """Goods that came back, the newest first; `sort` by received_on, number or customer_code."""
    wanted = documents.goods_returns(
        order_id=order,
        number=number,
        customer_code=customer,
        warehouse_code=warehouse,
        received_from=received_from,
        received_to=received_to,
        sort=paging.sort,
    )
    async with asked.read() as tx:
        return await page(tx, wanted, paging, documents.goods_return_summary)


@goods_returns.get("/{return_id}", dependencies=[allows("inventory.goods_return.read")])
async def one_goods_return(return_id: UUID, asked: Asked) -> GoodsReturnView:
    """What came back with one return, line by line, and what it had cost."""
    async with asked.read() as tx:
        return await documents.goods_return_view(tx, return_id)
