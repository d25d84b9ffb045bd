"""What is delivered and billed at the end of its month: the billing due list, and what was billed of it."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Date, Uuid, and_, any_, bindparam, func, or_, select, text

from domains.receivables.messages import (
    BillingGroup,
    DueQuantity,
    InvoicePosted,
    Month,
    MonthInTurn,
    MonthToBill,
    OrderShare,
)
from domains.receivables.rules.collective import DueLine, last_day_of
from domains.receivables.tables.billing import BilledMonth, BillingDue
from domains.receivables.tables.invoices import Invoice, InvoiceLine, InvoiceOrder
from foundation.database.connections import columns_for, rows_of
from foundation.database.lists import Listing, between, equal, named, only
from foundation.database.transaction import Row, Transaction
from foundation.values.messages import Message, ShownAmount, ShownQuantity
from foundation.values.money import rounded

ORDERS_AT_ONCE = 20
"""So many orders of an invoice are found at once."""

_GROUP = "{0}.customer_code, {0}.currency, {0}.payment_terms_code, {0}.prices_include_tax"
# With the month that it is due with: its own, or the one that is billed now when its own has been.
_DUE = f"""
    SELECT d.*, to_char(d.delivered_on, 'YYYY-MM') AS own_month, b.month AS billed_month
    FROM receivables.billing_due d
        LEFT JOIN receivables.billed_month b ON b.month = to_char(d.delivered_on, 'YYYY-MM')
            AND ({_GROUP.format("b")}) = ({_GROUP.format("d")})
    WHERE d.invoice_id IS NULL AND d.withdrawn_quantity < d.quantity AND d.delivered_on <= :until
"""
_CUSTOMERS = text(
    """
    SELECT DISTINCT customer_code FROM receivables.billing_due
    WHERE invoice_id IS NULL AND withdrawn_quantity < quantity AND delivered_on <= :until
        AND customer_code > :last
    ORDER BY customer_code LIMIT :limit
    """
).bindparams(bindparam("until", type_=Date))
_MONTHS = text(
    f"""
    SELECT due.*, array_agg(month) OVER (
        PARTITION BY {_GROUP.format("due")} ORDER BY month
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS after_months
    FROM (
        SELECT DISTINCT {_GROUP.format("d")},
            coalesce(CASE WHEN d.billed_month IS NOT NULL THEN :month END, d.own_month) AS month
        FROM ({_DUE} AND d.customer_code > :after AND d.customer_code <= :last) AS d
        WHERE d.billed_month IS NULL OR d.billed_month < :month
    ) AS due
    ORDER BY {_GROUP.format("due")}, month
    """
).bindparams(bindparam("until", type_=Date))

_OWN_MONTH = func.to_char(BillingDue.delivered_on, "YYYY-MM")
# An order's rows are locked in one order by whoever locks several, so that nobody waits in a circle.
_IN_ORDER = (BillingDue.order_number, BillingDue.delivered_on, BillingDue.listed_at, BillingDue.shipment_id)


_INVOICE = select(Invoice.id, Invoice.number, Invoice.due_on, Invoice.currency, Invoice.total_amount).where(
    Invoice.id == bindparam("invoice")
)

_AFTER = bindparam("after", type_=Uuid())
_SHARES = (
    select(*rows_of(InvoiceOrder).c)
    .where(
        InvoiceOrder.invoice_id == bindparam("invoice"), or_(_AFTER.is_(None), InvoiceOrder.order_id > _AFTER)
    )
    .order_by(InvoiceOrder.order_id)
    .limit(ORDERS_AT_ONCE)
)

_LINES_OF_ORDERS = (
    select(InvoiceLine.order_id, InvoiceLine.order_line_number, InvoiceLine.quantity, InvoiceLine.is_freight)
    .where(
        InvoiceLine.invoice_id == bindparam("invoice"),
        InvoiceLine.order_id == any_(bindparam("orders", type_=ARRAY(Uuid))),
    )
    .order_by(InvoiceLine.line_number)
)


class BillingDueView(Message):
    """A delivered line that is billed with its month, or was; amounts in its currency."""

    customer_code: str
    currency: str
    payment_terms_code: str
    prices_include_tax: bool
    order_id: UUID
    order_number: str
    shipment_number: str | None
    delivered_on: date
    line_number: int
    item_code: str | None
    description: str
    quantity: ShownQuantity
    withdrawn_quantity: ShownQuantity
    """What came back before it was billed."""
    unit: str
    unit_price: ShownAmount
    discount_percent: ShownQuantity
    is_freight: bool
    invoice_id: UUID | None


async def customers_to_bill(tx: Transaction, month: Month, *, last: str, at_most: int) -> list[str]:
    """Customers of whom something may be to be billed up to a month, by code, behind the last."""
    asked = {"until": last_day_of(month), "last": last, "limit": at_most}
    return list((await tx.execute(_CUSTOMERS, asked)).scalars())


async def months_to_bill(tx: Transaction, month: Month, *, after: str, last: str) -> list[MonthInTurn]:
    """Which months are to be billed up to one, of the customers behind one and up to another; a customer's
    in their order.
    """
    asked = {"month": month, "until": last_day_of(month), "after": after, "last": last}
    rows = (await tx.execute(_MONTHS, asked)).all()
    return [MonthInTurn(**row._asdict() | {"after_months": tuple(row.after_months or ())}) for row in rows]


def _of_group(table: type[BillingDue | BilledMonth], billed: BillingGroup) -> list[ColumnElement[bool]]:
    return [getattr(table, name) == getattr(billed, name) for name in BillingGroup.model_fields]


async def month_to_wait_for(tx: Transaction, billed: MonthInTurn) -> str | None:
    """The first of the months before it that is not billed yet."""
    wanted = select(BilledMonth.month).where(*_of_group(BilledMonth, billed))
    known = (await tx.execute(wanted)).scalars()
    return min(set(billed.after_months) - set(known), default=None)


async def locked_due(tx: Transaction, billed: MonthToBill) -> Sequence[Any]:
    """What is to be billed with a month, order by order, under a lock; what it finds is not billed yet.

    That is what was delivered in it, and what is left of months that are billed. A month before it that is
    not has an invoice of its own.
    """
    months = select(BilledMonth.month).where(*_of_group(BilledMonth, billed))
    wanted = (
        select(BillingDue)
        .where(
            *_of_group(BillingDue, billed),
            BillingDue.invoice_id.is_(None),
            BillingDue.withdrawn_quantity < BillingDue.quantity,
            BillingDue.delivered_on <= last_day_of(billed.month),
            or_(_OWN_MONTH.op("=")(billed.month), _OWN_MONTH.in_(months)),
        )
        .order_by(*_IN_ORDER, BillingDue.line_number)
        .with_for_update(of=BillingDue)
    )
    return (await tx.execute(wanted)).all()


# An order that nothing more leaves for and nothing is left to bill of needs no credit any more.
_COMPLETED = text(
    """
    SELECT DISTINCT d.order_id FROM receivables.billing_due d
    WHERE d.order_id = ANY (CAST(:orders AS uuid[])) AND d.completes_order
        AND NOT EXISTS (SELECT FROM receivables.billing_due o WHERE o.order_id = d.order_id
            AND o.invoice_id IS NULL AND o.withdrawn_quantity < o.quantity
            AND NOT o.id = ANY (CAST(:billed AS uuid[])))
    """
)


async def completed_by(tx: Transaction, orders: Sequence[UUID], billed: Sequence[UUID]) -> set[UUID]:
    """Which of the orders are delivered and billed as a whole when these rows are billed."""
    rows = await tx.execute(_COMPLETED, {"orders": list(orders), "billed": list(billed)})
    return set(rows.scalars())


async def locked_due_of_order(tx: Transaction, order_id: UUID) -> list[DueLine]:
    """What of an order is not billed yet, the latest delivery first, under a lock."""
    wanted = (
        select(BillingDue)
        .where(BillingDue.order_id == order_id, BillingDue.invoice_id.is_(None))
        .order_by(*_IN_ORDER, BillingDue.line_number)
        .with_for_update()
    )
    rows = (await tx.execute(wanted)).all()
    names = DueLine.__dataclass_fields__
    return [DueLine(**{name: getattr(row, name) for name in names}) for row in reversed(rows)]


async def orders_of_invoice(
    tx: Transaction, invoice_id: UUID, after: UUID | None
) -> tuple[Row, list[OrderShare]]:
    """A collective invoice, and what it charges its orders, by their ids, after the given one; so many at
    once.
    """
    invoice = (await tx.execute(_INVOICE, {"invoice": invoice_id})).one()
    found = (await tx.execute(_SHARES, {"invoice": invoice_id, "after": after})).all()
    lines: dict[UUID, list[Any]] = {}
    orders = [share.order_id for share in found]
    for line in await tx.execute(_LINES_OF_ORDERS, {"invoice": invoice_id, "orders": orders}):
        lines.setdefault(line.order_id, []).append(line)
    return invoice, [_share(invoice, share, lines[share.order_id]) for share in found]


def _share(invoice: Any, share: Any, lines: list[Any]) -> OrderShare:
    return OrderShare(
        order_id=share.order_id,
        process_id=share.process_id,
        invoice=InvoicePosted(
            invoice_id=invoice.id,
            invoice_number=invoice.number,
            due_on=invoice.due_on,
            **{
                name: rounded(getattr(share, name), invoice.currency)
                for name in ("net_amount", "tax_amount", "total_amount")
            },
        ),
        lines=tuple(
            DueQuantity(order_line_number=line.order_line_number, quantity=line.quantity)
            for line in lines
            if not line.is_freight
        ),
        with_freight=any(line.is_freight for line in lines),
    )


BILLING_DUE = Listing(
    name="billing_due",
    about="What was delivered and is to be billed at the end of its month, the earliest delivery first. "
    "With `only_open=false` also what was billed, or came back before.",
    view=BillingDueView,
    rows=select(BillingDue.id, *columns_for(BillingDue, BillingDueView)),
    filters=(
        equal(BillingDue.customer_code, "customer"),
        equal(BillingDue.order_id),
        *between(BillingDue.delivered_on),
        only(
            "only_open",
            and_(BillingDue.invoice_id.is_(None), BillingDue.withdrawn_quantity < BillingDue.quantity),
            "Only what is to be billed yet",
            default=True,
        ),
    ),
    sorts=named(BillingDue.delivered_on, BillingDue.customer_code, BillingDue.order_number),
    order="delivered_on",
    unique=(BillingDue.id,),
)
