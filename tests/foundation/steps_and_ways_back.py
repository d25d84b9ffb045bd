"""Steps of order to cash with their ways back, for an order that there was never before."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from activities import inventory, sales
from activities.receivables import credit
from domains.inventory.messages import LineToReserve, ReleaseReservation, ReserveStock
from domains.receivables.messages import CheckCredit, ReleaseCredit
from domains.sales.messages import CancelOrder, PlaceOrder
from foundation.database.connections import database
from foundation.values.messages import Call, Caller


@dataclass(frozen=True)
class Pair:
    """A step, how it is taken back, and a question that counts what is left of it."""

    step: Callable[[Call, UUID], Coroutine[Any, Any, Any]]
    way_back: Callable[[Call, UUID], Coroutine[Any, Any, Any]]
    left: str


async def place(call: Call, order_id: UUID) -> Any:
    """Three apples are ordered."""
    asked = {
        "order_id": order_id,
        "customer_code": "ALICE",
        "ordered_on": "2026-03-02",
        "lines": [{"item_code": "APPLE", "quantity": "3", "unit_price": "10.00"}],
    }
    return await sales.place_order(call, PlaceOrder.model_validate(asked))


async def cancel(call: Call, order_id: UUID) -> Any:
    """The order is taken back."""
    return await sales.cancel_order(call, CancelOrder(order_id=order_id, reason="taken back"))


async def check(call: Call, order_id: UUID) -> Any:
    """Credit for three apples is committed."""
    asked = {"order_id": order_id, "customer_code": "ALICE", "amount": "35.70"}
    return await credit.check_credit(call, CheckCredit.model_validate(asked))


async def release_credit(call: Call, order_id: UUID) -> Any:
    """It is free again."""
    return await credit.release_credit(call, ReleaseCredit(order_id=order_id))


async def reserve(call: Call, order_id: UUID) -> Any:
    """Three apples are set aside."""
    line = LineToReserve.model_validate({"line_number": 1, "item_code": "APPLE", "quantity": "3"})
    asked = {
        "order_id": order_id,
        "process_id": f"order_to_cash/{order_id}",
        "warehouse_code": "MAIN",
        "ordered_on": "2026-03-02",
        "lines": (line,),
    }
    return await inventory.reserve_stock(call, ReserveStock.model_validate(asked))


async def release(call: Call, order_id: UUID) -> Any:
    """They are given back."""
    return await inventory.release_reservation(call, ReleaseReservation(order_id=order_id))


PAIRS: Sequence[Pair] = (
    Pair(place, cancel, "SELECT count(*) FROM sales.sales_order WHERE id = :order AND status <> 'cancelled'"),
    Pair(
        check,
        release_credit,
        "SELECT count(*) FROM receivables.credit_commitment WHERE order_id = :order AND open_amount <> 0",
    ),
    Pair(
        reserve,
        release,
        "SELECT count(*) FROM inventory.reservation "
        "WHERE order_id = :order AND (reserved_quantity <> 0 OR short_quantity <> 0)",
    ),
)


async def left_of(pair: Pair, caller: Caller, order_id: UUID) -> int:
    """How much is left of the step; 0 when it was taken back, or never was."""
    async with database().read(caller.company) as tx:
        return int(await tx.scalar(text(pair.left), {"order": order_id}) or 0)
