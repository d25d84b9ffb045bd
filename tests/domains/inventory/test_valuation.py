"""What goods are worth: the runs with known answers, the edges, and what holds for any run."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.inventory.rules.valuation import Kept, NothingToRevalue, issue, receive, revalue
from domains.master_data.messages import CostingMethod
from foundation.values.money import ZERO, rounded
from tests.builders.valuation import RUNS, Run

RECEIPT = UUID(int=1)
FIFO = CostingMethod.FIFO
MOVING_AVERAGE = CostingMethod.MOVING_AVERAGE


def received(kept: Kept, quantity: str, value: str, *, number: int = 1, currency: str = "EUR") -> Kept:
    """What is kept after a receipt of a value."""
    return receive(
        kept,
        Decimal(quantity),
        Decimal(value),
        receipt_id=RECEIPT,
        line_number=number,
        currency=currency,
    ).kept


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.name)
def test_a_run_has_the_answers_of_its_source(run: Run) -> None:
    kept = Kept(method=run.method, unit_cost=run.start_cost)
    for number, step in enumerate(run.steps, start=1):
        value, adjustment = ZERO, ZERO
        if step.kind == "in":
            assert step.at is not None
            value = step.quantity * step.at
            answer = receive(
                kept, step.stock_quantity, value, receipt_id=RECEIPT, line_number=number, currency="USD"
            )
            kept, adjustment = answer.kept, answer.adjustment
        elif step.kind == "out":
            issued = issue(kept, step.stock_quantity, currency="USD")
            kept, value = issued.kept, issued.value
        else:
            kept = revalue(kept, kept.unit_cost * step.quantity, currency="USD").kept
        where = f"{run.source}, move {number}"
        assert step.expected_value in {None, value}, where
        assert step.unit_cost in {None, kept.unit_cost}, where
        assert (step.adjustment or ZERO) == adjustment, where
    if run.layers_left is not None:
        assert tuple((layer.quantity, layer.value) for layer in kept.layers) == run.layers_left


def test_the_last_goods_take_the_cents_that_are_left() -> None:
    kept = received(Kept(), "3", "10.00")

    costs = []
    for _ in range(3):
        answer = issue(kept, Decimal(1), currency="EUR")
        kept = answer.kept
        costs.append(answer.value)

    assert costs == [Decimal("3.33"), Decimal("3.34"), Decimal("3.33")]
    assert (kept.quantity, kept.value) == (ZERO, ZERO)
    assert kept.unit_cost == Decimal("3.33")


def test_a_cost_far_below_a_cent_is_not_lost() -> None:
    kept = received(Kept(), "1000", "4.00")

    total = ZERO
    for _ in range(100):
        answer = issue(kept, Decimal(10), currency="EUR")
        kept, total = answer.kept, total + answer.value

    assert total == Decimal("4.00")


def test_a_currency_without_decimals_is_rounded_to_whole_units() -> None:
    answer = issue(received(Kept(), "3", "100", currency="JPY"), Decimal(1), currency="JPY")

    assert answer.value == 33
    assert answer.kept.value == 67


def test_what_is_not_there_leaves_at_the_cost_of_the_newest_layer() -> None:
    kept = received(received(Kept(method=FIFO), "1", "10.00"), "1", "20.00", number=2)

    answer = issue(kept, Decimal(5), currency="EUR")

    assert answer.value == 90
    assert (answer.kept.quantity, answer.kept.value) == (Decimal(-3), Decimal(-60))
    assert not answer.kept.layers


def test_a_receipt_covers_what_is_missing_and_keeps_the_rest_as_a_layer() -> None:
    missing = issue(received(Kept(method=FIFO), "1", "20.00"), Decimal(4), currency="EUR").kept

    answer = receive(
        missing, Decimal(5), Decimal("125.00"), receipt_id=RECEIPT, line_number=2, currency="EUR"
    )

    assert answer.adjustment == 15  # Three left at 20 and cost 25.
    assert [(layer.quantity, layer.value) for layer in answer.kept.layers] == [(Decimal(2), Decimal(50))]
    assert (answer.kept.quantity, answer.kept.value) == (Decimal(2), Decimal(50))


def test_a_revaluation_changes_the_layers_in_proportion() -> None:
    kept = received(received(Kept(method=FIFO), "3", "10.00"), "1", "20.00", number=2)

    answer = revalue(kept, Decimal("2.5"), currency="EUR")

    assert answer.difference == -20
    assert [layer.value for layer in answer.kept.layers] == [Decimal("3.33"), Decimal("6.67")]


def test_layers_that_are_worth_nothing_share_by_quantity() -> None:
    kept = received(received(Kept(method=FIFO), "3", "0.00"), "1", "0.00", number=2)

    answer = revalue(kept, Decimal(1), currency="EUR")

    assert [layer.value for layer in answer.kept.layers] == [3, 1]


def test_what_is_not_there_cannot_be_revalued() -> None:
    with pytest.raises(NothingToRevalue):
        revalue(Kept(unit_cost=Decimal(5)), Decimal(6), currency="EUR")


quantities = st.decimals(Decimal("0.000001"), Decimal(10_000), places=6)
unit_costs = st.decimals(Decimal(0), Decimal(1_000), places=6)
moves = st.lists(
    st.one_of(
        st.tuples(st.just("in"), quantities, unit_costs),
        st.tuples(st.just("out"), quantities, st.just(ZERO)),
    ),
    max_size=20,
)
methods = st.sampled_from([MOVING_AVERAGE, FIFO])
currencies = st.sampled_from(["EUR", "JPY", "KWD"])


@given(methods, moves, currencies, st.booleans())
def test_value_in_less_value_out_is_value_left(
    method: CostingMethod,
    run: Sequence[tuple[str, Decimal, Decimal]],
    currency: str,
    may_be_negative: bool,
) -> None:
    kept, moved, worth = Kept(method=method), ZERO, ZERO
    for number, (kind, quantity, unit_cost) in enumerate(run):
        before = kept
        if kind == "in":
            value = rounded(quantity * unit_cost, currency)
            answer = receive(kept, quantity, value, receipt_id=RECEIPT, line_number=number, currency=currency)
            kept, moved, worth = answer.kept, moved + quantity, worth + value - answer.adjustment
            assert before.quantity < 0 or answer.adjustment == 0
        else:
            out = quantity if may_be_negative else min(quantity, max(kept.quantity, ZERO))
            if not out:
                continue
            issued = issue(kept, out, currency=currency)
            kept, moved, worth = issued.kept, moved - out, worth - issued.value
            assert issued.value >= 0
        assert (kept.quantity, kept.value) == (moved, worth)
        assert may_be_negative or kept.quantity >= 0
        assert kept.quantity * kept.value >= 0
        assert kept.quantity or not kept.value
        assert kept.unit_cost >= 0
        assert kept.value == rounded(kept.value, currency)
        if method is FIFO:
            assert all(layer.quantity > 0 and layer.value >= 0 for layer in kept.layers)
            assert sum((layer.quantity for layer in kept.layers), ZERO) == max(kept.quantity, ZERO)
            assert sum((layer.value for layer in kept.layers), ZERO) == max(kept.value, ZERO)


@given(methods, quantities, unit_costs, quantities, unit_costs)
def test_whatever_was_assumed_in_the_end_goods_cost_what_was_paid(
    method: CostingMethod, first: Decimal, first_cost: Decimal, second: Decimal, second_cost: Decimal
) -> None:
    paid = [rounded(first * first_cost, "EUR"), rounded(second * second_cost, "EUR")]
    bought = receive(Kept(method=method), first, paid[0], receipt_id=RECEIPT, line_number=1, currency="EUR")
    sold = issue(bought.kept, first + second, currency="EUR")
    settled = receive(sold.kept, second, paid[1], receipt_id=RECEIPT, line_number=2, currency="EUR")

    assert sold.value + settled.adjustment == sum(paid)
    assert (settled.kept.quantity, settled.kept.value) == (ZERO, ZERO)


@given(methods, st.lists(st.tuples(quantities, unit_costs), min_size=1, max_size=6), unit_costs)
def test_a_revaluation_is_the_new_value_less_the_old(
    method: CostingMethod, receipts: Sequence[tuple[Decimal, Decimal]], unit_cost: Decimal
) -> None:
    kept = Kept(method=method)
    for number, (quantity, cost) in enumerate(receipts):
        value = rounded(quantity * cost, "EUR")
        kept = receive(kept, quantity, value, receipt_id=RECEIPT, line_number=number, currency="EUR").kept

    answer = revalue(kept, unit_cost, currency="EUR")

    assert answer.kept.value == rounded(kept.quantity * unit_cost, "EUR")
    assert answer.difference == answer.kept.value - kept.value
    if method is FIFO:
        assert sum((layer.value for layer in answer.kept.layers), ZERO) == answer.kept.value
