"""The source of the repository as the architecture checks see it, and what a rule about it is."""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FLOORS = ("perpetual", "workers", "api", "workflows", "activities", "domains", "foundation")
BESIDE_THE_HOUSE = ("benchmarks", "tests")

OF_THE_HOUSE = tuple(f"{floor}/**/*.py" for floor in (*FLOORS, "benchmarks"))
EVERYWHERE = (*OF_THE_HOUSE, "tests/**/*.py")
PURE = ("workflows/**/*.py", "domains/*/rules.py", "domains/*/rules/**/*.py")

Finding = tuple[int, str]
"""A line, and what is wrong there."""


@dataclass(frozen=True)
class Module:
    """One file of Python."""

    path: Path
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed file."""
        return ast.parse(self.text, str(self.path))

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the file, in no particular order."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def imported(self) -> dict[str, str]:
        """What each imported name stands for: `datetime` for `datetime.datetime`."""
        names: dict[str, str] = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    top = alias.name.partition(".")[0]
                    names[alias.asname or top] = alias.name if alias.asname else top
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for alias in node.names:
                    names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        return names

    @cached_property
    def imported_packages(self) -> frozenset[str]:
        """The first parts of what the file imports."""
        return frozenset(full_name.partition(".")[0] for full_name in self.imported.values())

    def meaning(self, node: ast.expr) -> str:
        """The full dotted name that an expression stands for; empty when it is not a name."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        return ".".join([self.imported.get(node.id, node.id), *reversed(parts)])


@lru_cache(maxsize=4096)
def _read(path: Path) -> Module:
    return Module(path, path.read_text())


def modules(root: Path, over: tuple[str, ...]) -> Iterator[Module]:
    """The modules below `root` that the patterns name, by path, each once."""
    found = {path for pattern in over for path in root.glob(pattern)}
    return (_read(path) for path in sorted(found))


@dataclass(frozen=True)
class Rule:
    """A rule about source: what holds, why, where, how it is checked, and what it must catch and let pass."""

    sentence: str
    because: str
    over: tuple[str, ...]
    check: Callable[[Module], Iterator[Finding]]
    catches: tuple[Mapping[str, str], ...] = field(repr=False)
    """Small trees, as path → source, that each break the rule once or more."""
    lets_pass: Mapping[str, str] = field(default_factory=dict, repr=False)
    """A tree that keeps the rule and looks like one that does not."""

    def violations(self, root: Path) -> list[str]:
        """What breaks the rule below `root`, as `path:line: what`."""
        return [
            f"{module.path.relative_to(root)}:{line}: {what}"
            for module in modules(root, self.over)
            for line, what in self.check(module)
        ]

    def complaint(self, violations: list[str]) -> str:
        """What a person is told whose change breaks the rule."""
        return "\n".join([f"{self.sentence}.", f"Because {self.because}.", *violations])


def plant(root: Path, tree: Mapping[str, str]) -> None:
    """Write a small tree of files below `root`."""
    for path, text in tree.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
