"""What suppliers have answered to orders, and what of the orders is late."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Date, bindparam, exists, func, select

from domains.procurement.messages import PurchaseOrderStatus
from domains.procurement.messages.acknowledgements import AcknowledgementStatus
from domains.procurement.tables import Acknowledgement, AcknowledgementLine, PurchaseOrder, PurchaseOrderLine
from foundation.database.connections import columns_for
from foundation.database.lists import Listing, between, equal, named
from foundation.database.transaction import Transaction
from foundation.values.messages import Message, ShownAmount, ShownQuantity
from foundation.values.money import HUNDRED


class AcknowledgementSummary(Message):
    """A supplier's answer to an order, and what has become of it."""

    acknowledgement_id: UUID
    order_id: UUID
    order_number: str
    supplier_code: str
    version: int
    """The version of the order that the supplier was told of last."""
    supplier_number: str
    acknowledged_on: date
    status: AcknowledgementStatus
    entered_by: str
    decided_by: str | None
    decided_on: date | None
    reason: str
    """Why it was accepted or refused."""
    recorded_at: datetime


class AcknowledgedLineView(Message):
    """What the supplier says of a line, beside what was ordered; prices of one unit, without tax."""

    line_number: int
    promised_on: date | None
    unit_price: ShownAmount
    discount_percent: ShownQuantity
    ordered_price: ShownAmount
    ordered_discount_percent: ShownQuantity
    is_tolerated: bool
    """Whether both prices differ by no more than is tolerated."""


class AcknowledgementView(AcknowledgementSummary):
    """The whole answer."""

    lines: list[AcknowledgedLineView]


_ROWS = select(
    *columns_for(
        Acknowledgement,
        AcknowledgementSummary,
        acknowledgement_id=Acknowledgement.id,
        order_number=PurchaseOrder.number,
        supplier_code=PurchaseOrder.supplier_code,
    )
).join(PurchaseOrder, PurchaseOrder.id == Acknowledgement.order_id)
_LINES = select(*columns_for(AcknowledgementLine, AcknowledgedLineView)).order_by(
    AcknowledgementLine.line_number
)
ACKNOWLEDGEMENTS = Listing(
    name="purchase_acknowledgements",
    about="What suppliers have answered to orders, the newest first.",
    view=AcknowledgementSummary,
    rows=_ROWS,
    filters=(
        equal(Acknowledgement.status),
        equal(Acknowledgement.order_id),
        equal(PurchaseOrder.supplier_code, "supplier"),
        equal(Acknowledgement.supplier_number),
        *between(Acknowledgement.acknowledged_on),
    ),
    sorts=named(Acknowledgement.acknowledged_on, PurchaseOrder.supplier_code),
    order="-acknowledged_on",
    unique=(Acknowledgement.id,),
)


async def acknowledgement(tx: Transaction, acknowledgement_id: UUID) -> AcknowledgementView:
    """One of them with its lines. Refuses: NotFound."""
    wanted = _ROWS.where(Acknowledgement.id == acknowledgement_id)
    head = await tx.existing(wanted, f"acknowledgement {acknowledgement_id}")
    rows = await tx.execute(_LINES.where(AcknowledgementLine.acknowledgement_id == acknowledgement_id))
    lines = [AcknowledgedLineView(**row._asdict()) for row in rows]
    return AcknowledgementView(**head._asdict(), lines=lines)


def promised_on(line: type[PurchaseOrderLine]) -> ColumnElement[date | None]:
    """When a line comes by the newest answer of its supplier that was not refused; nothing without one."""
    return (
        select(AcknowledgementLine.promised_on)
        .join(Acknowledgement, Acknowledgement.id == AcknowledgementLine.acknowledgement_id)
        .where(
            AcknowledgementLine.order_id == line.order_id,
            AcknowledgementLine.line_number == line.line_number,
            Acknowledgement.status != AcknowledgementStatus.REFUSED.value,
        )
        .order_by(Acknowledgement.acknowledged_on.desc(), Acknowledgement.recorded_at.desc())
        .limit(1)
        .scalar_subquery()
    )


def is_acknowledged() -> ColumnElement[bool]:
    """Whether the supplier of an order has answered, and that was not refused."""
    return exists().where(
        Acknowledgement.order_id == PurchaseOrder.id,
        Acknowledgement.status != AcknowledgementStatus.REFUSED.value,
    )


class OverdueLine(Message):
    """A line of which goods should be here; quantities in its unit."""

    order_id: UUID
    order_number: str
    supplier_code: str
    supplier_name: str
    line_number: int
    item_code: str
    description: str
    unit: str
    quantity: ShownQuantity
    open_quantity: ShownQuantity
    """What has not come by now."""
    expected_on: date | None
    """When we wanted it."""
    promised_on: date | None
    """When it comes, as the supplier has answered last."""
    due_on: date
    """The promised day; where there is none, the wanted one."""
    days: int
    """How many days it is late."""


_PROMISED = promised_on(PurchaseOrderLine)
_DUE = func.coalesce(_PROMISED, PurchaseOrder.expected_on)
_OPEN = PurchaseOrderLine.quantity - PurchaseOrderLine.received_quantity
_ON = bindparam("on", type_=Date)
_OVERDUE = (
    select(
        PurchaseOrder.id.label("order_id"),
        PurchaseOrder.number.label("order_number"),
        PurchaseOrder.supplier_code,
        PurchaseOrder.supplier_name,
        PurchaseOrderLine.line_number,
        PurchaseOrderLine.item_code,
        PurchaseOrderLine.description,
        PurchaseOrderLine.unit,
        PurchaseOrderLine.quantity,
        _OPEN.label("open_quantity"),
        PurchaseOrder.expected_on,
        _PROMISED.label("promised_on"),
        _DUE.label("due_on"),
        (_ON - _DUE).label("days"),
    )
    .join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.order_id)
    .where(
        PurchaseOrder.status == PurchaseOrderStatus.PLACED.value,
        PurchaseOrderLine.is_stocked,
        PurchaseOrderLine.quantity * PurchaseOrderLine.under_delivery_percent / HUNDRED < _OPEN,
        _DUE < _ON,
    )
    .order_by(_DUE, PurchaseOrder.number, PurchaseOrderLine.line_number)
)


async def overdue_lines(tx: Transaction, on: date) -> list[OverdueLine]:
    """What has not come by now and is due before a day, the latest first. A line of which no more is missing
    than is tolerated has come.
    """
    return [OverdueLine(**row._asdict()) for row in await tx.execute(_OVERDUE, {"on": on})]
