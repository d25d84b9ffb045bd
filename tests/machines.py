"""State machines: hypothesis chooses what happens next, real operations do it, and a simple model says what
must be so.

A machine's steps are ordinary functions in a thread; what they ask for runs on the tests' event loop.
`HYPOTHESIS_PROFILE=long` looks for minutes instead of seconds.
"""

import asyncio
import itertools
import os
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from foundation.values.messages import Caller

Answer = TypeVar("Answer")
Run = Callable[[Coroutine[Any, Any, Any]], Any]

TRIES = 9
"""So often a machine is run from its beginning, at least."""

_EVERYTHING_MAY_TAKE_TIME = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
    derandomize=os.environ.get("HYPOTHESIS_PROFILE") != "long",
    database=None,
)
PROFILES = {
    # What fails is not made smaller: that would take minutes, and the long profile does it.
    "short": settings(
        _EVERYTHING_MAY_TAKE_TIME, max_examples=TRIES, stateful_step_count=40, phases=[Phase.generate]
    ),
    "long": settings(_EVERYTHING_MAY_TAKE_TIME, max_examples=150, stateful_step_count=60),
}
_companies = itertools.count(1)


def a_caller() -> Caller:
    """Somebody of a company that nobody else uses."""
    company = f"M{next(_companies):05d}"
    return Caller(company=company, actor="a machine", correlation_id=f"machine of {company}")


async def run(machine: Callable[[Run], RuleBasedStateMachine], *, times: int = 1, longer: int = 1) -> int:
    """Let the machine look for what does not hold; one that can do more gets more tries, and longer ones;
    one whose life is to be longer has as many times fewer. Gives how often it was run from its beginning,
    each time until everything had held after every step.
    """
    loop = asyncio.get_running_loop()

    def on_the_loop(work: Coroutine[Any, Any, Answer]) -> Answer:
        return asyncio.run_coroutine_threadsafe(work, loop).result(timeout=60)

    profile = PROFILES[os.environ.get("HYPOTHESIS_PROFILE", "short")]
    profile = settings(
        profile,
        max_examples=times * profile.max_examples // longer,
        stateful_step_count=times * longer * profile.stateful_step_count,
    )
    made: list[RuleBasedStateMachine] = []

    def make() -> RuleBasedStateMachine:
        made.append(machine(on_the_loop))
        return made[-1]

    factory: Any = make  # Whatever makes a machine will do; its type says less.
    await asyncio.to_thread(run_state_machine_as_test, factory, settings=profile)
    return len(made)
