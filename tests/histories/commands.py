"""What a process asks Temporal for while a history is replayed: each command as a line, with what tells it
from others of its kind.

A history does not say all of it: of a local step it keeps the operation's name and answer, and not its key.
"""

import json
from collections.abc import Iterator
from typing import Any

from temporalio import workflow
from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_commands import WorkflowCommand
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails, WorkflowRunner

CONTINUES = "continue as new"


class Watched(WorkflowRunner):
    """Runs processes as another runner does, and notes their commands."""

    def __init__(self, runner: WorkflowRunner, commands: list[str]) -> None:
        self.runner = runner
        self.commands = commands

    def prepare_workflow(self, defn: workflow._Definition) -> None:
        """Called by the SDK."""
        self.runner.prepare_workflow(defn)

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """Called by the SDK."""
        return _WatchedInstance(self.runner.create_instance(det), self.commands)


class _WatchedInstance(WorkflowInstance):
    def __init__(self, instance: WorkflowInstance, commands: list[str]) -> None:
        self.instance = instance
        self.commands = commands

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        completion = self.instance.activate(act)
        self.commands.extend(map(as_line, completion.successful.commands))
        return completion

    def get_serialization_context(self, command_info: Any) -> Any:
        return self.instance.get_serialization_context(command_info)

    def get_external_store_context(self, command_info: Any) -> Any:
        return self.instance.get_external_store_context(command_info)

    def get_info(self) -> workflow.Info:
        return self.instance.get_info()

    def get_thread_id(self) -> int | None:
        return self.instance.get_thread_id()


def as_line(command: WorkflowCommand) -> str:
    """One command: `local step sales.place_order T1/order_to_cash/7f…/sales.place_order`."""
    kind = command.WhichOneof("variant") or ""
    asked = getattr(command, kind)
    return " ".join((_WORDS.get(kind, kind.replace("_", " ")), *_told(kind, asked)))


_WORDS = {
    "schedule_local_activity": "local step",
    "schedule_activity": "step",
    "start_timer": "timer",
    "start_child_workflow_execution": "child",
    "continue_as_new_workflow_execution": CONTINUES,
    "set_patch_marker": "patch",
    "update_response": "update",
    "complete_workflow_execution": "completed",
    "fail_workflow_execution": "failed",
    "upsert_workflow_search_attributes": "show",
}


def _told(kind: str, asked: Any) -> Iterator[str]:
    match kind:
        case "schedule_local_activity" | "schedule_activity":
            call = json.loads(asked.arguments[0].data)
            yield from (asked.activity_type, call["key"])
            if call.get("voids"):
                yield f"takes back {call['voids']}"
            if kind == "schedule_activity":
                # A queue of its installation, and a history is replayed in another one.
                yield f"on {asked.task_queue.rpartition('-')[2]}"
        case "start_timer":
            yield f"of {asked.start_to_fire_timeout.ToTimedelta().total_seconds():g} s"
        case "start_child_workflow_execution":
            yield from (asked.workflow_type, asked.workflow_id)
        case "continue_as_new_workflow_execution":
            yield from (asked.workflow_type, asked.arguments[0].data.decode())
        case "set_patch_marker":
            yield asked.patch_id
        case "update_response":
            yield from (asked.protocol_instance_id, asked.WhichOneof("response") or "")
