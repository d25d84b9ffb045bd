"""A company that has traded breaks no invariant; each seeded bug breaks the one that must see it."""

import os

import pytest

from perpetual.checker.invariants import Invariant, Violation, invariants
from perpetual.checker.running import ask
from tests.builders.payroll import company_in_dollars
from tests.checker.conftest import TRADED, Connection
from tests.checker.seeded import BUGS, Bug
from tests.checker.wide import NEIGHBOUR

COUNT = "where only the company of the tests trades more: COUNT_SEEDED_BUGS=1 has the counts written anew"
ALL = {one.name: one for one in invariants(at_rest=True)}


FIRST = {bug.invariant: bug for bug in reversed(BUGS) if bug.rows}


async def found_by(owner: Connection, asked: list[Invariant]) -> list[Violation]:
    """What does not hold of the company or of the database.

    Of its neighbour, which has the same codes, all holds, whatever is wrong with the company.
    """
    found = await ask(owner, asked, company=None)
    assert [one.as_text() for one in found if one.company == NEIGHBOUR] == []
    return [one for one in found if one.company in (TRADED, company_in_dollars(TRADED), None)]


async def test_a_company_that_has_traded_breaks_no_invariant(owner: Connection) -> None:
    found = await found_by(owner, list(ALL.values()))

    assert not found, "\n".join(f"{one.invariant}: {one.as_text()}" for one in found)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: f"{bug.invariant}: {bug.statements[:60]}")
async def test_a_bug_is_seen(bug: Bug, owner: Connection) -> None:
    await owner.execute(bug.statements.replace(":c", f"'{TRADED}'"))
    is_first = FIRST.get(bug.invariant) is bug

    asked = ALL.values() if is_first or "WHOLE_CHECK" in os.environ else [ALL[bug.invariant]]
    found = await found_by(owner, list(asked))

    told = f"{COUNT}\n" + "\n".join(f"{one.invariant}: {one.as_text()}" for one in found)
    rows = sum(one.invariant == bug.invariant for one in found)
    others = tuple(sorted({one.invariant for one in found} - {bug.invariant})) if is_first else None
    if "COUNT_SEEDED_BUGS" in os.environ:
        bug.found(rows, others)
    else:
        assert (rows, others) == (bug.rows, bug.others), told


@pytest.mark.parametrize("invariant", ALL.values(), ids=ALL)
def test_an_invariant_is_there_because_a_bug_would_break_it(invariant: Invariant) -> None:
    assert invariant.name in {bug.invariant for bug in BUGS if bug.rows}
    assert invariant.sentence.endswith(".")
