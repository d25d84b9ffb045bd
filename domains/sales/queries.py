"""What is read of sales: one order with its lines, and lists of orders."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from domains.sales.tables import SalesOrder, SalesOrderLine
from foundation.database import columns_for
from foundation.errors import Invalid, NotFound
from foundation.messages import Message, ShownAmount, ShownQuantity

SORTABLE = ("ordered_on", "number", "total_amount", "customer_code")


class OrderLineView(Message):
    """One line of an order, and how far it has come; amounts in the order's currency."""

    line_number: int
    item_code: str
    description: str
    quantity: ShownQuantity
    unit: str
    unit_price: ShownAmount
    discount_percent: ShownQuantity
    tax_code: str
    net_amount: ShownAmount
    tax_amount: ShownAmount
    short_quantity: ShownQuantity
    """Backordered, in the item's stock unit, as known when the order was confirmed or shipped last."""
    delivered_quantity: ShownQuantity
    billed_quantity: ShownQuantity


class OrderSummary(Message):
    """An order as a list shows it."""

    order_id: UUID
    order_number: str
    status: str
    customer_code: str
    customer_name: str
    customer_reference: str
    ordered_on: date
    requested_on: date | None
    currency: str
    net_amount: ShownAmount
    tax_amount: ShownAmount
    total_amount: ShownAmount


class OrderView(OrderSummary):
    """The whole order."""

    warehouse_code: str
    payment_terms_code: str
    delivery: str
    invoicing: str
    prices_include_tax: bool
    freight_amount: ShownAmount
    base_total_amount: ShownAmount
    reason: str
    """Why it was held, cancelled or rejected."""
    placed_at: datetime
    lines: list[OrderLineView]


_ORDER = select(
    SalesOrder.id.label("order_id"),
    SalesOrder.number.label("order_number"),
    *columns_for(SalesOrder, OrderView),
)
_LINES = select(*columns_for(SalesOrderLine, OrderLineView)).order_by(SalesOrderLine.line_number)


async def order_view(session: AsyncSession, order_id: UUID) -> OrderView:
    """One order with its lines. Refuses: NotFound."""
    head = (await session.execute(_ORDER.where(SalesOrder.id == order_id))).one_or_none()
    if head is None:
        raise NotFound(f"there is no order {order_id}")
    rows = (await session.execute(_LINES.where(SalesOrderLine.order_id == order_id))).all()
    return OrderView(**head._asdict(), lines=[OrderLineView(**row._asdict()) for row in rows])


def orders(
    *,
    status: str | None = None,
    customer_code: str | None = None,
    number: str | None = None,
    customer_reference: str | None = None,
    ordered_from: date | None = None,
    ordered_to: date | None = None,
    sort: str | None = None,
) -> Select[Any]:
    """Orders that fit, the newest first unless sorted otherwise;

    Ends in a unique column. Refuses: Invalid.
    """
    wanted = select(SalesOrder)
    same = {
        SalesOrder.status: status,
        SalesOrder.customer_code: customer_code,
        SalesOrder.number: number,
        SalesOrder.customer_reference: customer_reference,
    }
    for column, value in same.items():
        if value is not None:
            wanted = wanted.where(column == value)
    if ordered_from is not None:
        wanted = wanted.where(SalesOrder.ordered_on >= ordered_from)
    if ordered_to is not None:
        wanted = wanted.where(SalesOrder.ordered_on <= ordered_to)
    name = (sort or "-ordered_on").removeprefix("-")
    if name not in SORTABLE:
        raise Invalid(f"sort: use one of {', '.join(SORTABLE)}", errors=[("sort", f"unknown: {name}")])
    column = getattr(SalesOrder, name)
    descending = (sort or "-ordered_on").startswith("-")
    return wanted.order_by(column.desc() if descending else column, SalesOrder.id)


def summary_of(row: Row[Any]) -> OrderSummary:
    """One row of `orders`."""
    order: SalesOrder = row[0]
    facts = {name: getattr(order, name) for name in OrderSummary.model_fields if hasattr(order, name)}
    return OrderSummary(order_id=order.id, order_number=order.number, **facts)
