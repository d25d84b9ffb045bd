"""What comes back costs what it did when it left, however it comes."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from domains.inventory.messages import LineToTakeBack
from domains.inventory.rules.returns import GoodsOutside, returned_lines
from foundation.values.money import ZERO

thousandths = st.integers(1, 10_000).map(lambda number: Decimal(number) / 1000)
cents = st.integers(0, 1_000_000).map(lambda number: Decimal(number) / 100)


@given(st.lists(st.tuples(thousandths, st.integers(0, 100)), min_size=1, max_size=8), cents)
def test_parts_add_up_to_the_cent_and_each_is_restocked_or_scrapped(
    parts: list[tuple[Decimal, int]], cost: Decimal
) -> None:
    outside = GoodsOutside("bolt", sum((quantity for quantity, _ in parts), ZERO), cost)
    for quantity, percent in parts:
        scrapped = (quantity * percent / 100).quantize(Decimal("0.000001"))
        ask = LineToTakeBack(line_number=1, quantity=quantity, scrapped_quantity=scrapped)

        (line,) = returned_lines((ask,), {1: outside}, "EUR")

        exact = outside.cost * quantity / outside.quantity
        assert abs(line.cost - exact) <= Decimal("0.005")
        assert ZERO <= line.restocked_cost <= line.cost
        assert line.restocked_quantity + line.scrapped_quantity == line.quantity == quantity
        outside = GoodsOutside("bolt", outside.quantity - line.quantity, outside.cost - line.cost)

    assert [outside.quantity, outside.cost] == [0, 0]
