"""A process is a page: read from top to bottom it is the whole procedure."""

import ast
import inspect
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

from foundation.process.process import Process
from workers import registry

MOST_LINES_OF_A_PAGE = 200
MOST_LINES_OF_A_PROCEDURE = 60
MOST_ANCESTORS = 4
PACKAGES = sorted(Path("workflows").glob("*/process.py"))
PROCESSES = registry.processes()
Needs = dict[str, set[str]]


@pytest.mark.parametrize("page", PACKAGES, ids=lambda page: page.parent.name)
def test_the_page_of_a_process_is_short(page: Path) -> None:
    lines = len(page.read_text(encoding="utf-8").splitlines())

    assert lines <= MOST_LINES_OF_A_PAGE, f"{page} has {lines} lines: what is it about besides the procedure?"


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.__name__)
def test_a_procedure_fits_on_a_screen(process: type[Process]) -> None:
    source = inspect.getsource(process)
    (body,) = ast.parse(source).body
    assert isinstance(body, ast.ClassDef)
    for part in body.body:
        if isinstance(part, ast.AsyncFunctionDef) and part.name == "procedure":
            assert part.end_lineno is not None
            assert part.end_lineno - part.lineno < MOST_LINES_OF_A_PROCEDURE


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.__name__)
def test_a_process_has_few_ancestors(process: type[Process]) -> None:
    ours = [
        ancestor.__name__
        for ancestor in process.__mro__[1:]
        if ancestor.__module__.startswith(("foundation.", "workflows."))
    ]

    assert len(ours) <= MOST_ANCESTORS, f"{process.__name__} stands on {', '.join(ours)}"


@pytest.fixture(scope="module")
def needs() -> Needs:
    """What each module imports when it is imported."""
    floors = ("workflows", "activities", "domains", "foundation", "api", "workers", "perpetual")
    graph = grimp.build_graph(*floors, exclude_type_checking_imports=True)
    return {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}


def circle(needs: Needs) -> list[str]:
    """Modules of which each needs the one before it, the first the last; nothing when there are none."""
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as found:
        modules: list[str] = found.args[1]
        return modules
    return []


def test_no_module_needs_itself_to_be_imported(needs: Needs) -> None:
    assert len(needs) > 100
    assert circle(needs) == []


def test_a_circle_would_be_found(needs: Needs) -> None:
    back = {
        "foundation.operations.mailbox": needs["foundation.operations.mailbox"]
        | {"foundation.process.process"}
    }

    assert {"foundation.operations.mailbox", "foundation.process.process"} <= set(circle(needs | back))


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.__name__)
def test_a_process_says_what_becomes_of_all_that_it_is_told(process: type[Process]) -> None:
    told = [getattr(part, "message_of_mailbox", None) for part in vars(process).values()]
    messages = {message.__name__ for message in told if message is not None}

    says = inspect.getsource(process.take) if messages else ""

    assert [name for name in sorted(messages) if name not in says] == []
