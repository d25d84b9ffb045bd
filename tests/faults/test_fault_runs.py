"""Three short fault runs: everything is killed again and again, and nothing is lost or doubled. How many
operations are attempted twice is chance in so short a run, and is asked of the three together.

`make faults` does the same for long. Over the three seeds workers also die at marked points of operations.
"""

from collections import Counter

import pytest

from tests.faults.doomed import Points
from tests.faults.fault_run import Plan, Result, run
from tests.faults.kinds import KINDS
from tests.faults.run import every_point, headline, in_one_line, twice

LEAST_TWICE = 0.01
"""Of all operations: `make faults`, where servers stand still for longer, asks for twice as many."""


ORDERS = 32
"""In each run: so the three together have every kind of story, most of them twice."""


@pytest.fixture(scope="module")
def points() -> Points:
    """Where workers die: each seed goes on where the last one has stopped."""
    return every_point()


@pytest.fixture(scope="module")
def results() -> list[Result]:
    """What the seeds have come to so far."""
    return []


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_nothing_is_lost_or_doubled_while_everything_is_killed(
    seed: int, points: Points, results: list[Result]
) -> None:
    plan = Plan(
        seed,
        orders=ORDERS,
        clients=13,
        fault_every_seconds=2,
        worker_lives_seconds=0.5,
        strikes_for_seconds=20,
        longest_pause_seconds=4,
    )

    result = await run(plan, points)
    results.append(result)

    wrong = [*result.verdict.lost, *result.verdict.doubled, *result.verdict.other, *result.defects]
    assert not wrong, "\n".join([in_one_line(result), *wrong])
    assert result.is_good, in_one_line(result)


def test_the_runs_have_struck_often_enough_to_prove_something(results: list[Result]) -> None:
    if len(results) < 3:
        pytest.skip("asked of all three seeds, of which not all have come to their end in this run")

    assert twice(results) >= LEAST_TWICE, headline(results, Counter())
    ended = {name for result in results for name in result.books.ended}
    assert {kind.__name__ for kind in KINDS} - ended == set()
