"""How a way is kept when it is recorded: for each run of its processes one history, and one list of what was
asked for.
"""

import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHistory

from tests.histories.changes import PATCHED, LooksOnceMore
from tests.histories.replay import FOLDER, OLDER, commands_of, replayed
from tests.histories.seeding import as_process
from workers import registry

SWITCH = "PERPETUAL_RECORD_HISTORIES"
MESSAGES = FOLDER / "messages"
OF_THE_MACHINE = {"stackTrace", "identity"}


def is_on() -> bool:
    """Whether what is gone now is what later versions are compared with."""
    return os.environ.get(SWITCH) == "1"


def ways_of(scenario: str) -> list[str]:
    """The recorded histories of a scenario, in the order of their runs."""
    numbered = [f"{scenario}.{number}" for number in range(2, 20)]
    return [way for way in (scenario, *numbered) if (FOLDER / f"{way}.json").exists()]


def processes_of(way: str) -> list[type[Any]]:
    """Whose history it is: of a changed process, when it was recorded of one."""
    return [as_process(LooksOnceMore)] if way == PATCHED else list(registry.processes())


def stand_beside(scenario: str, patch: str) -> list[Path]:
    """Let what is recorded of a scenario stand beside what will be, for those in flight before a patch."""
    (FOLDER / OLDER).mkdir(exist_ok=True)
    copies = []
    for way in ways_of(scenario):
        for path in (FOLDER / f"{way}.json", commands_of(way)):
            copies.append(FOLDER / OLDER / f"{way}@{patch}{path.suffix}")
            shutil.copy(path, copies[-1])
    return copies


def as_text(history: WorkflowHistory) -> str:
    """A history as it is kept: without what tells of the machine it was recorded on, and of no command."""
    return json.dumps(_of_no_machine(json.loads(history.to_json())), indent=2) + "\n"


def _of_no_machine(told: Any) -> Any:
    if isinstance(told, list):
        return [_of_no_machine(one) for one in told]
    if isinstance(told, dict):
        return {name: _of_no_machine(one) for name, one in told.items() if name not in OF_THE_MACHINE}
    return told


async def keep(scenario: str, gone: Sequence[WorkflowHistory]) -> None:
    """Keep the histories instead of those that were recorded; not when they cannot be replayed themselves."""
    names = [scenario, *(f"{scenario}.{number}" for number in range(2, len(gone) + 1))]
    histories = dict(zip(names, gone, strict=True))
    results = [one async for one in replayed(histories, processes_of(scenario))]
    for one in results:
        assert not one.replay, f"{one.way}: {one.replay}"
    for way in ways_of(scenario):
        (FOLDER / f"{way}.json").unlink()
        commands_of(way).unlink(missing_ok=True)
    for one in results:
        (FOLDER / f"{one.way}.json").write_text(as_text(histories[one.way]))
        commands_of(one.way).write_text("".join(f"{line}\n" for line in one.commands))
