"""A step whose compensation ran never commits late, however the two get in each other's way.

The step is stopped somewhere on its way, the compensation runs with the step's key, the step goes on; or the
other way round. Whatever came first, nothing is left of the step, and it has no effect any more.
"""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Coroutine, Iterator
from contextvars import copy_context
from typing import Any, TypeVar
from uuid import UUID, uuid4

import psutil
import pytest

from foundation.database.connections import Database
from foundation.operations.operation import StepWasTakenBack
from foundation.values.messages import Call, Caller
from tests import stopped_attempts
from tests.checked import everything_agrees
from tests.erp import Erp
from tests.foundation.steps_and_ways_back import PAIRS, Pair, left_of
from tests.stopped_attempts import COMMIT, Stop

Answer = TypeVar("Answer")

TRIALS = 200
AT_ONCE = 8
POINTS = 8
"""More than an operation asks of the database, so that some attempts come to their end unstopped."""
A_MOMENT = 0.05
"""Seconds that a compensation is given before the attempt that may be in its way goes on."""


@pytest.fixture
def clerk(erp: Erp) -> Caller:
    """Somebody of a trading company."""
    return Caller(company=erp.company, actor="a tester", correlation_id="taken back")


@pytest.fixture
def stopping(database: Database) -> Iterator[None]:
    """Attempts stop where a test wants it."""
    end = stopped_attempts.watch()
    yield
    end()


async def attempt(pair: Pair, call: Call, order_id: UUID) -> str:
    """What becomes of the step."""
    try:
        await pair.step(call, order_id)
    except StepWasTakenBack:
        return "refused"
    return "applied"


def stopped(work: Coroutine[Any, Any, Answer], stop: Stop) -> asyncio.Task[Answer]:
    """Work under way, which stops there."""
    context = copy_context()
    context.run(stopped_attempts.stop.set, stop)
    return asyncio.create_task(work, context=context)


async def is_waiting(task: asyncio.Task[Any]) -> bool:
    """Whether the task cannot come to its end for now."""
    done, _ = await asyncio.wait([task], timeout=10 * A_MOMENT)
    return not done


async def trial(number: int, caller: Caller) -> str:
    """One order's step and compensation; gives which of the two came first."""
    chance = random.Random(number)
    pair, order_id, key = PAIRS[number % len(PAIRS)], uuid4(), str(uuid4())
    step = Call.direct(caller, key)
    stop = Stop(chance.randrange(POINTS))
    trying = stopped(attempt(pair, step, order_id), stop)
    await asyncio.wait(
        [trying, reached := asyncio.create_task(stop.reached.wait())], return_when=asyncio.FIRST_COMPLETED
    )
    reached.cancel()
    taking_back = asyncio.create_task(
        pair.way_back(Call(key=f"{key}/back", caller=caller, voids=key), order_id)
    )
    was_done = trying.done()
    await asyncio.wait([taking_back], timeout=chance.choice((0, A_MOMENT)))
    was_taken_back = taking_back.done()
    stop.go_on.set()
    became, _ = await asyncio.gather(trying, taking_back)

    assert await left_of(pair, caller, order_id) == 0
    # Tried once more it has no effect, whatever it answers.
    assert await attempt(pair, step, order_id) == became
    assert await left_of(pair, caller, order_id) == 0
    if was_done:
        assert became == "applied"
        return "applied before"
    if was_taken_back:
        assert became == "refused", "the compensation had committed, and the step did so after it"
        return "taken back before"
    return f"at the same time, {became}"


async def test_in_two_hundred_trials_nothing_is_left_of_a_step_that_was_taken_back(
    clerk: Caller, stopping: None
) -> None:
    del stopping
    turn = asyncio.Semaphore(AT_ONCE)

    async def in_turn(number: int) -> str:
        async with turn:
            return await trial(number, clerk)

    outcomes = Counter(await asyncio.gather(*(in_turn(number) for number in range(TRIALS))))

    assert outcomes.total() == TRIALS
    assert set(outcomes) >= {"applied before", "taken back before", "at the same time, refused"}
    await everything_agrees(clerk.company, "inventory", "ledger")


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.step.__name__)
async def test_a_step_that_has_read_that_its_key_is_free_cannot_commit_after_its_compensation(
    clerk: Caller, stopping: None, pair: Pair
) -> None:
    del stopping
    order_id, key = uuid4(), str(uuid4())
    stop = Stop(before=1)
    trying = stopped(attempt(pair, Call.direct(clerk, key), order_id), stop)
    await stop.reached.wait()

    await pair.way_back(Call(key=f"{key}/back", caller=clerk, voids=key), order_id)
    stop.go_on.set()

    assert await trying == "refused"
    assert await left_of(pair, clerk, order_id) == 0


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.step.__name__)
async def test_a_step_waits_for_a_compensation_that_has_its_key_and_found_nothing(
    clerk: Caller, stopping: None, pair: Pair
) -> None:
    del stopping
    order_id, key = uuid4(), str(uuid4())
    before_effect, before_commit = Stop(before=1), Stop(COMMIT)
    trying = stopped(attempt(pair, Call.direct(clerk, key), order_id), before_effect)
    await before_effect.reached.wait()
    back = Call(key=f"{key}/back", caller=clerk, voids=key)
    taking_back = stopped(pair.way_back(back, order_id), before_commit)
    await before_commit.reached.wait()

    before_effect.go_on.set()
    assert await is_waiting(trying)
    before_commit.go_on.set()

    assert await trying == "refused"
    await taking_back
    assert await left_of(pair, clerk, order_id) == 0


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.step.__name__)
async def test_a_compensation_waits_for_a_step_that_has_its_key_and_takes_it_back(
    clerk: Caller, stopping: None, pair: Pair
) -> None:
    del stopping
    order_id, key = uuid4(), str(uuid4())
    before_commit = Stop(COMMIT)
    trying = stopped(attempt(pair, Call.direct(clerk, key), order_id), before_commit)
    await before_commit.reached.wait()

    back = Call(key=f"{key}/back", caller=clerk, voids=key)
    taking_back = asyncio.create_task(pair.way_back(back, order_id))
    assert await is_waiting(taking_back)
    before_commit.go_on.set()

    assert await trying == "applied"
    await taking_back
    assert await left_of(pair, clerk, order_id) == 0


@pytest.fixture
def sleeper(erp: Erp, postgres_url: str) -> Iterator[subprocess.Popen[str]]:
    """A process of its own that attempts steps, and sleeps on its way."""
    del erp
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.foundation.sleeping_attempt"],
        env=os.environ | {"DATABASE_URL": postgres_url},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


async def asleep(process: subprocess.Popen[str]) -> None:
    """Wait until the process has put itself to sleep."""
    for _ in range(600):
        if psutil.Process(process.pid).status() == psutil.STATUS_STOPPED:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the attempt does not sleep")


def told(process: subprocess.Popen[str]) -> str:
    """What became of the attempt."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def begin(process: subprocess.Popen[str], caller: Caller, number: int, stops_before: int) -> tuple[UUID, str]:
    """Have the process attempt a step of a new order; gives the order and the step's key."""
    order_id, key = uuid4(), str(uuid4())
    asked = {"caller": caller.model_dump(), "key": key, "order_id": str(order_id)}
    assert process.stdin is not None
    process.stdin.write(
        json.dumps(asked | {"pair": number % len(PAIRS), "stops_before": stops_before}) + "\n"
    )
    process.stdin.flush()
    return order_id, key


async def test_a_worker_that_was_asleep_is_refused_when_it_wakes_up(
    clerk: Caller, sleeper: subprocess.Popen[str]
) -> None:
    for number in range(9):
        pair = PAIRS[number % len(PAIRS)]
        order_id, key = begin(sleeper, clerk, number, stops_before=number // len(PAIRS) % 2)
        await asleep(sleeper)

        await pair.way_back(Call(key=f"{key}/back", caller=clerk, voids=key), order_id)
        sleeper.send_signal(signal.SIGCONT)

        assert await asyncio.to_thread(told, sleeper) == "step-was-taken-back"
        assert await left_of(pair, clerk, order_id) == 0


async def test_a_worker_killed_in_its_sleep_leaves_nothing_and_the_compensation_that_waited_has_the_key(
    clerk: Caller, sleeper: subprocess.Popen[str]
) -> None:
    pair = PAIRS[-1]
    order_id, key = begin(sleeper, clerk, len(PAIRS) - 1, COMMIT)
    await asleep(sleeper)

    back = Call(key=f"{key}/back", caller=clerk, voids=key)
    taking_back = asyncio.create_task(pair.way_back(back, order_id))
    assert await is_waiting(taking_back)
    sleeper.kill()
    await taking_back

    assert await attempt(pair, Call.direct(clerk, key), order_id) == "refused"
    assert await left_of(pair, clerk, order_id) == 0
