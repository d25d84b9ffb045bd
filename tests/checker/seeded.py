"""What may go wrong in a company's database, each with the invariant that must see it.

A bug is the statements that leave what such a bug would leave. They lie in files, each below a comment that
names the invariant; `:c` stands for the company. They run as the tables' owner with triggers and foreign keys
switched off, in a transaction that is taken back.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent / "bugs"


@dataclass(frozen=True)
class Bug:
    """What was done, and which invariant does not hold any more."""

    invariant: str
    statements: str


def bugs() -> Iterator[Bug]:
    """All of them, by file."""
    for path in sorted(HERE.glob("*.sql")):
        for written in path.read_text(encoding="utf-8").split("\n\n"):
            about, _, statements = written.partition("\n")
            yield Bug(about.removeprefix("-- "), statements)


BUGS = tuple(bugs())
