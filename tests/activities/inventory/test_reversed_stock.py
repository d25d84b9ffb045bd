"""Receipts and revaluations are taken back: goods, their worth, their entry, or the refusal says why not."""

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert

from activities import inventory
from activities.ledger import accounts
from domains.inventory.messages import ItemRevalued, RevalueItem, ReverseStockDocument
from domains.inventory.rules.reversals import GoodsAreGone, MovedSince
from domains.ledger.messages import DocumentReversed, PutFiscalYear
from domains.ledger.rules.journal import PeriodLocked
from domains.ledger.rules.reversals import ReversedAlready, StandsOnIt
from domains.master_data.tables import PartyRow
from foundation.database.connections import Database, rows_of
from foundation.values.days import TooEarly
from foundation.values.errors import Conflict, NotFound
from tests.activities.inventory.agreement import everything_agrees
from tests.activities.ledger.what_stands import operations_that_differ, standing
from tests.builders.finance import Accountant
from tests.builders.inventory import A_DAY, GoodsKeeper, a_shipment, an_order, goods
from tests.guards import past_the_guards

LATER = date(2026, 4, 10)
METHODS = ("moving_average", "fifo")
every_method = pytest.mark.parametrize("method", METHODS)


def reversal_of(document_id: UUID, **changes: Any) -> ReverseStockDocument:
    """A document is taken back in April."""
    asked: dict[str, Any] = {
        "document_id": document_id,
        "reversal_id": uuid4(),
        "reversed_on": LATER,
        "reason": "wrong",
    }
    return ReverseStockDocument(**asked | changes)


async def reverse_receipt(keeper: GoodsKeeper, receipt_id: UUID, **changes: Any) -> DocumentReversed:
    """A receipt is taken back."""
    return await inventory.reverse_receipt(keeper.call(), reversal_of(receipt_id, **changes))


async def reverse_revaluation(keeper: GoodsKeeper, document_id: UUID, **changes: Any) -> DocumentReversed:
    """A revaluation is taken back."""
    return await inventory.reverse_revaluation(keeper.call(), reversal_of(document_id, **changes))


async def revalue(keeper: GoodsKeeper, item_code: str, unit_cost: str) -> ItemRevalued:
    """What is on hand of an item gets another unit cost."""
    command = RevalueItem(
        revaluation_id=uuid4(),
        revalued_on=A_DAY,
        item_code=item_code,
        unit_cost=Decimal(unit_cost),
        reason="the market",
    )
    return await inventory.revalue_item(keeper.call(), command)


async def lock(keeper: GoodsKeeper, through: date | None) -> None:
    """The year is locked through a day."""
    year = PutFiscalYear(
        code="2026", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31), locked_through=through
    )
    await accounts.put_fiscal_year(keeper.call(), year)


async def all_agrees(keeper: GoodsKeeper) -> None:
    """Stock agrees with itself, the books with it, and each operation's moves with its entries."""
    await everything_agrees(keeper)
    await Accountant(keeper.caller).everything_agrees()
    assert await operations_that_differ(keeper.caller.company) == []


async def two_items(keeper: GoodsKeeper, method: str) -> None:
    """Two items of a costing method, of each of which some came before."""
    for code in ("nut", "bolt"):
        await keeper.item(code, costing_method=method)
    await keeper.receive(goods("nut", 3, "2"), goods("bolt", 7, "0.37"))


@every_method
@pytest.mark.parametrize("reason", ["purchase", "opening", "adjustment"])
async def test_a_receipt_that_is_taken_back_leaves_everything_as_it_was(
    method: str, reason: str, keeper: GoodsKeeper
) -> None:
    company = keeper.caller.company
    empty = await standing(company)
    await two_items(keeper, method)
    before = await standing(company)
    lines = (goods("nut", "1.5", "3.01"), goods("bolt", 11, "0.41"), goods("nut", 2, "1.99"))
    received = await keeper.receive(*lines, reason=reason)
    again = await keeper.receive(*lines, reason=reason)

    for receipt, number in ((again, "RV-2026-000001"), (received, "RV-2026-000002")):
        answer = await reverse_receipt(keeper, receipt.receipt_id)
        assert (answer.reversal_number, answer.document_number) == (number, receipt.receipt_number)

    assert await standing(company) == before
    assert before != empty
    await all_agrees(keeper)


async def test_a_purchase_of_a_supplier_is_taken_back_with_its_open_items(
    keeper: GoodsKeeper, database: Database
) -> None:
    await keeper.item("nut")
    supplier = {"type": "supplier", "code": "S1", "name": "A supplier", "blocked": False}
    async with database.write(keeper.caller.company, keeper.caller.actor) as tx:
        await tx.execute(insert(rows_of(PartyRow)), supplier)
    received = await keeper.receive(goods("nut", 4, "2"), goods("nut", 5, "3"), supplier_code="S1")
    assert len((await standing(keeper.caller.company))["open items"]) == 2

    await reverse_receipt(keeper, received.receipt_id)

    assert not any((await standing(keeper.caller.company)).values())
    await all_agrees(keeper)


@every_method
async def test_a_later_receipt_does_not_keep_an_earlier_one(method: str, keeper: GoodsKeeper) -> None:
    await two_items(keeper, method)
    before = await standing(keeper.caller.company)
    first = await keeper.receive(goods("nut", 2, "3"))
    later = await keeper.receive(goods("nut", 10, "4"))

    await reverse_receipt(keeper, first.receipt_id)
    assert await standing(keeper.caller.company) != before
    await reverse_receipt(keeper, later.receipt_id)

    assert await standing(keeper.caller.company) == before
    await all_agrees(keeper)


@every_method
@pytest.mark.parametrize("unit_cost", ["1.1", "7.77", "0"])
async def test_a_revaluation_that_is_taken_back_leaves_everything_as_it_was(
    method: str, unit_cost: str, keeper: GoodsKeeper
) -> None:
    company = keeper.caller.company
    await two_items(keeper, method)
    await keeper.receive(goods("nut", 4, "3.33"))
    before = await standing(company)
    revalued = await revalue(keeper, "nut", unit_cost)
    assert await standing(company) != before

    answer = await reverse_revaluation(keeper, revalued.revaluation_id)

    assert answer.document_number == revalued.revaluation_number
    assert await standing(company) == before
    await all_agrees(keeper)


async def test_revaluations_are_taken_back_the_last_one_first(keeper: GoodsKeeper) -> None:
    await two_items(keeper, "fifo")
    before = await standing(keeper.caller.company)
    first, second = await revalue(keeper, "nut", "4"), await revalue(keeper, "nut", "5")

    with pytest.raises(MovedSince, match=second.revaluation_number):
        await reverse_revaluation(keeper, first.revaluation_id)
    await reverse_revaluation(keeper, second.revaluation_id)
    await reverse_revaluation(keeper, first.revaluation_id)

    assert await standing(keeper.caller.company) == before


# What is refused


@every_method
async def test_goods_that_have_left_do_not_go_back(method: str, keeper: GoodsKeeper) -> None:
    await keeper.item("nut", costing_method=method)
    received = await keeper.receive(goods("nut", 10, "2"))
    await keeper.sell("nut", 1)
    stands = await standing(keeper.caller.company)

    with pytest.raises(GoodsAreGone, match=received.receipt_number):
        await reverse_receipt(keeper, received.receipt_id)

    assert await standing(keeper.caller.company) == stands
    await all_agrees(keeper)


async def test_under_first_in_first_out_it_must_be_these_goods(keeper: GoodsKeeper) -> None:
    await keeper.item("nut", costing_method="fifo")
    first = await keeper.receive(goods("nut", 10, "2"))
    second = await keeper.receive(goods("nut", 10, "3"))
    await keeper.sell("nut", 1)

    with pytest.raises(GoodsAreGone, match="9 are left"):
        await reverse_receipt(keeper, first.receipt_id)
    await reverse_receipt(keeper, second.receipt_id)

    await all_agrees(keeper)


async def test_what_is_left_must_be_worth_as_much(keeper: GoodsKeeper) -> None:
    await keeper.item("nut", costing_method="moving_average")
    await keeper.receive(goods("nut", 10, "1"))
    dear = await keeper.receive(goods("nut", 10, "9"))
    await keeper.sell("nut", 10)

    with pytest.raises(GoodsAreGone, match="left at another cost"):
        await reverse_receipt(keeper, dear.receipt_id)

    await all_agrees(keeper)


@every_method
async def test_a_receipt_of_goods_that_were_sold_before_they_came_goes_back_and_they_are_missing_again(
    method: str, keeper: GoodsKeeper
) -> None:
    await keeper.item("nut", costing_method=method, allow_negative_stock=True)
    await keeper.sell("nut", 3)
    before = await standing(keeper.caller.company)
    settling = await keeper.receive(goods("nut", 10, "2"))

    await reverse_receipt(keeper, settling.receipt_id)

    assert await standing(keeper.caller.company) == before
    settling = await keeper.receive(goods("nut", 10, "2"))
    others = await keeper.receive(goods("nut", 10, "5"))
    if method == "fifo":  # Three of its layer are gone.
        with pytest.raises(GoodsAreGone, match="7 are left"):
            await reverse_receipt(keeper, settling.receipt_id)
        await reverse_receipt(keeper, others.receipt_id)
    else:
        await reverse_receipt(keeper, settling.receipt_id)

    await all_agrees(keeper)


async def test_goods_that_are_set_aside_do_not_go_back(keeper: GoodsKeeper) -> None:
    await keeper.item("nut")
    received = await keeper.receive(goods("nut", 10, "2"))
    order = an_order(("nut", 1))
    await keeper.reserve(order)

    with pytest.raises(GoodsAreGone, match="only 9 are there and not set aside"):
        await reverse_receipt(keeper, received.receipt_id)
    await keeper.release(order.order_id)
    await reverse_receipt(keeper, received.receipt_id)

    assert not any((await standing(keeper.caller.company)).values())


@every_method
async def test_an_item_that_moved_since_keeps_its_revaluation(method: str, keeper: GoodsKeeper) -> None:
    await two_items(keeper, method)
    revalued = await revalue(keeper, "nut", "4")
    other = await revalue(keeper, "bolt", "4")
    received = await keeper.receive(goods("nut", 1, "2"))

    with pytest.raises(MovedSince, match=received.receipt_number):
        await reverse_revaluation(keeper, revalued.revaluation_id)
    await reverse_revaluation(keeper, other.revaluation_id)
    await reverse_receipt(keeper, received.receipt_id)
    await reverse_revaluation(keeper, revalued.revaluation_id)

    await all_agrees(keeper)


async def test_an_item_that_was_sold_since_keeps_its_revaluation(keeper: GoodsKeeper) -> None:
    await two_items(keeper, "fifo")
    revalued = await revalue(keeper, "nut", "4")
    sold = await keeper.sell("nut", 1)

    with pytest.raises(MovedSince, match=sold.shipment_number):
        await reverse_revaluation(keeper, revalued.revaluation_id)


async def test_a_receipt_that_was_invoiced_stays(keeper: GoodsKeeper, owner_url: str) -> None:
    await keeper.item("nut")
    received = await keeper.receive(goods("nut", 10, "2"))
    # No operation takes suppliers' invoices yet: what one would write.
    settled = """
        INSERT INTO ledger.settlement (id, company_id, open_item_id, source_type, source_id, source_number,
            settled_on, amount, base_amount, quantity)
        SELECT gen_random_uuid(), company_id, id, 'supplier_invoice', gen_random_uuid(), 'PI-1',
            '2026-03-03', -2, -2, 1 FROM ledger.open_item
    """
    await past_the_guards(owner_url, keeper.caller.company, settled)

    with pytest.raises(StandsOnIt, match="PI-1 rests on"):
        await reverse_receipt(keeper, received.receipt_id)


async def test_once_on_an_open_day_and_not_before_its_own(keeper: GoodsKeeper) -> None:
    await two_items(keeper, "moving_average")
    received = await keeper.receive(goods("nut", 10, "2"))
    revalued = await revalue(keeper, "bolt", "1")
    for reverse, document_id in (
        (reverse_receipt, received.receipt_id),
        (reverse_revaluation, revalued.revaluation_id),
    ):
        with pytest.raises(NotFound):
            await reverse(keeper, uuid4())
        with pytest.raises(TooEarly, match="reversed_on"):
            await reverse(keeper, document_id, reversed_on=date(2026, 3, 1))
        await lock(keeper, LATER)
        with pytest.raises(PeriodLocked):
            await reverse(keeper, document_id)
        await lock(keeper, None)
        await reverse(keeper, document_id)
        stands = await standing(keeper.caller.company)
        with pytest.raises(ReversedAlready):
            await reverse(keeper, document_id)
        assert await standing(keeper.caller.company) == stands


@every_method
async def test_twice_is_said_also_when_the_goods_are_gone_since(method: str, keeper: GoodsKeeper) -> None:
    await keeper.item("nut", costing_method=method)
    received = await keeper.receive(goods("nut", 10, "2"))
    await reverse_receipt(keeper, received.receipt_id)

    with pytest.raises(ReversedAlready, match="RV-2026-000001"):
        await reverse_receipt(keeper, received.receipt_id)


async def test_the_same_key_twice_is_one_reversal(keeper: GoodsKeeper) -> None:
    await keeper.item("nut")
    command = reversal_of((await keeper.receive(goods("nut", 10, "2"))).receipt_id)

    first, again = [await inventory.reverse_receipt(keeper.call("a key"), command) for _ in range(2)]

    assert first == again
    with pytest.raises(Conflict):
        other = command.model_copy(update={"reason": "another"})
        await inventory.reverse_receipt(keeper.call("a key"), other)


async def test_of_several_at_once_one_wins(keeper: GoodsKeeper) -> None:
    await two_items(keeper, "fifo")
    before = await standing(keeper.caller.company)
    received = await keeper.receive(goods("nut", 10, "2"))

    answers = await asyncio.gather(
        *(reverse_receipt(keeper, received.receipt_id) for _ in range(8)), return_exceptions=True
    )

    assert sorted(type(one).__name__ for one in answers) == ["DocumentReversed", *["ReversedAlready"] * 7]
    assert await standing(keeper.caller.company) == before


async def test_goods_are_sold_or_go_back_but_never_both(keeper: GoodsKeeper) -> None:
    for number in range(4):
        item_code = await keeper.item(f"nut-{number}", costing_method=METHODS[number % 2])
        received = await keeper.receive(goods(item_code, 3, "2"))
        order = an_order((item_code, 3))

        async def sell(order: Any = order) -> None:
            await keeper.reserve(order)
            await keeper.ship(a_shipment(order))

        answers = await asyncio.gather(
            reverse_receipt(keeper, received.receipt_id), sell(), return_exceptions=True
        )

        assert sum(isinstance(one, BaseException) for one in answers) == 1, answers
    await all_agrees(keeper)
