"""What is read of sales: one order with its lines and versions, one return, and lists of both."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domains.sales.messages import LineChange, PricedLine
from domains.sales.rules.amendments import changes
from domains.sales.tables import SalesOrder, SalesOrderLine, SalesOrderVersion, SalesReturn, SalesReturnLine
from foundation.database.connections import columns_for
from foundation.database.lists import Listing, between, equal, named
from foundation.database.transaction import Row, Transaction
from foundation.values import versions
from foundation.values.errors import NotFound
from foundation.values.messages import Message, ShownAmount, ShownQuantity


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
    returned_quantity: ShownQuantity
    """What has come back, or is to come back by a return that was authorised."""


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
    version: int
    """Counts from 1, and up with every amendment."""
    replaces_order_id: UUID | None = None
    """The order that has billed the goods which are sent again with this one, free of charge."""
    lines: list[OrderLineView]


_ORDER = select(*columns_for(SalesOrder, OrderView, order_id=SalesOrder.id, order_number=SalesOrder.number))
_LINES = select(*columns_for(SalesOrderLine, OrderLineView)).order_by(SalesOrderLine.line_number)


async def order_view(tx: Transaction, order_id: UUID) -> OrderView:
    """One order with its lines. Refuses: NotFound."""
    head = await tx.existing(_ORDER.where(SalesOrder.id == order_id), f"order {order_id}")
    rows = (await tx.execute(_LINES.where(SalesOrderLine.order_id == order_id))).all()
    return OrderView(**head._asdict(), lines=[OrderLineView(**row._asdict()) for row in rows])


ORDERS_NAMED = select(SalesOrder.id, SalesOrder.number, SalesOrder.requested_on)
"""Every order's number, and the day on which its customer wants it, for who reads it beside what other
domains know.
"""
ORDERS = Listing(
    name="sales_orders",
    about="Orders, the newest first.",
    view=OrderSummary,
    rows=_ORDER,
    filters=(
        equal(SalesOrder.status),
        equal(SalesOrder.customer_code, "customer"),
        equal(SalesOrder.number),
        equal(SalesOrder.customer_reference, "reference"),
        *between(SalesOrder.ordered_on),
        *between(SalesOrder.requested_on),
        *between(SalesOrder.total_amount),
    ),
    sorts=named(
        SalesOrder.ordered_on,
        SalesOrder.requested_on,
        SalesOrder.number,
        SalesOrder.total_amount,
        SalesOrder.customer_code,
    ),
    order="-ordered_on",
    unique=(SalesOrder.id,),
)


class LineAsPriced(Message):
    """One line of an order as it was priced in one version."""

    item_code: str
    description: str
    quantity: ShownQuantity
    unit: str
    unit_price: ShownAmount
    discount_percent: ShownQuantity
    tax_code: str
    net_amount: ShownAmount
    tax_amount: ShownAmount


class LineChangeView(Message):
    """What an amendment changed of one line; none where the line was not there before, or after."""

    line_number: int
    before: LineAsPriced | None
    after: LineAsPriced | None


class OrderVersionView(Message):
    """One version of an order: what it came to, by whom it was amended and why, and what that changed."""

    version: int
    requested_on: date | None
    net_amount: ShownAmount
    tax_amount: ShownAmount
    total_amount: ShownAmount
    currency: str
    amended_by: str | None
    """None for the first version, which was placed and not amended."""
    amended_at: datetime | None
    reason: str
    changes: list[LineChangeView]


_PRICED = select(*columns_for(SalesOrderLine, PricedLine)).order_by(SalesOrderLine.line_number)


async def order_versions(tx: Transaction, order_id: UUID) -> list[OrderVersionView]:
    """The versions of an order, the one that holds now first. Refuses: NotFound."""
    now = await tx.get(SalesOrder, order_id)
    if now is None:
        raise NotFound(f"there is no order {order_id}")
    of_order = select(SalesOrderVersion).where(SalesOrderVersion.order_id == order_id)
    earlier = (await tx.execute(of_order.order_by(SalesOrderVersion.version))).all()
    lines = await tx.execute(_PRICED.where(SalesOrderLine.order_id == order_id))
    last = {name: getattr(now, name) for name in ("requested_on", "net_amount", "tax_amount", "total_amount")}
    documents = [*(version.document for version in earlier), last | {"currency": now.currency}]
    priced = [_lines_of(document) for document in documents[:-1]]
    priced.append([PricedLine(**row._asdict()) for row in lines])
    found = []
    for position, document in enumerate(documents):
        amendment = earlier[position - 1] if position else None
        changed = changes(priced[position - 1], priced[position]) if position else ()
        found.append(_version_view(position + 1, document, amendment, changed))
    return found[::-1]


def _lines_of(document: dict[str, Any]) -> list[PricedLine]:
    return [versions.read(PricedLine, line) for line in document["lines"]]


def _version_view(
    number: int,
    document: dict[str, Any],
    amendment: Row | None,
    changed: tuple[LineChange, ...],
) -> OrderVersionView:
    shown = ("requested_on", "net_amount", "tax_amount", "total_amount", "currency")
    return OrderVersionView(
        version=number,
        **{name: document[name] for name in shown},
        amended_by=amendment.amended_by if amendment else None,
        amended_at=amendment.amended_at if amendment else None,
        reason=amendment.reason if amendment else "",
        changes=[
            LineChangeView(
                line_number=change.line_number,
                before=_as_priced(change.before),
                after=_as_priced(change.after),
            )
            for change in changed
        ],
    )


def _as_priced(line: PricedLine | None) -> LineAsPriced | None:
    if line is None:
        return None
    return LineAsPriced(**{name: getattr(line, name) for name in LineAsPriced.model_fields})


class ReturnLineView(Message):
    """What may come back of an order line, in its unit; what of that did, and what of that was scrapped."""

    line_number: int
    item_code: str
    quantity: ShownQuantity
    unit: str
    stock_quantity: ShownQuantity
    is_stocked: bool
    accepted_quantity: ShownQuantity
    scrapped_quantity: ShownQuantity


class ReturnSummary(Message):
    """A return as a list shows it."""

    return_id: UUID
    return_number: str
    status: str
    order_id: UUID
    order_number: str
    customer_code: str
    customer_name: str
    resolution: str
    reason: str
    authorised_on: date


class ReturnView(ReturnSummary):
    """The whole return."""

    cancels_order: bool
    goods_stay: bool
    ended_reason: str
    recorded_at: datetime
    lines: list[ReturnLineView]


_RETURN = select(
    *columns_for(
        SalesReturn,
        ReturnView,
        return_id=SalesReturn.id,
        return_number=SalesReturn.number,
        order_number=SalesOrder.number,
        customer_code=SalesOrder.customer_code,
        customer_name=SalesOrder.customer_name,
    )
).join(SalesOrder, SalesOrder.id == SalesReturn.order_id)


async def return_view(tx: Transaction, return_id: UUID) -> ReturnView:
    """One return with its lines. Refuses: NotFound."""
    head = await tx.existing(_RETURN.where(SalesReturn.id == return_id), f"return {return_id}")
    lines = await tx.execute(
        select(*columns_for(SalesReturnLine, ReturnLineView))
        .where(SalesReturnLine.return_id == return_id)
        .order_by(SalesReturnLine.line_number)
    )
    return ReturnView(**head._asdict(), lines=[ReturnLineView(**row._asdict()) for row in lines])


RETURNS = Listing(
    name="returns",
    about="Returns, the newest first.",
    view=ReturnSummary,
    rows=_RETURN,
    filters=(
        equal(SalesReturn.order_id, "order"),
        equal(SalesOrder.customer_code, "customer"),
        equal(SalesReturn.number),
        equal(SalesReturn.status),
        *between(SalesReturn.authorised_on),
    ),
    sorts=named(SalesReturn.authorised_on, SalesReturn.number),
    order="-authorised_on",
    unique=(SalesReturn.id,),
)
