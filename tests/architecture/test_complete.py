"""What a domain, a process or an operation must have besides its code: what is missing is named."""

import re
from collections.abc import Callable, Iterable
from inspect import isfunction
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from activities.ledger import posting as ledger_posting
from foundation.operations.operation import OPERATIONS, Operation, events
from foundation.outbound.letters import LETTERS
from foundation.process.process import Process
from perpetual.checker.document_kinds import document_kinds
from tests.architecture.source import ROOT
from tests.architecture.test_repository import tracked
from tests.faults import kinds, registering
from tests.faults.left_out import LEFT_EMPTY, NOT_STRUCK, never_struck
from tests.histories.test_every_way import MODULES, steps_of_all
from workers import registry

OF_THE_GROUND = ("approval", "automation", "process", "run")
"""What all processes do: it has tests of its own."""
TO_WRITE = "TO WRITE"
"""What a skeleton of `perpetual new` asks for."""
POSTING = (ledger_posting.write_entry, ledger_posting.settle_items, ledger_posting.use_money)
"""What all posting comes to."""
ABOUT_TO_WRITE = (
    "perpetual/scaffold",
    "docs/adding-a-domain.md",
    "tests/architecture/test_complete.py",
    "tests/perpetual/test_scaffold.py",
)
REPEATS = "repeated.add("
"""As a test has the answer of a step lost."""
WRITE_LETTERS = {letter.writer.name for letter in LETTERS.values()}
"""A letter that cannot be written is given up, and so is its process: see tests/workflows/test_letters.py."""
WHERE_OPERATIONS_ARE_TESTED = [
    f"tests/{folder}" for folder in ("activities", "api", "builders", "properties", "workflows")
]


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
    missing = not_named_in(steps_of_the_business(), sources, REPEATS)

    assert missing == [], "no test repeats them: see tests/histories/test_lost_answers.py"


def test_a_step_that_no_test_names_would_be_found() -> None:
    found = not_named_in(
        {"harbour.post_call", "sales.place_order"}, ['refused["sales.place_order"]'], "refused["
    )

    assert found == ["harbour.post_call"]
    only_said = '"""Each step is repeated."""\nSTEPS = ["harbour.post_call"]'
    assert not_named_in({"harbour.post_call"}, [only_said], REPEATS) == ["harbour.post_call"]


def test_fault_runs_kill_at_every_operation(monkeypatch: pytest.MonkeyPatch) -> None:
    left = never_struck()

    assert sorted(left - NOT_STRUCK.keys()) == [], (
        "tell a story of them in tests/faults/…_kinds.py: @kind(steps of a process, at_the_door=(others,))"
    )
    assert sorted(NOT_STRUCK.keys() - left) == [], "it is struck after all, or there is no such operation"
    monkeypatch.setitem(OPERATIONS, "harbour.post_call", OPERATIONS["ledger.post_entry"])
    assert never_struck() - left == {"harbour.post_call"}


def test_what_fault_runs_leave_out_is_shown_elsewhere() -> None:
    reasons = " ".join([*NOT_STRUCK.values(), *LEFT_EMPTY.values()])

    missing = [path for path in re.findall(r"tests/[\w/]+\.py", reasons) if not (ROOT / path).exists()]
    assert missing == []


def test_a_kind_brings_its_operations_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registering, "OPERATIONS", [])
    monkeypatch.setattr(registering, "KINDS", [])

    registering.kind("harbour.post_call")(kinds.backordered)

    assert ([kinds.backordered], ["harbour.post_call"]) == (registering.KINDS, registering.OPERATIONS)


def untested(operations: dict[str, str], tests: str) -> list[str]:
    """Operations, by name with their function's, that no test names."""
    return [name for name, function in operations.items() if name not in tests and function not in tests]


def operations_of_the_business() -> dict[str, Operation[Any, Any]]:
    """All that is declared below `activities`, but for what all processes do."""
    registry.operations()
    return {
        name: one
        for name, one in OPERATIONS.items()
        if one.body.__module__.startswith("activities.") and not name.startswith(OF_THE_GROUND)
    }


def test_every_operation_of_the_business_is_named_in_some_test() -> None:
    ours = {name: one.body.__name__ for name, one in operations_of_the_business().items()}

    missing = untested(ours, "".join(sources_of(*WHERE_OPERATIONS_ARE_TESTED)))
    assert set(missing) <= WRITE_LETTERS, "fault runs and recorded ways do not say what an operation must do"
    assert untested({"harbour.post_call": "post_call"}, "post_order") == ["harbour.post_call"]


def without_an_event(written_by: Iterable[str], events: Iterable[str]) -> list[str]:
    """Operations that write a document, and of which nobody outside can be told."""
    return sorted(set(written_by) - set(events))


def test_every_operation_that_writes_a_document_makes_an_event() -> None:
    registry.operations()
    writing = [operation for kind in document_kinds() for operation in kind.asked_by]

    assert without_an_event(writing, events()) == [], "say @operation(…, event=…): docs/announcements.md"
    assert without_an_event(["harbour.post_call"], events()) == ["harbour.post_call"]


def posts(function: Callable[..., Any], known: set[object] | None = None) -> bool:
    """Whether what a function does, or what it calls below `activities`, is posted or taken back."""
    known = set() if known is None else known
    known.add(function)
    named = [function.__globals__.get(name) for name in function.__code__.co_names]
    modules = [one for one in named if isinstance(one, ModuleType)]
    named += [getattr(module, name, None) for module in modules for name in function.__code__.co_names]
    ours = [one for one in named if isfunction(one) and one.__module__.startswith("activities.")]
    return any(one in POSTING or (one not in known and posts(one, known)) for one in ours)


def test_every_operation_that_posts_makes_an_event() -> None:
    posting = {name: one for name, one in operations_of_the_business().items() if posts(one.body)}

    assert len(posting) > 10
    assert sorted(name for name, one in posting.items() if not one.events) == []


def unasked(tables: Iterable[str], questions: str) -> list[str]:
    """Tables of documents that no invariant asks about."""
    return sorted(table for table in tables if not re.search(rf"\b{re.escape(table)}\b", questions))


def test_some_invariant_asks_about_every_document_that_posts() -> None:
    questions = "".join(path.read_text() for path in (ROOT / "perpetual/checker").rglob("*.sql"))
    tables = {kind.table for kind in document_kinds() if kind.posts_as}

    assert unasked(tables, questions) == [], "write what must hold in perpetual/checker/invariants/<domain>"
    assert unasked({"harbour.call"}, "FROM harbour.call_line") == ["harbour.call"]


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
