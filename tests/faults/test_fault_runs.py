"""Three short fault runs: everything is killed again and again, and nothing is lost or doubled.

`make faults` does the same for long. Over the three seeds workers also die at marked points of operations.
"""

import pytest

from tests.faults.doomed import Points
from tests.faults.fault_run import Plan, run
from tests.faults.run import every_point, in_one_line


@pytest.fixture(scope="module")
def points() -> Points:
    """Where workers die: each seed goes on where the last one has stopped."""
    return every_point()


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_nothing_is_lost_or_doubled_while_everything_is_killed(seed: int, points: Points) -> None:
    plan = Plan(
        seed,
        orders=39,
        clients=13,
        fault_every_seconds=2,
        worker_lives_seconds=0.5,
        strikes_for_seconds=20,
        longest_pause_seconds=4,
    )

    result = await run(plan, points)

    wrong = [*result.verdict.lost, *result.verdict.doubled, *result.verdict.other, *result.defects]
    assert not wrong, "\n".join([in_one_line(result), *wrong])
    assert result.is_good, in_one_line(result)
