"""Questions about the names of classes: does one stand twice, and is a refusal's public type its own?"""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.architecture.source import FLOORS, modules

REFUSAL = "BusinessError"


class NamedClass(NamedTuple):
    """A class at the top of a module of the house."""

    name: str
    place: str
    bases: tuple[str, ...]


def classes(root: Path) -> list[NamedClass]:
    """Every class at the top of a module of the house, by path."""
    over = tuple(f"{floor}/**/*.py" for floor in FLOORS)
    return [
        NamedClass(
            node.name,
            f"{module.path.relative_to(root)}:{node.lineno}",
            tuple(ast.unparse(base).rpartition(".")[2] for base in node.bases),
        )
        for module in modules(root, over)
        for node in module.tree.body
        if isinstance(node, ast.ClassDef)
    ]


def standing_twice(root: Path) -> list[str]:
    """Public classes whose name another class has, with the places of all of them."""
    return _twice((one.name, one.place) for one in classes(root) if not one.name.startswith("_"))


def of_one_type(root: Path) -> list[str]:
    """Types of refusals, as callers see them, that belong to several classes."""
    return _twice((public_type(one.name), f"{one.place} {one.name}") for one in refusals(root))


def refusals(root: Path) -> Iterator[NamedClass]:
    """What is derived from a refusal, by whatever way."""
    known = classes(root)
    names = {REFUSAL}
    while more := {one.name for one in known if names.intersection(one.bases)} - names:
        names |= more
    return (one for one in known if names.intersection(one.bases))


def public_type(name: str) -> str:
    """The last part of a refusal's `/problems/…`, made here as `foundation.values.errors` makes it."""
    return "".join(f"-{letter}" if letter.isupper() else letter for letter in name).lower().removeprefix("-")


def _twice(named: Iterable[tuple[str, str]]) -> list[str]:
    places: dict[str, list[str]] = defaultdict(list)
    for name, place in named:
        places[name].append(place)
    return [f"{name}: {', '.join(found)}" for name, found in sorted(places.items()) if len(found) > 1]
