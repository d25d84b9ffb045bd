"""The replay gate has teeth: a bad change of each kind is caught, and a good one is not."""

import pytest
from temporalio import workflow

from tests.histories import fingerprint
from tests.histories.changes import CHANGES
from tests.histories.gate import SEEDS, report
from tests.histories.seeding import FINGERPRINT, NOTHING, REPLAY, Change

BAD = [change for change in CHANGES if change.caught_by != NOTHING]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
async def test_a_bad_change_is_caught_and_a_good_one_is_not(change: Change) -> None:
    found = [one for seed in SEEDS for one in await report(seed) if one["change"] == change.name]

    assert len(found) == len(SEEDS)
    if change.caught_by == REPLAY:
        assert all(one["replay"] for one in found)
    elif change.caught_by == FINGERPRINT:
        # Under one seed a set may happen to be in the right order.
        assert not any(one["replay"] for one in found), "Temporal finds it by itself"
        assert any(one["fingerprint"] for one in found)
    else:
        assert change.caught_by == NOTHING
        assert not any(one["replay"] or one["fingerprint"] for one in found)


@pytest.mark.parametrize("change", BAD, ids=lambda change: change.name)
async def test_what_is_said_of_a_bad_change_names_the_process_and_what_has_changed(change: Change) -> None:
    said = {
        one["fingerprint"] for seed in SEEDS for one in await report(seed) if one["change"] == change.name
    }

    for one in said - {""}:
        process, rest = one.split(" ", 1)
        assert process == workflow._Definition.must_from_class(change.process).name
        assert rest.startswith(f"has changed without a patch: on the way '{change.way}' its command ")
        now, was = rest.rpartition(", is '")[2].split("' and was '")
        assert change.now in now
        assert change.was in was
        assert now != was
    assert said != {""}


def test_a_new_run_may_know_more_and_nothing_else() -> None:
    before = ["timer of 1 s", 'continue as new dunning {"looks":2,"passed":["a"]}']

    def told(state: str) -> str | None:
        return fingerprint.difference("dunning", "a way", before, [before[0], f"continue as new {state}"])

    assert told('dunning {"looks":2,"passed":["a"],"level":3}') is None
    for other in (
        'dunning {"looks":3,"passed":["a"]}',
        'dunning {"looks":2}',
        'run {"looks":2,"passed":["a"]}',
    ):
        assert "its command 2, after 'timer of 1 s', is '" in (told(other) or "")
    assert """is 'continue as new dunning {"looks": 3}' and was 'continue as new dunning {"looks": 2}'""" in (
        told('dunning {"looks":3,"passed":["a"]}') or ""
    )
    assert "is 'nothing' and was 'continue" in (
        fingerprint.difference("dunning", "a way", before, before[:1]) or ""
    )
