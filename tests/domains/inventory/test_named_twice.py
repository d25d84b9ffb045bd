"""A line is named once in a shipment and in what comes back: twice, and it would count twice."""

from decimal import Decimal

import pytest

from domains.inventory.messages import LineToTakeBack
from domains.inventory.rules.returns import GoodsOutside, NotShipped, check_is_outside


def test_goods_that_come_back_are_named_once() -> None:
    outside = {
        1: GoodsOutside("bolt", Decimal(10), Decimal(5)),
        2: GoodsOutside("nut", Decimal(1), Decimal(1)),
    }
    one = LineToTakeBack(line_number=1, quantity=Decimal(2))

    check_is_outside((one,), outside)
    with pytest.raises(NotShipped) as refused:
        check_is_outside((one, LineToTakeBack(line_number=2, quantity=Decimal(1)), one), outside)

    assert refused.value.errors == [("lines.2.line_number", "line 1 is named twice")]
