"""What `perpetual new` writes works as it is, in a copy of the source; what cannot be made is refused."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from perpetual.scaffold.names import Names, WrongName, checked, free_series, plural_of
from perpetual.scaffold.writing import TEMPLATES, rendered, spelt, write
from tests.architecture.source import BESIDE_THE_HOUSE, FLOORS, ROOT

KENNEL = ("new", "domain", "kennel", "--about", "Dogs that stay with us.")
BY_HAND = 10
"""In so many files, at most, somebody who adds a domain is asked to write."""
BOARDING = ("new", "document", "kennel", "boarding")
STAY = ("new", "process", "stay_to_ledger", "--domain", "kennel", "--document", "boarding")
IT_RUNS = """
import asyncio
from foundation.operations.operation import OPERATIONS
from foundation.process.process_types import process_types
from api.app import app
from api.routes import routes_by_permission
from perpetual.checker.document_kinds import document_kinds
assert "kennel.post_boarding" in OPERATIONS
assert OPERATIONS["kennel.post_boarding"].events[0].event_name == "kennel.boarding_posted"
assert "stay_to_ledger" in process_types()
assert {"kennel.boarding.post", "kennel.boarding.read"} <= set(routes_by_permission(app))
assert "boarding" in {kind.kind for kind in document_kinds()}
from tests.architecture.test_complete import steps_of_the_business
from tests.checker.seeded import BUGS
from tests.faults.kinds import KINDS, OPERATIONS as STRUCK
from domains.kennel.tables import Boarding
from foundation.database.document_types import DOCUMENT_TYPES
assert DOCUMENT_TYPES["boarding"].process == "stay_to_ledger"
assert "stay_to_ledger_completed" in {kind.__name__ for kind in KINDS}
assert "kennel.post_boarding" in STRUCK
"""
PLACEHOLDER = re.compile(r"__[A-Za-z][A-Za-z -]*__")
OF_PYTHON = {"__init__", "__name__", "__tablename__", "__table_args__"}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the source."""
    copy = tmp_path_factory.mktemp("source")
    for folder in (*FLOORS, *BESIDE_THE_HOUSE, "deploy", "docs"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__", "*.json"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, copy)
    return copy


def perpetual(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, run where the source is."""
    return _python(tree, "-m", "perpetual", *arguments)


def _python(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=tree, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def kennel(tree: Path) -> Path:
    """The source with a domain, a document and a process more."""
    for command in (KENNEL, BOARDING, STAY):
        done = perpetual(tree, *command)
        assert done.returncode == 0, done.stderr
    return tree


def test_it_can_be_loaded_and_is_known_everywhere(kennel: Path) -> None:
    done = _python(kennel, "-c", IT_RUNS)

    assert done.returncode == 0, done.stderr


def test_it_keeps_the_rules_of_the_house(kennel: Path) -> None:
    ruff = _python(kennel, "-m", "ruff", "check", ".")
    formatted = _python(kennel, "-m", "ruff", "format", "--check", ".")
    contracts = _python(kennel, "-c", "from importlinter.cli import lint_imports; exit(lint_imports())")

    assert ruff.returncode == 0, ruff.stdout
    assert formatted.returncode == 0, formatted.stdout
    assert contracts.returncode == 0, contracts.stdout


def test_no_placeholder_is_left() -> None:
    names = Names("kennel", "dog_walk", "dog_walks", "DOG", "walk_to_ledger")
    for template in TEMPLATES.rglob("*.txt"):
        left = set(PLACEHOLDER.findall(spelt(template.read_text(encoding="utf-8"), names)))
        assert left <= OF_PYTHON, f"{template.relative_to(TEMPLATES)}: {left - OF_PYTHON}"


def test_it_says_what_is_left_to_write_and_that_is_little(kennel: Path) -> None:
    folders = [kennel / name for name in (*FLOORS, "docs", "tests") if name != "perpetual"]
    sources = [path for folder in folders for path in folder.rglob("*.*") if path.suffix != ".pyc"]
    left = {
        str(path.relative_to(kennel))
        for path in sources
        if re.search("kennel|boarding|stay", str(path)) and "TO WRITE" in path.read_text(encoding="utf-8")
    }

    assert {"activities/kennel/boardings.py", "workflows/stay_to_ledger.py"} <= left
    assert len(left) <= BY_HAND, left


def test_a_document_with_a_process_is_posted_by_its_process_alone(kennel: Path) -> None:
    routes = (kennel / "api/kennel.py").read_text(encoding="utf-8")

    assert routes.count('@boardings.post("",') == 1
    assert "async def start_stay_to_ledger(" in routes


def test_a_route_that_somebody_has_written_stays(tmp_path: Path) -> None:
    for kind in ("domain", "document"):
        for path, text in rendered(kind, Names("kennel", "boarding", "boardings", "BOA")):
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text.replace("TO WRITE", "Written"))

    write(tmp_path, "process", Names("kennel", "boarding", "boardings", "BOA", "stay_to_ledger"))

    assert "async def post_one_boarding(" in (tmp_path / "api/kennel.py").read_text()


def test_nothing_is_written_over(kennel: Path) -> None:
    again = perpetual(kennel, *BOARDING)

    assert again.returncode == 1
    assert "is there already: nothing was written" in again.stderr


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (("new", "domain", "Kennel"), "use lower-case letters"),
        (("new", "document", "stables", "horse"), "there is no domain stables"),
    ],
)
def test_what_cannot_be_made_is_refused(tree: Path, command: tuple[str, ...], why: str) -> None:
    refused = perpetual(tree, *command)

    assert refused.returncode == 1
    assert why in refused.stderr


def test_where_a_list_has_no_place_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "domains").mkdir()
    (tmp_path / "domains/__init__.py").write_text("BANDS = ()\n")

    with pytest.raises(WrongName, match="has no place for a new domain"):
        write(tmp_path, "domain", Names("kennel"))

    assert [path.name for path in tmp_path.rglob("*.py")] == ["__init__.py"]


@pytest.mark.parametrize(
    ("one", "many"), [("trip", "trips"), ("box", "boxes"), ("entry", "entries"), ("day", "days")]
)
def test_plurals(one: str, many: str) -> None:
    assert plural_of(one) == many


def test_a_series_that_is_taken_is_not_given_again() -> None:
    assert free_series(ROOT, "harbour_call") == "HAR"
    assert free_series(ROOT, "receipt") not in ("REC", "RET", "REV")
    assert checked("sales_order", "document") == "sales_order"
