"""Asks the mutants of the checker's queries, in one session, in which a company has traded.

Like the tests of the checker: a mutant is killed when it finds something wrong with the company, when it does
not find a seeded bug, or when the database does not take it. It is run by `make mutants`, not with the tests.
"""

import json
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import asyncpg
import pytest

from perpetual.checker import invariants as written
from perpetual.checker.invariants import Invariant, invariants
from perpetual.checker.running import ask
from tests.checker.conftest import TRADED, Connection
from tests.checker.seeded import bugs
from tests.mutants.mutant import Mutant

HOME = "perpetual/checker"
MADE_IN_WITH = re.compile(r"^(?:\), )?(\w+) AS \(", re.MULTILINE)
LONGEST = "SET LOCAL statement_timeout = '10s'"
"""A query that a mutant makes endless is a query that it breaks."""


async def test_mutants(owner: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, answers = (Path(os.environ[name]) for name in ("PERPETUAL_MUTANTS", "PERPETUAL_MUTANTS_ANSWERS"))
    shutil.copytree(HOME, tmp_path / HOME, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(written, "HERE", tmp_path / HOME)
    await owner.execute(LONGEST)
    for line in asked.read_text().splitlines():
        mutant = Mutant(**json.loads(line))
        path = tmp_path / mutant.path
        before = path.read_bytes()
        path.write_bytes(mutant.applied(before))
        killed_by = await _killed_by(owner, list(_concerned(path)))
        path.write_bytes(before)
        with answers.open("a") as file:
            file.write(json.dumps({"id": mutant.id, "killed_by": killed_by}) + "\n")


def _concerned(path: Path) -> Iterator[Invariant]:
    """The invariants that a file says something of: its own, or those that read its tables, or theirs."""
    every = invariants(at_rest=True)
    if path.name not in written.TABLES:
        yield from (one for one in every if one.name == path.stem)
        return
    names = set(MADE_IN_WITH.findall(path.read_text()))
    for table in written.TABLES:
        text = (written.HERE / table).read_text()
        if names & set(re.findall(r"\w+", text)):
            names |= set(MADE_IN_WITH.findall(text))
    for one in every:
        own = (written.HERE / "invariants" / one.group / f"{one.name}.sql").read_text()
        if names & set(re.findall(r"\w+", own)):
            yield one


async def _killed_by(owner: Connection, asked: Sequence[Invariant]) -> str:
    """The first that sees the mutant; empty when none does."""
    try:
        if found := await _found(owner, asked, ""):
            return f"a company without a mistake: {found[0]}"
        for one in asked:
            for bug in bugs():
                if bug.invariant == one.name and len(await _found(owner, [one], bug.statements)) != bug.rows:
                    return f"{bug.invariant}: {bug.statements[:80]}"
    except asyncpg.PostgresError as refusal:
        return f"the database: {type(refusal).__name__}"
    return ""


async def _found(owner: Connection, asked: Sequence[Invariant], statements: str) -> Sequence[str]:
    savepoint = owner.transaction()
    await savepoint.start()
    try:
        if statements:
            await owner.execute(statements.replace(":c", f"'{TRADED}'"))
        return [f"{one.invariant} {one.as_text()}"[:120] for one in await ask(owner, asked, company=TRADED)]
    finally:
        await savepoint.rollback()
