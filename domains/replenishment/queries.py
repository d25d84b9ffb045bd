"""What is read of replenishment: reorder rules, and what there is, comes and waits, item by item."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ARRAY, Date, Numeric, Text, any_, bindparam, func, or_, select, union
from sqlalchemy.dialects.postgresql import aggregate_order_by

from domains.inventory.queries.positions import LYING, WAITING
from domains.master_data.messages import ItemKind
from domains.master_data.tables import Item
from domains.procurement.queries.coming import ON_ORDER, REQUISITIONED
from domains.replenishment.messages import PutReorderRule
from domains.replenishment.rules import Position, WaitingOrder
from domains.replenishment.tables import ReorderRule
from domains.sales.queries import ORDERS_NAMED
from foundation.database.connections import columns_for
from foundation.database.lists import Listing, equal, named, only
from foundation.database.transaction import Row, Transaction
from foundation.values.money import ZERO


class ReorderRuleView(PutReorderRule):
    """A reorder rule, with the version that a change names."""

    version: int


_ROWS = select(*columns_for(ReorderRule, ReorderRuleView))
_ONE = _ROWS.where(ReorderRule.code == bindparam("code"))
_OF_ITEM = _ROWS.where(ReorderRule.item_code == bindparam("item")).order_by(ReorderRule.code)
REORDER_RULES = Listing(
    name="reorder_rules",
    about="When items are bought for a warehouse, by code.",
    view=ReorderRuleView,
    rows=_ROWS,
    filters=(
        equal(ReorderRule.item_code, "item"),
        equal(ReorderRule.warehouse_code, "warehouse"),
        only("only_in_use", ReorderRule.blocked.is_(False), "Only those that are not blocked"),
    ),
    sorts=named(ReorderRule.code, ReorderRule.item_code, ReorderRule.warehouse_code),
    order="code",
    unique=(ReorderRule.code,),
)


async def reorder_rule(tx: Transaction, code: str) -> ReorderRuleView | None:
    """One of them."""
    row = (await tx.execute(_ONE, {"code": code})).one_or_none()
    return None if row is None else ReorderRuleView.model_validate(row._asdict())


async def reorder_rules_of(tx: Transaction, item_code: str) -> list[ReorderRuleView]:
    """All of an item, by code."""
    rows = await tx.execute(_OF_ITEM, {"item": item_code})
    return [ReorderRuleView.model_validate(row._asdict()) for row in rows]


# What there is, what comes and what waits

_QUANTITY = Numeric(18, 6)
_DAY = bindparam("on", type_=Date)
_LYING, _WAITING, _NAMED = (
    LYING.subquery("lying"),
    WAITING.subquery("waiting"),
    ORDERS_NAMED.subquery("named"),
)
_ON_ORDER, _REQUISITIONED = ON_ORDER.subquery("ordered"), REQUISITIONED.subquery("requisitioned")
_RULES = (
    select(
        ReorderRule.warehouse_code, ReorderRule.item_code, ReorderRule.reorder_point, ReorderRule.order_up_to
    )
    .where(
        ReorderRule.blocked.is_(False),
        func.coalesce(ReorderRule.valid_from, _DAY) <= _DAY,
        func.coalesce(ReorderRule.valid_to, _DAY) >= _DAY,
    )
    .subquery("rule")
)


def _in_turn(column: Any) -> Any:
    """Of all who wait, in the order in which they are served."""
    return func.array_agg(aggregate_order_by(column, _WAITING.c.ordered_on, _WAITING.c.sequence))


_QUEUES = (
    select(
        _WAITING.c.warehouse_code,
        _WAITING.c.item_code,
        _in_turn(func.coalesce(_NAMED.c.number, "")).label("numbers"),
        _in_turn(_WAITING.c.short_quantity).label("quantities"),
        _in_turn(_NAMED.c.requested_on).label("days"),
    )
    .outerjoin_from(_WAITING, _NAMED, _NAMED.c.id == _WAITING.c.order_id)
    .group_by(_WAITING.c.warehouse_code, _WAITING.c.item_code)
    .subquery("queue")
)
_KEYS = union(
    select(_QUEUES.c.warehouse_code, _QUEUES.c.item_code), select(_RULES.c.warehouse_code, _RULES.c.item_code)
).subquery("keys")


def _same(other: Any) -> Any:
    is_warehouse = other.c.warehouse_code == _KEYS.c.warehouse_code
    return is_warehouse & (other.c.item_code == _KEYS.c.item_code)


def _or_nothing(column: Any) -> Any:
    return func.coalesce(column, ZERO, type_=_QUANTITY).label(column.key)


# One statement, and so one state of the books: what is received, or ordered of a requisition, meanwhile is in
# it before or after, and never in neither.
_POSITIONS = (
    select(
        _KEYS.c.warehouse_code,
        _KEYS.c.item_code,
        Item.name.label("item_name"),
        Item.kind.label("item_kind"),
        Item.unit,
        _or_nothing(_LYING.c.available),
        _or_nothing(_LYING.c.in_transit),
        _or_nothing(_ON_ORDER.c.on_order),
        _or_nothing(_REQUISITIONED.c.requisitioned),
        _QUEUES.c.numbers,
        _QUEUES.c.quantities,
        _QUEUES.c.days,
        _RULES.c.reorder_point,
        _RULES.c.order_up_to,
    )
    .select_from(_KEYS)
    .join(Item, Item.code == _KEYS.c.item_code)
    .outerjoin(_LYING, _same(_LYING))
    .outerjoin(_QUEUES, _same(_QUEUES))
    .outerjoin(_RULES, _same(_RULES))
    .outerjoin(_ON_ORDER, _same(_ON_ORDER))
    .outerjoin(_REQUISITIONED, _same(_REQUISITIONED))
    .where(
        or_(bindparam("warehouse", type_=Text).is_(None), _KEYS.c.warehouse_code == bindparam("warehouse")),
        or_(
            bindparam("items", type_=ARRAY(Text)).is_(None),
            _KEYS.c.item_code == any_(bindparam("items", type_=ARRAY(Text))),
        ),
    )
    .order_by(_KEYS.c.item_code, _KEYS.c.warehouse_code)
)


async def positions(
    tx: Transaction, on: date, *, warehouse_code: str | None = None, item_codes: Iterable[str] | None = None
) -> list[Position]:
    """What there is now of every item that orders wait for, or that a rule of the day is for; by item and
    warehouse.
    """
    items = None if item_codes is None else sorted(set(item_codes))
    rows = await tx.execute(_POSITIONS, {"on": on, "warehouse": warehouse_code, "items": items})
    return [_position(row) for row in rows]


def _position(row: Row) -> Position:
    queue = zip(row.numbers or (), row.quantities or (), row.days or (), strict=True)
    facts = row._asdict()
    for name in ("numbers", "quantities", "days"):
        del facts[name]
    waiting = tuple(WaitingOrder(*one) for one in queue)
    return Position(**facts | {"item_kind": ItemKind(row.item_kind), "waiting": waiting})
