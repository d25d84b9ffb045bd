"""What of goods is written off, what stands in its way, and what it is in the books."""

from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from domains.ledger.messages import Opened, OpenGoods
from domains.payables.messages.goods_write_offs import (
    GoodsNeverSettled,
    GoodsToWriteOff,
    GoodsWriteOffProposed,
    LineToWriteOff,
)
from domains.payables.rules import goods_write_offs as rules

ON = date(2026, 3, 9)


def goods(number: int, quantity: str = "5", value: str = "15.00", item: int = 1) -> OpenGoods:
    """What came of a line and is not billed."""
    opened = Opened(f"GR-{item}", (UUID(int=item),), ON, None)
    return OpenGoods(UUID(int=item), number, Decimal(quantity), Decimal(value), opened)


def proposed(
    *lines: OpenGoods, kind: GoodsNeverSettled = GoodsNeverSettled.NOT_BILLED
) -> GoodsWriteOffProposed:
    """What people are asked about."""
    return GoodsWriteOffProposed(
        write_off_id=uuid4(),
        write_off_number="GW-1",
        kind=kind,
        order_id=uuid4(),
        order_number="PO-1",
        supplier_code="GROVE",
        written_off_on=ON,
        currency="EUR",
        total_amount=sum((one.base_amount for one in lines), Decimal(0)),
        lines=tuple(
            GoodsToWriteOff(
                open_item_id=one.item_id,
                document_number=one.opened.number,
                order_line_number=one.order_line_number,
                stock_quantity=one.quantity,
                amount=one.base_amount,
            )
            for one in lines
        ),
    )


def named(*numbers: int) -> list[LineToWriteOff]:
    """Lines of the order."""
    return [LineToWriteOff(line_number=number) for number in numbers]


def test_all_receipts_of_a_line_are_written_off_and_what_is_free_only_when_it_is_named() -> None:
    first, second, free = goods(1), goods(1, item=2), goods(2, value="0", item=3)

    assert rules.goods_to_write_off([first, second, free], named(1), {}) == [first, second]
    assert rules.goods_to_write_off([first, second, free], [], {}) == [first, second]
    assert rules.goods_to_write_off([first, free], named(2, 1), {}) == [first, free]
    with pytest.raises(rules.NothingToWriteOff):
        rules.goods_to_write_off([free], [], {})
    with pytest.raises(rules.NothingToWriteOff) as refused:
        rules.goods_to_write_off([first, free], named(1, 3, 1), {})
    assert [field for field, _ in refused.value.errors] == ["lines.0.line_number", "lines.1.line_number"]


def test_what_a_blocked_invoice_bills_is_not_written_off() -> None:
    with pytest.raises(rules.BilledAndBlocked, match="BI-1"):
        rules.goods_to_write_off([goods(1), goods(2, item=2)], named(2, 1), {1: "BI-1"})

    assert len(rules.goods_to_write_off([goods(1), goods(2, item=2)], named(2), {1: "BI-1"})) == 1


@pytest.mark.parametrize("now", [[], [goods(1, quantity="4")], [goods(1, value="14.99")]])
def test_anything_else_that_is_open_by_then_is_a_change(now: list[OpenGoods]) -> None:
    assert "line 1 of GR-1" in rules.why_changed(proposed(goods(1)), now)
    assert rules.why_changed(proposed(goods(1)), [goods(1), goods(2, item=2)]) == ""


@pytest.mark.parametrize(
    ("kind", "sign"), [(GoodsNeverSettled.NOT_BILLED, 1), (GoodsNeverSettled.NOT_CREDITED, -1)]
)
def test_it_balances_and_is_a_gain_or_a_loss(kind: GoodsNeverSettled, sign: int) -> None:
    lines = rules.postings(proposed(goods(1), goods(2, value="7.01", item=2), kind=kind), str)

    assert sum(line.base_amount for line in lines) == 0
    assert (lines[-1].account_code, lines[-1].amount) == (
        "goods_received_written_off",
        Decimal("-22.01") * sign,
    )
