"""No process without a history, and nothing that it is told or does without one that has it."""

import ast
import importlib
from pathlib import Path
from types import ModuleType

import pytest
from temporalio import workflow
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory

from foundation.approvals import Approvals
from foundation.mailbox import STARTED
from foundation.operation import OPERATIONS, Operation
from foundation.process import Process
from tests.histories import fingerprint
from tests.histories.replay import recorded, ways
from tests.histories.scenarios import SCENARIOS
from workers import registry

GROUNDS = (Process, Approvals)
"""What all processes are told, and those that ask people."""


def process_of(history: WorkflowHistory) -> str:
    """Whose history it is."""
    return history.events[0].workflow_execution_started_event_attributes.workflow_type.name


def heard(history: WorkflowHistory) -> set[str]:
    """The commands and facts that a process was told on its way."""
    told = set()
    for event in history.events:
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
            accepted = event.workflow_execution_update_accepted_event_attributes
            told.add(accepted.accepted_request.input.name)
        elif event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
            told.add(event.workflow_execution_signaled_event_attributes.signal_name)
    return told


def declared(process: type[Process]) -> set[str]:
    """What a process can be told that its ground cannot."""
    definition = workflow._Definition.must_from_class(process)
    names = {**definition.updates, **definition.signals}
    return {str(name) for name in names} - told_to_all()


def told_to_all() -> set[str]:
    """What the grounds of processes can be told."""
    members = [member for ground in GROUNDS for kind in ground.__mro__ for member in vars(kind).values()]
    # As the SDK marks what handles an update or a signal.
    marks = [
        getattr(member, mark, None)
        for member in members
        for mark in ("_defn", "__temporal_signal_definition")
    ]
    return {str(mark.name) for mark in marks if mark is not None}


def steps_of(module: ModuleType) -> set[str]:
    """The operations that a module of `workflows` names."""
    tree = ast.parse(Path(str(module.__file__)).read_text())
    named = [
        getattr(getattr(module, node.value.id, None), node.attr, None)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    ]
    return {one.name for one in named if isinstance(one, Operation)}


HISTORIES = {way: recorded(way) for way in ways()}


@pytest.mark.parametrize("process", registry.processes(), ids=lambda process: process.__name__)
def test_a_process_has_histories_with_everything_that_it_can_be_told(process: type[Process]) -> None:
    name = workflow._Definition.must_from_class(process).name
    of_process = [history for history in HISTORIES.values() if process_of(history) == name]

    assert of_process, f"{name} has no history: write a way in tests/histories and record it"
    missing = declared(process) - {kind for history in of_process for kind in heard(history)}
    assert not missing, f"no history of {name} has {', '.join(sorted(missing))}"


def test_what_all_processes_can_be_told_is_in_some_history() -> None:
    assert {"repair", "hold", "release", STARTED, "decide", "process_answered"} <= told_to_all()
    assert told_to_all() <= {kind for history in HISTORIES.values() for kind in heard(history)}


def test_every_step_of_every_process_is_in_some_history() -> None:
    modules = registry.modules_below(importlib.import_module("workflows"))
    known = {name for module in modules for name in steps_of(module)}
    known |= {name for name in OPERATIONS if name.startswith(("process.", "approval."))}
    taken = {command for history in HISTORIES.values() for command in fingerprint.of(history)}

    assert len(known) > 50
    assert sorted(name for name in known if f"step {name}" not in taken) == []


@pytest.mark.parametrize("end", ["completed", "failed", "continue as new"])
def test_every_end_of_a_run_is_in_some_history(end: str) -> None:
    assert any(fingerprint.of(history)[-1:] == [end] for history in HISTORIES.values())


def test_every_history_is_of_a_way_that_can_be_recorded_again() -> None:
    assert {way.partition(".")[0] for way in ways()} == {name for name in SCENARIOS if "/" not in name}
