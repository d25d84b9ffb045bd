"""A purchase order as its rows say, for the operations that change it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from domains.procurement import tables
from domains.procurement.messages import PurchaseLine
from foundation.database.connections import columns_for, rows_of
from foundation.database.transaction import Row, Transaction

_ORDER = bindparam("order", type_=Uuid)
_HEAD = select(*rows_of(tables.PurchaseOrder).c).where(tables.PurchaseOrder.id == _ORDER).with_for_update()
_LINES = (
    select(
        *columns_for(tables.PurchaseOrderLine, PurchaseLine),
        tables.PurchaseOrderLine.received_quantity,
        tables.PurchaseOrderLine.requisition_id,
    )
    .where(tables.PurchaseOrderLine.order_id == _ORDER)
    .order_by(tables.PurchaseOrderLine.line_number)
)


async def locked_order(tx: Transaction, order_id: UUID) -> Any:
    """The head of an order, which nobody else changes until the transaction ends; None if there is none."""
    return (await tx.execute(_HEAD, {"order": order_id})).one_or_none()


async def lines_of(tx: Transaction, order_id: UUID) -> Sequence[Row]:
    """Its lines by number, what has come of each, and of which requisition they are."""
    return (await tx.execute(_LINES, {"order": order_id})).all()


def as_ordered(row: Row) -> PurchaseLine:
    """A line as it was ordered, at the price that holds now."""
    return PurchaseLine(**{name: getattr(row, name) for name in PurchaseLine.model_fields})
