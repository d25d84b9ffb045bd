"""A copy of a commit in which mutants are made: the working tree is never changed."""

import ast
import io
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.source import FLOORS
from tests.mutants.mutant import Mutant, Source
from tests.mutants.statements import functions

ROOT = Path(__file__).parents[2]


def commit_of(name: str) -> str:
    """The full id of a commit."""
    return subprocess.run(
        ["git", "rev-parse", "--verify", f"{name}^{{commit}}"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()


@dataclass(frozen=True)
class Tree:
    """The files of a commit, in a directory of their own."""

    root: Path

    @classmethod
    def of(cls, commit: str, root: Path) -> "Tree":
        """Write them down."""
        packed = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, capture_output=True).stdout
        with tarfile.open(fileobj=io.BytesIO(packed)) as files:
            files.extractall(root, filter="data")
        (root / ".venv").symlink_to((ROOT / ".venv").resolve())
        return cls(root)

    def sources(self, *patterns: str) -> Iterator[Source]:
        """Files by name, each once."""
        found = {path for pattern in patterns for path in self.root.glob(pattern)}
        for path in sorted(found):
            yield Source(str(path.relative_to(self.root)), path.read_bytes())

    def compiled(self) -> None:
        """Compile all files, so that a run of tests compiles one only: that of the mutant."""
        command = [sys.executable, "-m", "compileall", "-q", *FLOORS, "tests"]
        subprocess.run(command, cwd=self.root, check=True)

    @contextmanager
    def changed(self, path: str, text: bytes) -> Iterator[None]:
        """A file has another text for a while; Python does not take it for the one that is compiled."""
        file = self.root / path
        before, times = file.read_bytes(), file.stat()
        file.write_bytes(text)
        os.utime(file, (times.st_atime, times.st_mtime + 1_000))
        try:
            yield
        finally:
            file.write_bytes(before)
            os.utime(file, (times.st_atime, times.st_mtime))

    @contextmanager
    def mutated(self, mutant: Mutant) -> Iterator[None]:
        """The tree has a mistake for a while."""
        with self.changed(mutant.path, mutant.applied((self.root / mutant.path).read_bytes())):
            yield


def marked(source: Source, first: int) -> tuple[bytes, list[str]]:
    """A file whose functions say that they are entered: `_reached`, with numbers that begin at `first`."""
    lines = source.text.decode().splitlines(keepends=True)
    places: list[str] = []
    at: dict[int, list[str]] = {}
    for place, function in functions(ast.parse(source.text)):
        has_docstring = ast.get_docstring(function, clean=False) is not None
        body = function.body[1:] if has_docstring else function.body
        if body and (line := _first_line(body[0])) > function.lineno:
            statement = f"{' ' * body[0].col_offset}_reached({first + len(places)})\n"
            at.setdefault(line, []).append(statement)
            places.append(f"{source.path}:{place}")
    return "".join(
        "".join(at.get(number, ())) + line for number, line in enumerate(lines, 1)
    ).encode(), places


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(one.lineno for one in decorators)])
