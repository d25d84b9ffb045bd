"""One operation, one transaction, once by key: on a table of the test's own."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import Integer, bindparam, text

from foundation.database.connections import Database
from foundation.database.tables import OperationLog, ProcessState
from foundation.database.transaction import Transaction
from foundation.operations.operation import StepWasTakenBack, look, operation
from foundation.values.errors import BusinessError, Conflict
from foundation.values.messages import Call, Caller, Message, Stage


class Count(Message):
    """Add to the counter."""

    amount: int
    seconds: float = 0


class Counted(Message):
    """What the counter says now."""

    total: int


class TooMuch(BusinessError):
    """More than the counter takes."""


_ADD = text("INSERT INTO public.counter VALUES (:amount)").bindparams(bindparam("amount", type_=Integer))
_TOTAL = text("SELECT sum(amount) FROM public.counter")


@operation("test.count")
async def count(tx: Transaction, ask: Count) -> Counted:
    """Add a row, and count them all."""
    await tx.execute(_ADD, {"amount": ask.amount})
    if ask.amount > 100:
        raise TooMuch("at most 100 at a time")
    await asyncio.sleep(ask.seconds)
    return Counted(total=await tx.scalar(_TOTAL) or 0)


class CountAt(Count):
    """Add to the counter, at a moment of the process's own clock."""

    ASKED_AT = "at"

    at: datetime


@operation("test.count_at")
async def count_at(tx: Transaction, ask: CountAt) -> Counted:
    """Add a row, and count them all."""
    await tx.execute(_ADD, {"amount": ask.amount})
    return Counted(total=await tx.scalar(_TOTAL) or 0)


class LookAtCounter(Message):
    """What does the counter say?"""

    counts: bool = False


@look("test.look")
async def look_at_counter(tx: Transaction, ask: LookAtCounter) -> Counted:
    """Count the rows, and add none."""
    if ask.counts:
        await tx.execute(_ADD, {"amount": 1})
    return Counted(total=await tx.scalar(_TOTAL) or 0)


@pytest.fixture(autouse=True)
async def counter(database: Database, owner_url: str) -> AsyncIterator[None]:
    """An empty counter."""
    del database
    owner = await asyncpg.connect(owner_url)
    await owner.execute("CREATE TABLE public.counter (amount int NOT NULL)")
    await owner.execute("GRANT ALL ON public.counter TO perpetual_app")
    yield
    await owner.execute("DROP TABLE public.counter")
    await owner.close()


async def rows(database: Database, company: str) -> int:
    async with database.read(company) as tx:
        return await tx.scalar(text("SELECT count(*) FROM public.counter")) or 0


async def test_a_second_time_gives_the_first_answer_and_has_no_effect(
    database: Database, caller: Caller
) -> None:
    call = Call.direct(caller, str(uuid4()))

    answers = [await count(call, Count(amount=5)) for _ in range(3)]

    assert answers == [Counted(total=5)] * 3
    assert await rows(database, caller.company) == 1


async def test_attempts_that_overlap_have_one_effect_and_one_answer(
    database: Database, caller: Caller
) -> None:
    call = Call.direct(caller, str(uuid4()))

    answers = await asyncio.gather(*(count(call, Count(amount=7, seconds=0.1)) for _ in range(5)))

    assert answers == [Counted(total=7)] * 5
    assert await rows(database, caller.company) == 1


async def test_a_key_used_for_another_request_is_a_conflict(caller: Caller) -> None:
    call = Call.direct(caller, str(uuid4()))
    await count(call, Count(amount=5))

    with pytest.raises(Conflict, match="used before for another request"):
        await count(call, Count(amount=6))


async def test_a_step_that_is_asked_for_again_later_is_the_same(database: Database, caller: Caller) -> None:
    """Its worker has died after the commit: the process's clock has gone on."""
    call = Call(caller=caller, key=str(uuid4()), process_id="a process")
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    await count_at(call, CountAt(amount=5, at=noon))

    again = await count_at(call, CountAt(amount=5, at=noon + timedelta(seconds=3)))

    assert again == Counted(total=5)
    assert await rows(database, caller.company) == 1
    with pytest.raises(Conflict, match="used before for another request"):
        await count_at(call, CountAt(amount=6, at=noon))


async def test_a_refusal_changes_nothing_and_leaves_the_key_free(database: Database, caller: Caller) -> None:
    call = Call.direct(caller, str(uuid4()))

    with pytest.raises(TooMuch):
        await count(call, Count(amount=101))

    assert await rows(database, caller.company) == 0
    assert (await count(call, Count(amount=1))).total == 1


async def test_a_step_whose_compensation_ran_can_never_commit_late(
    database: Database, caller: Caller
) -> None:
    step, way_back = str(uuid4()), str(uuid4())
    asleep = asyncio.create_task(count(Call.direct(caller, step), Count(amount=5, seconds=0.3)))
    await asyncio.sleep(0.1)

    await count(Call(key=way_back, caller=caller, voids=step), Count(amount=1))

    with pytest.raises(StepWasTakenBack):
        await asleep
    with pytest.raises(StepWasTakenBack):
        await count(Call.direct(caller, step), Count(amount=5))
    assert await rows(database, caller.company) == 1


async def test_the_stage_is_written_in_the_same_transaction(database: Database, caller: Caller) -> None:
    process_id = f"{caller.company}/test/{uuid4()}"

    async def at(stage: Stage, amount: int) -> None:
        key = str(uuid4())
        call = Call(key=key, caller=caller, process_id=process_id, process_type="test", stage=stage)
        await count(call, Count(amount=amount))

    await at(Stage(stage="waiting", waiting_on="somebody", document="D-1"), 1)
    with pytest.raises(TooMuch):
        await at(Stage(stage="never"), 101)
    await at(Stage(stage="done", outcome="closed"), 1)

    async with database.read(caller.company) as tx:
        state = await tx.get(ProcessState, process_id)
    assert state is not None
    assert (state.stage, state.outcome, state.document, state.waiting_on) == ("done", "closed", "D-1", None)
    assert state.closed_at is not None


async def test_a_look_is_not_logged_and_looks_again(database: Database, caller: Caller) -> None:
    call = Call.direct(caller, str(uuid4()))

    before = await look_at_counter(call, LookAtCounter())
    await count(Call.direct(caller, str(uuid4())), Count(amount=5))
    after = await look_at_counter(call, LookAtCounter())

    assert (before.total, after.total) == (0, 5)
    async with database.read(caller.company) as tx:
        assert await tx.get(OperationLog, call.key) is None


async def test_a_look_cannot_write(database: Database, caller: Caller) -> None:
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        await look_at_counter(Call.direct(caller, str(uuid4())), LookAtCounter(counts=True))

    assert await rows(database, caller.company) == 0


async def test_nobody_sees_another_companys_operations(database: Database, caller: Caller) -> None:
    key = str(uuid4())
    await count(Call.direct(caller, key), Count(amount=1))

    async with database.read("SOMEBODY-ELSE") as tx:
        assert await tx.get(OperationLog, key) is None
    async with database.read(caller.company) as tx:
        assert await tx.get(OperationLog, key) is not None


async def test_the_log_cannot_be_changed_even_by_the_owner(owner_url: str, caller: Caller) -> None:
    key = str(uuid4())
    await count(Call.direct(caller, key), Count(amount=1))
    owner = await asyncpg.connect(owner_url)

    for statement in ("UPDATE foundation.operation SET actor = 'me'", "DELETE FROM foundation.operation"):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="only added to"):
            await owner.execute(statement)
    await owner.close()


async def test_a_connection_that_the_server_has_closed_is_replaced(owner_url: str, caller: Caller) -> None:
    await asyncio.gather(*(count(Call.direct(caller, str(uuid4())), Count(amount=1)) for _ in range(4)))
    owner = await asyncpg.connect(owner_url)
    await owner.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'perpetual'"
    )
    await owner.close()
    await asyncio.sleep(0.1)

    assert (await count(Call.direct(caller, str(uuid4())), Count(amount=1))).total == 5


async def test_an_attempt_that_is_given_up_leaves_nothing(database: Database, caller: Caller) -> None:
    call = Call.direct(caller, str(uuid4()))
    given_up = asyncio.create_task(count(call, Count(amount=5, seconds=60)))
    await asyncio.sleep(0.1)

    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up

    assert await rows(database, caller.company) == 0
