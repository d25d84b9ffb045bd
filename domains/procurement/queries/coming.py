"""What is to come, by warehouse and item, as rows for who reads it beside what other domains know.

Quantities are in the items' stock units. What a requisition's order orders is on order, and no longer
requisitioned: both are read of one state of the books.
"""

from sqlalchemy import ColumnElement, Numeric, and_, cast, exists, func, or_, select

from domains.master_data.tables import Company
from domains.procurement.messages import PurchaseOrderStatus
from domains.procurement.messages.requisitions import RequisitionStatus
from domains.procurement.tables import (
    PurchaseOrder,
    PurchaseOrderLine,
    PurchaseRequisition,
    PurchaseRequisitionLine,
)
from foundation.values.money import ZERO

_NOT_COME = func.greatest(PurchaseOrderLine.quantity - PurchaseOrderLine.received_quantity, ZERO)
_QUANTITY = Numeric(18, 6)


def _stands(status: ColumnElement[str], *statuses: str) -> ColumnElement[bool]:
    return or_(*(status == one for one in statuses))


ON_ORDER = (
    select(
        PurchaseOrder.warehouse_code,
        PurchaseOrderLine.item_code,
        cast(
            func.sum(_NOT_COME * PurchaseOrderLine.stock_quantity / PurchaseOrderLine.quantity), _QUANTITY
        ).label("on_order"),
    )
    .join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.order_id)
    .where(
        PurchaseOrderLine.is_stocked,
        _stands(PurchaseOrder.status.expression, PurchaseOrderStatus.HELD, PurchaseOrderStatus.PLACED),
    )
    .group_by(PurchaseOrder.warehouse_code, PurchaseOrderLine.item_code)
)
"""What has not come yet of orders that stand, also of those that wait for an approval."""
_ITS_WAREHOUSE = func.coalesce(PurchaseRequisition.warehouse_code, Company.default_warehouse_code)
_IS_ORDERED = exists().where(
    and_(
        PurchaseOrderLine.requisition_id == PurchaseRequisitionLine.requisition_id,
        PurchaseOrderLine.requisition_line_number == PurchaseRequisitionLine.line_number,
    )
)
REQUISITIONED = (
    select(
        _ITS_WAREHOUSE.label("warehouse_code"),
        PurchaseRequisitionLine.item_code,
        func.sum(PurchaseRequisitionLine.order_stock_quantity).label("requisitioned"),
    )
    .join(PurchaseRequisition, PurchaseRequisition.id == PurchaseRequisitionLine.requisition_id)
    .join(Company, Company.code == PurchaseRequisition.company_id)
    .where(
        _stands(
            PurchaseRequisition.status.expression,
            RequisitionStatus.ENTERED,
            RequisitionStatus.SUBMITTED,
            RequisitionStatus.APPROVED,
        ),
        PurchaseRequisitionLine.why_not_ordered == "",
        ~_IS_ORDERED,
    )
    .group_by(_ITS_WAREHOUSE, PurchaseRequisitionLine.item_code)
)
"""What requisitions that stand will order, whoever has asked for it."""
