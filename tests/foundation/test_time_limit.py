"""A test that takes too long fails, also one that waits on the event loop for what never comes."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

TESTS = """
import asyncio, time
import pytest, uvloop

@pytest.fixture(scope="session")
def _asyncio_loop_factory():
    return uvloop.new_event_loop

@pytest.fixture
async def never():
    await asyncio.Event().wait()

async def test_waits():
    await asyncio.Event().wait()

async def test_waits_again_and_again():
    while True:
        await asyncio.sleep(0.01)

async def test_never_begins(never):
    pass

async def test_works():
    while True:
        pass

def test_sleeps():
    time.sleep(60)

async def test_goes_on():
    await asyncio.sleep(0.01)
"""
OPTIONS = ["-p", "tests.time_limit", "-p", "no:cacheprovider", "-q", "--tb=line", "-o", "asyncio_mode=auto"]


def test_who_takes_too_long_is_stopped_whatever_it_does(tmp_path: Path) -> None:
    (tmp_path / "test_slow.py").write_text(TESTS)

    ended = subprocess.run(
        [sys.executable, "-m", "pytest", *OPTIONS, "-c", os.devnull, "--rootdir", tmp_path, tmp_path],
        env=os.environ | {"PERPETUAL_TEST_SECONDS": "1", "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert "4 failed, 1 passed, 1 error" in ended.stdout, ended.stdout + ended.stderr
    for name in ("test_waits", "test_waits_again_and_again", "test_works", "test_sleeps"):
        assert f"{name} took longer than 1 s" in ended.stdout


async def test_the_tests_run_on_the_event_loop_that_we_are_installed_with() -> None:
    assert type(asyncio.get_running_loop()).__module__ == "uvloop"
