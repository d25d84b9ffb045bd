"""Stock in the books: the figures of others' scenarios, as far as they need no purchase order.

Source of the first: trytond-account-stock-anglo-saxon 8.2, scenario_account_stock_anglo_saxon.rst; of the
second: trytond-account-stock-landed-cost 8.2, scenario_account_stock_landed_cost.rst (figures only).

Where the systems differ: theirs keeps what is shipped on an interim account until it is invoiced, ours is
cost of goods sold when it leaves. Theirs charges all that a bill differs from the receipt to expense;
ours gives what is left of the goods its share (IAS 2.10), by a price correction. Theirs knows standard
costs, ours does not: of its two products the one at average cost is followed.

What waits for procurement: goods received are cleared by the supplier's bill (payable 44.00), and the price
of the order is told apart from that of the receipt (STD 5 at 4, AVG 7 at 6).
"""

from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from activities import inventory
from activities.ledger import journal
from domains.inventory.messages import (
    CorrectPrice,
    PriceCorrected,
    PricedReceiptLine,
)
from domains.inventory.messages.landed_costs import PostLandedCost, ReverseLandedCost
from domains.ledger.queries.reports import trial_balance
from foundation.database.connections import database
from tests.activities.inventory.agreement import everything_agrees, valuation_of
from tests.builders.finance import an_entry
from tests.builders.inventory import A_DAY, GoodsKeeper, a_return, a_shipment, an_order, goods
from tests.builders.landed_costs import CLEARING


async def balances(keeper: GoodsKeeper) -> dict[str, Decimal]:
    """Every account's balance by its role, debit positive."""
    async with database().read(keeper.caller.company) as tx:
        report = await trial_balance(tx, None, A_DAY)
    return {row.role: row.closing for row in report.rows if row.role}


def two(first: int, second: int) -> tuple[Decimal, Decimal]:
    """Two amounts to compare with."""
    return Decimal(first), Decimal(second)


async def corrected(keeper: GoodsKeeper, receipt_id: UUID, unit_cost: str) -> PriceCorrected:
    """The first line of a receipt really cost so much a unit."""
    command = CorrectPrice(
        correction_id=uuid4(),
        receipt_id=receipt_id,
        corrected_on=A_DAY,
        reason="the bill",
        lines=(PricedReceiptLine(line_number=1, unit_cost=Decimal(unit_cost)),),
    )
    return await inventory.correct_price(keeper.call(), command)


async def test_goods_received_and_sold_are_stock_and_cost_of_goods_sold(keeper: GoodsKeeper) -> None:
    await keeper.item("AVG", standard_cost=Decimal(5))

    receipt = await keeper.receive(goods("AVG", 5, "6"))
    after_receipt = await balances(keeper)
    order = an_order(("AVG", 3))
    await keeper.reserve(order)
    await keeper.ship(a_shipment(order))
    after_delivery = await balances(keeper)

    assert (after_receipt["inventory"], after_receipt["goods_received_not_invoiced"]) == two(30, -30)
    assert (await valuation_of(keeper, "AVG")).unit_cost == 6
    assert (after_delivery["inventory"], after_delivery["cost_of_goods_sold"]) == two(12, 18)
    # The bill is over 5 at 4: of the difference of 10, what is left, 2 of 5, has 4.
    priced = await corrected(keeper, receipt.receipt_id, "4")
    assert (priced.value, priced.stock_value) == two(-10, -4)
    after_bill = await balances(keeper)
    assert (after_bill["inventory"], after_bill["cost_of_goods_sold"]) == two(8, 12)
    assert after_bill["goods_received_not_invoiced"] == -20
    await everything_agrees(keeper)


async def test_what_comes_back_is_credited_to_cost_of_goods_sold_at_what_it_cost(keeper: GoodsKeeper) -> None:
    await keeper.item("STD")
    await keeper.receive(goods("STD", 4, "5"))
    order = an_order(("STD", 2))
    await keeper.reserve(order)
    await keeper.ship(a_shipment(order))
    assert (await balances(keeper))["cost_of_goods_sold"] == 10

    await keeper.take_back(a_return(order, (1, 1)))

    assert (await balances(keeper))["cost_of_goods_sold"] == 10 - 5


@pytest.mark.parametrize("method", ["moving_average", "fifo"])
async def test_a_landed_cost_is_in_the_unit_cost_until_it_is_taken_back(
    method: str, keeper: GoodsKeeper
) -> None:
    """Ten for 100 bear 10.00 by value, and one of another product none of it: 101 each."""
    for product in ("P1", "P2"):
        await keeper.item(product, costing_method=method)
    receipt = await keeper.receive(goods("P1", 10, "100"), goods("P2", 1, "10"))
    entry = an_entry((CLEARING, "10"), ("3000", "-10"), posted_on=A_DAY)
    await journal.post_entry(keeper.call(), entry)
    asked = PostLandedCost.model_validate(
        {
            "landed_cost_id": uuid4(),
            "source_id": entry.entry_id,
            "basis": "value",
            "reason": "freight",
            "posted_on": A_DAY,
            "receipts": [{"receipt_id": receipt.receipt_id, "line_numbers": [1]}],
        }
    )

    landed = await inventory.post_landed_cost(keeper.call(), asked)

    assert landed.value == landed.stock_value == 10
    assert [(await valuation_of(keeper, item)).unit_cost for item in ("P1", "P2")] == [101, 10]
    cancel = ReverseLandedCost(
        document_id=landed.landed_cost_id, reversal_id=uuid4(), reversed_on=A_DAY, reason="cancelled"
    )
    await inventory.reverse_landed_cost(keeper.call(), cancel)
    assert (await valuation_of(keeper, "P1")).unit_cost == 100
    await everything_agrees(keeper)
