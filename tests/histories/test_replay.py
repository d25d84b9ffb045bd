"""Orders in flight survive an upgrade: the recorded ways still fit the code, and a change of commands is
noticed.

What to do when one of these tests fails: docs/changing-a-process.md.
"""

from collections.abc import AsyncIterator, Iterable
from itertools import zip_longest

import pytest
from temporalio.client import Client, WorkflowHistory

from tests.histories import fingerprint
from tests.histories.ended import runs_of
from tests.histories.gate import SEEDS, report
from tests.histories.recording import is_on, keep, ways_of
from tests.histories.replay import older_ways, process_of, recorded, ways
from tests.histories.scenarios import SCENARIOS
from tests.histories.scene import VARY, Scene

WHAT_TO_DO = "see docs/changing-a-process.md"


@pytest.mark.parametrize("name", SCENARIOS)
async def test_a_way_through_a_process_takes_the_commands_that_were_recorded(scene: Scene, name: str) -> None:
    ids = await SCENARIOS[name](scene)
    processes = (ids,) if isinstance(ids, str) else ids
    gone = [run async for run in _runs(scene.erp.temporal, processes)]
    if is_on():
        await keep(name, gone)

    if name in VARY:
        # The number of attempts, of looks and so of runs is another each time.
        assert done_in(gone) == done_in(recorded(way) for way in ways_of(name)), f"{name}: {WHAT_TO_DO}"
        return

    for history, way in zip_longest(gone, ways_of(name)):
        assert history is not None and way is not None, f"{name} has another number of runs: {WHAT_TO_DO}"
        known, now = fingerprint.of(recorded(way)), fingerprint.of(history)
        changed = fingerprint.difference(process_of(history), way, known, now)
        assert changed is None, f"{changed}: {WHAT_TO_DO}"


def done_in(histories: Iterable[WorkflowHistory]) -> list[str]:
    """What is done on a way that depends on the moment: at all, and but for waiting."""
    return sorted({command for history in histories for command in fingerprint.of(history)} - {"timer"})


@pytest.mark.parametrize("seed", SEEDS)
async def test_the_recorded_histories_replay_under_two_hash_seeds(seed: str) -> None:
    found = [one for one in await report(seed) if not one["change"]]

    assert sorted(one["way"] for one in found) == sorted([*ways(), *older_ways()])
    misfits = [one for one in found if one["fingerprint"] or one["replay"]]
    said = [
        one["fingerprint"] or f"{one['process']}, on the way '{one['way']}': {one['replay']}"
        for one in misfits
    ]
    assert not misfits, "\n".join([*said, WHAT_TO_DO])


async def _runs(temporal: Client, processes: tuple[str, ...]) -> AsyncIterator[WorkflowHistory]:
    for process in processes:
        for run in await runs_of(temporal, process):
            yield run
