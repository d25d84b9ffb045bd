"""Orders in flight survive an upgrade: the recorded ways still fit the code, and a change of commands is
noticed.

When a process is changed on purpose, behind a named patch, record the new way beside the old one:
`make histories`, or of some ways only `make histories ARGS="-k order_paid"`.
"""

import os
from collections.abc import AsyncIterator
from itertools import zip_longest
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHistory

from tests.histories import fingerprint
from tests.histories.changes import PATCHED, LooksOnceMore, as_process
from tests.histories.ended import runs_of
from tests.histories.gate import SEEDS, report
from tests.histories.replay import FOLDER, commands_of, recorded, replayed, ways
from tests.histories.scenarios import SCENARIOS, VARY
from tests.histories.scene import Scene
from workers import registry

RECORD = os.environ.get("PERPETUAL_RECORD_HISTORIES") == "1"


@pytest.mark.parametrize("name", SCENARIOS)
async def test_a_way_through_a_process_takes_the_commands_that_were_recorded(scene: Scene, name: str) -> None:
    ids = await SCENARIOS[name](scene)
    processes = (ids,) if isinstance(ids, str) else ids
    gone = [run async for run in _runs(scene.erp.temporal, processes)]
    if RECORD:
        await _record(name, gone)

    for number, (history, way) in enumerate(zip_longest(gone, _ways_of(name))):
        if name in VARY:
            # The number of attempts, of looks and so of runs is another each time.
            assert way is None or set(fingerprint.of(recorded(way))), f"{name}, run {number + 1}"
            continue
        assert history is not None and way is not None, f"{name} has another number of runs"
        assert fingerprint.of(history) == fingerprint.of(recorded(way)), (
            f"{way} changed without a patch: see this module's docstring"
        )
    if name in VARY:
        taken = {command for history in gone for command in fingerprint.of(history)}
        assert taken == {command for way in _ways_of(name) for command in fingerprint.of(recorded(way))}


@pytest.mark.parametrize("seed", SEEDS)
async def test_the_recorded_histories_replay_under_two_hash_seeds(seed: str) -> None:
    found = [one for one in await report(seed) if not one["change"]]

    assert sorted(one["way"] for one in found) == ways()
    misfits = [one for one in found if one["fingerprint"] or one["replay"]]
    said = [
        one["fingerprint"] or f"{one['process']}, on the way '{one['way']}': {one['replay']}"
        for one in misfits
    ]
    assert not misfits, "\n".join(said)


async def _runs(temporal: Client, processes: tuple[str, ...]) -> AsyncIterator[WorkflowHistory]:
    for process in processes:
        for run in await runs_of(temporal, process):
            yield run


def _ways_of(name: str) -> list[str]:
    numbered = [f"{name}.{number}" for number in range(2, 20)]
    return [way for way in (name, *numbered) if (FOLDER / f"{way}.json").exists()]


def processes_of(way: str) -> list[type[Any]]:
    """Whose history it is: of a changed process, when it was recorded of one."""
    return [as_process(LooksOnceMore)] if way == PATCHED else list(registry.processes())


async def _record(name: str, gone: list[WorkflowHistory]) -> None:
    for way in _ways_of(name):
        (FOLDER / f"{way}.json").unlink()
        commands_of(way).unlink(missing_ok=True)
    for number, history in enumerate(gone, start=1):
        way = name if number == 1 else f"{name}.{number}"
        (FOLDER / f"{way}.json").write_text(history.to_json() + "\n")
        async for one in replayed([way], processes_of(way)):
            assert not one.replay, one.replay
            commands_of(way).write_text("".join(f"{line}\n" for line in one.commands))
