"""Transactions that get into each other's way: the body runs again, and there is one effect."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import Uuid, bindparam, text

from foundation.database.connections import Database
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.messages import Call, Caller, Message

STATES = {"40P01": "deadlock detected", "40001": "could not serialize access", "55P03": "lock not available"}
ALL_ATTEMPTS = 6

_ADD = text("INSERT INTO public.tries VALUES (:id)").bindparams(bindparam("id", type_=Uuid()))
_LOCK = text("UPDATE public.places SET visits = visits + 1 WHERE place = :place")
_COUNT = text("SELECT count(*) FROM public.tries")
_bodies: dict[UUID, int] = {}
_met: dict[UUID, asyncio.Barrier] = {}


class Try(Message):
    """Write a row, and fail of a state of the database the first so many times."""

    id: UUID
    state: str
    fails: int


class Tried(Message):
    """How often the body was run."""

    bodies: int


@operation("test.try")
async def try_it(tx: Transaction, ask: Try) -> Tried:
    """Add a row, then fail as the database does when transactions get into each other's way."""
    _bodies[ask.id] = _bodies.get(ask.id, 0) + 1
    await tx.execute(_ADD, {"id": ask.id})
    if _bodies[ask.id] <= ask.fails:
        await tx.execute(
            text(f"DO $$ BEGIN RAISE EXCEPTION 'in the way' USING ERRCODE = '{ask.state}'; END $$")
        )
    return Tried(bodies=_bodies[ask.id])


class Visit(Message):
    """Lock one place, then another, when the other visitor has locked its first."""

    id: UUID
    places: tuple[str, str]
    meets: UUID


@operation("test.visit")
async def visit(tx: Transaction, ask: Visit) -> Tried:
    """Visit both places, and wait between them for the other, but only the first time."""
    _bodies[ask.id] = _bodies.get(ask.id, 0) + 1
    first, second = ask.places
    await tx.execute(_LOCK, {"place": first})
    if _bodies[ask.id] == 1:
        await _met[ask.meets].wait()
    await tx.execute(_LOCK, {"place": second})
    await tx.execute(_ADD, {"id": ask.id})
    return Tried(bodies=_bodies[ask.id])


@pytest.fixture(autouse=True)
async def tables(database: Database, owner_url: str) -> AsyncIterator[None]:
    """A table for the effects, and two rows to wait for."""
    del database
    owner = await asyncpg.connect(owner_url)
    await owner.execute(
        """
        CREATE TABLE public.tries (id uuid NOT NULL);
        CREATE TABLE public.places (place text PRIMARY KEY, visits int NOT NULL);
        INSERT INTO public.places VALUES ('here', 0), ('there', 0);
        GRANT ALL ON public.tries, public.places TO perpetual_app
        """
    )
    yield
    await owner.execute("DROP TABLE public.tries, public.places")
    await owner.close()


async def effects(database: Database, company: str) -> int:
    """How many rows the bodies have left."""
    async with database.read(company) as tx:
        return await tx.scalar(_COUNT) or 0


@pytest.mark.parametrize("state", STATES, ids=STATES.get)
async def test_the_body_runs_once_more_and_leaves_one_effect(
    database: Database, caller: Caller, state: str
) -> None:
    call, ask = Call.direct(caller, str(uuid4())), Try(id=uuid4(), state=state, fails=1)

    answers = [await try_it(call, ask) for _ in range(2)]

    assert answers == [Tried(bodies=2)] * 2
    assert (_bodies[ask.id], await effects(database, caller.company)) == (2, 1)


async def test_it_is_given_up_after_six_attempts_and_leaves_nothing(
    database: Database, caller: Caller
) -> None:
    call, ask = Call.direct(caller, str(uuid4())), Try(id=uuid4(), state="40P01", fails=100)

    with pytest.raises(asyncpg.DeadlockDetectedError):
        await try_it(call, ask)

    assert (_bodies[ask.id], await effects(database, caller.company)) == (ALL_ATTEMPTS, 0)


async def test_what_another_attempt_does_not_change_is_not_tried_again(
    database: Database, caller: Caller
) -> None:
    call, ask = Call.direct(caller, str(uuid4())), Try(id=uuid4(), state="22012", fails=1)

    with pytest.raises(asyncpg.DivisionByZeroError):
        await try_it(call, ask)

    assert (_bodies[ask.id], await effects(database, caller.company)) == (1, 0)


async def test_two_that_wait_for_each_other_are_both_done_once(database: Database, caller: Caller) -> None:
    _met[meets := uuid4()] = asyncio.Barrier(2)
    ways = (("here", "there"), ("there", "here"))
    visits = [Visit(id=uuid4(), places=places, meets=meets) for places in ways]

    answers = await asyncio.gather(*(visit(Call.direct(caller, str(one.id)), one) for one in visits))

    assert sorted(answer.bodies for answer in answers) == [1, 2], "one of the two was a deadlock's victim"
    assert await effects(database, caller.company) == 2
    async with database.read(caller.company) as tx:
        assert await tx.scalars(text("SELECT visits FROM public.places")) == [2, 2]
