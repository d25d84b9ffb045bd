"""Goods come back from a customer: agreed beforehand, ended with what came, or with nothing."""

import asyncio
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from asyncpg import PostgresError
from sqlalchemy import text

from domains.sales import queries
from domains.sales.messages import Resolution, ReturnAuthorised
from domains.sales.rules.orders import GoodsHaveLeft, NotInThisStatus
from domains.sales.rules.returns import NotAsAuthorised, NotDelivered, ReturnHasEnded
from foundation.database.connections import Database, database
from foundation.values.errors import Conflict, NotFound
from tests.builders.master_data import A_DAY
from tests.builders.sales import Clerk, a_line, a_return, an_order


async def returned(clerk: Clerk, order_id: Any) -> list[int]:
    """What has come back, or is to, of each line of an order."""
    return [int(line.returned_quantity) for line in (await clerk.order(order_id)).lines]


async def test_all_that_was_delivered_may_come_back_unless_lines_are_named(clerk: Clerk) -> None:
    order_id = await clerk.confirmed(an_order(a_line(quantity=3, unit="box"), a_line("ADVICE", 2), a_line()))
    await clerk.record(order_id, delivered={1: 2, 2: 2})

    part = await clerk.authorise(a_return(order_id, {1: "0.5"}))
    rest = await clerk.authorise(a_return(order_id))

    assert part.return_number.startswith("RMA-")
    assert (part.order_number, part.customer_code, part.warehouse_code) == (
        (await clerk.order(order_id)).order_number,
        "C1",
        "MAIN",
    )
    assert [(line.quantity, line.unit, line.stock_quantity) for line in part.lines] == [
        (Decimal("0.5"), "box", Decimal(5))
    ]
    assert [(line.line_number, line.quantity, line.stock_quantity) for line in rest.lines] == [
        (1, Decimal("1.5"), Decimal(15)),
        (2, Decimal(2), Decimal(2)),
    ]
    assert [line.is_stocked for line in rest.lines] == [True, False]
    assert await returned(clerk, order_id) == [2, 2, 0]


async def test_no_more_may_come_back_than_was_delivered(clerk: Clerk) -> None:
    order_id = await clerk.confirmed(an_order(a_line(), a_line("ADVICE", 2)))
    with pytest.raises(NotDelivered):
        await clerk.authorise(a_return(order_id))
    await clerk.record(order_id, delivered={1: 5})
    await clerk.authorise(a_return(order_id, {1: 3}))

    with pytest.raises(NotDelivered) as refused:
        await clerk.authorise(a_return(order_id, {1: "2.5", 2: 1, 7: 1}))
    await clerk.authorise(a_return(order_id))
    with pytest.raises(NotDelivered):
        await clerk.authorise(a_return(order_id))
    with pytest.raises(NotFound):
        await clerk.authorise(a_return(uuid4()))

    assert [error.field for error in refused.value.errors] == [
        "lines.0.quantity",
        "lines.1.quantity",
        "lines.2.line_number",
    ]
    assert await returned(clerk, order_id) == [5, 0]


async def test_a_return_ends_with_what_came_and_the_rest_is_free_again(clerk: Clerk) -> None:
    order_id = await clerk.delivered(a_line(), a_line("ADVICE", 2))
    asked = a_return(order_id, resolution=Resolution.REPLACE, cancels_order=True)
    await clerk.authorise(asked)

    closed = await clerk.end_return(asked.return_id, {1: 6}, scrapped=2)
    again = await clerk.end_return(asked.return_id, {1: 1})
    shown = await clerk.shown_return(asked.return_id)

    assert closed == again
    assert (closed.status, shown.status) == ("closed", "closed")
    assert (shown.resolution, shown.reason, shown.cancels_order) == ("replace", "too many", True)
    assert [(line.quantity, line.accepted_quantity, line.scrapped_quantity) for line in shown.lines] == [
        (Decimal(10), Decimal(6), Decimal(2)),
        (Decimal(2), Decimal(0), Decimal(0)),
    ]
    assert await returned(clerk, order_id) == [6, 0]
    with pytest.raises(ReturnHasEnded):
        await clerk.cancel_return(asked.return_id)


async def test_no_more_is_accepted_than_was_authorised(clerk: Clerk) -> None:
    order_id = await clerk.delivered(a_line(), a_line("ADVICE", 2))
    asked = a_return(order_id, {1: 4, 2: 1})
    await clerk.authorise(asked)

    with pytest.raises(NotAsAuthorised) as refused:
        await clerk.end_return(asked.return_id, {1: 5, 2: 1, 3: 1}, scrapped=2)
    with pytest.raises(NotFound):
        await clerk.end_return(uuid4(), {1: 1})

    assert [error.field for error in refused.value.errors] == [
        "lines.0.quantity",
        "lines.1.scrapped_quantity",
        "lines.2.line_number",
        "lines.2.scrapped_quantity",
    ]
    assert (await clerk.shown_return(asked.return_id)).status == "authorised"


async def test_a_cancelled_return_takes_nothing_back(clerk: Clerk) -> None:
    order_id = await clerk.delivered()
    asked = a_return(order_id)
    await clerk.authorise(asked)

    cancelled = await clerk.cancel_return(asked.return_id)
    again = await clerk.cancel_return(asked.return_id, "twice")
    nothing = await clerk.cancel_return(uuid4())

    assert (cancelled.status, again.status, nothing.status) == ("cancelled", "cancelled", None)
    assert (await clerk.shown_return(asked.return_id)).ended_reason == "kept after all"
    assert await returned(clerk, order_id) == [0]
    with pytest.raises(ReturnHasEnded):
        await clerk.end_return(asked.return_id, {1: 1})


async def test_the_same_key_authorises_once(clerk: Clerk) -> None:
    order_id = await clerk.delivered()
    asked = a_return(order_id, {1: 4})

    once = await clerk.authorise(asked, key="return")
    again = await clerk.authorise(asked, key="return")
    with pytest.raises(Conflict):
        await clerk.authorise(a_return(order_id, {1: 4}), key="return")

    assert once == again
    assert await returned(clerk, order_id) == [4]


async def test_returns_at_once_never_take_back_more_than_was_delivered(clerk: Clerk) -> None:
    order_id = await clerk.delivered()

    answers = await asyncio.gather(
        *(clerk.authorise(a_return(order_id, {1: 3})) for _ in range(8)), return_exceptions=True
    )

    assert sorted(type(answer).__name__ for answer in answers) == [
        *5 * ["NotDelivered"],
        *3 * ["ReturnAuthorised"],
    ]
    assert await returned(clerk, order_id) == [9]


async def test_a_return_that_is_closed_and_cancelled_at_once_ends_once(clerk: Clerk) -> None:
    for _ in range(5):
        order_id = await clerk.delivered()
        asked = a_return(order_id)
        await clerk.authorise(asked)

        outcomes = await asyncio.gather(
            clerk.end_return(asked.return_id, {1: 10}),
            clerk.cancel_return(asked.return_id),
            return_exceptions=True,
        )

        (refused,) = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        assert isinstance(refused, ReturnHasEnded)
        status = (await clerk.shown_return(asked.return_id)).status
        assert (status, await returned(clerk, order_id)) in [("closed", [10]), ("cancelled", [0])]


# An order is cancelled after its goods have left


async def test_an_order_is_cancelled_after_delivery_only_when_that_is_said(clerk: Clerk) -> None:
    partly = await clerk.confirmed()
    await clerk.record(partly, delivered={1: 4})
    delivered = await clerk.delivered()

    for order_id in (partly, delivered):
        with pytest.raises(GoodsHaveLeft):
            await clerk.cancel(order_id)
        await clerk.cancel(order_id, after_delivery=True, reason="all comes back")
        again = await clerk.cancel(order_id)

        shown = await clerk.order(order_id)
        assert (shown.status, shown.reason, again.status) == ("cancelled", "all comes back", "cancelled")


async def test_a_closed_order_is_not_cancelled_even_so(clerk: Clerk) -> None:
    order_id = await clerk.delivered()
    await clerk.close(order_id)

    with pytest.raises(NotInThisStatus):
        await clerk.cancel(order_id, after_delivery=True)


async def test_before_delivery_an_order_is_cancelled_as_ever(clerk: Clerk) -> None:
    placed = await clerk.place()

    assert (await clerk.cancel(placed.order_id, after_delivery=True)).status == "cancelled"


# Read


async def test_returns_are_found_by_what_one_knows_of_them(clerk: Clerk) -> None:
    async def listed(**wanted: Any) -> list[str]:
        async with database().read(clerk.caller.company) as tx:
            return [one.return_number for one in await queries.RETURNS.all(tx, **wanted)]

    old: ReturnAuthorised = await clerk.authorise(
        a_return(await clerk.delivered(), authorised_on=A_DAY.replace(day=1))
    )
    new = await clerk.authorise(a_return(await clerk.delivered()))
    await clerk.cancel_return(new.return_id)

    assert await listed() == [new.return_number, old.return_number]
    assert await listed(sort="number") == [old.return_number, new.return_number]
    assert await listed(order=old.order_id) == [old.return_number]
    assert await listed(status="cancelled") == [new.return_number]
    assert await listed(number=old.return_number) == [old.return_number]
    assert await listed(customer="C1", authorised_from=A_DAY) == [new.return_number]
    assert await listed(authorised_to=A_DAY.replace(day=1)) == [old.return_number]
    assert await listed(customer="C2") == []
    with pytest.raises(NotFound):
        await clerk.shown_return(uuid4())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sales.sales_order_line SET returned_quantity = delivered_quantity + 1",
        "UPDATE sales.sales_order_line SET returned_quantity = -1",
        "UPDATE sales.sales_order_line SET delivered_quantity = 0",
        "UPDATE sales.sales_return SET status = 'lost'",
        "UPDATE sales.sales_return_line SET accepted_quantity = quantity + 1",
        "UPDATE sales.sales_return_line SET scrapped_quantity = 1",
        "UPDATE sales.sales_order_version SET reason = 'another'",
        "DELETE FROM sales.sales_return",
        "DELETE FROM sales.sales_order_version",
    ],
)
async def test_the_database_refuses_what_cannot_be(clerk: Clerk, database: Database, statement: str) -> None:
    await clerk.authorise(a_return(await clerk.delivered()))
    scope = text("SELECT set_config('perpetual.company', :company, true)")

    with pytest.raises(PostgresError, match=r"violates|permission denied"):
        async with database.transaction() as tx:
            await tx.execute(scope, {"company": clerk.caller.company})
            await tx.execute(text(statement))
