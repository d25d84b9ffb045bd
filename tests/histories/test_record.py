"""Recording says what has changed, and can let what was recorded stand beside it."""

from dataclasses import replace
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory

from tests.histories import record, recording, replay
from tests.histories.scenarios import SCENARIOS

WAY = "order_cancelled"


def test_it_says_what_a_way_has_become() -> None:
    before = record.known([WAY])[WAY]
    (history,) = before
    shorter = replace(history, events=[event for event in history.events if "reserve" not in str(event)])

    assert record.changed(WAY, before, before) is None
    assert record.changed(WAY, [], before) == f"{WAY} is new"
    assert record.changed(WAY, before, [*before, *before]) == f"{WAY} has 2 runs and had 1"
    said = record.changed(WAY, before, [shorter])
    assert said is not None
    assert said.endswith("and was 'step inventory.reserve_stock'")


def test_nothing_is_kept_of_the_machine() -> None:
    history = replay.recorded("return_refused")
    failed = history.events[-1].workflow_execution_failed_event_attributes.failure
    failed.stack_trace = 'File "/somewhere/process.py"'
    before = len(history.events)

    kept = recording.as_text(history)

    assert "somewhere" not in kept
    assert len(WorkflowHistory.from_json("return_refused", kept).events) == before


def test_the_old_recording_can_stand_beside_the_new_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for path in (replay.FOLDER / f"{WAY}.json", replay.commands_of(WAY)):
        (tmp_path / path.name).write_text(path.read_text())
    for module in (replay, recording):
        monkeypatch.setattr(module, "FOLDER", tmp_path)

    recording.stand_beside(WAY, "no-lead-time")

    assert replay.ways() == [WAY]
    assert replay.older_ways() == [f"older/{WAY}@no-lead-time"]
    beside = replay.recorded(f"older/{WAY}@no-lead-time")
    assert beside.workflow_id == replay.recorded(WAY).workflow_id
    assert replay.commands_of(f"older/{WAY}@no-lead-time").exists()


def test_a_way_that_nobody_knows_is_not_recorded(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        record.asked(["order_lost"])

    assert "there is no way called order_lost" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "ways", "samples"),
    [
        ([], list(SCENARIOS), True),
        (["--all-samples"], list(SCENARIOS), True),
        (["--samples"], [], True),
        ([WAY], [WAY], False),
        ([WAY, "--samples"], [WAY], True),
    ],
)
def test_what_is_recorded_is_what_was_asked_for(arguments: list[str], ways: list[str], samples: bool) -> None:
    wanted = record.asked(arguments)

    assert (wanted.ways, wanted.samples) == (ways, samples)
