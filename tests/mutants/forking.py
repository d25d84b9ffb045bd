"""A process that has imported the libraries, and forks a child for each run of tests in a copy of the tree.

It is run by its path, in the copy, and imports nothing of the program: each child imports the program as it
is changed by then. It takes one request a line, as JSON, and answers each with a line.
"""

import builtins
import gc
import importlib
import json
import os
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import hypothesis
import pytest

LIBRARIES = (
    *("alembic", "asyncpg", "babel", "fastapi", "httpx", "opentelemetry.sdk.trace", "pydantic"),
    *(
        "prometheus_client",
        "pydantic_settings",
        "pytest_asyncio",
        "rich",
        "sqlalchemy.ext.asyncio",
        "structlog",
    ),
    *(
        "temporalio.client",
        "temporalio.testing",
        "temporalio.worker",
        "typer",
        "typst",
        "uvicorn",
        "xlsxwriter",
    ),
)
OPTIONS = (
    "-q",
    "--assert=plain",
    "-p",
    "no:hypothesispytest",
    "-p",
    "no:cacheprovider",
    "--capture=fd",
    "--tb=no",
    "-n0",
)
COLLECTED = ""
"""Where a function is reached that runs when modules are imported."""


class Reached:
    """Writes down which functions each test enters, and what it and the session's fixtures take."""

    def __init__(self) -> None:
        self.by: defaultdict[str, set[int]] = defaultdict(set)
        self.tests: dict[str, dict[str, Any]] = {}
        self.fixtures: defaultdict[str, float] = defaultdict(float)
        self.now = self.by[COLLECTED]
        self.apart = 0.0
        builtins.__dict__["_reached"] = self.enters

    def enters(self, number: int) -> None:
        """Called by each function, which is marked."""
        self.now.add(number)

    @contextmanager
    def noted_for(self, name: str) -> Iterator[None]:
        """What is entered meanwhile is entered by this one."""
        before, self.now = self.now, self.by[name]
        yield
        self.now = before

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """For every test, with its fixtures."""
        began, self.apart = time.monotonic(), 0.0
        with self.noted_for(item.nodeid):
            answer = yield
        shared = [name for name in getattr(item, "fixturenames", ()) if name in self.fixtures]
        seconds = time.monotonic() - began - self.apart
        self.tests[item.nodeid] = {"seconds": round(max(seconds, 0.001), 3), "shares": shared, "passed": True}
        return answer

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Generator[None, object, object]:
        """What the session has once belongs to every test that has it."""
        if fixturedef.scope == "function":
            return (yield)
        began = time.monotonic()
        with self.noted_for(f"fixture {fixturedef.argname}"):
            answer = yield
        self.fixtures[fixturedef.argname] += (took := time.monotonic() - began)
        self.apart += took
        return answer

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test that fails without a mutant kills none."""
        if report.failed:
            self.by[f"failed {report.nodeid}"] = set()

    def as_json(self) -> str:
        """All of it."""
        failed = {name.removeprefix("failed ") for name in self.by if name.startswith("failed ")}
        tests = {name: one for name, one in self.tests.items() if name not in failed}
        by = {name: sorted(numbers) for name, numbers in self.by.items() if numbers}
        return json.dumps({"tests": tests, "failed": sorted(failed), "fixtures": self.fixtures, "by": by})


class Ordered:
    """Runs some tests only, in the order that was asked for, and says which failed."""

    def __init__(self, asked: list[str]) -> None:
        self.place = {name: at for at, name in enumerate(asked)}
        self.failed = ""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Called when all tests of the files are known."""
        items[:] = sorted(
            (item for item in items if item.nodeid in self.place), key=lambda item: self.place[item.nodeid]
        )

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Called for each part of a test."""
        if report.failed and not self.failed:
            self.failed = report.nodeid


def serve() -> None:
    """Take requests until there is none."""
    sys.path[:] = [str(Path.cwd()), *(path for path in sys.path if Path(path) != Path(__file__).parent)]
    for name in LIBRARIES:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    for line in sys.stdin:
        asked = json.loads(line)
        began = time.monotonic()
        answer = _in_a_child(asked)
        sys.stdout.write(json.dumps(answer | {"seconds": round(time.monotonic() - began, 2)}) + "\n")
        sys.stdout.flush()


def _in_a_child(asked: dict[str, Any]) -> dict[str, Any]:
    answer = Path(asked["answer"])
    answer.unlink(missing_ok=True)
    child = os.fork()
    if child == 0:
        _run(asked, answer)
    deadline = time.monotonic() + asked["limit"]
    try:
        while os.waitpid(child, os.WNOHANG) == (0, 0):
            if time.monotonic() > deadline:
                return {"killed_by": f"the time limit of {asked['limit']:.0f} s"}
            time.sleep(0.02)
    finally:
        _end(child)
    if not answer.exists():
        return {"killed_by": "the interpreter ended"}
    killed_by: dict[str, Any] = json.loads(answer.read_text())
    return killed_by


def _end(group: int) -> None:
    """A child's servers are of its process group."""
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
    with suppress(ChildProcessError):
        os.waitpid(group, 0)


def _run(asked: dict[str, Any], answer: Path) -> None:
    os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with Path(asked["log"]).open("wb") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    sys.dont_write_bytecode = True
    # A machine that is busy fails no test, and a mutant has the same examples as another.
    patient = hypothesis.settings(
        deadline=None, derandomize=True, suppress_health_check=list(hypothesis.HealthCheck)
    )
    hypothesis.settings.register_profile("mutants", patient)
    hypothesis.settings.load_profile("mutants")
    tests: list[str] = asked["tests"]
    if asked["map"]:
        recorder = Reached()
        pytest.main([*OPTIONS, *tests], plugins=[recorder])
        answer.write_text(recorder.as_json())
    else:
        ordered = Ordered(tests)
        files = sorted({name.partition("::")[0] for name in tests})
        code = pytest.main([*OPTIONS, "-x", *files], plugins=[ordered])
        failed = ordered.failed or ("" if code == 0 else f"pytest, which ended with {int(code)}")
        answer.write_text(json.dumps({"killed_by": failed}))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    serve()
