"""Orders are amended before anything has left: what was agreed stays, and the old version is kept."""

import asyncio
from decimal import Decimal
from uuid import uuid4

import pytest

from domains.master_data.messages import PutExchangeRate
from domains.sales.messages import AmendedLine, OrderAmended, OrderPlaced
from domains.sales.rules.orders import GoodsHaveLeft, NotInThisStatus
from foundation.values.errors import Conflict, Invalid, NotFound
from tests.builders.master_data import A_DAY, a_customer, a_price, a_price_list, an_item, figures
from tests.builders.sales import Clerk, a_line, an_amendment, an_order


async def test_an_amended_order_is_priced_and_written_as_if_it_had_been_placed_so(clerk: Clerk) -> None:
    placed = await clerk.place(an_order(a_line(), a_line("ADVICE", 1), freight_amount=Decimal(10)))
    as_placed = await clerk.place(an_order(a_line(quantity=60), freight_amount=Decimal(10)))

    anew = AmendedLine(item_code="BOLT", quantity=Decimal(60), reprice=True)
    amended = await clerk.amend(an_amendment(placed.order_id, anew))
    shown = await clerk.order(placed.order_id)

    own = {"order_id", "order_number", "placed_at"}
    assert amended.order.model_dump(exclude=own) == as_placed.model_dump(exclude=own)
    assert shown.model_dump(exclude=own) == (await clerk.order(as_placed.order_id)).model_dump(
        exclude=own
    ) | {"version": 2}
    assert (amended.order.order_number, amended.version) == (placed.order_number, 2)
    assert [(change.line_number, change.after is None) for change in amended.changes] == [
        (1, False),
        (2, True),
    ]


async def test_a_price_is_told_before_anything_is_written(clerk: Clerk) -> None:
    placed = await clerk.place()
    amend = an_amendment(placed.order_id, a_line(), a_line("ADVICE", 2))

    priced = await clerk.price_amendment(amend)
    untouched = await clerk.order(placed.order_id)
    amended = await clerk.amend(amend)

    assert (untouched.total_amount, untouched.version) == (Decimal(119), 1)
    assert (priced.order, priced.changes) == (amended.order, amended.changes)
    (change,) = priced.changes
    assert change.before is None
    assert change.after is not None
    assert (change.line_number, change.after.net_amount) == (2, Decimal(200))


async def test_prices_rates_and_discounts_are_those_of_the_order_and_its_day(clerk: Clerk) -> None:
    await clerk.put(PutExchangeRate(currency="USD", valid_from=A_DAY, rate=Decimal("1.25")))
    placed = await clerk.place(
        an_order(a_line(unit_price="10"), currency="USD", discount_percent=Decimal(10))
    )
    await clerk.put(PutExchangeRate(currency="USD", valid_from=A_DAY.replace(day=3), rate=Decimal(2)))
    await clerk.put(a_customer(discount_percent=50, delivery="complete"))

    amended = (await clerk.amend(an_amendment(placed.order_id, a_line(quantity=20, unit_price="10")))).order

    assert (amended.currency, amended.delivery) == ("USD", placed.delivery)
    assert (amended.net_amount, amended.total_amount) == figures("180", "214.20")
    assert amended.base_total_amount == Decimal("171.36")


async def test_prices_with_tax_stay_prices_with_tax(clerk: Clerk) -> None:
    placed = await clerk.place(an_order(a_line(unit_price="11.90"), prices_include_tax=True))

    amended = await clerk.amend(an_amendment(placed.order_id, a_line(quantity=1, unit_price="11.90")))

    assert (amended.order.net_amount, amended.order.total_amount) == figures("10", "11.90")


async def test_everything_that_is_wrong_is_told_and_nothing_is_written(clerk: Clerk) -> None:
    placed = await clerk.place()
    before = await clerk.order(placed.order_id)
    wrong = an_amendment(
        placed.order_id, a_line("GHOST"), a_line(unit="crate"), requested_on=A_DAY.replace(day=1)
    )

    for attempt in (clerk.price_amendment, clerk.amend):
        with pytest.raises(Invalid) as refused:
            await attempt(wrong)
        fields = [error.field for error in refused.value.errors]
        assert fields == ["requested_on", "lines.0.item_code", "lines.1.unit"]
    assert await clerk.order(placed.order_id) == before
    assert len(await clerk.versions(placed.order_id)) == 1


async def test_what_was_short_is_short_no_more_until_the_order_is_confirmed_anew(clerk: Clerk) -> None:
    placed = await clerk.place()
    await clerk.confirm(placed.order_id, line_1=4)

    await clerk.amend(an_amendment(placed.order_id, a_line(quantity=12)))
    amended = await clerk.order(placed.order_id)
    await clerk.confirm(placed.order_id, line_1=6)

    assert amended.status == "confirmed"
    assert amended.lines[0].short_quantity == 0
    assert (await clerk.order(placed.order_id)).lines[0].short_quantity == 6


async def test_every_version_is_kept_with_who_when_why_and_what_differs(clerk: Clerk) -> None:
    placed = await clerk.place(an_order(a_line(), a_line("ADVICE", 1), requested_on=A_DAY))
    later = A_DAY.replace(day=20)
    await clerk.amend(an_amendment(placed.order_id, a_line(quantity=5), a_line("ADVICE", 1), reason="less"))
    await clerk.amend(an_amendment(placed.order_id, a_line(quantity=5), requested_on=later, reason="later"))

    third, second, first = await clerk.versions(placed.order_id)

    assert [version.version for version in (first, second, third)] == [1, 2, 3]
    assert (first.amended_by, first.reason, first.changes) == (None, "", [])
    assert (second.amended_by, second.reason) == (clerk.caller.actor, "less")
    assert [version.total_amount for version in (first, second, third)] == list(
        figures("238", "178.50", "59.50")
    )
    assert [version.requested_on for version in (first, second, third)] == [A_DAY, A_DAY, later]
    (less,) = second.changes
    assert less.before and less.after
    assert [less.before.quantity, less.after.quantity] == [10, 5]
    (gone,) = third.changes
    assert gone.before and gone.after is None
    assert (gone.line_number, gone.before.item_code) == (2, "ADVICE")
    assert third.amended_at and second.amended_at and third.amended_at > second.amended_at


async def test_an_amendment_that_changes_nothing_is_no_version(clerk: Clerk) -> None:
    placed = await clerk.place(an_order(a_line(), requested_on=A_DAY))

    amended = await clerk.amend(an_amendment(placed.order_id, a_line(), requested_on=A_DAY))

    assert (amended.version, amended.changes) == (1, ())
    assert len(await clerk.versions(placed.order_id)) == 1


async def test_an_order_is_amended_only_before_goods_have_left_and_before_it_ends(clerk: Clerk) -> None:
    held, confirmed = await clerk.place(), await clerk.place()
    await clerk.hold(held.order_id)
    await clerk.confirm(confirmed.order_id)
    partly = await clerk.confirmed()
    await clerk.record(partly, delivered={1: "0.5"})
    cancelled = await clerk.place()
    await clerk.cancel(cancelled.order_id)

    for order_id, status in ((held.order_id, "held"), (confirmed.order_id, "confirmed")):
        await clerk.amend(an_amendment(order_id, a_line(quantity=3)))
        assert (await clerk.order(order_id)).status == status
    for order_id, refusal in (
        (partly, GoodsHaveLeft),
        (await clerk.delivered(), GoodsHaveLeft),
        (cancelled.order_id, NotInThisStatus),
        (uuid4(), NotFound),
    ):
        for attempt in (clerk.price_amendment, clerk.amend):
            with pytest.raises(refusal):
                await attempt(an_amendment(order_id, a_line(quantity=3)))


async def test_the_same_key_amends_once(clerk: Clerk) -> None:
    placed = await clerk.place()
    amend = an_amendment(placed.order_id, a_line(quantity=3))

    once = await clerk.amend(amend, key="amend")
    again = await clerk.amend(amend, key="amend")

    assert once == again
    assert (await clerk.order(placed.order_id)).version == 2
    with pytest.raises(Conflict):
        await clerk.amend(an_amendment(placed.order_id, a_line(quantity=4)), key="amend")


async def test_amendments_at_once_come_one_after_the_other(clerk: Clerk) -> None:
    placed = await clerk.place()

    amended = await asyncio.gather(
        *(clerk.amend(an_amendment(placed.order_id, a_line(quantity=n), a_line())) for n in range(1, 9))
    )

    assert sorted(one.version for one in amended) == list(range(2, 10))
    last = max(amended, key=lambda one: one.version)
    shown = await clerk.order(placed.order_id)
    assert [line.quantity for line in shown.lines] == [line.quantity for line in last.order.lines]
    assert len(await clerk.versions(placed.order_id)) == 9


async def test_an_amendment_and_a_shipment_at_once_never_both_happen(clerk: Clerk) -> None:
    for _ in range(5):
        order_id = await clerk.confirmed()

        outcomes = await asyncio.gather(
            clerk.amend(an_amendment(order_id, a_line(quantity=4))),
            clerk.record(order_id, delivered={1: 10}),
            return_exceptions=True,
        )

        assert len([outcome for outcome in outcomes if isinstance(outcome, BaseException)]) == 1
        (line,) = (await clerk.order(order_id)).lines
        assert (int(line.quantity), int(line.delivered_quantity)) in {(4, 0), (10, 10)}


async def test_what_is_kept_of_a_version_is_the_order_as_it_was_answered(clerk: Clerk) -> None:
    await clerk.put(a_price_list(a_price("BOLT", "0.333333"), a_price("ADVICE", 100)))
    placed = await clerk.place(an_order(a_line(quantity="1.5", discount_percent="2.5")))

    first = await clerk.amend(an_amendment(placed.order_id, a_line(quantity=2, discount_percent="0")))
    back: OrderAmended = await clerk.amend(
        an_amendment(placed.order_id, a_line(quantity="1.5", discount_percent="2.5"))
    )

    assert back.order == placed
    assert isinstance(back.order, OrderPlaced)
    assert first.changes[0].before == placed.lines[0] == back.changes[0].after


async def test_what_is_not_touched_keeps_its_price_discount_tax_and_unit(clerk: Clerk) -> None:
    placed = await clerk.place(
        an_order(
            a_line(quantity=2, unit="box", discount_percent="5", tax_code="T7"),
            a_line("ADVICE", 1),
            discount_percent=Decimal(10),
        )
    )
    await clerk.put(a_price_list(a_price("BOLT", 99), a_price("ADVICE", 150)))
    await clerk.put(a_customer(discount_percent=50))

    less = an_amendment(placed.order_id, a_line(quantity=1), a_line("ADVICE", 1), a_line("ADVICE", 2))
    amended = (await clerk.amend(less)).order

    boxes, same, new = amended.lines
    assert (boxes.unit, boxes.tax_code) == ("box", "T7")
    assert boxes.stock_quantity == 10
    assert (boxes.unit_price, boxes.discount_percent) == figures("100", "14.5")
    assert same == placed.lines[1]
    assert (new.unit_price, new.discount_percent) == figures("150", "10")


async def test_in_another_unit_the_agreed_price_is_converted(clerk: Clerk) -> None:
    placed = await clerk.place(an_order(a_line(quantity=1, unit="box")))
    await clerk.put(a_price_list(a_price("BOLT", 99), a_price("ADVICE", 150)))

    amended = (await clerk.amend(an_amendment(placed.order_id, a_line(quantity=7, unit="pc")))).order

    assert (amended.lines[0].unit_price, amended.net_amount) == figures("10", "70")


async def test_a_new_line_is_priced_on_the_day_of_the_amendment(clerk: Clerk) -> None:
    may = A_DAY.replace(month=5)
    await clerk.put(
        a_price_list(a_price("BOLT", 10), a_price("ADVICE", 100), a_price("ADVICE", 120, valid_from=may))
    )
    placed = await clerk.place()

    amended = await clerk.amend(an_amendment(placed.order_id, a_line(), a_line("ADVICE", 1), amended_on=may))

    assert amended.order.lines[0] == placed.lines[0]
    assert amended.order.lines[1].unit_price == 120


async def test_a_line_of_an_item_that_was_blocked_since_may_stay_but_not_grow(clerk: Clerk) -> None:
    placed = await clerk.place(an_order(a_line(), a_line("ADVICE", 1)))
    await clerk.put(an_item("BOLT", blocked=True))

    amended = await clerk.amend(an_amendment(placed.order_id, a_line(quantity=8)))

    assert amended.order.lines[0].quantity == 8
    with pytest.raises(Invalid, match="blocked"):
        await clerk.amend(an_amendment(placed.order_id, a_line(quantity=9)))
