"""The invariants, as they lie in files; what a violation is."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from perpetual.checker import document_kinds

HERE = Path(__file__).parent
TABLES = ("under_way.sql", "asked_and_there.sql", "charged.sql", "used_money.sql", "given_back.sql")
"""What several invariants ask about, said once: each may name these tables."""
NAMES = re.compile(r"^(?:\), )?(\w+)(?: \([\w, ]+\))? AS \(", re.MULTILINE)
"""What the tables of a part are called."""
AT_REST = "at_rest"
"""The group of what holds only while nobody is at work."""


@dataclass(frozen=True)
class Invariant:
    """Something that always holds: a sentence, and the question that finds what breaks it."""

    name: str
    group: str
    sentence: str
    question: str


@dataclass(frozen=True)
class Violation:
    """Something that does not hold, of which company (None: of the whole database) and document."""

    invariant: str
    sentence: str
    company: str | None
    document: str
    figures: dict[str, Any]

    def as_text(self) -> str:
        """The document with its figures, as a person reads them."""
        figures = ", ".join(
            f"{name.replace('_', ' ')} {_shown(value)}" for name, value in self.figures.items()
        )
        return f"{self.document}: {figures}" if figures else self.document


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def invariants(*, groups: Collection[str] | None = None, at_rest: bool = False) -> Sequence[Invariant]:
    """All invariants, or those of some groups; `at_rest` adds those that hold only while nobody works.

    Raises ValueError for no group, or one that there is not: whatever is checked by nothing would hold.
    """
    written = [(HERE / name).read_text(encoding="utf-8") for name in TABLES]
    tables = (*document_kinds.tables(), *written)
    found = [_read(path, tables) for path in sorted(HERE.glob("invariants/*/*.sql"))]
    if groups is None:
        return [one for one in found if at_rest or one.group != AT_REST]
    known = {one.group for one in found}
    if not groups or not set(groups) <= known:
        raise ValueError(f"name groups of invariants: {', '.join(sorted(known))}; not {list(groups)}")
    return [one for one in found if one.group in groups]


def _read(path: Path, tables: Sequence[str]) -> Invariant:
    written = path.read_text(encoding="utf-8")
    sentence = written.partition("\n")[0].removeprefix("-- ")
    return Invariant(
        name=path.stem,
        group=path.parent.name,
        sentence=sentence,
        question=f"{_with(tables, written)}SELECT * FROM (\n{written}) AS x",
    )


def _with(tables: Sequence[str], written: str) -> str:
    """The tables that the question reads, and those that these read: PostgreSQL takes longer to understand
    all of them than to answer most questions.
    """
    needed: list[str] = []
    for table in reversed(tables):  # Each names only what stands before it.
        asked = "\n".join((written, *needed))
        if any(re.search(rf"\b(?:FROM|JOIN)\s+{name}\b", asked) for name in NAMES.findall(table)):
            needed.insert(0, table)
    return f"WITH {','.join(needed)}" if needed else ""
