"""`make histories`: goes the ways through our processes and records what they do, as what later versions are
compared with; and a sample of each message that has none.

A way that cannot be gone keeps its old recording; why is said, and the status is 1. Of each way it is said
what has changed: read it before you commit.
"""

import argparse
import os
import sys
from typing import Any

import pytest
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from temporalio.client import WorkflowHistory

from tests.histories import fingerprint
from tests.histories.recording import MESSAGES, SWITCH, stand_beside, ways_of
from tests.histories.replay import process_of, recorded
from tests.histories.scenarios import SCENARIOS
from tests.histories.scene import VARY

WAY = "tests/histories/test_replay.py::test_a_way_through_a_process_takes_the_commands_that_were_recorded"
SAMPLES = "tests/histories/test_messages.py::test_every_message_has_a_committed_sample"


class Bar:
    """What pytest is at, as a bar: in words, when nobody looks at a terminal."""

    def __init__(self, bar: Progress, total: int) -> None:
        self.bar, self.total, self.done = bar, total, 0
        self.task = bar.add_task("", total=total)
        self.failed: list[str] = []

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Called by pytest before each way."""
        self.bar.update(self.task, description=name_of(nodeid))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Called by pytest after each part of a way."""
        name = name_of(report.nodeid)
        if report.failed:
            self.failed.append(name)
            self.say(f"{name} was not recorded: {report.longreprtext}")
        if report.when == "call" and not self.bar.console.is_terminal:
            self.say(f"{self.done + 1}/{self.total} {name}, {report.duration:.1f} s")
        if report.when == "teardown":
            self.done += 1
            self.bar.update(self.task, completed=self.done)

    def say(self, text: str) -> None:
        """Beside the bar."""
        self.bar.console.print(text, markup=False, highlight=False, soft_wrap=True)


def name_of(nodeid: str) -> str:
    """The way, or what else is recorded."""
    return nodeid.rpartition("[")[2].rstrip("]") if "[" in nodeid else "samples of messages"


def asked(arguments: list[str] | None = None) -> argparse.Namespace:
    """What is to be recorded; of the command line, unless arguments are given."""
    parser = argparse.ArgumentParser(prog="make histories", description=__doc__)
    parser.add_argument(
        "ways", nargs="*", metavar="WAY", help="only these, and no samples (default: all, and new samples)"
    )
    parser.add_argument(
        "--beside",
        metavar="PATCH",
        help="let the old recording of what changes stand beside the new one: for processes in flight before "
        "the patch of this name",
    )
    parser.add_argument(
        "--samples", action="store_true", help="write down samples of new messages, and record no way"
    )
    parser.add_argument(
        "--all-samples",
        action="store_true",
        help="write down the samples of all messages anew: with a release, or while there is none",
    )
    parser.add_argument("--list", action="store_true", help="show the names of all ways, and record nothing")
    wanted = parser.parse_args(arguments)
    only_samples = wanted.samples
    if unknown := [name for name in wanted.ways if name not in SCENARIOS]:
        parser.error(f"there is no way called {', '.join(unknown)}; --list shows all")
    wanted.samples = wanted.samples or wanted.all_samples or not wanted.ways
    wanted.ways = wanted.ways or ([] if only_samples else list(SCENARIOS))
    return wanted


def known(names: list[str]) -> dict[str, list[WorkflowHistory]]:
    """What is recorded of the ways."""
    return {name: [recorded(way) for way in ways_of(name)] for name in names}


def changed(name: str, before: list[WorkflowHistory], after: list[WorkflowHistory]) -> str | None:
    """What a way has become, in words; None when it is what it was."""
    if not before:
        return f"{name} is new"
    if len(before) != len(after):
        return f"{name} has {len(after)} runs and had {len(before)}"
    for was, now in zip(before, after, strict=True):
        if found := fingerprint.difference(process_of(now), name, fingerprint.of(was), fingerprint.of(now)):
            return found
    return None


def main() -> int:
    """Record, and say what came of it."""
    wanted = asked()
    if wanted.list:
        print("\n".join(SCENARIOS))
        return 0
    names = wanted.ways
    before = known(names)
    copies = {name: stand_beside(name, wanted.beside) for name in names} if wanted.beside else {}
    nodes = [*(f"{WAY}[{name}]" for name in names), *([SAMPLES] if wanted.samples else [])]
    for path in MESSAGES.glob("*.json") if wanted.all_samples else ():
        path.unlink()
    os.environ[SWITCH] = "1"
    # pytest keeps what is written to the terminal while a way is gone.
    console = Console(file=os.fdopen(os.dup(sys.stderr.fileno()), "w"), stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console) as progress:
        bar = Bar(progress, len(nodes))
        options = ["-p", "no:terminal", "-o", "addopts=", "-p", "tests.time_limit"]
        status = int(pytest.main([*options, *nodes], plugins=[bar]))
    after = known(names)
    for name in names:
        found = changed(name, before[name], after[name])
        if found:
            often = " (it depends on the moment how often something is tried)" if name in VARY else ""
            bar.say(f"{found}{often}")
        else:
            for copy in copies.get(name, ()):
                copy.unlink()
    bar.say(f"{len(nodes) - len(set(bar.failed))} of {len(nodes)} recorded")
    return status


if __name__ == "__main__":
    ended: Any = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(ended)
