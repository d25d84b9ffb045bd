"""What goods that come and go are worth in the ledger."""

from decimal import Decimal
from uuid import uuid4

import pytest
from asyncpg import UniqueViolationError

from tests.builders.finance import Accountant


@pytest.mark.parametrize(
    ("reason", "against"),
    [
        ("purchase", "goods_received_not_invoiced"),
        ("opening", "opening_balance"),
        ("adjustment", "inventory_adjustment"),
    ],
)
async def test_goods_that_come_in_are_posted_against_what_the_reason_says(
    reason: str, against: str, accountant: Accountant
) -> None:
    await accountant.goods_came("46.00", reason=reason)

    assert await accountant.balances() == {"inventory": Decimal("46.00"), against: Decimal("-46.00")}


async def test_goods_that_leave_are_cost_of_goods_sold(accountant: Accountant) -> None:
    await accountant.goods_left("28.00")

    (entry,) = await accountant.entries("shipment")
    assert entry.entry_number == "JE-2026-000001"
    assert await accountant.balances() == {
        "cost_of_goods_sold": Decimal("28.00"),
        "inventory": Decimal("-28.00"),
    }


async def test_what_goods_issued_before_cost_more_goes_to_their_cost(accountant: Accountant) -> None:
    # Two were issued at 10 before there were any; three arrive at 12: of the 36, 4 are for the two.
    await accountant.goods_left("20")
    await accountant.goods_came("36", adjustment="4")

    assert await accountant.balances() == {
        "inventory": Decimal(12),
        "cost_of_goods_sold": Decimal(24),
        "goods_received_not_invoiced": Decimal(-36),
    }


async def test_goods_that_come_back_leave_the_cost_of_goods_sold(accountant: Accountant) -> None:
    # Six left at an assumed 10 each; three came back: two to be sold again, of which one cost 2 more than was
    # assumed, and one broken.
    await accountant.goods_left("60")

    await accountant.goods_returned(restocked="22", scrapped="10", adjustment="2")

    assert await accountant.balances() == {
        "inventory": Decimal(-40),
        "inventory_adjustment": Decimal(10),
        "cost_of_goods_sold": Decimal(30),
    }
    (entry,) = await accountant.entries("goods_return")
    assert entry.text == "Goods return RET-000001 for SO-000001"


async def test_goods_worth_nothing_post_nothing(accountant: Accountant) -> None:
    await accountant.goods_returned()
    await accountant.goods_came("0")

    assert await accountant.entries() == []


async def test_a_shipment_s_cost_is_posted_once(accountant: Accountant) -> None:
    shipment_id = uuid4()
    await accountant.goods_left("28.00", shipment_id=shipment_id)

    with pytest.raises(UniqueViolationError):
        await accountant.goods_left("28.00", shipment_id=shipment_id)

    (entry,) = await accountant.entries("shipment")
    assert entry.source == f"/v1/shipments/{shipment_id}"
