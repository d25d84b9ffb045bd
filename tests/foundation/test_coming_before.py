"""What comes before a fact that a process is told: what was accepted before it, or may have had an effect."""

from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

from activities import processes
from activities.ledger import open_items
from domains.ledger.messages import FindOpen
from foundation.operations.mailbox import FindComing, TellProcess
from foundation.values.messages import Call, Caller
from tests.foundation.left_to_send import NOTHING_IS_LEFT_TO_SEND
from tests.foundation.test_commands import accepted


@pytest.fixture
def process(caller: Caller) -> str:
    """The id of a process that nobody runs."""
    return f"{caller.company}/order_to_cash/{uuid4()}"


@pytest.fixture
async def owner(owner_url: str, caller: Caller) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """Who sees all; nothing is left to send afterwards."""
    connection = await asyncpg.connect(owner_url)
    yield connection
    await connection.execute(NOTHING_IS_LEFT_TO_SEND, caller.company)
    await connection.close()


async def told(owner: "asyncpg.Connection[asyncpg.Record]", caller: Caller, process: str) -> int:
    """It is told something; gives the number."""
    fact = TellProcess(process_id=process, kind="invoice_reopened", body={})
    await processes.tell(Call(key=str(uuid4()), caller=caller), fact)
    number: int = await owner.fetchval("SELECT max(id) FROM foundation.inbox WHERE process_id = $1", process)
    return number


async def coming(caller: Caller, process: str, number: int, *, key: str | None = None) -> tuple[int, ...]:
    """What comes before it."""
    call = Call(key=key or str(uuid4()), caller=caller)
    return (await processes.find_coming(call, FindComing(process_id=process, told=number))).numbers


async def test_what_was_accepted_before_it_comes_before_it_and_what_came_later_does_not(
    database: object, caller: Caller, process: str, owner: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await accepted(caller, process, "start")
    await accepted(caller, process, "ship")
    number = await told(owner, caller, process)
    await accepted(caller, process, "pay")

    assert await coming(caller, process, number) == (1, 2)


async def test_what_may_have_had_an_effect_comes_before_it_too(
    database: object, caller: Caller, process: str, owner: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    number = await told(owner, caller, process)
    await accepted(caller, process, "start")
    step = Call(key=f"{process}/a step", caller=caller, process_id=process)
    await open_items.find_open(step, FindOpen(invoice_id=uuid4()))

    assert await coming(caller, process, number) == (1,)


async def test_who_asks_again_finds_the_same_whatever_came_meanwhile(
    database: object, caller: Caller, process: str, owner: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await accepted(caller, process, "start")
    number = await told(owner, caller, process)
    first = await coming(caller, process, number, key=f"{process}/opened again")
    await accepted(caller, process, "pay")
    step = Call(key=f"{process}/a step", caller=caller, process_id=process)
    await open_items.find_open(step, FindOpen(invoice_id=uuid4()))

    assert await coming(caller, process, number, key=f"{process}/opened again") == first == (1,)
    assert await coming(caller, process, number) == (1, 2)
