"""A mutant is put before the tests."""

import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.mutants.mutant import Mutant
from tests.mutants.tests_by_function import Map
from tests.mutants.tree import ROOT, Tree, marked

KILLERS = ("domains", "foundation", "activities", "api", "workflows", "histories", "workers", "checker")
"""The folders of tests whose work is done in their own process."""
HOUSE = ("foundation/**/*.py", "domains/**/*.py", "activities/**/*.py", "workflows/**/*.py", "api/**/*.py")
FOR_THE_MAP = 3_600.0


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What became of a mutant."""

    id: str
    killed_by: str
    seconds: float = 0.0
    asked: tuple[str, ...] = ()
    """The tests that reached a survivor."""


class ForkedRuns:
    """The process that forks the tests' processes, in a copy of the tree."""

    def __init__(self, tree: Tree, cluster: str) -> None:
        self.tree = tree
        settings = {
            "PERPETUAL_TEST_CLUSTER": cluster,
            "PERPETUAL_TEST_SECONDS": "60",
            "PYTHONHASHSEED": "0",
        }
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "tests" / "mutants" / "forking.py")],
            cwd=tree.root,
            env=os.environ | settings,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> "ForkedRuns":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        self.process.communicate()

    def run(self, tests: Sequence[str], *, limit: float, is_map: bool = False) -> dict[str, Any]:
        """Run tests in a child, and say what came of it."""
        of = self.tree.root.parent
        asked = {
            "tests": list(tests),
            "map": is_map,
            "limit": limit,
            "answer": str(of / "answer.json"),
            "log": str(of / "tests.log"),
        }
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def made_map(self, path: Path, folders: Sequence[str]) -> Map:
        """Run the tests once, with every function marked, and write down which tests reach it."""
        places: list[str] = []
        before = list(self.tree.sources(*HOUSE))
        for source in before:
            text, found = marked(source, len(places))
            places += found
            (self.tree.root / source.path).write_bytes(text)
        answer = self.run([f"tests/{folder}" for folder in folders], limit=FOR_THE_MAP, is_map=True)
        for source in before:
            (self.tree.root / source.path).write_bytes(source.text)
        if not answer.get("tests"):
            log = (self.tree.root.parent / "tests.log").read_text()
            raise SystemExit(f"No test passes without a mutant: {answer}. pytest says:\n{log[-4000:]}")
        path.write_text(json.dumps({"places": places, "map": answer}))
        return Map.read(path)

    def judged(self, mutant: Mutant, reach: Map, *, patience: float) -> Verdict:
        """Run the tests that reach a mutant, as far as patience goes."""
        tests, took = reach.within(reach.reaching(mutant.path, mutant.place), patience)
        if not tests:
            return Verdict(mutant.id, "")
        with self.tree.mutated(mutant):
            answer = self.run(tests, limit=30 + 4 * took)
        killed_by = str(answer["killed_by"])
        return Verdict(mutant.id, killed_by, answer["seconds"], () if killed_by else tuple(tests))


def of_the_checker(tree: Tree, mutants: Sequence[Mutant], cluster: str) -> Iterator[Verdict]:
    """The queries' mutants are all asked in one session, in which a company has traded."""
    asked, answers = tree.root.parent / "asked.jsonl", tree.root.parent / "answers.jsonl"
    asked.write_text("".join(json.dumps(dataclasses.asdict(one)) + "\n" for one in mutants))
    answers.unlink(missing_ok=True)
    settings = {
        "PERPETUAL_MUTANTS": str(asked),
        "PERPETUAL_MUTANTS_ANSWERS": str(answers),
        "PERPETUAL_TEST_CLUSTER": cluster,
        "PERPETUAL_TEST_SECONDS": "3600",
    }
    with (tree.root.parent / "checker.log").open("w") as log:
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-n0",
            "--assert=plain",
            "tests/checker/asking_mutants.py",
        ]
        done = subprocess.run(
            command, cwd=tree.root, env=os.environ | settings, stdout=log, stderr=log, check=False
        )
    if done.returncode != 0:
        raise SystemExit((tree.root.parent / "checker.log").read_text())
    for line in answers.read_text().splitlines():
        yield Verdict(**json.loads(line))
