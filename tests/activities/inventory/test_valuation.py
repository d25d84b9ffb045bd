"""What goods are worth, through the operations and on PostgreSQL."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from activities import inventory
from domains.inventory.messages import RevalueItem
from domains.inventory.rules.reservations import NotStocked
from domains.inventory.rules.valuation import NothingToRevalue
from domains.master_data.messages import CostingMethod, ItemUnit
from foundation.values.money import ZERO
from tests.activities.inventory.agreement import everything_agrees, moves_of, stock_of, valuation_of
from tests.builders.inventory import A_DAY, GoodsKeeper, a_shipment, an_order, goods
from tests.builders.valuation import GRAMS, RUNS, Run, Step


async def take(keeper: GoodsKeeper, item: str, step: Step) -> tuple[Decimal | None, Decimal]:
    """Take one step of a run; answers what it was worth, and the adjustment."""
    if step.kind == "in":
        received = await keeper.receive(goods(item, step.quantity, str(step.at), unit=step.unit))
        return received.value, received.adjustment_value
    if step.kind == "out":
        return (await keeper.sell(item, step.stock_quantity)).cost, ZERO
    unit_cost = (await valuation_of(keeper, item)).unit_cost * step.quantity
    await revalued(keeper, item, unit_cost)
    return None, ZERO


async def revalued(keeper: GoodsKeeper, item_code: str, unit_cost: Decimal | int) -> Any:
    """The item gets another unit cost."""
    revalue = RevalueItem(
        revaluation_id=uuid4(), item_code=item_code, unit_cost=Decimal(unit_cost), revalued_on=A_DAY
    )
    return await inventory.revalue_item(keeper.call(), revalue)


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.name)
async def test_a_run_has_the_answers_of_its_source(keeper: GoodsKeeper, run: Run) -> None:
    item = await keeper.item(
        "item",
        unit="kg",
        costing_method=run.method,
        standard_cost=run.start_cost,
        allow_negative_stock=True,
        units=(ItemUnit(unit="g", factor=GRAMS),),
    )
    for number, step in enumerate(run.steps, start=1):
        value, adjustment = await take(keeper, item, step)

        where = f"{run.source}, move {number}"
        assert step.expected_value in {None, value}, where
        assert step.unit_cost in {None, (await valuation_of(keeper, item)).unit_cost}, where
        assert (step.adjustment or ZERO) == adjustment, where
    await everything_agrees(keeper)


async def test_an_item_that_may_be_negative_is_shipped_before_it_is_there(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt", allow_negative_stock=True)
    await keeper.receive(goods("bolt", 1, "10"))

    issued = await keeper.sell("bolt", 3)
    received = await keeper.receive(goods("bolt", 5, "12"))

    assert issued.cost == 30
    assert received.adjustment_value == 4  # Two left at 10 and cost 12.
    kept = await valuation_of(keeper, "bolt")
    assert (kept.quantity, kept.value) == (Decimal(3), Decimal(36))
    assert [(move.kind, move.value) for move in await moves_of(keeper, "bolt")] == [
        ("receipt", Decimal(10)),
        ("issue", Decimal(-30)),
        ("receipt", Decimal(60)),
        ("settlement", Decimal(-4)),
    ]
    await everything_agrees(keeper)


async def test_an_item_no_longer_negative_is_not_promised_before_it_is_there(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt", allow_negative_stock=True)
    await keeper.sell("bolt", 3)
    await keeper.item("bolt", allow_negative_stock=False)

    reserved = await keeper.reserve(an_order(("bolt", 1)))
    first = await keeper.receive(goods("bolt", 2))
    second = await keeper.receive(goods("bolt", 2))

    assert reserved.lines[0].short_quantity == 1
    assert not first.served
    assert len(second.served) == 1
    await everything_agrees(keeper)


async def test_an_item_is_worth_the_same_in_every_warehouse(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt")
    await keeper.receive(goods("bolt", 1, "10"))
    await keeper.receive(goods("bolt", 1, "20"), warehouse_code="SECOND")

    issued = await keeper.sell("bolt", 1, warehouse_code="SECOND")

    assert issued.cost == 15
    assert (await valuation_of(keeper, "bolt")).value == 15
    await everything_agrees(keeper)


async def test_an_issue_reaches_only_as_many_layers_as_it_needs(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt", costing_method=CostingMethod.FIFO)
    for cost in ("1", "2", "3", "4"):
        await keeper.receive(goods("bolt", 2, cost), goods("bolt", 2, cost))
    order = an_order(("bolt", 3), ("bolt", 2))
    await keeper.reserve(order)

    issued = await keeper.ship(a_shipment(order))

    assert [line.cost for line in issued.lines] == [3, 3]  # 2 × 1 + 1 × 1, then 1 × 1 + 1 × 2.
    assert (await keeper.sell("bolt", 11)).cost == 34
    assert (await stock_of(keeper, "bolt")).on_hand == 0
    await everything_agrees(keeper)


async def test_a_revaluation_tells_finance_the_difference(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt", costing_method=CostingMethod.FIFO)
    await keeper.receive(goods("bolt", 2, "10"), goods("bolt", 1, "40"))

    answer = await revalued(keeper, "bolt", 10)

    assert (answer.value, answer.value_difference) == (Decimal(30), Decimal(-30))
    assert (await keeper.sell("bolt", 2)).cost == 10
    await everything_agrees(keeper)


async def test_nothing_cannot_be_revalued(keeper: GoodsKeeper) -> None:
    await keeper.item("bolt")

    with pytest.raises(NothingToRevalue):
        await revalued(keeper, "bolt", 10)
    with pytest.raises(NotStocked):
        await revalued(keeper, "unheard-of", 10)


async def test_costs_are_rounded_to_the_units_of_the_company_s_currency(caller: Any, database: Any) -> None:
    del database
    keeper = await GoodsKeeper(caller).open(currency="JPY")
    await keeper.item("bolt")
    await keeper.receive(goods("bolt", 3, "33.4"))

    costs = [(await keeper.sell("bolt", 1)).cost for _ in range(3)]

    assert costs == [33, 34, 33]
    await everything_agrees(keeper)
