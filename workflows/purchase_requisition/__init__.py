"""Purchase requisition: from what somebody needs to the orders for it. The procedure is in `process`."""

from workflows.purchase_requisition.process import RequisitionToOrders

__all__ = ["RequisitionToOrders"]
