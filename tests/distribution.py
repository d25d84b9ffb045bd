"""The tests run in several processes, each with servers of its own; one file or one test runs in one."""

import os

import pytest

MOST = 4
"""Each process has a PostgreSQL and up to three Temporal servers."""
FIRST = ("faults", "checker", "workflows", "histories", "perpetual")
"""Where files take longest: begun first, no process is left with one of them when the others are done."""


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are processors: many tests wait for somebody to die, or to be started again."""
    (first, *others) = config.args or [""]
    if not others and first.partition("::")[0].endswith(".py"):
        return 0
    return min(MOST, len(os.sched_getaffinity(0)) + 1)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The folders that take longest come first; within them all stays in its order."""
    of_tests = config.rootpath / "tests"

    def rank(item: pytest.Item) -> int:
        folder = item.path.relative_to(of_tests).parts[0] if item.path.is_relative_to(of_tests) else ""
        return FIRST.index(folder) if folder in FIRST else len(FIRST)

    items.sort(key=rank)
