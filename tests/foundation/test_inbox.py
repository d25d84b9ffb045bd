"""What other processes are to be told is written with what is done, and reaches them: whoever dies, once, and
the newest counts.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import select, text
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities import inventory
from domains.inventory.messages import ReceiptLine, ReceiveStock
from domains.sales.messages import Cancellation
from foundation.database.connections import Database
from foundation.database.tables import Inbox
from foundation.database.transaction import Row, Transaction
from foundation.operations import commands, delivery, inbox
from foundation.operations.commands import Request
from foundation.operations.inbox import InboxRow
from foundation.operations.operation import operation
from foundation.runtime.temporal import DATA_CONVERTER
from foundation.values.errors import BusinessError
from foundation.values.messages import Call, Caller, Message
from tests.erp import Erp, an_order
from tests.servers import free_port


class Said(Message):
    """What the operation of these tests tells."""

    to: str
    words: str = "something is true"
    is_refused: bool = False


class NotSaid(BusinessError):
    """The operation was refused after it had told."""


@operation("tests.say")
async def say(tx: Transaction, said: Said) -> Said:
    """Tell a process something."""
    tx.tell(said.to, "heard", said)
    if said.is_refused:
        raise NotSaid("refused")
    return said


@pytest.fixture
async def owner(owner_url: str) -> AsyncIterator["asyncpg.Connection[Any]"]:
    """The tables' owner, who makes time pass for the relay."""
    connection = await asyncpg.connect(owner_url)
    yield connection
    await connection.close()


def a_call(caller: Caller, **more: Any) -> Call:
    return Call(key=str(uuid4()), caller=caller, **more)


async def rows(database: Database, company: str) -> list[Row]:
    """What the company's processes were and are to be told, in order."""
    async with database.read(company) as session:
        return (await session.execute(select(Inbox).order_by(Inbox.id))).all()


async def news(database: Database, company: str, kind: str) -> list[InboxRow]:
    """The same, as it is sent."""
    return [
        InboxRow(row.id, row.process_id, row.kind, row.body)
        for row in await rows(database, company)
        if row.kind == kind
    ]


async def receive_and_die(erp: Erp, **quantities: int) -> None:
    """Goods come in, and whoever takes them in dies between the commit and the sending: it has no client."""
    lines = tuple(
        ReceiptLine(item_code=item, quantity=Decimal(quantity), unit_cost=Decimal(4))
        for item, quantity in quantities.items()
    )
    receipt = ReceiveStock(
        receipt_id=uuid4(), warehouse_code="MAIN", received_on=date(2026, 3, 1), lines=lines
    )
    caller = Caller(company=erp.company, actor="a tester", correlation_id="dies")
    await inventory.receive_stock(a_call(caller), receipt)


def short_of(pears: str, **more: Any) -> dict[str, Any]:
    """An order of which so many pears are not there; it leaves when all of them are."""
    quantity = str(100 + Decimal(pears))
    lines = [{"item_code": "PEAR", "quantity": quantity, "unit_price": "5.00"}]
    return an_order(**{"lines": lines, "delivery": "complete"} | more)


async def make_due(owner: "asyncpg.Connection[Any]", company: str) -> None:
    """The pause before the relay looks is over."""
    await owner.execute("UPDATE foundation.inbox SET due_at = now() WHERE company_id = $1", company)


async def nowhere() -> Client:
    """A client whose server is away."""
    return await Client.connect(f"127.0.0.1:{free_port()}", data_converter=DATA_CONVERTER, lazy=True)


# Written with what is done


async def test_what_is_told_is_written_with_the_operation_and_carries_its_key(
    database: Database, caller: Caller
) -> None:
    call = a_call(caller)
    said = Said(to=f"{caller.company}/order_to_cash/1")

    await say(call, said)
    await say(call, said)

    (row,) = await rows(database, caller.company)
    assert (row.process_id, row.kind, row.operation_key) == (said.to, "heard", call.key)
    assert (row.body, row.delivered_at) == (said.model_dump(mode="json"), None)


async def test_nothing_is_told_of_what_was_refused(database: Database, caller: Caller) -> None:
    with pytest.raises(NotSaid):
        await say(a_call(caller), Said(to=f"{caller.company}/order_to_cash/1", is_refused=True))

    assert await rows(database, caller.company) == []


async def test_a_process_is_not_told_of_what_it_does_itself(database: Database, caller: Caller) -> None:
    itself = f"{caller.company}/order_to_cash/1"

    await say(a_call(caller, process_id=itself, process_type="order_to_cash"), Said(to=itself))

    assert await rows(database, caller.company) == []


# Companies are kept apart


async def test_no_process_of_another_company_can_be_told(database: Database, caller: Caller) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match="inbox_process_of_company"):
        await say(a_call(caller), Said(to="ANOTHER/order_to_cash/1"))

    assert await rows(database, caller.company) == []


async def test_another_companys_news_are_not_seen_and_whoever_relays_is_given_ids_only(
    database: Database, caller: Caller, owner: "asyncpg.Connection[Any]"
) -> None:
    await say(a_call(caller), Said(to=f"{caller.company}/order_to_cash/1"))
    await make_due(owner, caller.company)
    (row,) = await rows(database, caller.company)

    others = await rows(database, "ANOTHER")
    async with database.transaction() as session:
        given = (await session.execute(text("SELECT * FROM foundation.undelivered(10000)"))).all()
        seen = (await session.execute(text("SELECT count(*) FROM foundation.inbox"))).scalar_one()
        await session.execute(text("SELECT set_config('perpetual.relaying', 'on', true)"))
        taken = (await session.execute(text("SELECT count(*) FROM foundation.inbox"))).scalar_one()

    assert (others, seen, taken) == ([], 0, 0)
    assert (caller.company, row.id) in [tuple(one) for one in given]
    assert all(len(one) == 2 for one in given)


# It reaches them


async def test_whoever_ran_the_operation_tells_at_once(erp: Erp, database: Database) -> None:
    order = await erp.place(short_of("1"))

    await erp.receive({"PEAR": 1})

    await erp.until(order, "waiting for shipment")
    (row,) = await rows(database, erp.company)
    assert row.delivered_at is not None
    assert row.delivered_at < row.due_at, "the relay had to do it"


async def test_what_nobody_has_sent_the_relay_sends(
    erp: Erp, database: Database, owner: "asyncpg.Connection[Any]"
) -> None:
    order = await erp.place(short_of("1"))
    await receive_and_die(erp, PEAR=1)
    assert await erp.stage_of(order) == "waiting for stock"
    await make_due(owner, erp.company)

    await inbox.send_again(erp.temporal, at_most=10_000)

    await erp.until(order, "waiting for shipment")
    assert all(row.delivered_at for row in await rows(database, erp.company))


async def test_a_command_that_rests_on_what_nobody_has_sent_is_not_taken_before_it(
    erp: Erp, database: Database
) -> None:
    order = await erp.place(short_of("1"))
    await receive_and_die(erp, PEAR=1)
    (before,) = await rows(database, erp.company)

    shipped = await erp.ship(order)

    (row,) = await rows(database, erp.company)
    assert shipped["shipment_number"]
    assert (before.delivered_at, row.delivered_at is not None) == (None, True)


async def test_the_relay_tells_before_it_asks_as_well(
    erp: Erp, database: Database, owner: "asyncpg.Connection[Any]", monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await erp.place(short_of("1"))
    await receive_and_die(erp, PEAR=1)
    process_id = erp.process_of(order).id
    accepted = await commands.accept(
        Caller(company=erp.company, actor="a tester", correlation_id="dies"),
        Request(
            process_id,
            "cancel",
            str(uuid4()),
            None,
            Cancellation(reason="no more", cancelled_on=date(2026, 3, 2)),
        ),
    )
    assert accepted is not None
    made_due = "UPDATE foundation.command SET due_at = now() WHERE id = $1"
    await owner.execute(made_due, accepted.id)

    await delivery.send_again(erp.temporal, at_most=10_000)

    (row,) = await rows(database, erp.company)
    assert row.delivered_at is not None
    await erp.until(order, "cancelled")


async def test_while_temporal_is_away_it_is_tried_less_and_less_often(
    erp: Erp, database: Database, owner: "asyncpg.Connection[Any]"
) -> None:
    await erp.place(short_of("1"))
    await receive_and_die(erp, PEAR=1)
    (row,) = await rows(database, erp.company)
    for age in (40, 160):
        await owner.execute(
            "UPDATE foundation.inbox SET due_at = now(), recorded_at = now() - make_interval(secs => $2) "
            "WHERE company_id = $1",
            erp.company,
            age,
        )
        async with database.write(erp.company, "a relay") as session:
            taken = (await session.execute(inbox._TAKE, {"numbers": [row.id]})).all()
            again = (await session.execute(inbox._TAKE, {"numbers": [row.id]})).all()

        assert [len(taken), len(again)] == [1, 0], "another relay would send it as well"
        (row,) = await rows(database, erp.company)
        assert (row.due_at - row.recorded_at).total_seconds() == pytest.approx(1.25 * age, abs=1)

    with pytest.raises(Exception, match=r"onnect"):
        await inbox.send(await nowhere(), erp.company, await news(database, erp.company, "goods_set_aside"))
    (row,) = await rows(database, erp.company)
    assert row.delivered_at is None


async def test_a_process_that_has_ended_needs_it_no_more(
    erp: Erp, database: Database, caller: Caller
) -> None:
    order = await erp.place()
    await erp.post(f"/v1/sales-orders/{order['order_id']}/cancellation", {"reason": "no more"})
    await erp.until(order, "cancelled")
    await say(a_call(caller), Said(to=erp.process_of(order).id))

    await inbox.send(erp.temporal, erp.company, await news(database, erp.company, "heard"))

    (row,) = await rows(database, erp.company)
    assert row.delivered_at is not None


async def test_for_a_process_that_temporal_does_not_know_it_is_kept(
    erp: Erp, database: Database, caller: Caller
) -> None:
    await say(a_call(caller), Said(to=f"{erp.company}/order_to_cash/{uuid4()}"))

    await inbox.send(erp.temporal, erp.company, await news(database, erp.company, "heard"))

    (row,) = await rows(database, erp.company)
    assert row.delivered_at is None


async def test_one_that_cannot_be_told_keeps_no_other_waiting(
    erp: Erp, database: Database, caller: Caller
) -> None:
    order = await erp.place(short_of("1"))
    await say(a_call(caller), Said(to=f"{erp.company}/order_to_cash/{uuid4()}"))
    await receive_and_die(erp, PEAR=1)
    all_news = [
        InboxRow(row.id, row.process_id, row.kind, row.body) for row in await rows(database, erp.company)
    ]

    await inbox.send(erp.temporal, erp.company, all_news)

    await erp.until(order, "waiting for shipment")
    told = {row.process_id: row.delivered_at is not None for row in await rows(database, erp.company)}
    assert sorted(told.values()) == [False, True]
    assert told[erp.process_of(order).id]


async def test_a_company_whose_news_cannot_be_sent_keeps_no_other_waiting(
    erp: Erp, caller: Caller, owner: "asyncpg.Connection[Any]", monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, asked = asyncio.current_task(), []

    async def refused(client: Client, company: str, news: Sequence[InboxRow]) -> None:
        del client, news
        if asyncio.current_task() is mine:  # And not the session's relay.
            asked.append(company)
        raise RPCError("refused", RPCStatusCode.INVALID_ARGUMENT, b"")

    monkeypatch.setattr(inbox, "send", refused)
    for company in ("FIRST", "SECOND"):
        other = caller.model_copy(update={"company": company})
        await say(a_call(other), Said(to=f"{company}/order_to_cash/1"))
        await make_due(owner, company)

    with pytest.raises(RPCError):
        await inbox.send_again(erp.temporal, at_most=10_000)

    assert {"FIRST", "SECOND"} <= set(asked)


# Twice, and out of order


async def test_goods_that_are_told_of_twice_and_out_of_order_are_counted_as_they_are(
    erp: Erp, database: Database
) -> None:
    order = await erp.place(short_of("3", delivery="partial"))
    await receive_and_die(erp, PEAR=1)
    await receive_and_die(erp, PEAR=1)
    older, newer = await news(database, erp.company, "goods_set_aside")

    for one in (newer, older, newer, older):
        await inbox.send(erp.temporal, erp.company, [one])
    shipped = await erp.ship(order)

    (shipment,) = (await erp.get("/v1/shipments", number=shipped["shipment_number"]))["items"]
    shown = await erp.get(f"/v1/shipments/{shipment['shipment_id']}")
    assert [line["quantity"] for line in shown["lines"]] == ["102"]


async def test_news_of_before_an_amendment_says_nothing_of_what_is_wanted_now(
    erp: Erp, database: Database
) -> None:
    order = await erp.place(short_of("3", delivery="partial"))
    await receive_and_die(erp, PEAR=3)
    (before,) = await news(database, erp.company, "goods_set_aside")
    for quantity in ("1", "103"):
        lines = [{"item_code": "PEAR", "quantity": quantity, "unit_price": "5.00"}]
        await erp.post(f"/v1/sales-orders/{order['order_id']}/amendments", {"lines": lines, "reason": "so"})
        if quantity == "1":
            await erp.ship(await erp.place(short_of("-10")))

    await inbox.send(erp.temporal, erp.company, [before])
    shipped = await erp.ship(order)

    (shipment,) = (await erp.get("/v1/shipments", number=shipped["shipment_number"]))["items"]
    shown = await erp.get(f"/v1/shipments/{shipment['shipment_id']}")
    assert [line["quantity"] for line in shown["lines"]] == ["13"]


async def test_money_that_is_told_of_twice_settles_once(erp: Erp, database: Database) -> None:
    order = await erp.place(an_order(customer_code="BOB"))
    shipped = await erp.ship(order, lines=[{"line_number": 1, "quantity": "4"}])
    (invoice,) = (await erp.get("/v1/invoices", number=shipped["invoice_number"]))["items"]
    less_discount = {"customer_code": "BOB", "invoice_id": invoice["invoice_id"], "currency": "EUR"}
    less_discount |= {"received_on": "2026-03-06", "amount": "46.65"}
    await erp.post("/v1/payments", less_discount, by="accountant")
    (settled,) = await news(database, erp.company, "invoice_settled")

    for _ in range(3):
        await inbox.send(erp.temporal, erp.company, [settled])
    path = f"/v1/sales-orders/{order['order_id']}/cancellation?dry_run=true"
    plan = await erp.post(path, {"reason": "no more", "cancelled_on": "2026-04-01"})

    assert "0.95" in str(plan)
    assert "1.90" not in str(plan)
