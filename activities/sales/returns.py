"""Goods of an order come back: agreed beforehand, ended with what came."""

from dataclasses import fields
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, text

from domains.sales.messages import (
    AuthoriseReturn,
    CancelReturn,
    CloseReturn,
    LineReceived,
    ReturnAuthorised,
    ReturnChanged,
)
from domains.sales.messages.events import ReturnAuthorisedEvent, ReturnCancelledEvent, ReturnClosedEvent
from domains.sales.rules import returns as rules
from domains.sales.tables import SalesOrder, SalesOrderLine, SalesReturn, SalesReturnLine
from foundation.database.connections import rows_of
from foundation.database.documents import write_document
from foundation.database.transaction import Row, Transaction
from foundation.operations.operation import operation
from foundation.values.errors import NotFound

# The order's row is the lock of its lines, and of its returns.
_LOCK_ORDER = (
    select(
        SalesOrder.number, SalesOrder.customer_code, SalesOrder.warehouse_code, SalesOrder.replaces_order_id
    )
    .where(SalesOrder.id == bindparam("order"))
    .with_for_update()
)
_DELIVERED = (
    select(*(getattr(SalesOrderLine, field.name) for field in fields(rules.DeliveredLine)))
    .where(SalesOrderLine.order_id == bindparam("order"))
    .order_by(SalesOrderLine.line_number)
)
_RETURN = select(SalesReturn.order_id, SalesReturn.status, SalesReturn.number).where(
    SalesReturn.id == bindparam("which")
)
_AUTHORISED = select(SalesReturnLine.line_number, SalesReturnLine.quantity).where(
    SalesReturnLine.return_id == bindparam("which")
)
_COUNT_RETURNED = text(
    """
    UPDATE sales.sales_order_line SET returned_quantity = returned_quantity + :more
    WHERE order_id = :order AND line_number = :line
    """
)
_END_LINE = text(
    """
    UPDATE sales.sales_return_line SET accepted_quantity = :accepted, scrapped_quantity = :scrapped
    WHERE return_id = :which AND line_number = :line
    """
)


@operation("sales.authorise_return", event=ReturnAuthorisedEvent)
async def authorise_return(tx: Transaction, ask: AuthoriseReturn) -> ReturnAuthorised:
    """Agree that goods may come back: those asked for, or all that were delivered and are not coming yet.

    Quantities are in the order lines' units, and in stock units with six decimals. Refuses: NotDelivered,
    with every line that is too much; NotFound.
    """
    order = await tx.existing(_LOCK_ORDER, f"order {ask.order_id}", {"order": ask.order_id})
    known = await tx.execute(_DELIVERED, {"order": ask.order_id})
    lines = rules.lines_to_return(ask.lines, [rules.DeliveredLine(**row._asdict()) for row in known])
    number = tx.closing.sequence_number("RMA", "sales.return_number")
    asked = ask.model_dump(include=set(rows_of(SalesReturn).c.keys()))
    head = asked | {"id": ask.return_id, "number": number, "status": rules.AUTHORISED}
    agreed = [
        {"return_id": ask.return_id} | line.model_dump(exclude={"replaces_line_number"}) for line in lines
    ]
    write_document(tx, {SalesReturn: head, SalesReturnLine: agreed})
    more = [{"order": ask.order_id, "line": line.line_number, "more": line.quantity} for line in lines]
    await tx.execute_each(_COUNT_RETURNED, more)
    return ReturnAuthorised(
        return_id=ask.return_id,
        return_number=number,
        order_id=ask.order_id,
        order_number=order.number,
        customer_code=order.customer_code,
        warehouse_code=order.warehouse_code,
        replaces_order_id=order.replaces_order_id,
        lines=lines,
    )


@operation("sales.close_return", event=ReturnClosedEvent)
async def close_return(tx: Transaction, close: CloseReturn) -> ReturnChanged:
    """Note what came back; what did not may come back by another return. Does nothing when it is closed.

    Refuses: NotAsAuthorised, with every line that is too much; ReturnHasEnded, NotFound.
    """
    found = await _locked_return(tx, close.return_id)
    if found is None:
        raise NotFound(f"there is no return {close.return_id}")
    return await _end(tx, close.return_id, found, rules.CLOSED, close.lines)


@operation("sales.cancel_return", event=ReturnCancelledEvent)
async def cancel_return(tx: Transaction, cancel: CancelReturn) -> ReturnChanged:
    """Take the return back: nothing has come. Does nothing when there is none.

    Refuses: ReturnHasEnded.
    """
    found = await _locked_return(tx, cancel.return_id)
    if found is None:
        return ReturnChanged(return_id=cancel.return_id, status=None)
    return await _end(tx, cancel.return_id, found, rules.CANCELLED, (), cancel.reason)


async def _locked_return(tx: Transaction, return_id: UUID) -> Row | None:
    """The return, under its order's lock: read again behind it."""
    which = {"which": return_id}
    found = (await tx.execute(_RETURN, which)).one_or_none()
    if found is None:
        return None
    await tx.execute(_LOCK_ORDER, {"order": found.order_id})
    return (await tx.execute(_RETURN, which)).one()


async def _end(
    tx: Transaction,
    return_id: UUID,
    found: Row,
    wanted: str,
    received: tuple[LineReceived, ...],
    why: str = "",
) -> ReturnChanged:
    """End the return, and set free what was not accepted."""
    order_id = found.order_id
    status = rules.advance(found.status, wanted)
    if found.status != status:
        agreed = await tx.execute(_AUTHORISED, {"which": return_id})
        lines = rules.ended_lines([(row.line_number, row.quantity) for row in agreed], received)
        ended: list[dict[str, Any]] = [
            {"which": return_id, "line": line.line_number, "accepted": line.accepted}
            | {"scrapped": line.scrapped}
            for line in lines
        ]
        await tx.execute_each(_END_LINE, ended)
        free = [
            {"order": order_id, "line": line.line_number, "more": -line.given_up}
            for line in lines
            if line.given_up
        ]
        await tx.execute_each(_COUNT_RETURNED, free)
        await tx.update(SalesReturn, return_id, status=status, ended_reason=why)
    return ReturnChanged(return_id=return_id, status=status, return_number=found.number)
