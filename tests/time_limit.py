"""No test keeps the others waiting for ever: one that takes too long fails, and says where it stood."""

import os
import signal
from collections.abc import Generator
from types import FrameType

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

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise TookTooLong(f"{item.nodeid} took longer than {SECONDS} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    try:
        return (yield)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
