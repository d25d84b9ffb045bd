"""No test keeps the others waiting for ever: one that takes too long fails, and says where it stood."""

import asyncio
import os
import signal
from asyncio import AbstractEventLoop, Task
from collections.abc import Generator, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

SECONDS = int(os.environ.get("PERPETUAL_TEST_SECONDS", "240"))
"""The longest test, a fault run, takes a quarter of it on a machine that does nothing else. Some tests can be
told to do more of the same, and then take longer.
"""


class TookTooLong(Exception):
    """A test has a time limit."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """For every test, with its fixtures."""
    told = f"{item.nodeid} took longer than {SECONDS} s"

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        loop = _waiting()
        if loop is None:
            raise TookTooLong(told)
        # What is raised while an event loop waits reaches nobody.
        for task in _of_the_test(loop, item.path):
            loop.call_soon_threadsafe(task.cancel, told)
            return
        loop.call_soon_threadsafe(loop.stop)

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    try:
        return (yield)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _waiting() -> AbstractEventLoop | None:
    """The event loop, if none of its tasks is at work."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return None
    return loop if asyncio.current_task(loop) is None else None


def _of_the_test(loop: AbstractEventLoop, path: Path) -> Iterator[Task[Any]]:
    for task in asyncio.all_tasks(loop):
        code = getattr(task.get_coro(), "cr_code", None)
        if code is not None and code.co_filename == str(path):
            yield task
