"""A company that has traded breaks no invariant; each seeded bug breaks the one that must see it."""

import os

import pytest

from perpetual.checker.invariants import Invariant, invariants
from perpetual.checker.running import ask
from tests.checker.conftest import TRADED, Connection
from tests.checker.seeded import BUGS, Bug

ALL = {one.name: one for one in invariants(at_rest=True)}


async def test_a_company_that_has_traded_breaks_no_invariant(owner: Connection) -> None:
    assert await ask(owner, list(ALL.values()), company=TRADED) == []


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: f"{bug.invariant}: {bug.statements[:60]}")
async def test_a_bug_is_seen(bug: Bug, owner: Connection) -> None:
    await owner.execute("SET LOCAL session_replication_role = replica")
    await owner.execute(bug.statements.replace(":c", f"'{TRADED}'"))

    found = await ask(owner, [ALL[bug.invariant]], company=TRADED)

    if "COUNT_SEEDED_BUGS" in os.environ:
        bug.found(len(found))
    else:
        assert len(found) == bug.rows
    assert all(one.as_text() for one in found)


@pytest.mark.parametrize("invariant", ALL.values(), ids=ALL)
def test_an_invariant_is_there_because_a_bug_would_break_it(invariant: Invariant) -> None:
    assert invariant.name in {bug.invariant for bug in BUGS if bug.rows}
    assert invariant.sentence.endswith(".")
