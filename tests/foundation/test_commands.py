"""What a process is asked for, as it is written down, sent and noted."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import text
from temporalio import workflow
from temporalio.client import Client

from foundation.database.connections import Database
from foundation.operations import commands, delivery, inbox
from foundation.operations.commands import MOST_BYTES, START, Accepted, Outcome, Request, TooLarge
from foundation.operations.mailbox import NOT_WAITED_FOR, STARTED
from foundation.values.errors import Conflict
from foundation.values.messages import Caller, Message
from tests.foundation.left_to_send import NOTHING_IS_LEFT_TO_SEND
from workers import registry, relay

_AGAIN = text("SELECT again, answer FROM foundation.command WHERE id = :id")
_SENT_NOW = text(
    "SELECT number, kind, foundation.is_sent_now(process_id, kind, number) AS now FROM foundation.command "
    "WHERE process_id = :process_id ORDER BY number"
)
_RESTORE = text(
    "SELECT foundation.restore_command(:process_id, 7, :kind, '{}', NULL, NULL, NULL, 'x', NULL, 'a tester', "
    ":key, :hash)"
)


class Asked(Message):
    """What these tests ask for."""

    words: str = "please"


@pytest.fixture(autouse=True)
async def nothing_is_left(owner_url: str, caller: Caller) -> AsyncIterator[None]:
    """After each test."""
    yield
    owner = await asyncpg.connect(owner_url)
    await owner.execute(NOTHING_IS_LEFT_TO_SEND, caller.company)
    await owner.close()


async def accepted(caller: Caller, process_id: str, kind: str, **more: Any) -> Accepted:
    asked: dict[str, Any] = {"key": str(uuid4()), "asked_hash": "a hash", "body": Asked()} | more
    found = await commands.accept(caller, Request(process_id, kind, **asked), is_known=True)
    assert found is not None
    return found


@pytest.fixture
def process(caller: Caller) -> str:
    """The id of a process that nobody runs."""
    return f"{caller.company}/order_to_cash/{uuid4()}"


async def one(database: Database, caller: Caller, statement: Any, **values: Any) -> Any:
    async with database.write(caller.company, caller.actor) as tx:
        return (await tx.execute(statement, values)).one()


@pytest.mark.parametrize("kind", [START, "ship"])
async def test_who_asks_again_gets_what_the_first_has_asked_in_the_name_of_the_first(
    caller: Caller, process: str, kind: str
) -> None:
    if kind != START:
        await accepted(caller, process, START)
    of_the_first = {"key": "a key", "party": "ALICE", "summary": "the first"}
    first = await accepted(caller, process, kind, **of_the_first)
    other = {"key": "another key", "party": "BOB", "summary": "the second"}
    actor = "somebody else" if kind == START else caller.actor
    again = caller.model_copy(update={"actor": actor, "correlation_id": "another one"})
    more = other if kind == START else of_the_first | {"summary": "the second"}

    second = await accepted(again, process, kind, **more)

    assert second == first
    assert second.giver == first.giver


async def test_a_late_answer_of_an_older_run_does_not_end_that_the_new_run_is_asked(
    database: Database, caller: Caller, process: str
) -> None:
    asked = await accepted(caller, process, START)
    await one(database, caller, text("SELECT foundation.begin_again(:id)"), id=process)
    comes_again = await accepted(caller, process, START)

    await delivery.note([(asked, Outcome(answer={"run": "older"}))])
    after_older = await one(database, caller, _AGAIN, id=asked.id)
    await delivery.note([(asked._replace(again=True), Outcome(answer={"run": "new"}))])
    after_new = await one(database, caller, _AGAIN, id=asked.id)

    assert (comes_again.id, comes_again.is_sent_now) == (asked.id, False)
    assert tuple(after_older) == (True, {"run": "older"})
    assert tuple(after_new) == (False, {"run": "older"})


async def test_an_answer_that_cannot_be_noted_keeps_no_other_waiting(
    caller: Caller, temporal: Client, monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    del database
    processes = [f"{caller.company}/order_to_cash/{uuid4()}" for _ in range(3)]
    due = [await accepted(caller, process, START) for process in processes]
    noted = []

    async def answered(client: Client, command: Accepted) -> Outcome:
        del client
        await asyncio.sleep(0.01 * due.index(command))
        return Outcome(answer={})

    async def note(some: list[tuple[Accepted, Outcome]]) -> None:
        if some[0][0] == due[0]:
            raise asyncpg.ConnectionDoesNotExistError("the connection was lost")
        noted.append(some[0][0])

    monkeypatch.setattr(delivery, "send", answered)
    monkeypatch.setattr(delivery, "note", note)
    await delivery._send_each(temporal, due)

    assert noted == due[1:]


async def test_what_is_asked_for_and_cannot_be_sent_keeps_nobody_from_being_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = asyncio.Event()

    async def fails(client: Any, *, at_most: int) -> int:
        raise asyncpg.ConnectionDoesNotExistError("the connection was lost")

    async def tells(client: Any, *, at_most: int) -> int:
        told.set()
        return 0

    monkeypatch.setattr(delivery, "send_again", fails)
    monkeypatch.setattr(inbox, "send_again", tells)
    nobody: Any = None
    async with relay.relaying(nobody), asyncio.timeout(2):
        await told.wait()


async def test_only_a_few_are_sent_at_once_and_always_what_decides_about_the_process(
    database: Database, caller: Caller, process: str
) -> None:
    first = await accepted(caller, process, START)
    await delivery.note([(first, Outcome(answer={}))])
    asked = [await accepted(caller, process, "pay") for _ in range(4)]
    asked += [await accepted(caller, process, kind) for kind in ("repair", "hold", "release", "decide")]
    asked += [await accepted(caller, process, "pay") for _ in range(4)]

    at_first = [one.is_sent_now for one in asked]
    await delivery.note([(asked[0], Outcome(answer={}))])
    async with database.read(caller.company) as tx:
        rows = (await tx.execute(_SENT_NOW, {"process_id": process})).all()

    assert at_first == [True] * 10 + [False] * 2
    assert [row.number for row in rows if not row.now] == [13]


async def test_what_goes_past_the_others_is_what_all_processes_take_at_once(database: Database) -> None:
    of_all = {
        part._defn.name
        for process in registry.processes()
        for base in process.__mro__
        if base.__module__.startswith("foundation.")
        for part in vars(base).values()
        if isinstance(getattr(part, "_defn", None), workflow._UpdateDefinition)
        and not hasattr(part, "message_of_mailbox")  # These wait for their turn.
    }
    asked = text("SELECT n FROM unnest(CAST(:names AS text[])) n WHERE foundation.goes_past_others(n)")
    async with database.transaction() as tx:
        past = set((await tx.execute(asked, {"names": sorted(of_all)})).scalars())

    assert past == of_all - {STARTED, NOT_WAITED_FOR}
    assert "repair" in past


async def test_whatever_comes_with_the_key_of_a_request_restored_without_knowing_it_is_the_same(
    database: Database, caller: Caller, process: str
) -> None:
    await one(database, caller, _RESTORE, process_id=process, kind=START, key=None, hash=None)
    await one(database, caller, _RESTORE, process_id=process, kind="ship", key="mine", hash="a hash")

    started = await accepted(caller, process, START)
    shipped = await accepted(caller, process, "ship", key="mine")

    assert (started.number, shipped.number) == (1, 2)
    with pytest.raises(Conflict):
        await accepted(caller, process, "ship", key="mine", asked_hash="another")


async def test_a_request_that_came_again_before_it_was_restored_is_not_written_down_twice(
    database: Database, caller: Caller, process: str
) -> None:
    await accepted(caller, process, START)
    shipped = await accepted(caller, process, "ship", key="mine")

    await one(database, caller, _RESTORE, process_id=process, kind="ship", key="mine", hash="a hash")

    async with database.read(caller.company) as tx:
        rows = (await tx.execute(_SENT_NOW, {"process_id": process})).all()
    assert [row.number for row in rows] == [1, shipped.number]


async def test_a_day_has_one_start_however_it_is_asked_for(
    database: Database, caller: Caller, process: str
) -> None:
    del database
    asked = await accepted(caller, process, START, asked_hash=None)

    again = await accepted(caller, process, START, asked_hash=None, body=Asked(words="of a newer version"))

    assert (again.id, again.body) == (asked.id, {"words": "please"})


async def test_what_is_too_large_for_temporal_is_not_accepted(
    database: Database, caller: Caller, process: str
) -> None:
    del database
    with pytest.raises(TooLarge, match="divide it") as refused:
        await accepted(caller, process, START, body=Asked(words="x" * MOST_BYTES))

    assert refused.value.status == 413
