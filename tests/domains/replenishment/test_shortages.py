"""What is short, how much of it is bought and for whom: the figures are worked out by hand.

With a rule it is the `(s, S)` policy: at s or below, what is missing to S (Silver, Pyke and Thomas, Inventory
and Production Management in Supply Chains, on order-point, order-up-to-level systems).
"""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from domains.master_data.messages import ItemKind
from domains.procurement.messages.requisitions import Origin
from domains.replenishment.messages import PutReorderRule, ShortageReason
from domains.replenishment.rules import (
    Position,
    Shortage,
    TwoReorderRules,
    WaitingOrder,
    check_reorder_rule,
    requisition_of,
    shortage,
    shortages,
)
from foundation.values.errors import Invalid
from tests.builders.master_data import A_DAY, a_known_item

AN_ID = UUID(int=7)
LATER, LATEST = date(2026, 4, 1), date(2026, 5, 1)


def a_position(*waiting: WaitingOrder, **figures: int | None) -> Position:
    """Bolts in the main warehouse: nothing there, nothing to come."""
    known = dict.fromkeys(("available", "in_transit", "on_order", "requisitioned"), Decimal(0))
    known |= {name: Decimal(figure) for name, figure in figures.items() if figure is not None}
    return Position("MAIN", "BOLT", "Bolt", ItemKind.BOUGHT, "pc", waiting=waiting, **known)


def waits(number: str, quantity: int, wanted_on: date | None = None) -> WaitingOrder:
    return WaitingOrder(number, Decimal(quantity), wanted_on)


def bought(position: Position) -> tuple[int, ShortageReason, tuple[str, ...]]:
    found = shortage(position, A_DAY)
    return int(found.quantity), found.reason, found.for_orders


RULE = {"reorder_point": 20, "order_up_to": 60}


@pytest.mark.parametrize(
    ("figures", "quantity"),
    [
        ({"available": 21}, 0),
        ({"available": 20}, 40),
        ({"available": 0}, 60),
        ({"available": 5, "on_order": 15}, 40),
        ({"available": 5, "on_order": 16}, 0),
        ({"available": 5, "requisitioned": 16}, 0),
        ({"available": 5, "in_transit": 16}, 0),
        ({"available": -3}, 63),
    ],
)
def test_at_its_reorder_point_it_is_bought_up_to_its_maximum(figures: dict[str, int], quantity: int) -> None:
    position = a_position(**figures, **RULE)

    reason = ShortageReason.REORDER_POINT if quantity else ShortageReason.COVERED
    assert bought(position) == (quantity, reason, ())


def test_without_a_rule_only_what_orders_wait_for_is_bought() -> None:
    assert bought(a_position(waits("SO-1", 7))) == (7, ShortageReason.BACKORDERS, ("SO-1",))
    assert bought(a_position(waits("SO-1", 7), on_order=7)) == (0, ShortageReason.COVERED, ())


def test_with_a_rule_and_orders_that_wait_both_are_served() -> None:
    assert bought(a_position(waits("SO-1", 7), **RULE)) == (67, ShortageReason.BACKORDERS, ("SO-1",))


def test_who_is_served_by_what_is_to_come_is_not_named() -> None:
    queue = (waits("SO-1", 5), waits("SO-2", 5), waits("SO-3", 1), waits("SO-3", 2))

    assert bought(a_position(*queue, on_order=7)) == (6, ShortageReason.BACKORDERS, ("SO-2", "SO-3"))


@pytest.mark.parametrize(
    ("days", "wanted_on"),
    [((LATEST, LATER), LATER), ((LATEST, None), A_DAY), ((date(2026, 1, 1),), A_DAY)],
)
def test_it_is_wanted_when_the_first_of_them_wants_it_and_not_before_today(
    days: tuple[date | None, ...], wanted_on: date
) -> None:
    position = a_position(*(waits(f"SO-{place}", 1, day) for place, day in enumerate(days)))

    assert shortage(position, A_DAY).wanted_on == wanted_on


def test_a_requisition_says_line_by_line_for_what_it_is() -> None:
    found: list[Shortage] = shortages(
        [a_position(waits("SO-1", 7, LATER)), a_position(available=1, **RULE)], A_DAY
    )

    asked = requisition_of(AN_ID, "MAIN", found, A_DAY)

    assert (asked.requisition_id, asked.requested_on, asked.category) == (AN_ID, A_DAY, "stock")
    assert [(int(line.quantity), line.wanted_on) for line in asked.lines] == [(7, LATER), (59, A_DAY)]
    assert [(one.line_number, one.origin, one.for_orders) for one in asked.origins] == [
        (1, Origin.BACKORDERS, ("SO-1",)),
        (2, Origin.REORDER_POINT, ()),
    ]


def a_rule(code: str = "A", **changes: Any) -> PutReorderRule:
    facts = {"item_code": "BOLT", "warehouse_code": "MAIN", "reorder_point": "20", "order_up_to": "60"}
    return PutReorderRule(**{"code": code} | facts | changes)


def refused(put: PutReorderRule, *, is_warehouse: bool = True, **item: Any) -> list[str]:
    known = a_known_item("BOLT", **item) if item.get("kind") != "none" else None
    with pytest.raises(Invalid) as refusal:
        check_reorder_rule(put, known, is_warehouse=is_warehouse, others=())
    return [error.field for error in refusal.value.errors]


def test_what_cannot_be_is_refused_at_its_field() -> None:
    assert refused(a_rule(), is_warehouse=False, kind="none") == ["item_code", "warehouse_code"]
    assert refused(a_rule(), kind=ItemKind.SERVICE) == ["item_code"]
    assert refused(a_rule(order_up_to="20")) == ["order_up_to"]
    assert refused(a_rule(valid_from="2026-02-01", valid_to="2026-01-31")) == ["valid_to"]
    assert refused(a_rule(reorder_point="0.5", order_up_to="1.5"), is_whole=True) == [
        "reorder_point",
        "order_up_to",
    ]


def test_one_holds_for_an_item_in_a_warehouse_on_any_day() -> None:
    others = [a_rule("B", valid_to="2026-06-30"), a_rule("C", warehouse_code="EAST"), a_rule("A")]

    with pytest.raises(TwoReorderRules, match="B holds on some of these days"):
        check_reorder_rule(
            a_rule(valid_from="2026-06-30"), a_known_item("BOLT"), is_warehouse=True, others=others
        )
    for free in (a_rule(valid_from="2026-07-01"), a_rule(blocked=True)):
        check_reorder_rule(free, a_known_item("BOLT"), is_warehouse=True, others=others)
