"""Shipments, receipts and goods returns, as lists and as documents."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select

from domains.inventory.tables import (
    GoodsReturn,
    GoodsReturnLine,
    Shipment,
    ShipmentLine,
    StockMove,
    StockReceipt,
    StockReceiptLine,
)
from domains.ledger.queries.documents import reversal_of
from foundation.database.lists import Listing, between, equal, named
from foundation.database.transaction import Row, Transaction
from foundation.values.messages import Message, ShownAmount, ShownQuantity
from foundation.values.money import rounded

_RECEIPTS = select(
    *StockReceipt.__table__.c, reversal_of("stock_receipt", StockReceipt.id).label("reversed_by")
)
_SHIPMENTS = select(*Shipment.__table__.c, reversal_of("shipment", Shipment.id).label("reversed_by"))
_RETURNS = select(*GoodsReturn.__table__.c, reversal_of("goods_return", GoodsReturn.id).label("reversed_by"))
_LATEST_MOVE = select(func.max(StockMove.moved_on)).where(
    StockMove.document_id == bindparam("document", type_=Uuid)
)

_LAST_SHIPPED = select(func.max(Shipment.shipped_on)).where(
    Shipment.order_id == bindparam("order", type_=Uuid), reversal_of("shipment", Shipment.id).is_(None)
)


async def latest_move(tx: Transaction, document_id: UUID) -> date | None:
    """The last day on which a document moved goods, or what they are worth."""
    found: date | None = await tx.scalar(_LATEST_MOVE, {"document": document_id})
    return found


async def last_shipped_on(tx: Transaction, order_id: UUID) -> date | None:
    """The last day on which goods of an order left, but for shipments that were taken back."""
    found: date | None = await tx.scalar(_LAST_SHIPPED, {"order": order_id})
    return found


class ShipmentSummary(Message):
    """Goods that left for a customer; `cost` is what they were worth, in the company's currency."""

    shipment_id: UUID
    shipment_number: str
    order_id: UUID
    order_number: str
    customer_code: str
    warehouse_code: str
    shipped_on: date
    carrier: str
    tracking: str
    cost: ShownAmount
    currency: str
    recorded_at: datetime
    reversed_by: str | None
    """The number of the reversal, when it was taken back."""


class ShipmentLineView(Message):
    """What left for one order line, in the stock unit."""

    line_number: int
    item_code: str
    quantity: ShownQuantity
    cost: ShownAmount


class ShipmentView(ShipmentSummary):
    """The shipment with its lines."""

    lines: tuple[ShipmentLineView, ...]


class ReceiptSummary(Message):
    """Goods that came in; `adjustment_value` settles what was issued before it was there."""

    receipt_id: UUID
    receipt_number: str
    warehouse_code: str
    received_on: date
    reference: str
    reason: str
    supplier_code: str | None
    order_id: UUID | None
    order_number: str | None
    """The purchase order that they came for."""
    value: ShownAmount
    adjustment_value: ShownAmount
    currency: str
    recorded_at: datetime
    reversed_by: str | None
    """The number of the reversal, when it was taken back."""


class ReceiptLineView(Message):
    """One line, in the unit in which it came and in the stock unit."""

    line_number: int
    item_code: str
    quantity: ShownQuantity
    unit: str
    unit_cost: ShownAmount
    stock_quantity: ShownQuantity
    value: ShownAmount
    order_line_number: int | None


class ReceiptView(ReceiptSummary):
    """The receipt with its lines."""

    lines: tuple[ReceiptLineView, ...]


class GoodsReturnSummary(Message):
    """Goods of an order that came back, in the company's currency.

    What is on the shelf again, what was scrapped; `adjustment_value` settles what was issued before it was
    there.
    """

    return_id: UUID
    return_number: str
    order_id: UUID
    order_number: str
    customer_code: str
    warehouse_code: str
    received_on: date
    reference: str
    restocked_value: ShownAmount
    scrapped_value: ShownAmount
    adjustment_value: ShownAmount
    currency: str
    recorded_at: datetime
    reversed_by: str | None
    """The number of the reversal, when it was taken back."""


class GoodsReturnLineView(Message):
    """What came back of one order line, in the stock unit, and what it had cost."""

    line_number: int
    item_code: str
    quantity: ShownQuantity
    scrapped_quantity: ShownQuantity
    cost: ShownAmount
    restocked_cost: ShownAmount


class GoodsReturnView(GoodsReturnSummary):
    """The goods return with its lines."""

    lines: tuple[GoodsReturnLineView, ...]


def shipment_summary(row: Row) -> ShipmentSummary:
    """One row of `SHIPMENTS`."""
    return ShipmentSummary(**_summary(row, ShipmentSummary, "shipment"))


async def shipment_view(tx: Transaction, shipment_id: UUID) -> ShipmentView:
    """The shipment with its lines. Refuses: NotFound."""
    row = await tx.existing(_SHIPMENTS.where(Shipment.id == shipment_id), f"shipment {shipment_id}")
    lines = await tx.execute(
        select(*ShipmentLine.__table__.c)
        .where(ShipmentLine.shipment_id == shipment_id)
        .order_by(ShipmentLine.line_number)
    )
    views = tuple(ShipmentLineView(**_line(line, ShipmentLineView, row.currency)) for line in lines)
    return ShipmentView(**_summary(row, ShipmentSummary, "shipment"), lines=views)


def receipt_summary(row: Row) -> ReceiptSummary:
    """One row of `RECEIPTS`."""
    return ReceiptSummary(**_summary(row, ReceiptSummary, "receipt"))


async def receipt_view(tx: Transaction, receipt_id: UUID) -> ReceiptView:
    """The receipt with its lines. Refuses: NotFound."""
    row = await tx.existing(_RECEIPTS.where(StockReceipt.id == receipt_id), f"stock receipt {receipt_id}")
    lines = await tx.execute(
        select(*StockReceiptLine.__table__.c)
        .where(StockReceiptLine.receipt_id == receipt_id)
        .order_by(StockReceiptLine.line_number)
    )
    views = tuple(ReceiptLineView(**_line(line, ReceiptLineView, row.currency)) for line in lines)
    return ReceiptView(**_summary(row, ReceiptSummary, "receipt"), lines=views)


def goods_return_summary(row: Row) -> GoodsReturnSummary:
    """One row of `GOODS_RETURNS`."""
    return GoodsReturnSummary(**_summary(row, GoodsReturnSummary, "return"))


async def goods_return_view(tx: Transaction, return_id: UUID) -> GoodsReturnView:
    """The goods return with its lines. Refuses: NotFound."""
    row = await tx.existing(_RETURNS.where(GoodsReturn.id == return_id), f"goods return {return_id}")
    lines = await tx.execute(
        select(*GoodsReturnLine.__table__.c)
        .where(GoodsReturnLine.return_id == return_id)
        .order_by(GoodsReturnLine.line_number)
    )
    views = tuple(GoodsReturnLineView(**_line(line, GoodsReturnLineView, row.currency)) for line in lines)
    return GoodsReturnView(**_summary(row, GoodsReturnSummary, "return"), lines=views)


_AMOUNTS = ("value", "restocked_value", "scrapped_value", "adjustment_value", "cost", "restocked_cost")


def _summary(row: Row, view: type[Message], document: str) -> dict[str, Any]:
    fields = row._asdict()
    fields |= {f"{document}_id": row.id, f"{document}_number": row.number}
    return _shown(fields, view, row.currency)


def _line(row: Row, view: type[Message], currency: str) -> dict[str, Any]:
    return _shown(row._asdict(), view, currency)


def _shown(fields: dict[str, Any], view: type[Message], currency: str) -> dict[str, Any]:
    """What the view shows of a row; amounts with the decimals of their currency."""
    return {
        name: rounded(fields[name], currency) if name in _AMOUNTS else fields[name]
        for name in view.model_fields
    }


SHIPMENTS = Listing(
    name="shipments",
    about="Shipments, the newest first.",
    view=ShipmentSummary,
    rows=_SHIPMENTS,
    to_view=shipment_summary,
    filters=(
        equal(Shipment.order_id, "order"),
        equal(Shipment.number),
        equal(Shipment.customer_code, "customer"),
        equal(Shipment.warehouse_code, "warehouse"),
        *between(Shipment.shipped_on),
        *between(Shipment.cost),
    ),
    sorts=named(Shipment.shipped_on, Shipment.number, Shipment.customer_code, Shipment.cost),
    order="-shipped_on",
    unique=(Shipment.id,),
)
RECEIPTS = Listing(
    name="stock_receipts",
    about="Receipts, the newest first.",
    view=ReceiptSummary,
    rows=_RECEIPTS,
    to_view=receipt_summary,
    filters=(
        equal(StockReceipt.number),
        equal(StockReceipt.warehouse_code, "warehouse"),
        equal(StockReceipt.reason),
        *between(StockReceipt.received_on),
        *between(StockReceipt.value),
    ),
    sorts=named(StockReceipt.received_on, StockReceipt.number, StockReceipt.value),
    order="-received_on",
    unique=(StockReceipt.id,),
)
GOODS_RETURNS = Listing(
    name="goods_returns",
    about="Goods that came back, the newest first.",
    view=GoodsReturnSummary,
    rows=_RETURNS,
    to_view=goods_return_summary,
    filters=(
        equal(GoodsReturn.order_id, "order"),
        equal(GoodsReturn.number),
        equal(GoodsReturn.customer_code, "customer"),
        equal(GoodsReturn.warehouse_code, "warehouse"),
        *between(GoodsReturn.received_on),
    ),
    sorts=named(GoodsReturn.received_on, GoodsReturn.number, GoodsReturn.customer_code),
    order="-received_on",
    unique=(GoodsReturn.id,),
)
