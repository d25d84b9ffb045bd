"""What sales can do: write an order down, and note how far it has come."""

from dataclasses import fields
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import Uuid, bindparam, select, text, update

from activities.sales.pricing_inputs import pricing_inputs
from domains.sales.messages import (
    CancelOrder,
    CloseOrder,
    ConfirmOrder,
    FindStatus,
    FulfilmentRecorded,
    HoldOrder,
    OrderChanged,
    OrderPlaced,
    OrderStatus,
    PlaceOrder,
    RecordFulfilment,
    TakeFulfilmentBack,
)
from domains.sales.messages.events import (
    OrderCancelledEvent,
    OrderClosedEvent,
    OrderConfirmedEvent,
    OrderHeldEvent,
    OrderPlacedEvent,
)
from domains.sales.rules import orders as rules
from domains.sales.rules import progress
from domains.sales.tables import SalesOrder, SalesOrderLine
from foundation.database.connections import rows_of
from foundation.database.documents import write_document
from foundation.database.transaction import OPENED_AT, Transaction
from foundation.operations.operation import operation
from foundation.values.errors import NotFound

_STATUS = (
    select(SalesOrder.status, SalesOrder.number).where(SalesOrder.id == bindparam("order")).with_for_update()
)
# One round trip: only from a status from which it may be reached.
_BECOME = text(
    """
    UPDATE sales.sales_order SET status = :wanted, reason = :why
    WHERE id = :order AND status = ANY (CAST(:may_be AS text[]))
    RETURNING number
    """
).bindparams(bindparam("order", type_=Uuid()))
_SET_STATUS = (
    update(rows_of(SalesOrder))
    .where(SalesOrder.id == bindparam("order"))
    .values(status=bindparam("new_status"), reason=bindparam("why"))
    .returning(SalesOrder.number)
)
_LINES = (
    select(*(getattr(SalesOrderLine, field.name) for field in fields(progress.LineProgress)))
    .where(SalesOrderLine.order_id == bindparam("order"))
    .order_by(SalesOrderLine.line_number)
)
# One round trip for the order and all of its lines that have changed.
_FULFIL = text(
    """
    WITH lines AS (
        UPDATE sales.sales_order_line l SET delivered_quantity = c.delivered_quantity,
            billed_quantity = c.billed_quantity, short_quantity = c.short_quantity
        FROM jsonb_to_recordset(CAST(:changed AS jsonb)) AS c (
            line_number integer, delivered_quantity numeric, billed_quantity numeric, short_quantity numeric)
        WHERE l.order_id = :order AND l.line_number = c.line_number
    )
    UPDATE sales.sales_order SET status = :status, reason = '' WHERE id = :order
    """
).bindparams(bindparam("order", type_=Uuid()))
_SHORT = text(
    """
    UPDATE sales.sales_order_line l SET short_quantity = c.short
    FROM jsonb_to_recordset(CAST(:lines AS jsonb)) AS c (line integer, short numeric)
    WHERE l.order_id = :order AND l.line_number = c.line
    """
).bindparams(bindparam("order", type_=Uuid()))
_AGREED = select(
    SalesOrderLine.line_number, SalesOrderLine.unit, SalesOrderLine.quantity, SalesOrderLine.stock_quantity
).where(SalesOrderLine.order_id == bindparam("order"))
_LEFT = (
    select(SalesOrderLine.line_number)
    .where(SalesOrderLine.order_id == bindparam("order"), SalesOrderLine.delivered_quantity > 0)
    .limit(1)
)


@operation("sales.place_order", event=OrderPlacedEvent)
async def place_order(tx: Transaction, order: PlaceOrder) -> OrderPlaced:
    """Price an order, tax it and write it down. Refuses: Invalid, with all that is wrong; TooFarAhead.

    What is sent again is counted in the units that it was ordered in, whatever they are today.
    """
    known = await pricing_inputs(tx, order)
    known.company.check_not_too_far_ahead("ordered_on", order.ordered_on, tx.info[OPENED_AT])
    priced = rules.price_order(order, known, await _agreed_before(tx, order))
    customer, terms, warehouse = known.customer, known.terms, known.warehouse_code
    assert customer and terms and warehouse  # The rule has refused the order otherwise.
    placed = OrderPlaced(
        order_id=order.order_id,
        order_number="",
        customer_code=customer.code,
        customer_name=customer.name,
        ordered_on=order.ordered_on,
        currency=priced.currency,
        warehouse_code=warehouse,
        payment_terms_code=terms.code,
        delivery=order.delivery or customer.delivery,
        invoicing=order.invoicing or customer.invoicing,
        prices_include_tax=priced.prices_include_tax,
        freight_amount=order.freight_amount,
        freight_tax_code=priced.freight_tax_code,
        net_amount=priced.taxed.net_amount,
        tax_amount=priced.taxed.tax_amount,
        total_amount=priced.taxed.total_amount,
        base_total_amount=priced.base_total_amount,
        customer_reference=order.customer_reference,
        replaces_order_id=order.replaces_order_id,
        lines=priced.lines,
    )
    number = tx.closing.sequence_number("SO", "sales.order_number")
    head = placed.model_dump(exclude={"order_id", "order_number", "lines"}) | {
        "id": order.order_id,
        "number": number,
        "status": "placed",
        "requested_on": order.requested_on,
        "discount_percent": priced.discount_percent,
    }
    write_document(tx, {SalesOrder: head})
    lines = [{"order_id": order.order_id, **dict(line)} for line in placed.lines]
    write_document(tx, {SalesOrderLine: lines})
    return placed.model_copy(update={"order_number": number})


async def _agreed_before(tx: Transaction, order: PlaceOrder) -> rules.Agreed | None:
    """What the lines were whose goods are sent again; None of an order that replaces nothing."""
    if order.replaces_order_id is None:
        return None
    known = {
        row.line_number: rules.AgreedLine(row.unit, row.quantity, row.stock_quantity, discount_percent=None)
        for row in await tx.execute(_AGREED, {"order": order.replaces_order_id})
    }
    lines = tuple(None if number is None else known[number] for number in order.replaces_line_numbers)
    return rules.Agreed(priced_on=order.ordered_on, lines=lines)


@operation("sales.find_status")
async def find_status(tx: Transaction, find: FindStatus) -> OrderChanged:
    """How far an order has come. Reads only. Refuses: NotFound."""
    status = OrderStatus(await _locked_status(tx, find.order_id))
    return OrderChanged(order_id=find.order_id, status=status)


@operation("sales.hold_order", event=OrderHeldEvent)
async def hold_order(tx: Transaction, hold: HoldOrder) -> OrderChanged:
    """The order waits for a decision. Refuses: NotInThisStatus, NotFound."""
    return await _become(tx, hold.order_id, OrderStatus.HELD, hold.reason)


@operation("sales.confirm_order", event=OrderConfirmedEvent)
async def confirm_order(tx: Transaction, confirm: ConfirmOrder) -> OrderChanged:
    """The order is accepted; what is short is noted on its lines. Refuses: NotInThisStatus, NotFound."""
    changed = await _become(tx, confirm.order_id, OrderStatus.CONFIRMED)
    if confirm.shortages:
        lines = [{"line": number, "short": short} for number, short in confirm.shortages.items()]
        await tx.execute(_SHORT, {"order": confirm.order_id, "lines": to_json(lines).decode()})
    return changed


@operation("sales.record_fulfilment")
async def record_fulfilment(tx: Transaction, record: RecordFulfilment) -> FulfilmentRecorded:
    """Note what has left and what was billed. Refuses: NotInThisStatus, NotAsOrdered, NotFound."""
    lines = await _locked_lines(tx, record.order_id)
    return await _record(tx, record.order_id, progress.record(lines, record))


@operation("sales.take_fulfilment_back")
async def take_fulfilment_back(tx: Transaction, back: TakeFulfilmentBack) -> FulfilmentRecorded:
    """Note what has not left after all, and what is to be billed again.

    Refuses: NotInThisStatus, NotAsOrdered, also when a return of it was agreed on; NotFound.
    """
    lines = await _locked_lines(tx, back.order_id)
    return await _record(tx, back.order_id, progress.take_back(lines, back))


async def _locked_lines(tx: Transaction, order_id: UUID) -> list[progress.LineProgress]:
    """The lines of an order on its way; its row is their lock as well. Refuses: NotInThisStatus, NotFound."""
    rules.check_on_its_way(await _locked_status(tx, order_id))
    known = (await tx.execute(_LINES, {"order": order_id})).all()
    return [progress.LineProgress(**line._asdict()) for line in known]


async def _record(tx: Transaction, order_id: UUID, now: progress.Progress) -> FulfilmentRecorded:
    written = {"order": order_id, "status": now.status, "changed": to_json(now.changed).decode()}
    await tx.execute(_FULFIL, written)
    return FulfilmentRecorded(
        order_id=order_id,
        status=now.status,
        all_delivered=now.all_delivered,
        all_billed=now.all_billed,
    )


@operation("sales.close_order", event=OrderClosedEvent)
async def close_order(tx: Transaction, close: CloseOrder) -> OrderChanged:
    """Delivered, billed and paid; or what was delivered is, and the rest was given up.

    Refuses: NotInThisStatus, NotFound.
    """
    if close.short:
        new = rules.closed_short(await _locked_status(tx, close.order_id))
        return await _set_status(tx, close.order_id, new)
    return await _become(tx, close.order_id, OrderStatus.CLOSED)


@operation("sales.cancel_order", event=OrderCancelledEvent)
async def cancel_order(tx: Transaction, cancel: CancelOrder) -> OrderChanged:
    """Take the order back, or reject it, unless goods have left and are not agreed to come back.

    Does nothing when there is no such order, and when it was taken back before. Refuses: GoodsHaveLeft,
    NotInThisStatus.
    """
    found = (await tx.execute(_STATUS, {"order": cancel.order_id})).one_or_none()
    if found is None:
        return OrderChanged(order_id=cancel.order_id, status=None)
    status = found.status
    if status in rules.TAKEN_BACK:
        return OrderChanged(order_id=cancel.order_id, status=OrderStatus(status), order_number=found.number)
    if await tx.scalar(_LEFT, {"order": cancel.order_id}) is not None:
        if not cancel.after_delivery:
            raise rules.GoodsHaveLeft("goods have left for this order: agree on a return instead")
        return await _set_status(tx, cancel.order_id, rules.cancelled_after_delivery(status), cancel.reason)
    wanted = OrderStatus.REJECTED if cancel.rejected else OrderStatus.CANCELLED
    if status == OrderStatus.CONFIRMED and cancel.rejected:
        wanted = OrderStatus.CANCELLED
    return await _set_status(tx, cancel.order_id, rules.advance(status, wanted), cancel.reason)


async def _become(tx: Transaction, order_id: UUID, wanted: OrderStatus, why: str = "") -> OrderChanged:
    asked = {"order": order_id, "wanted": wanted.value, "why": why, "may_be": rules.may_become(wanted)}
    number = await tx.scalar(_BECOME, asked)
    if number is None:
        new = rules.advance(await _locked_status(tx, order_id), wanted)
        return await _set_status(tx, order_id, new, why)
    return OrderChanged(order_id=order_id, status=wanted, order_number=number)


async def _locked_status(tx: Transaction, order_id: UUID) -> str:
    status: str | None = await tx.scalar(_STATUS, {"order": order_id})
    if status is None:
        raise NotFound(f"there is no order {order_id}")
    return status


async def _set_status(tx: Transaction, order_id: UUID, new: OrderStatus, why: str = "") -> OrderChanged:
    number = await tx.scalar(_SET_STATUS, {"order": order_id, "new_status": new.value, "why": why})
    return OrderChanged(order_id=order_id, status=new, order_number=number)
