"""What a domain, a process or an operation must have besides its code: what is missing is named."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from foundation.operations.operation import OPERATIONS, events
from foundation.outbound.letters import LETTERS
from foundation.process.process import Process
from perpetual.checker.document_kinds import document_kinds
from tests.architecture.source import ROOT
from tests.architecture.test_repository import tracked
from tests.faults import kinds
from tests.histories.test_every_way import MODULES, steps_of_all
from workers import registry

OF_THE_GROUND = ("approval", "automation", "process", "run")
"""What all processes do: it has tests of its own."""
TO_WRITE = "TO WRITE"
"""What a skeleton of `perpetual new` asks for."""
ABOUT_TO_WRITE = (
    "perpetual/scaffold",
    "docs/adding-a-domain.md",
    "tests/architecture/test_complete.py",
    "tests/perpetual/test_scaffold.py",
)
WRITE_LETTERS = {letter.writer.name for letter in LETTERS.values()}
"""A letter that cannot be written is given up, and so is its process: see tests/workflows/test_letters.py."""
NOT_STRUCK = {
    "inventory.check_goods_back": "it only looks",
    "ledger.check_entries": "it only looks",
    "receivables.list_months_to_bill": "a run is killed in tests/faults/test_killed_runs.py",
    **dict.fromkeys(WRITE_LETTERS, "a message is killed in tests/faults/test_killed_on_an_external_call.py"),
}
"""Steps of the business at which no fault run kills, and why."""


def steps_of_the_business() -> set[str]:
    """The operations of business domains that are steps of a process."""
    return {name for name in steps_of_all(MODULES) if not name.startswith(OF_THE_GROUND)}


def without_a_page(processes: Iterable[type[Process]], pages: str) -> list[str]:
    """Processes that no page of the documentation describes."""
    places = {process: "/".join(process.__module__.split(".")[:2]) for process in processes}
    return [f"{place} has no page in docs" for place in places.values() if place not in pages]


def not_named_in(steps: set[str], sources: Iterable[str], *marks: str) -> list[str]:
    """Steps that no test with one of the marks names."""
    tests = [source for source in sources if any(mark in source for mark in marks)]
    return sorted(step for step in steps if not any(f'"{step}"' in test for test in tests))


def sources_of(*folders: str) -> list[str]:
    """The text of every test below these folders."""
    return [path.read_text(encoding="utf-8") for folder in folders for path in (ROOT / folder).rglob("*.py")]


def test_every_process_has_a_page() -> None:
    pages = "".join(
        path.read_text() for path in (ROOT / "docs").glob("**/*.md") if "decisions" not in path.parts
    )

    assert without_a_page(registry.processes(), pages) == []
    assert without_a_page([Process], "no page at all") == ["foundation/process has no page in docs"]


def test_every_step_is_refused_in_some_test() -> None:
    marks = ("refused[", "refuse_step(", "broken[", "break_step(")
    steps, sources = steps_of_the_business() - WRITE_LETTERS, sources_of("tests/workflows", "tests/histories")
    missing = not_named_in(steps, sources, *marks)

    assert missing == [], "no test refuses them: see tests/workflows/test_every_step.py"


def test_the_answer_of_every_step_gets_lost_in_some_test() -> None:
    sources = sources_of("tests/workflows", "tests/histories")
    missing = not_named_in(steps_of_the_business(), sources, "repeated")

    assert missing == [], "no test repeats them: see tests/histories/test_lost_answers.py"


def test_a_step_that_no_test_names_would_be_found() -> None:
    found = not_named_in(
        {"fleet.post_trip", "sales.place_order"}, ['refused["sales.place_order"]'], "refused["
    )

    assert found == ["fleet.post_trip"]


def test_fault_runs_kill_at_every_step() -> None:
    missing = steps_of_the_business() - set(kinds.OPERATIONS) - NOT_STRUCK.keys()

    assert not missing, "add a kind to tests/faults, and its operations to kinds.OPERATIONS"
    assert not NOT_STRUCK.keys() & set(kinds.OPERATIONS), "it is struck after all"


def untested(operations: dict[str, str], tests: str) -> list[str]:
    """Operations, by name with their function's, that no test names."""
    return [name for name, function in operations.items() if name not in tests and function not in tests]


def test_every_operation_of_the_business_is_named_in_some_test() -> None:
    registry.operations()
    ours = {
        name: one.body.__name__
        for name, one in OPERATIONS.items()
        if one.body.__module__.startswith("activities.") and not name.startswith(OF_THE_GROUND)
    }
    assert untested(ours, "".join(sources_of("tests"))) == []
    assert untested({"fleet.post_trip": "post_trip"}, "post_order") == ["fleet.post_trip"]


def without_an_event(written_by: Iterable[str], events: Iterable[str]) -> list[str]:
    """Operations that write a document, and of which nobody outside can be told."""
    return sorted(set(written_by) - set(events))


def test_every_operation_that_writes_a_document_makes_an_event() -> None:
    registry.operations()
    writing = [operation for kind in document_kinds() for operation in kind.asked_by]

    assert without_an_event(writing, events()) == [], "say @operation(…, event=…): docs/announcements.md"
    assert without_an_event(["fleet.post_trip"], events()) == ["fleet.post_trip"]


@pytest.mark.parametrize("mark", [TO_WRITE])
def test_nothing_of_a_skeleton_is_left_to_write(mark: str) -> None:
    left = [
        str(path.relative_to(ROOT))
        for path in tracked(ROOT)
        if not str(path.relative_to(ROOT)).startswith(ABOUT_TO_WRITE) and mark in _text_of(path)
    ]
    assert left == []


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""
