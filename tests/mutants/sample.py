"""Which mutants are made: a sample of every floor, drawn by the commit's id; which are harmless."""

import random
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.mutants import conditions, statements
from tests.mutants.mutant import Mutant, Source
from tests.mutants.tree import Tree

CODE = {
    "rules": ("domains/*/rules.py", "domains/*/rules/**/*.py"),
    "activities": ("activities/**/*.py",),
    "foundation": ("foundation/**/*.py",),
    "workflows": ("workflows/**/*.py",),
    "api": ("api/**/*.py",),
}
CHECKER = {"checker": ("perpetual/checker/**/*.sql",)}
STRATA: Mapping[str, tuple[str, ...]] = CODE | CHECKER

HARMLESS = Path(__file__).parent / "harmless.toml"


@dataclass(frozen=True)
class Harmless:
    """A mutant that does what the program does, and why."""

    path: str
    place: str
    operator: str
    original: str
    becomes: str
    reason: str

    def is_of(self, mutant: Mutant) -> bool:
        """Whether it is this one. It has no line number: the lines above it may change."""
        theirs = (mutant.path, mutant.place, mutant.operator, mutant.original, mutant.becomes)
        return (self.path, self.place, self.operator, self.original, self.becomes) == theirs


def harmless(path: Path = HARMLESS) -> Sequence[Harmless]:
    """All that a person has looked at and found harmless."""
    return [Harmless(**one) for one in tomllib.loads(path.read_text(encoding="utf-8")).get("harmless", ())]


def mutants_of(source: Source) -> Iterator[Mutant]:
    """All mutants of a file."""
    return conditions.mutants(source) if source.path.endswith(".sql") else statements.mutants(source)


def drawn(tree: Tree, stratum: str, count: int, seed: str) -> Sequence[Mutant]:
    """So many of a stratum, or all; the same for the same seed."""
    sources = {one.path: one for one in tree.sources(*STRATA[stratum])}
    every = sorted((m for source in sources.values() for m in mutants_of(source)), key=lambda one: one.id)
    random.Random(f"{seed} {stratum}").shuffle(every)
    chosen: list[Mutant] = []
    for mutant in every:
        if len(chosen) == count:
            break
        if mutant.path.endswith(".sql") or statements.compiles(mutant, sources[mutant.path].text):
            chosen.append(mutant)
    return chosen


def shares(count: int, strata: Sequence[str]) -> Mapping[str, int]:
    """How many of each stratum: the same of each, so that none is too few to say anything."""
    return {name: count // len(strata) + (at < count % len(strata)) for at, name in enumerate(strata)}
