"""What is read of procurement."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from domains.procurement.messages import PurchaseOrderStatus
from domains.procurement.tables import PurchaseOrder, PurchaseOrderLine
from foundation.database.connections import columns_for
from foundation.database.lists import Listing, between, equal, named
from foundation.database.transaction import Transaction
from foundation.values.messages import Message, ShownAmount, ShownQuantity


class PurchaseLineView(Message):
    """One line of a purchase order, and what has come of it; quantities are in its unit."""

    line_number: int
    item_code: str
    description: str
    quantity: ShownQuantity
    unit: str
    unit_price: ShownAmount
    discount_percent: ShownQuantity
    tax_code: str
    over_delivery_percent: ShownQuantity
    under_delivery_percent: ShownQuantity
    net_amount: ShownAmount
    tax_amount: ShownAmount
    received_quantity: ShownQuantity


class PurchaseOrderSummary(Message):
    """A purchase order without its lines; amounts are in its currency."""

    order_id: UUID
    order_number: str
    status: PurchaseOrderStatus
    supplier_code: str
    supplier_name: str
    supplier_reference: str
    ordered_on: date
    expected_on: date | None
    currency: str
    net_amount: ShownAmount
    tax_amount: ShownAmount
    total_amount: ShownAmount


class PurchaseOrderView(PurchaseOrderSummary):
    """A purchase order as it stands."""

    warehouse_code: str
    payment_terms_code: str
    base_total_amount: ShownAmount
    reason: str
    """Why it was cancelled, wholly or in part."""
    placed_at: datetime
    lines: list[PurchaseLineView]


_ORDER = select(
    *columns_for(
        PurchaseOrder, PurchaseOrderView, order_id=PurchaseOrder.id, order_number=PurchaseOrder.number
    )
)
_LINES = select(*columns_for(PurchaseOrderLine, PurchaseLineView)).order_by(PurchaseOrderLine.line_number)
PURCHASE_ORDERS = Listing(
    name="purchase_orders",
    about="Purchase orders, the newest first.",
    view=PurchaseOrderSummary,
    rows=_ORDER,
    filters=(
        equal(PurchaseOrder.status),
        equal(PurchaseOrder.supplier_code, "supplier"),
        equal(PurchaseOrder.number),
        equal(PurchaseOrder.supplier_reference, "reference"),
        *between(PurchaseOrder.ordered_on),
        *between(PurchaseOrder.expected_on),
        *between(PurchaseOrder.total_amount),
    ),
    sorts=named(
        PurchaseOrder.ordered_on,
        PurchaseOrder.expected_on,
        PurchaseOrder.number,
        PurchaseOrder.total_amount,
        PurchaseOrder.supplier_code,
    ),
    order="-ordered_on",
    unique=(PurchaseOrder.id,),
)


async def purchase_order(tx: Transaction, order_id: UUID) -> PurchaseOrderView:
    """One of them with its lines. Refuses: NotFound."""
    head = await tx.existing(_ORDER.where(PurchaseOrder.id == order_id), f"purchase order {order_id}")
    rows = (await tx.execute(_LINES.where(PurchaseOrderLine.order_id == order_id))).all()
    return PurchaseOrderView(**head._asdict(), lines=[PurchaseLineView(**row._asdict()) for row in rows])
