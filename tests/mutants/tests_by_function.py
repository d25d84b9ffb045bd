"""Which tests are run on a mutant: those that reach its function, the cheapest and nearest first."""

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

COLLECTED = ""


@dataclass(frozen=True)
class TestCost:
    """What a test takes, alone and with what its session has once."""

    __test__ = False

    name: str
    seconds: float
    shares: tuple[str, ...]


class WrittenTest(TypedDict):
    """What is kept of a test."""

    seconds: float
    shares: list[str]


class WrittenMap(TypedDict):
    """A map as it is kept in its file."""

    failed: list[str]
    fixtures: dict[str, float]
    tests: dict[str, WrittenTest]
    by: dict[str, list[int]]
    """By test, the numbers of the places that it reaches."""


class Map:
    """Which tests reach which functions of a commit, and what they take."""

    def __init__(self, written: WrittenMap, places: Sequence[str]) -> None:
        self.failed: list[str] = written["failed"]
        """Tests that fail without a mutant: they kill none."""
        self.fixtures: dict[str, float] = written["fixtures"]
        self.tests = {
            name: TestCost(name, one["seconds"], tuple(one["shares"]))
            for name, one in written["tests"].items()
        }
        self.reached_by: defaultdict[str, set[str]] = defaultdict(set)
        for name, numbers in written["by"].items():
            for number in numbers:
                self.reached_by[places[number]].add(name)

    @classmethod
    def read(cls, path: Path) -> "Map":
        """From its file."""
        written = json.loads(path.read_text())
        return cls(written["map"], written["places"])

    def reaching(self, path: str, place: str) -> Sequence[TestCost]:
        """All that reach a function, in the order in which they are best run."""
        by = self.reached_by[f"{path}:{place}"]
        shared = {name.removeprefix("fixture ") for name in by if name.startswith("fixture ")}
        found = [
            one
            for name, one in self.tests.items()
            if COLLECTED in by or name in by or not shared.isdisjoint(one.shares)
        ]
        return _cheapest_and_nearest_first(found, path, self.fixtures)

    def within(self, tests: Sequence[TestCost], seconds: float) -> tuple[Sequence[str], float]:
        """The first of some tests that take so long together, and how long; at least one."""
        chosen: list[str] = []
        there: set[str] = set()
        took = 0.0
        for one in tests:
            more = one.seconds + sum(self.fixtures[name] for name in one.shares if name not in there)
            if chosen and took + more > seconds:
                continue
            chosen.append(one.name)
            there.update(one.shares)
            took += more
        return chosen, took


def _cheapest_and_nearest_first(
    tests: Sequence[TestCost], path: str, fixtures: Mapping[str, float]
) -> Sequence[TestCost]:
    """By cost; a test whose path has words in common with the function's counts as cheaper.

    The best of each file come first, for tests of one file are more of the same.
    """
    words = set(re.findall(r"[a-z]+", path)) - {"py"}

    def cost(one: TestCost) -> float:
        file = one.name.partition("::")[0]
        near = len(words & set(re.findall(r"[a-z]+", file)))
        return (one.seconds + sum(fixtures[name] for name in one.shares) + 0.05) / (1 + 2 * near)

    ordered = sorted(tests, key=lambda one: (cost(one), one.name))
    of_file: defaultdict[str, int] = defaultdict(int)
    rounds: list[tuple[int, int, TestCost]] = []
    for at, one in enumerate(ordered):
        file = one.name.partition("::")[0]
        rounds.append((of_file[file] // 5, at, one))
        of_file[file] += 1
    return [one for _, _, one in sorted(rounds, key=lambda one: one[:2])]
