"""No process without a history, and nothing that it is told or does without one that has it."""

import ast
import inspect
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from temporalio import workflow
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory

from activities.master_data import items
from domains.sales.messages import ConfirmShipment
from foundation.operations.mailbox import STARTED, command, fact
from foundation.operations.operation import OPERATIONS, Operation
from foundation.outbound.letters import LETTERS
from foundation.process.approvals import Approvals
from foundation.process.process import Process
from foundation.runtime.modules import modules_below
from tests.histories import fingerprint
from tests.histories.commands import CONTINUES
from tests.histories.replay import process_of, recorded, ways
from tests.histories.scenarios import SCENARIOS
from tests.histories.seeding import as_process
from workers import registry
from workflows.order_to_cash import OrderToCash
from workflows.scheduled_run import ScheduledRun, Tick

GROUNDS = (Process, Approvals)
"""What all processes are told, and those that ask people."""


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
    for_each = done_for_each(tree)
    named = [meant_by(node, module) for node in ast.walk(tree) if node not in for_each]
    return {one.name for one in named if isinstance(one, Operation)}


def meant_by(node: ast.AST, module: ModuleType) -> object:
    """What `place_order` or `sales.place_order` is in a module; None of anything else."""
    match node:
        case ast.Name(id=name):
            return getattr(module, name, None)
        case ast.Attribute(value=ast.Name(id=name), attr=attribute):
            return getattr(getattr(module, name, None), attribute, None)
    return None


def done_for_each(tree: ast.AST) -> list[ast.expr]:
    """What a run over many does for each item: inside the step that works through a chunk."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [
        argument
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr == "over_many"
        for argument in call.args
    ]


def steps_of_all(modules: Iterable[ModuleType]) -> set[str]:
    """The operations that processes take: by modules of `workflows`, by the base class of all; and letters,
    which are written by whoever declares them.
    """
    known = {name for module in modules for name in steps_of(module)}
    known |= {letter.writer.name for letter in LETTERS.values()}
    ground = modules_below("foundation")
    return known | {name for module in ground for name in OPERATIONS.keys() & texts_in(module)}


def texts_in(module: ModuleType) -> set[str]:
    """The texts that stand in a module's source: the ground of processes knows operations by their names."""
    tree = ast.parse(Path(str(module.__file__)).read_text())
    constants = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {value for value in constants if isinstance(value, str)}


def goes_on(process: type[Process]) -> bool:
    """Whether a process begins a new run of itself: by its class, or by a module beside it."""
    kinds = [kind for kind in process.__mro__ if kind not in Process.__mro__]
    beside = {kind.__module__ for kind in kinds if kind.__module__.count(".") > 1}
    packages = {name.rpartition(".")[0] for name in beside if name.startswith("workflows.")}
    sources = [source_of(kind) for kind in kinds]
    for name in packages:
        sources += map(source_of, modules_below(name))
    return any(call in source for source in sources for call in ("continue_as_new(", "rest_until("))


def source_of(one: type[Any] | ModuleType) -> str:
    """The text of a class or a module; nothing of a class that a test has made."""
    try:
        return inspect.getsource(one)
    except OSError:
        return ""


MODULES = modules_below("workflows")
WRITE = "write a way in tests/histories, and record it (docs/changing-a-process.md)"


@cache
def histories() -> Collection[WorkflowHistory]:
    """Of today's ways: what only an older one has is not done any more."""
    return tuple(recorded(way) for way in ways())


def missing_of(process: type[Process]) -> list[str]:
    """What no history has of a process, in words."""
    name = workflow._Definition.must_from_class(process).name
    of_process = [history for history in histories() if process_of(history) == name]
    if not of_process:
        return [f"{name} has no history: {WRITE}"]
    unheard = declared(process) - {kind for history in of_process for kind in heard(history)}
    missing = [f"no history of {name} has '{kind}': {WRITE}" for kind in sorted(unheard)]
    if goes_on(process) and not any(fingerprint.of(history)[-1] == CONTINUES for history in of_process):
        missing.append(f"in no history {name} goes on as a new run: {WRITE}")
    return missing


def never_taken(modules: Iterable[ModuleType]) -> list[str]:
    """The operations that no history has a step of, in words."""
    taken = {command for history in histories() for command in fingerprint.of(history)}
    return [
        f"no history has a step of {name}: {WRITE}"
        for name in sorted(steps_of_all(modules))
        if f"step {name}" not in taken
    ]


@pytest.mark.parametrize("process", registry.processes(), ids=lambda process: process.__name__)
def test_a_process_has_histories_with_everything_that_it_can_be_told(process: type[Process]) -> None:
    missing = missing_of(process)

    assert not missing, "\n".join(missing)


def test_what_all_processes_can_be_told_is_in_some_history() -> None:
    assert {"repair", "hold", "release", STARTED, "decide", "process_answered"} <= told_to_all()
    unheard = told_to_all() - {kind for history in histories() for kind in heard(history)}

    assert not unheard, f"no history has {', '.join(sorted(unheard))}: {WRITE}"


def test_every_step_of_every_process_is_in_some_history() -> None:
    missing = never_taken(MODULES)

    assert len(steps_of_all(MODULES)) > 50
    assert not missing, "\n".join(missing)


# What is new and has no history is named


@workflow.defn(name="refurbishment", sandboxed=False)
class Refurbishment(Process):
    """A new process."""

    @workflow.init
    def __init__(self, tick: Tick) -> None:
        super().__init__(tick)

    @workflow.run
    async def run(self, tick: Tick) -> None:
        """Does nothing yet."""


def test_a_new_process_without_a_history_is_named() -> None:
    (missing,) = missing_of(Refurbishment)
    assert missing.startswith("refurbishment has no history")


def test_a_new_command_and_a_new_fact_without_a_history_are_named() -> None:
    class Known(OrderToCash):
        engrave = command("engrave", ConfirmShipment, "A name is engraved")
        engraved = fact("engraved", ConfirmShipment, "It was engraved")

    command_missing, fact_missing = missing_of(as_process(Known))
    assert command_missing.startswith("no history of order_to_cash has 'engrave'")
    assert fact_missing.startswith("no history of order_to_cash has 'engraved'")


def test_a_process_that_never_went_on_as_a_new_run_is_named() -> None:
    class GoesOn(ScheduledRun):
        async def procedure(self, tick: Tick) -> str:
            workflow.continue_as_new(tick)

    (missing,) = missing_of(as_process(GoesOn))
    assert missing.startswith("in no history scheduled_run goes on as a new run")


@pytest.mark.parametrize("named", ["activities.put_item", "put_item"])
def test_a_new_step_without_a_history_is_named(tmp_path: Path, named: str) -> None:
    source = tmp_path / "engraving.py"
    source.write_text(f"async def procedure(self):\n    await self.step({named})\n")
    module = ModuleType("engraving")
    vars(module).update(__file__=str(source), activities=items, put_item=items.put_item)

    new = set(never_taken([*MODULES, module])) - set(never_taken(MODULES))

    assert new == {f"no history has a step of {items.put_item.name}: {WRITE}"}


@pytest.mark.parametrize("end", ["completed", "failed", "continue as new"])
def test_every_end_of_a_run_is_in_some_history(end: str) -> None:
    assert any(fingerprint.of(history)[-1:] == [end] for history in histories())


def test_every_history_is_of_a_way_that_can_be_recorded_again() -> None:
    recorded_ways = {way.partition(".")[0] for way in ways()}
    scenarios = {name for name in SCENARIOS if "/" not in name}

    assert not recorded_ways - scenarios, "no scenario goes these ways any more: delete their files"
    assert not scenarios - recorded_ways, "not recorded yet: docs/changing-a-process.md"
