"""Orders: written down once as priced, moved along their way, and taken back while nothing has left."""

import asyncio
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from asyncpg import PostgresError
from sqlalchemy import text

from domains.master_data.messages import Delivery, Invoicing, PutExchangeRate, PutWarehouse, UnitsChange
from domains.sales import queries
from domains.sales.messages import OrderStatus
from domains.sales.rules.orders import GoodsHaveLeft, NotInThisStatus
from domains.sales.rules.progress import NotAsOrdered
from foundation.database.connections import Database, database
from foundation.values.errors import Conflict, Invalid, NotFound
from foundation.values.messages import Caller
from tests.builders.master_data import A_DAY, a_customer, a_price, a_price_list, an_item, figures
from tests.builders.sales import Clerk, a_line, an_order


async def listed(clerk: Clerk, **wanted: Any) -> list[str]:
    """The numbers of the orders that fit, in the order of the list."""
    async with database().read(clerk.caller.company) as tx:
        return [order.order_number for order in await queries.ORDERS.all(tx, **wanted)]


async def test_an_order_is_written_as_it_was_priced(clerk: Clerk) -> None:
    order = an_order(
        a_line(quantity=60), a_line("ADVICE", 1), freight_amount=Decimal(10), customer_reference="PO 1"
    )

    placed = await clerk.place(order)
    written = await clerk.order(order.order_id)

    assert (placed.net_amount, placed.tax_amount, placed.total_amount) == figures("650", "123.50", "773.50")
    assert (placed.warehouse_code, placed.payment_terms_code) == ("MAIN", "NET30")
    assert (placed.delivery, placed.invoicing) == (Delivery.PARTIAL, Invoicing.SHIPMENT)
    assert written.order_number == placed.order_number
    assert written.total_amount == placed.total_amount == placed.base_total_amount
    assert (written.status, written.customer_reference) == ("placed", "PO 1")
    for line, shown in zip(placed.lines, written.lines, strict=True):
        common = set(type(shown).model_fields) & set(type(line).model_fields)
        assert {name: getattr(line, name) for name in common} == {
            name: getattr(shown, name) for name in common
        }


async def test_the_same_key_places_once_and_another_order_under_it_is_a_conflict(clerk: Clerk) -> None:
    order = an_order()

    once = await clerk.place(order, key="place")
    again = await clerk.place(order, key="place")

    assert once == again
    assert await listed(clerk) == [once.order_number]
    with pytest.raises(Conflict):
        await clerk.place(an_order(), key="place")


async def test_orders_placed_at_once_have_numbers_of_their_own(clerk: Clerk) -> None:
    placed = await asyncio.gather(*(clerk.place() for _ in range(20)))

    assert len({order.order_number for order in placed}) == 20
    assert sorted(await listed(clerk)) == sorted(order.order_number for order in placed)


async def test_everything_that_is_wrong_is_told_and_nothing_is_written(clerk: Clerk) -> None:
    order = an_order(
        a_line("GHOST"),
        a_line(tax_code="GHOST"),
        customer_code="C1",
        warehouse_code="GHOST",
        payment_terms_code="GHOST",
        currency="USD",
    )

    with pytest.raises(Invalid) as refused:
        await clerk.place(order)

    assert [error.field for error in refused.value.errors] == [
        "payment_terms_code",
        "warehouse_code",
        "currency",
        "lines.0.item_code",
        "lines.1.unit_price",
        "lines.1.tax_code",
    ]
    assert await listed(clerk) == []


async def test_an_order_in_another_currency_takes_the_rate_of_its_day(clerk: Clerk) -> None:
    for day, rate in [(1, "1.25"), (2, "1.10"), (3, "1.50")]:
        on = A_DAY.replace(day=day)
        await clerk.put(PutExchangeRate(currency="USD", valid_from=on, rate=Decimal(rate)))

    placed = await clerk.place(an_order(a_line(unit_price="10"), currency="USD"))

    assert (placed.total_amount, placed.base_total_amount) == figures("119", "108.18")


async def test_the_order_s_own_terms_come_before_the_customer_s(clerk: Clerk) -> None:
    await clerk.put(PutWarehouse(code="SECOND", name="Second"))
    await clerk.put(a_customer(delivery="complete", invoicing="order", discount_percent="10"))

    customer_s = await clerk.place()
    own = await clerk.place(
        an_order(
            warehouse_code="SECOND",
            delivery=Delivery.PARTIAL,
            invoicing=Invoicing.SHIPMENT,
            discount_percent=Decimal(0),
        )
    )

    assert (customer_s.delivery, customer_s.invoicing, customer_s.net_amount) == (
        Delivery.COMPLETE,
        Invoicing.ORDER,
        Decimal(90),
    )
    assert (own.delivery, own.invoicing, own.net_amount) == (
        Delivery.PARTIAL,
        Invoicing.SHIPMENT,
        Decimal(100),
    )
    assert (customer_s.warehouse_code, own.warehouse_code) == ("MAIN", "SECOND")


async def test_what_was_ordered_stays_when_prices_and_units_change(clerk: Clerk) -> None:
    placed = await clerk.place(an_order(a_line(quantity=1, unit="box")))

    await clerk.put(an_item("BOLT", name="Another name", changes=(UnitsChange(valid_from=A_DAY),)))
    await clerk.put(a_price_list(a_price("BOLT", 99)))

    (line,) = (await clerk.order(placed.order_id)).lines
    assert (line.description, line.unit, line.unit_price) == ("Bolt", "box", Decimal(100))


# On its way


async def test_an_order_is_held_confirmed_delivered_in_parts_and_closed(clerk: Clerk) -> None:
    order_id = (await clerk.place(an_order(a_line(quantity=10), a_line("ADVICE", 2)))).order_id

    await clerk.hold(order_id, "over the limit")
    held = await clerk.order(order_id)
    await clerk.confirm(order_id, line_1=4)
    first = await clerk.record(order_id, delivered={1: 6, 2: 2}, billed={1: 6})
    part = await clerk.order(order_id)
    last = await clerk.record(order_id, delivered={1: 4}, billed={1: 4, 2: 2})
    await clerk.close(order_id)

    assert (held.status, held.reason) == ("held", "over the limit")
    assert (first.status, first.all_delivered, first.all_billed) == (OrderStatus.CONFIRMED, False, False)
    assert [(line.delivered_quantity, line.billed_quantity, line.short_quantity) for line in part.lines] == [
        figures(6, 6, 4),
        figures(2, 0, 0),
    ]
    assert (last.status, last.all_delivered, last.all_billed) == (OrderStatus.DELIVERED, True, True)
    assert (await clerk.order(order_id)).status == "closed"


async def test_more_than_was_ordered_is_refused_and_nothing_of_it_is_noted(clerk: Clerk) -> None:
    order_id = await clerk.confirmed(an_order(a_line(), a_line()))

    with pytest.raises(NotAsOrdered, match="line 2: 11 of 10 ordered"):
        await clerk.record(order_id, delivered={1: 10, 2: 11})

    assert [line.delivered_quantity for line in (await clerk.order(order_id)).lines] == [0, 0]


async def test_shipments_noted_at_once_all_count_and_none_too_many(clerk: Clerk) -> None:
    order_id = await clerk.confirmed(an_order(a_line(quantity=10), a_line(quantity=10)))
    shipments = (clerk.record(order_id, delivered={1: 3, 2: 3}, billed={1: 3, 2: 3}) for _ in range(6))

    outcomes = await asyncio.gather(*shipments, return_exceptions=True)

    refused = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert len(refused) == 3
    assert all(isinstance(outcome, NotAsOrdered) for outcome in refused)
    lines = (await clerk.order(order_id)).lines
    assert [(line.delivered_quantity, line.billed_quantity) for line in lines] == [figures(9, 9)] * 2


async def test_before_it_is_confirmed_nothing_leaves(clerk: Clerk) -> None:
    placed = await clerk.place()

    with pytest.raises(NotInThisStatus):
        await clerk.record(placed.order_id, delivered={1: 1})
    with pytest.raises(NotInThisStatus):
        await clerk.close(placed.order_id)

    assert (await clerk.order(placed.order_id)).status == "placed"


async def test_an_order_that_is_not_there_is_not_found(clerk: Clerk) -> None:
    ghost = uuid4()

    for attempt in (clerk.hold, clerk.confirm, clerk.record, clerk.close, clerk.order):
        with pytest.raises(NotFound):
            await attempt(ghost)


# Taken back


@pytest.mark.parametrize(
    ("held", "confirmed", "rejected", "ends"),
    [
        (False, False, False, OrderStatus.CANCELLED),
        (True, False, False, OrderStatus.CANCELLED),
        (True, False, True, OrderStatus.REJECTED),
        (True, True, False, OrderStatus.CANCELLED),
        (False, True, True, OrderStatus.CANCELLED),
    ],
)
async def test_an_order_is_taken_back_from_wherever_it_stands(
    clerk: Clerk, held: bool, confirmed: bool, rejected: bool, ends: OrderStatus
) -> None:
    order_id = (await clerk.place()).order_id
    if held:
        await clerk.hold(order_id)
    if confirmed:
        await clerk.confirm(order_id)

    changed = await clerk.cancel(order_id, rejected=rejected, reason="no more")

    assert changed.status is ends
    shown = await clerk.order(order_id)
    assert (shown.status, shown.reason) == (ends, "no more")


async def test_taking_back_is_content_with_what_is_not_there_and_what_is_back_already(clerk: Clerk) -> None:
    placed, rejected = await clerk.place(), await clerk.place()
    await clerk.cancel(placed.order_id, reason="first")
    await clerk.cancel(rejected.order_id, rejected=True)

    assert (await clerk.cancel(uuid4())).status is None
    assert (await clerk.cancel(placed.order_id, rejected=True)).status is OrderStatus.CANCELLED
    assert (await clerk.cancel(rejected.order_id)).status is OrderStatus.REJECTED
    assert (await clerk.order(placed.order_id)).reason == "first"


async def test_once_goods_have_left_an_order_cannot_be_taken_back(clerk: Clerk) -> None:
    order_id = await clerk.confirmed()
    await clerk.record(order_id, delivered={1: "0.5"})

    with pytest.raises(GoodsHaveLeft):
        await clerk.cancel(order_id)

    assert (await clerk.order(order_id)).status == "confirmed"


async def test_a_shipment_and_a_cancellation_at_once_never_both_happen(clerk: Clerk) -> None:
    for _ in range(5):
        order_id = await clerk.confirmed()

        outcomes = await asyncio.gather(
            clerk.cancel(order_id), clerk.record(order_id, delivered={1: 10}), return_exceptions=True
        )

        (refused,) = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        assert isinstance(refused, GoodsHaveLeft | NotInThisStatus)
        order = await clerk.order(order_id)
        assert f"{order.status} {order.lines[0].delivered_quantity:.0f}" in ("cancelled 0", "delivered 10")


# Read


async def test_orders_are_found_by_what_one_knows_of_them(clerk: Clerk) -> None:
    await clerk.put(a_customer("C2"))
    old = await clerk.place(an_order(ordered_on=A_DAY.replace(day=1), customer_reference="PO 1"))
    new = await clerk.place(an_order(a_line(quantity=1), customer_code="C2"))
    await clerk.confirm(new.order_id)

    assert await listed(clerk) == [new.order_number, old.order_number]
    assert await listed(clerk, sort="total_amount") == [new.order_number, old.order_number]
    assert await listed(clerk, sort="-total_amount") == [old.order_number, new.order_number]
    assert await listed(clerk, status="confirmed") == [new.order_number]
    assert await listed(clerk, customer="C1") == [old.order_number]
    assert await listed(clerk, number=new.order_number) == [new.order_number]
    assert await listed(clerk, reference="PO 1") == [old.order_number]


async def test_another_company_sees_nothing_of_an_order(clerk: Clerk) -> None:
    placed = await clerk.place()
    stranger = Clerk(Caller(company=f"{clerk.caller.company}-2", actor="a stranger", correlation_id="other"))

    with pytest.raises(NotFound):
        await stranger.order(placed.order_id)
    assert (await stranger.cancel(placed.order_id)).status is None
    assert await listed(stranger) == []
    assert (await clerk.order(placed.order_id)).status == "placed"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sales.sales_order SET total_amount = total_amount + 1",
        "UPDATE sales.sales_order SET status = 'lost'",
        "UPDATE sales.sales_order_line SET delivered_quantity = quantity + 1",
        "UPDATE sales.sales_order_line SET billed_quantity = 1",
        "UPDATE sales.sales_order_line SET item_code = 'GHOST'",
        "DELETE FROM sales.sales_order_line",
    ],
)
async def test_the_database_refuses_what_cannot_be(clerk: Clerk, database: Database, statement: str) -> None:
    await clerk.place()
    scope = text("SELECT set_config('perpetual.company', :company, true)")

    with pytest.raises(PostgresError, match=r"violates|permission denied"):
        async with database.transaction() as tx:
            await tx.execute(scope, {"company": clerk.caller.company})
            await tx.execute(text(statement))
