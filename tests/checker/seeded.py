"""What may go wrong in a company's database, each with the invariant that must see it.

A bug is the statements that leave what such a bug would leave. They lie in files, each below a comment that
names the invariant, and says how many rows it must find: what finds others too is as wrong as what finds
nothing, and what only looks like a bug is found 0 times. `:c` stands for the company. They run as the tables'
owner with triggers and foreign keys switched off, in a transaction that is taken back.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent / "bugs"


@dataclass(frozen=True)
class Bug:
    """What was done, which invariant does not hold any more, and how often."""

    invariant: str
    rows: int
    statements: str

    def found(self, rows: int) -> None:
        """Write down how often it is found: the company of the tests has another order, say."""
        for path in HERE.glob("*.sql"):
            written = path.read_text(encoding="utf-8").rstrip("\n").split("\n\n")
            was, now = (f"-- {self.invariant}: {n}\n{self.statements}" for n in (self.rows, rows))
            text = "\n\n".join(now if one == was else one for one in written)
            path.write_text(f"{text}\n", encoding="utf-8")


def bugs() -> Iterator[Bug]:
    """All of them, by file."""
    for path in sorted(HERE.glob("*.sql")):
        for written in path.read_text(encoding="utf-8").rstrip("\n").split("\n\n"):
            about, _, statements = written.partition("\n")
            invariant, _, rows = about.removeprefix("-- ").partition(": ")
            yield Bug(invariant, int(rows), statements)


BUGS = tuple(bugs())
