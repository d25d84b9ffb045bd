"""What a mutant is: one file in which one piece of text is another."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """A change of one place of a file. Offsets count bytes, as `ast` does."""

    path: str
    place: str
    """The function, with the class or function it is in; of a query, the name of its file."""
    operator: str
    line: int
    start: int
    end: int
    replacement: str
    original: str
    """The line as it is, without its indentation; a statement of several lines is one line here."""
    becomes: str
    """The same line as the mutant has it."""

    @property
    def id(self) -> str:
        """What it is called in the file of results."""
        return f"{self.path}:{self.start}-{self.end}:{self.operator}:{self.replacement}"

    def applied(self, text: bytes) -> bytes:
        """The file's text with the change in it."""
        return text[: self.start] + self.replacement.encode() + text[self.end :]

    def as_diff(self) -> str:
        """The change as a person reads it."""
        where = f"{self.path}:{self.line} in {self.place} ({self.operator})"
        return f"{where}\n  - {self.original}\n  + {self.becomes}"


@dataclass(frozen=True)
class Source:
    """A file that mutants are made of."""

    path: str
    text: bytes

    def mutant(
        self, operator: str, *, place: str, start: int, end: int, replacement: str
    ) -> Mutant:  # What is said of it are whole lines: they are read, and harmless mutants are known by them.
        """The mutant that has `replacement` between two offsets."""
        first = self.text.rfind(b"\n", 0, start) + 1
        last = self.text.find(b"\n", end)
        last = len(self.text) if last < 0 else last
        before, after = self.text[first:start].decode(), self.text[end:last].decode()
        return Mutant(
            path=self.path,
            place=place,
            operator=operator,
            line=self.text.count(b"\n", 0, start) + 1,
            start=start,
            end=end,
            replacement=replacement,
            original=_in_one_line(before + self.text[start:end].decode() + after),
            becomes=_in_one_line(before + replacement + after),
        )


def _in_one_line(text: str) -> str:
    return " ".join(text.split())
