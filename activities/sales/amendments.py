"""An order is amended before anything has left."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select, text

from activities.sales.pricing_inputs import pricing_inputs
from domains.master_data import queries as master_data
from domains.master_data.rules.validity import as_of
from domains.sales.messages import AmendmentPriced, AmendOrder, OrderAmended, OrderPlaced, PricedLine
from domains.sales.messages.events import OrderAmendedEvent
from domains.sales.rules import amendments
from domains.sales.rules.orders import price_order
from domains.sales.tables import SalesOrder, SalesOrderLine, SalesOrderVersion
from foundation.database.connections import columns_for
from foundation.database.documents import write_document
from foundation.database.transaction import OPENED_AT, Transaction
from foundation.operations.operation import operation
from foundation.values.days import check_not_before

_HEAD = select(
    SalesOrder.id.label("order_id"),
    SalesOrder.number.label("order_number"),
    SalesOrder.status,
    SalesOrder.version,
    SalesOrder.discount_percent,
    SalesOrder.requested_on,
    *columns_for(SalesOrder, OrderPlaced),
)
_LINES = select(SalesOrderLine.delivered_quantity, *columns_for(SalesOrderLine, PricedLine)).order_by(
    SalesOrderLine.line_number
)

_CLEAR_LINES = text("SELECT sales.clear_undelivered_lines(:order)")


@dataclass(frozen=True)
class _Order:
    """An order as it is written down, and what the answer about it does not tell."""

    placed: OrderPlaced
    version: int
    discount_percent: Decimal | None
    requested_on: date | None


@operation("sales.price_amendment")
async def price_amendment(tx: Transaction, amend: AmendOrder) -> AmendmentPriced:
    """What an order would be, at the prices that were agreed, and what differs; nothing is written.

    What is new is priced as on the day of the amendment.

    Refuses: Invalid, with everything that is wrong; NotInThisStatus, GoodsHaveLeft, NotFound.
    """
    before, after = await _priced(tx, amend, _HEAD)
    return AmendmentPriced(order=after, changes=amendments.changes(before.placed.lines, after.lines))


@operation("sales.amend_order", event=OrderAmendedEvent)
async def amend_order(tx: Transaction, amend: AmendOrder) -> OrderAmended:
    """Write an order's lines and totals anew, and keep the earlier version. Nothing is short until confirmed.

    Does nothing when nothing differs. Refuses: Invalid, with everything that is wrong; NotInThisStatus,
    GoodsHaveLeft, NotFound.
    """
    before, after = await _priced(tx, amend, _HEAD.with_for_update())
    changes = amendments.changes(before.placed.lines, after.lines)
    requested_on = amend.requested_on or before.requested_on
    version = before.version
    if changes or requested_on != before.requested_on:
        await _keep_version(tx, amend, before)
        await _rewrite(tx, after, requested_on, version := version + 1)
    return OrderAmended(order=after, version=version, changes=changes)


async def _priced(tx: Transaction, amend: AmendOrder, head: Select[Any]) -> tuple[_Order, OrderPlaced]:
    """The order as it is, and as it would be."""
    row = await tx.existing(head.where(SalesOrder.id == amend.order_id), f"order {amend.order_id}")
    lines = (await tx.execute(_LINES.where(SalesOrderLine.order_id == amend.order_id))).all()
    amendments.check_amendable(row.status, has_left=any(line.delivered_quantity for line in lines))
    facts = _fields(row, OrderPlaced)
    if amend.amended_on is not None:
        check_not_before("amended_on", amend.amended_on, row.ordered_on, row.order_number)
    placed = OrderPlaced(**facts, lines=tuple(PricedLine(**_fields(line, PricedLine)) for line in lines))
    before = _Order(placed, row.version, row.discount_percent, row.requested_on)
    were = amendments.lines_before(placed.lines, amend.lines)
    amendments.check_replacing(were, amend.lines)
    agreed = amendments.agreed(were, placed, amend)
    known = await master_data.items(tx, (line.item_code for line in amend.lines))
    items = {code: as_of(item, agreed.priced_on) for code, item in known.items()}
    wanted = amendments.as_wanted(
        placed,
        amend,
        were,
        [
            items[line.item_code].factor(line.unit) if line.item_code in items else None
            for line in amend.lines
        ],
        discount_percent=row.discount_percent,
        requested_on=row.requested_on,
    )
    inputs = await pricing_inputs(tx, wanted, agreed.priced_on)
    inputs.company.check_not_too_far_ahead("amended_on", agreed.priced_on, tx.info[OPENED_AT])
    priced = price_order(wanted, inputs, agreed)
    return before, amendments.as_amended(placed, priced)


async def _keep_version(tx: Transaction, amend: AmendOrder, before: _Order) -> None:
    requested_on = before.requested_on and before.requested_on.isoformat()
    earlier = {
        "order_id": amend.order_id,
        "version": before.version,
        "document": before.placed.model_dump(mode="json") | {"requested_on": requested_on},
        "amendment_id": amend.amendment_id,
        "reason": amend.reason,
    }
    write_document(tx, {SalesOrderVersion: earlier})


async def _rewrite(tx: Transaction, order: OrderPlaced, requested_on: date | None, version: int) -> None:
    await tx.execute(_CLEAR_LINES, {"order": order.order_id})
    lines = [{"order_id": order.order_id, **dict(line)} for line in order.lines]
    write_document(tx, {SalesOrderLine: lines})
    totals = order.model_dump(include={"net_amount", "tax_amount", "total_amount", "base_total_amount"})
    await tx.update(SalesOrder, order.order_id, **totals, requested_on=requested_on, version=version)


def _fields(row: Any, message: type[OrderPlaced | PricedLine]) -> dict[str, Any]:
    """What the message tells of a row; numbers without the zeros that the column has."""
    return {
        name: Decimal(f"{value.normalize():f}") if isinstance(value, Decimal) else value
        for name, value in row.items()
        if name in message.model_fields
    }
