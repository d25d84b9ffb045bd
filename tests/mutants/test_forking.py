"""A seeded mutant is killed by a test that looks, survives one that does not, is stopped when it hangs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import plant
from tests.mutants.mutant import Mutant, Source
from tests.mutants.sample import mutants_of
from tests.mutants.tree import Tree
from tests.mutants.trial import HOUSE, ForkedRuns

RULES = "domains/shop/rules.py"
PROGRAM = {
    RULES: "def is_adult(age: int) -> bool:\n    return age >= 18\n\n\ndef price(of: int) -> int:\n"
    "    total = 0\n    while of > 0:\n        total += of\n        of -= 1\n    return total\n",
    "domains/shop/__init__.py": "",
    "domains/__init__.py": "",
    "pyproject.toml": '[tool.pytest.ini_options]\nasyncio_default_fixture_loop_scope = "session"\n',
    "tests/domains/test_shop.py": "from domains.shop import rules\n\n\ndef test_age() -> None:\n"
    "    assert rules.is_adult(30) and not rules.is_adult(3)\n\n\ndef test_price() -> None:\n"
    "    assert rules.price(3) == 6\n",
}


@pytest.fixture(scope="module")
def forked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkedRuns]:
    """Of a small program."""
    root = tmp_path_factory.mktemp("mutants") / "tree"
    plant(root, PROGRAM)
    with ForkedRuns(Tree(root), cluster="") as forked:
        yield forked


def the_mutant(becomes: str, operator: str = "comparison") -> Mutant:
    """The one whose line is so."""
    source = Source(RULES, PROGRAM[RULES].encode())
    return next(one for one in mutants_of(source) if (one.becomes, one.operator) == (becomes, operator))


def test_mutants_are_put_before_the_tests_that_reach_them(forked: ForkedRuns, tmp_path: Path) -> None:
    reach = forked.made_map(tmp_path / "reached.json", ["domains"])
    assert [one.name for one in reach.reaching(RULES, "is_adult")] == ["tests/domains/test_shop.py::test_age"]
    assert not any(b"_reached" in source.text for source in forked.tree.sources(*HOUSE))

    killed = forked.judged(the_mutant("return age < 18"), reach, patience=5)
    at_the_boundary = forked.judged(the_mutant("return age > 18"), reach, patience=5)

    assert killed.killed_by == "tests/domains/test_shop.py::test_age"
    assert at_the_boundary.killed_by == ""
    assert at_the_boundary.asked == ("tests/domains/test_shop.py::test_age",)


def test_a_mutant_that_hangs_is_stopped(forked: ForkedRuns) -> None:
    hangs = next(
        one for one in mutants_of(Source(RULES, PROGRAM[RULES].encode())) if one.original == "of -= 1"
    )

    with forked.tree.mutated(hangs):
        answer = forked.run(["tests/domains/test_shop.py::test_price"], limit=3)

    assert "time limit" in str(answer["killed_by"])
