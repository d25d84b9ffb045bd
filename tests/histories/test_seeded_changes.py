"""The replay gate has teeth: a bad change of each kind is caught, and a good one is not."""

import pytest

from tests.histories import fingerprint
from tests.histories.changes import CHANGES, FINGERPRINT, NOTHING, REPLAY, Change
from tests.histories.gate import SEEDS, report


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


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
async def test_what_is_said_names_the_process_and_the_place(change: Change) -> None:
    said = [one for seed in SEEDS for one in await report(seed) if one["change"] == change.name]

    for one in said:
        if one["fingerprint"]:
            process, rest = one["fingerprint"].split(" ", 1)
            assert process == one["process"]
            assert rest.startswith(f"has changed without a patch: on the way '{change.way}' its command ")


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
        assert "its command 2, after 'timer of 1 s', is 'continue as new" in (told(other) or "")
    assert "is 'nothing' and was 'continue" in (
        fingerprint.difference("dunning", "a way", before, before[:1]) or ""
    )
