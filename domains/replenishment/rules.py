"""What is short, how much of it is bought, and for what. Values in; a value, or a named refusal, out.

What is bought brings what will be there to the rule's maximum (the `(s, S)` policy of inventory control, with
the reorder point s and the maximum S): on hand and set aside for nobody, on its way from another warehouse,
on order and requisitioned, less what orders wait for. Without a rule it is brought to nothing: only what
orders wait for is bought.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID, uuid5

from domains.master_data.messages import ItemKind
from domains.master_data.rules.units import check_unit
from domains.master_data.rules.validity import check_period
from domains.master_data.views import ItemView
from domains.procurement.messages.requisitions import (
    EnterRequisition,
    LineOrigin,
    Origin,
    RequisitionLineAsked,
)
from domains.replenishment.messages import PutReorderRule, RequestShortages, ShortageReason, ShortageView
from foundation.values.errors import BusinessError, Refusals
from foundation.values.money import ZERO

STOCK = "stock"
"""The category of what a shortage asks for: what runs short is for no cost centre."""
ID_SPACE = UUID("d0f3f6de-51c4-5f0e-8f0b-0f6a3c2b7e94")
MOST_LINES = 200
"""A requisition has no more."""


class TwoReorderRules(BusinessError):
    """Another rule for the item in the warehouse holds on some of these days."""

    status = 409


class WaitingOrder(NamedTuple):
    """An order that waits for so much of an item, from the day on which it is wanted; None is at once."""

    number: str
    quantity: Decimal
    wanted_on: date | None


@dataclass(frozen=True)
class Position:
    """What there is of an item in a warehouse, what comes, and what waits for it."""

    warehouse_code: str
    item_code: str
    item_name: str
    item_kind: ItemKind
    unit: str
    available: Decimal
    in_transit: Decimal
    on_order: Decimal
    requisitioned: Decimal
    waiting: tuple[WaitingOrder, ...] = ()
    """In the order in which they are served."""
    reorder_point: Decimal | None = None
    order_up_to: Decimal | None = None

    @property
    def is_assembled(self) -> bool:
        """Whether it need not be bought: it is, when somebody sells it."""
        return self.item_kind is ItemKind.ASSEMBLED

    @property
    def backordered(self) -> Decimal:
        """What orders wait for."""
        return sum((order.quantity for order in self.waiting), ZERO)

    @property
    def supply(self) -> Decimal:
        """What is there for them, and what is to come."""
        return self.available + self.in_transit + self.on_order + self.requisitioned

    @property
    def is_short(self) -> bool:
        """Whether orders wait, or the rule is reached, by what is there now."""
        left = self.available - self.backordered
        return self.backordered > 0 or (self.reorder_point is not None and left <= self.reorder_point)

    @property
    def projected(self) -> Decimal:
        """What will be there when all has come and all who wait are served."""
        return self.supply - self.backordered


class Shortage(NamedTuple):
    """How much of an item is bought for a warehouse, why, until when, and for which orders."""

    position: Position
    quantity: Decimal
    reason: ShortageReason
    wanted_on: date
    for_orders: tuple[str, ...] = ()

    @property
    def origin(self) -> Origin:
        """For what its line of a requisition is."""
        return Origin.BACKORDERS if self.for_orders else Origin.REORDER_POINT


def check_reorder_rule(
    put: PutReorderRule, item: ItemView | None, *, is_warehouse: bool, others: Iterable[PutReorderRule]
) -> None:
    """Refuses: Invalid, with every wrong field; TwoReorderRules, naming the other of these `others` that
    holds for the item in the warehouse on one of its days.
    """
    refusals = Refusals()
    _check_item(put, item, refusals)
    if not is_warehouse:
        refusals.add("warehouse_code", f"there is no warehouse {put.warehouse_code}; create it first")
    if put.order_up_to <= put.reorder_point:
        refusals.add("order_up_to", f"give more than the reorder point, {put.reorder_point.normalize():f}")
    check_period(put, "", refusals)
    refusals.raise_if_any()
    for other in others:
        is_same = (other.item_code, other.warehouse_code) == (put.item_code, put.warehouse_code)
        if other.code != put.code and is_same and not (put.blocked or other.blocked) and _overlap(put, other):
            why = f"{other.code} holds on some of these days: end it first, with valid_to"
            raise TwoReorderRules(f"valid_from: {why}", errors=[("valid_from", why)])


def _check_item(put: PutReorderRule, item: ItemView | None, refusals: Refusals) -> None:
    if item is None:
        refusals.add("item_code", f"there is no item {put.item_code}; create it first")
        return
    if item.kind is ItemKind.SERVICE:
        refusals.add("item_code", f"{item.name} is a service: none of it lies anywhere")
    for name in ("reorder_point", "order_up_to"):
        found = Refusals()
        check_unit(getattr(put, name), item.unit, item, "", found)
        for error in found.errors:
            refusals.add(name, error.message)


def _overlap(one: PutReorderRule, other: PutReorderRule) -> bool:
    first, last = date.min, date.max
    return (one.valid_from or first) <= (other.valid_to or last) and (other.valid_from or first) <= (
        one.valid_to or last
    )


def shortage(position: Position, on: date) -> Shortage:
    """How much is bought on a day; nothing when what is to come suffices."""
    quantity = _missing(position)
    if not quantity:
        return Shortage(position, ZERO, ShortageReason.COVERED, on)
    without = _orders_without(position)
    if not without:
        return Shortage(position, quantity, ShortageReason.REORDER_POINT, on)
    wanted_on = max(on, min(order.wanted_on or on for order in without))
    numbers = tuple(dict.fromkeys(order.number for order in without))
    return Shortage(position, quantity, ShortageReason.BACKORDERS, wanted_on, numbers)


def _missing(position: Position) -> Decimal:
    if position.reorder_point is None or position.order_up_to is None:
        return max(-position.projected, ZERO)
    return position.order_up_to - position.projected if position.projected <= position.reorder_point else ZERO


def _orders_without(position: Position) -> list[WaitingOrder]:
    """Those for which nothing, or not enough, is to come: who is served first takes what comes first."""
    left, without = position.supply, list[WaitingOrder]()
    for order in position.waiting:
        if order.quantity > left:
            without.append(order)
        left = max(left - order.quantity, ZERO)
    return without


def shortages(positions: Iterable[Position], on: date) -> list[Shortage]:
    """What is bought on a day: of the positions those of which something is."""
    return [one for one in (shortage(position, on) for position in positions) if one.quantity]


def as_shown(one: Shortage) -> ShortageView:
    """As the report says it."""
    position = one.position
    own = ("suggested_quantity", "reason", "for_orders")
    return ShortageView(
        **{name: getattr(position, name) for name in ShortageView.model_fields if name not in own},
        suggested_quantity=one.quantity,
        reason=one.reason,
        for_orders=one.for_orders,
    )


def requisition_of(
    requisition_id: UUID, warehouse_code: str, found: Sequence[Shortage], on: date
) -> EnterRequisition:
    """What procurement is asked for. Whoever runs it buys for stock: for no cost centre, and on any day."""
    return EnterRequisition(
        requisition_id=requisition_id,
        requested_on=on,
        category=STOCK,
        reason=f"runs short in {warehouse_code}",
        warehouse_code=warehouse_code,
        lines=tuple(
            RequisitionLineAsked(
                item_code=one.position.item_code,
                quantity=one.quantity,
                unit=one.position.unit,
                wanted_on=one.wanted_on,
            )
            for one in found
        ),
        may_order=True,
        origins=tuple(
            LineOrigin(line_number=number, origin=one.origin, for_orders=one.for_orders)
            for number, one in enumerate(found, start=1)
        ),
    )


def request_of(company: str, run_id: str, name: str, on: date, found: Sequence[Shortage]) -> RequestShortages:
    """What a run asks for with one requisition, whose id is the same whenever the run lists it."""
    requisition_id = uuid5(ID_SPACE, f"{run_id}/{name}")
    return RequestShortages(
        requisition_id=requisition_id,
        process_id=f"{company}/purchase_requisition/{requisition_id}",
        on=on,
        warehouse_code=found[0].position.warehouse_code,
        item_codes=tuple(one.position.item_code for one in found),
    )
