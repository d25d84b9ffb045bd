"""What is read of procurement."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, Integer, Numeric, and_, bindparam, select, text

from domains.identity import queries as identity
from domains.procurement.messages import PURCHASE_ORDER, PurchaseOrderStatus
from domains.procurement.queries.acknowledgements import is_acknowledged, promised_on
from domains.procurement.tables import PurchaseOrder, PurchaseOrderLine
from foundation.database.connections import columns_for
from foundation.database.lists import Listing, between, equal, named, only
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
    promised_on: date | None
    """When it comes, as the supplier has answered last; nothing of an answer that was refused."""


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
_LINES = select(
    *columns_for(PurchaseOrderLine, PurchaseLineView, promised_on=promised_on(PurchaseOrderLine))
).order_by(PurchaseOrderLine.line_number)
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
        only(
            "only_unacknowledged",
            and_(PurchaseOrder.status == PurchaseOrderStatus.PLACED.value, ~is_acknowledged()),
            "Only those that are placed and that the supplier has not acknowledged",
        ),
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


class SplitOrder(Message):
    """An order below the band of a policy that asks somebody, which with others of the same buyer to the same
    supplier is not; amounts are in the company's currency, with tax.
    """

    order_id: UUID
    order_number: str
    ordered_on: date
    supplier_code: str
    supplier_name: str
    ordered_by: str
    base_total_amount: ShownAmount
    orders: int
    """How many there were of the days before it, with itself."""
    together_amount: ShownAmount
    policy: str
    from_amount: ShownAmount
    """What the policy asks from."""


_SPLIT = text(
    """
    SELECT * FROM (
        SELECT o.id AS order_id, o.number AS order_number, o.ordered_on, o.supplier_code, o.supplier_name,
            p.started_by AS ordered_by, o.base_total_amount, count(*) OVER of_buyer AS orders,
            sum(o.base_total_amount) OVER of_buyer AS together_amount
        FROM procurement.purchase_order o
            JOIN foundation.process p ON p.id = o.company_id || '/procure_to_pay/' || o.id
        WHERE o.status <> 'cancelled' AND o.base_total_amount < :limit
            AND o.ordered_on BETWEEN CAST(:first AS date) - :days AND :last
        WINDOW of_buyer AS (PARTITION BY p.started_by, o.supplier_code ORDER BY o.ordered_on
            RANGE BETWEEN make_interval(days => :days) PRECEDING AND CURRENT ROW)
    ) AS below
    WHERE ordered_on >= :first AND orders > 1 AND together_amount >= :limit
    ORDER BY ordered_on, order_number
    """
).bindparams(
    bindparam("first", type_=Date),
    bindparam("last", type_=Date),
    bindparam("days", type_=Integer),
    bindparam("limit", type_=Numeric),
)


async def split_orders(tx: Transaction, first: date, last: date, days: int) -> list[SplitOrder]:
    """Orders of a period that may have been split to stay below a band, for each policy that counts on its
    last day: those of one buyer to one supplier within so many days before each other.
    """
    found = []
    for policy in await identity.policies_of(tx, PURCHASE_ORDER):
        # An order has neither category nor cost centre: a policy for one of them never asks about it.
        if policy.blocked or policy.valid_from > last or policy.category or policy.cost_centre:
            continue
        asked = {"first": first, "last": last, "days": days, "limit": policy.from_amount}
        named = {"policy": policy.code, "from_amount": policy.from_amount}
        found += [SplitOrder(**row._asdict(), **named) for row in await tx.execute(_SPLIT, asked)]
    return found
