"""The tests run in several processes, each with servers of its own; a file, or a folder, runs in one."""

import os
from collections.abc import Iterable, Iterator
from itertools import chain, groupby, islice
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

MOST = 3
"""Each process has a PostgreSQL and up to three Temporal servers."""
WAITING = ("faults", "perpetual")
"""Where tests wait for somebody to die, or to be started again, and leave the processors to others."""
FIRST = ("checker", "workflows", "histories", "properties")
"""Where files take long: begun first, no process is left with one of them when the others are done."""
BETWEEN = 3
"""So many files of others follow a file that waits. It takes as long as they do together."""
TOGETHER = ("tests/checker/",)
"""Folders whose files share what takes long to set up: they run in one process, as if they were one file."""


class ByFile(LoadFileScheduling):
    """What runs in one process."""

    def _split_scope(self, nodeid: str) -> str:
        together = (folder for folder in TOGETHER if nodeid.startswith(folder))
        return next(together, nodeid.partition("::")[0])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    """As `--dist loadfile` does, with folders beside."""
    return ByFile(config, log)


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are processors: many tests wait."""
    (first, *others) = config.args or [""]
    if not others and first.partition("::")[0].endswith(".py"):
        return 0
    return min(MOST, len(os.sched_getaffinity(0)) + 1)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Files that wait come between others; within a file all stays in its order."""
    of_tests = config.rootpath / "tests"

    def folder(item: pytest.Item) -> str:
        return item.path.relative_to(of_tests).parts[0] if item.path.is_relative_to(of_tests) else ""

    def rank(item: pytest.Item) -> int:
        return FIRST.index(folder(item)) if folder(item) in FIRST else len(FIRST)

    waiting = [item for item in items if folder(item) in WAITING]
    others = sorted((item for item in items if folder(item) not in WAITING), key=rank)
    items[:] = chain.from_iterable(_spread(_files(waiting), _files(others)))


def _files(items: Iterable[pytest.Item]) -> Iterator[list[pytest.Item]]:
    return (list(of_file) for _, of_file in groupby(items, key=lambda item: item.path))


def _spread(
    some: Iterator[list[pytest.Item]], among: Iterator[list[pytest.Item]]
) -> Iterator[list[pytest.Item]]:
    """Some files among others, until there are no more of one kind."""
    for one in some:
        yield one
        yield from islice(among, BETWEEN)
    yield from among
