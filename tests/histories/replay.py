"""Replay the committed histories against today's processes, and against seeded bad changes of them.

`python -m tests.histories.replay [WAY …]` prints what came of it. Run in a process of its own, because the
hash seed can only be chosen at its start.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from foundation.process.defects import DefectsAreSeen
from foundation.process.process import Process
from foundation.process.run import Run
from foundation.runtime.temporal import DATA_CONVERTER
from tests.histories import fingerprint
from tests.histories.changes import CHANGES
from tests.histories.commands import Watched
from tests.histories.instead import instead
from workers import registry

FOLDER = Path(__file__).parent
OLDER = "older"
LONG_LIVES = {
    "order_goes_on_as_a_new_run": 60,
    "order_cancelled_after_it_went_on": 60,
    "dunning_run_in_several_runs": 60,
    "collective_invoice_in_several_runs": 12,
    "purchase_goes_on_as_a_new_run": 60,
    "payment_run_goes_on_as_a_new_run": 60,
    "payroll_run_goes_on_as_a_new_run": 60,
    "off_cycle_run_goes_on_as_a_new_run": 60,
}
"""The ways on which processes go on as new runs after so few events."""


@dataclass(frozen=True)
class Replayed:
    """What came of the replay of one history."""

    way: str
    process: str
    commands: tuple[str, ...]
    """What was asked for, as far as it came."""
    replay: str = ""
    """What Temporal says does not fit; it looks at some commands, and at little of each."""
    fingerprint: str = ""
    """Where something else is asked for than was recorded."""

    @property
    def fits(self) -> bool:
        """Whether a process in flight could go on."""
        return not self.replay and not self.fingerprint


def recorded(way: str) -> WorkflowHistory:
    """A history under its process's id, from which ids in the process follow."""
    history = WorkflowHistory.from_json(way, (FOLDER / f"{way}.json").read_text())
    return replace(history, workflow_id=_begun_with(history).workflow_id or way)


def commands_of(way: str) -> Path:
    """Where it is written down what the process asked for on a way."""
    return FOLDER / f"{way}.commands"


def ways() -> list[str]:
    """The names of all recorded histories of today's processes."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def older_ways() -> list[str]:
    """The names of histories beside newer ones of the same way: of processes in flight before a patch."""
    return sorted(f"{OLDER}/{path.stem}" for path in (FOLDER / OLDER).glob("*.json"))


async def replayed(
    histories: Mapping[str, WorkflowHistory], processes: Sequence[type[Any]]
) -> AsyncIterator[Replayed]:
    """Replay histories by their ways, one after the other: first those whose processes go on early."""
    for most in sorted({most_events(way) for way in histories}, key=lambda most: most or 0):
        alike = {way: history for way, history in histories.items() if most_events(way) == most}
        with living_so_long(most):
            async for one in _replayed_alike(alike, processes):
                yield one


async def _replayed_alike(
    histories: Mapping[str, WorkflowHistory], processes: Sequence[type[Any]]
) -> AsyncIterator[Replayed]:
    commands: list[str] = []
    replayer = Replayer(
        workflows=processes,
        workflow_runner=Watched(registry.sandbox(), commands),
        unsandboxed_workflow_runner=Watched(UnsandboxedWorkflowRunner(), commands),
        interceptors=[DefectsAreSeen()],
        data_converter=DATA_CONVERTER,
    )

    async def each() -> AsyncIterator[WorkflowHistory]:
        for history in histories.values():
            commands.clear()
            yield history

    async with replayer.workflow_replay_iterator(each()) as results:
        for way in histories:
            result = await anext(results)
            process = process_of(result.history)
            known = commands_of(way).read_text().splitlines() if commands_of(way).exists() else []
            found = fingerprint.difference(process, way, known, commands) or ""
            yield Replayed(way, process, tuple(commands), str(result.replay_failure or ""), found)


def most_events(way: str) -> int | None:
    """So many events a history had when its process went on as a new run; None when as many as always."""
    scenario = way.rpartition("/")[2].partition("@")[0].partition(".")[0]
    return LONG_LIVES.get(scenario)


@contextmanager
def living_so_long(most: int | None) -> Iterator[None]:
    """Processes go on as new runs after so many events."""
    if most is None:
        yield
    else:
        with instead(Process, MOST_EVENTS=most), instead(Run, MOST_EVENTS=most):
            yield


def process_of(history: WorkflowHistory) -> str:
    """Whose history it is."""
    return str(_begun_with(history).workflow_type.name)


def _begun_with(history: WorkflowHistory) -> Any:
    return history.events[0].workflow_execution_started_event_attributes


async def main(which: Sequence[str]) -> list[str]:
    """Replay everything, print what was found as JSON lines; gives the ways that do not fit."""
    misfits = []
    async for one in replayed(
        {way: recorded(way) for way in which or [*ways(), *older_ways()]}, registry.processes()
    ):
        if not one.fits:
            misfits.append(one.way)
        print(json.dumps({"change": ""} | asdict(one)))
    for change in CHANGES if not which else ():
        async for one in replayed({change.way: recorded(change.way)}, [change.process]):
            print(json.dumps({"change": change.name} | asdict(one)))
    return misfits


if __name__ == "__main__":
    do_not_fit = asyncio.run(main(sys.argv[1:]))
    print("do not fit:", ", ".join(do_not_fit) or "none", file=sys.stderr)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(1 if do_not_fit else 0)
