"""`make mutants`: small mistakes are made on purpose in a sample of places; the tests must notice."""

import dataclasses
import json
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.mutants.mutant import Mutant
from tests.mutants.report import bars_are_met, survivors, table, tallies
from tests.mutants.sample import CODE, STRATA, drawn, harmless, shares
from tests.mutants.tests_by_function import Map
from tests.mutants.tree import ROOT, Tree, commit_of
from tests.mutants.trial import KILLERS, ForkedRuns, Verdict, of_the_checker
from tests.servers import start_postgres

console = Console(width=110)
KEPT = ROOT / ".perpetual" / "mutants"
"""Maps and results, by commit: what was judged is not judged again."""

Commit = Annotated[str, typer.Option(help="The commit whose program and tests are judged")]
Seed = Annotated[str, typer.Option(help="What the sample is drawn by; the commit's id unless it is given")]
Only = Annotated[list[str], typer.Option(help=f"One of {', '.join(STRATA)}; may be given several times")]
Count = Annotated[int, typer.Option(help="How many mutants of the floors together")]
Conditions = Annotated[int, typer.Option(help="How many mutants of the checker's queries; 0: all")]
Tests = Annotated[list[str], typer.Option(help="A folder of tests that may kill; all, unless some are given")]
Patience = Annotated[float, typer.Option(help="How many seconds of tests a mutant has to survive")]


class Results:
    """What became of each mutant of a commit, kept in a file as it is known."""

    def __init__(self, path: Path) -> None:
        self.path = path
        lines = path.read_text().splitlines() if path.exists() else []
        self.of = {one.id: one for one in (_verdict(line) for line in lines)}

    def keep(self, verdict: Verdict) -> None:
        """Write one down."""
        self.of[verdict.id] = verdict
        with self.path.open("a") as file:
            file.write(json.dumps(dataclasses.asdict(verdict)) + "\n")


def _verdict(line: str) -> Verdict:
    read = json.loads(line)
    return Verdict(**read | {"asked": tuple(read["asked"])})


@contextmanager
def _servers(tree: Tree) -> Iterator[str]:
    """A database cluster for all tests; each run of them makes its databases anew. Ended also when we are."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    running = start_postgres(tree.root.parent / "postgres")
    try:
        yield running.address
    finally:
        running.stop()


def _judge(
    tree: Tree, mutants: list[Mutant], results: Results, tests: Sequence[str], patience: float
) -> None:
    """All that are not judged yet."""
    reach = results.path.with_name(f"reached by {' '.join(tests)}.json")
    with _servers(tree) as cluster:
        queries = [one for one in mutants if one.path.endswith(".sql")]
        if queries:
            console.print(f"{len(queries)} mutants of the checker's queries are asked in one session …")
            for verdict in of_the_checker(tree, queries, cluster):
                results.keep(verdict)
        of_code = [one for one in mutants if not one.path.endswith(".sql")]
        if not of_code:
            return
        with ForkedRuns(tree, cluster) as forked:
            if not reach.exists():
                console.print("The tests run once, to see which functions they reach …")
            known = Map.read(reach) if reach.exists() else forked.made_map(reach, tests)
            for name in known.failed:
                console.print(f"{name} fails without a mutant, and kills none", markup=False)
            tree.compiled()
            with _progress() as progress:
                task = progress.add_task("mutants", total=len(of_code))
                for mutant in of_code:
                    results.keep(forked.judged(mutant, known, patience=patience))
                    progress.advance(task)


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
    )


def main(
    commit: Commit = "HEAD",
    seed: Seed = "",
    only: Only = [],  # noqa: B006  # Typer reads it and does not change it.
    count: Count = 300,
    conditions: Conditions = 0,
    tests: Tests = [],  # noqa: B006  # Likewise.
    patience: Patience = 45.0,
) -> None:
    """Judge the tests by a sample of mutants. Ends with 1 when too many survive or are called harmless."""
    if unknown := set(only) - set(STRATA):
        raise typer.BadParameter(f"there is no {', '.join(unknown)}; there are {', '.join(STRATA)}")
    commit = commit_of(commit)
    kept = KEPT / commit
    kept.mkdir(parents=True, exist_ok=True)
    results = Results(kept / "results.jsonl")
    strata = only or list(STRATA)
    with tempfile.TemporaryDirectory(prefix="mutants-") as directory:
        Path(directory).chmod(0o711)
        tree = Tree.of(commit, Path(directory) / "tree")
        of_floors = shares(count, [name for name in strata if name in CODE])
        sample = [
            (name, one)
            for name in strata
            for one in drawn(tree, name, of_floors.get(name, conditions or -1), seed or commit)
        ]
        excused = {one.id: h.reason for _, one in sample for h in harmless() if h.is_of(one)}
        left = [one for _, one in sample if one.id not in results.of and one.id not in excused]
        console.print(f"{len(sample)} mutants of {commit[:10]}, {len(left)} of them not judged yet")
        if left:
            _judge(tree, left, results, tests or KILLERS, patience)
    unasked = Verdict("", "")
    judged = [(name, one, results.of.get(one.id, unasked), excused.get(one.id, "")) for name, one in sample]
    (kept / "survivors.txt").write_text(survivors(judged) + "\n")
    console.print(survivors(judged), markup=False, highlight=False, soft_wrap=True)
    of = tallies(judged)
    console.print(table(of))
    console.print(f"Survivors: {kept / 'survivors.txt'}", soft_wrap=True)
    sys.exit(0 if bars_are_met(of) else 1)


if __name__ == "__main__":
    typer.run(main)
