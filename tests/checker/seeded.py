"""What may go wrong in a company's database, each with the invariant that must see it.

A bug is the statements that leave what such a bug would leave. They lie in files, each below a comment that
names the invariant, and says how many rows it must find: what finds others too is as wrong as what finds
nothing, and what only looks like a bug is found 0 times. Below the first bug of each invariant, others that
see it are named, for the whole check runs against it. `:c` stands for the company. They run as the tables'
owner with triggers and foreign keys switched off, in a transaction that is taken back.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import wrap

HERE = Path(__file__).parent / "bugs"
ALSO, NO_OTHER = "-- also ", "no other"


@dataclass(frozen=True)
class Bug:
    """What was done, which invariant does not hold any more, and how often."""

    invariant: str
    rows: int
    statements: str
    others: tuple[str, ...] | None = None
    """Which other invariants see it; None if nobody has asked them."""

    def as_written(self) -> str:
        """The bug as it lies in its file."""
        about = [f"-- {self.invariant}: {self.rows}"]
        if self.others is not None:
            listed = ", ".join(self.others) or NO_OTHER
            about += wrap(listed, 108, initial_indent=ALSO, subsequent_indent=ALSO, break_on_hyphens=False)
        return "\n".join([*about, self.statements])

    def found(self, rows: int, others: tuple[str, ...] | None) -> None:
        """Write down by what it is found, and how often: the company of the tests has another order, say."""
        was, now = self.as_written(), replace(self, rows=rows, others=others).as_written()
        for path in HERE.glob("*.sql"):
            written = path.read_text(encoding="utf-8").rstrip("\n").split("\n\n")
            text = "\n\n".join(now if one == was else one for one in written)
            path.write_text(f"{text}\n", encoding="utf-8")


def bugs() -> Iterator[Bug]:
    """All of them, by file."""
    for path in sorted(HERE.glob("*.sql")):
        for written in path.read_text(encoding="utf-8").rstrip("\n").split("\n\n"):
            about, _, statements = written.partition("\n")
            invariant, _, rows = about.removeprefix("-- ").partition(": ")
            listed: list[str] = []
            while statements.startswith(ALSO):
                line, _, statements = statements.partition("\n")
                listed += line.removeprefix(ALSO).rstrip(",").split(", ")
            others = tuple(one for one in listed if one != NO_OTHER) if listed else None
            yield Bug(invariant, int(rows), statements, others)


BUGS = tuple(bugs())
