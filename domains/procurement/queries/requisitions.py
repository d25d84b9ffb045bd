"""Requisitions as they are read, and what is known of prices when one is entered."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Date, Text, Uuid, bindparam, select, text

from domains.procurement.messages.requisitions import (
    FoundBy,
    Origin,
    RequisitionEntered,
    RequisitionLine,
    RequisitionStatus,
)
from domains.procurement.rules.raised import LineStanding
from domains.procurement.rules.sourcing import LastPrice
from domains.procurement.tables import (
    PurchaseOrder,
    PurchaseOrderLine,
    PurchaseRequisition,
    PurchaseRequisitionLine,
)
from foundation.database.connections import columns_for, rows_of
from foundation.database.lists import Listing, between, equal, named
from foundation.database.transaction import Row, Transaction
from foundation.values.messages import Message, ShownAmount, ShownQuantity


class RequisitionLineView(Message):
    """One line of a requisition: what is needed, where it is bought, and what became of it."""

    line_number: int
    item_code: str
    description: str
    quantity: ShownQuantity
    unit: str
    wanted_on: date
    cost_centre: str | None
    supplier_code: str
    supplier_item: str
    """Which of `/v1/supplier-items`; empty when it was found by the last price."""
    found_by: FoundBy
    order_quantity: ShownQuantity
    """Raised to the supplier's minimum and multiple, in `order_unit`."""
    order_unit: str
    unit_price: ShownAmount
    currency: str
    base_amount: ShownAmount
    budget_code: str | None
    """Whose amount it commits."""
    origin: Origin
    """For what it is bought."""
    for_orders: list[str]
    """Of backorders: the numbers of the orders that wait for it."""
    order_id: UUID | None
    order_number: str | None
    why_not_ordered: str
    """Why the order of it was refused."""


class RequisitionSummary(Message):
    """A requisition without its lines; its total is in the company's currency, without tax."""

    requisition_id: UUID
    requisition_number: str
    status: RequisitionStatus
    requested_on: date
    requested_by: str
    category: str
    cost_centre: str
    reason: str
    currency: str
    base_total_amount: ShownAmount


class RequisitionView(RequisitionSummary):
    """A requisition as it stands."""

    warehouse_code: str | None
    ordered_on: date | None
    why_ended: str
    """Why it was rejected or cancelled."""
    entered_at: datetime
    lines: list[RequisitionLineView]


_HEAD = select(
    *columns_for(
        PurchaseRequisition,
        RequisitionView,
        requisition_id=PurchaseRequisition.id,
        requisition_number=PurchaseRequisition.number,
    )
)
_LINES = (
    select(
        *columns_for(
            PurchaseRequisitionLine,
            RequisitionLineView,
            order_id=PurchaseOrder.id,
            order_number=PurchaseOrder.number,
        )
    )
    .outerjoin_from(
        PurchaseRequisitionLine,
        PurchaseOrderLine,
        (PurchaseOrderLine.requisition_id == PurchaseRequisitionLine.requisition_id)
        & (PurchaseOrderLine.requisition_line_number == PurchaseRequisitionLine.line_number),
    )
    .outerjoin(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.order_id)
    .where(PurchaseRequisitionLine.requisition_id == bindparam("requisition", type_=Uuid))
    .order_by(PurchaseRequisitionLine.line_number)
)
_LOCKED = (
    select(*rows_of(PurchaseRequisition).c)
    .where(PurchaseRequisition.id == bindparam("requisition", type_=Uuid))
    .with_for_update()
)
_ENTERED = select(
    *columns_for(
        PurchaseRequisition,
        RequisitionEntered,
        requisition_id=PurchaseRequisition.id,
        requisition_number=PurchaseRequisition.number,
    )
).where(PurchaseRequisition.id == bindparam("requisition", type_=Uuid))
_AS_ENTERED = (
    select(*columns_for(PurchaseRequisitionLine, RequisitionLine))
    .where(PurchaseRequisitionLine.requisition_id == bindparam("requisition", type_=Uuid))
    .order_by(PurchaseRequisitionLine.line_number)
)
_STANDING = text(
    """
    SELECT w.cost_centre, w.base_amount, w.currency, w.why_not_ordered, l.order_id,
        l.line_number AS order_line_number, coalesce(o.status = 'cancelled', false) AS is_cancelled,
        l.quantity, l.unit_price, l.discount_percent
    FROM procurement.purchase_requisition_line w
        LEFT JOIN procurement.purchase_order_line l
            ON l.requisition_id = w.requisition_id AND l.requisition_line_number = w.line_number
        LEFT JOIN procurement.purchase_order o ON o.id = l.order_id
    WHERE w.requisition_id = :requisition ORDER BY w.line_number
    """
).bindparams(bindparam("requisition", type_=Uuid))
# By supplier and item the latest order that stands, and was not for nothing; its price less discount.
_LAST_PRICES = text(
    """
    SELECT p.supplier_code, p.item_code, p.unit, p.unit_price, p.currency, p.order_number
    FROM (
        SELECT DISTINCT ON (l.item_code, o.supplier_code) l.item_code, o.supplier_code, l.unit, o.currency,
            round(l.unit_price * (100 - l.discount_percent) / 100, 6) AS unit_price, o.number AS order_number,
            o.ordered_on, o.placed_at
        FROM procurement.purchase_order_line l JOIN procurement.purchase_order o ON o.id = l.order_id
        WHERE l.item_code = ANY (:items) AND o.status NOT IN ('cancelled', 'held') AND o.ordered_on <= :on
            AND l.unit_price * (100 - l.discount_percent) > 0
        ORDER BY l.item_code, o.supplier_code, o.ordered_on DESC, o.placed_at DESC, l.line_number
    ) AS p
    ORDER BY p.ordered_on DESC, p.placed_at DESC, p.supplier_code
    """
).bindparams(bindparam("items", type_=ARRAY(Text)), bindparam("on", type_=Date))
REQUISITIONS = Listing(
    name="purchase_requisitions",
    about="Requisitions, the newest first.",
    view=RequisitionSummary,
    rows=_HEAD,
    filters=(
        equal(PurchaseRequisition.status),
        equal(PurchaseRequisition.number),
        equal(PurchaseRequisition.requested_by),
        equal(PurchaseRequisition.category),
        equal(PurchaseRequisition.cost_centre),
        *between(PurchaseRequisition.requested_on),
        *between(PurchaseRequisition.base_total_amount),
    ),
    sorts=named(
        PurchaseRequisition.requested_on, PurchaseRequisition.number, PurchaseRequisition.base_total_amount
    ),
    order="-requested_on",
    unique=(PurchaseRequisition.id,),
)


async def requisition(tx: Transaction, requisition_id: UUID) -> RequisitionView:
    """One of them with its lines. Refuses: NotFound."""
    one = _HEAD.where(PurchaseRequisition.id == requisition_id)
    head = await tx.existing(one, f"purchase requisition {requisition_id}")
    rows = (await tx.execute(_LINES, {"requisition": requisition_id})).all()
    return RequisitionView(**head._asdict(), lines=[RequisitionLineView(**row._asdict()) for row in rows])


async def requisition_entered(tx: Transaction, requisition_id: UUID) -> RequisitionEntered | None:
    """One of them as it was entered; None when there is no such one."""
    head = (await tx.execute(_ENTERED, {"requisition": requisition_id})).one_or_none()
    if head is None:
        return None
    return RequisitionEntered(**head._asdict(), lines=tuple(await requisition_lines(tx, requisition_id)))


async def locked_requisition(tx: Transaction, requisition_id: UUID) -> Row | None:
    """Its head under a lock; None when there is no such one."""
    return (await tx.execute(_LOCKED, {"requisition": requisition_id})).one_or_none()


async def requisition_lines(tx: Transaction, requisition_id: UUID) -> list[RequisitionLine]:
    """Its lines as they were entered, in their order."""
    rows = await tx.execute(_AS_ENTERED, {"requisition": requisition_id})
    return [RequisitionLine(**row._asdict()) for row in rows]


async def lines_standing(tx: Transaction, requisition_id: UUID) -> list[LineStanding]:
    """Its lines as they were entered and as their orders have them now, in their order."""
    rows = await tx.execute(_STANDING, {"requisition": requisition_id})
    return [LineStanding(**row._asdict()) for row in rows]


async def last_prices(tx: Transaction, item_codes: Iterable[str], on: date) -> list[LastPrice]:
    """What was paid last for items, until a day, by supplier; the latest first."""
    rows: Any = await tx.execute(_LAST_PRICES, {"items": sorted(set(item_codes)), "on": on})
    return [LastPrice(**row._asdict()) for row in rows]
