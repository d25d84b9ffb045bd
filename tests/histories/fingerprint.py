"""What a process did, told by its history alone: its commands in their order, without times and data; and
where what it asks for in a replay is not what was recorded.
"""

import json

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

from tests.histories.commands import CONTINUES


def of(history: WorkflowHistory) -> list[str]:
    """The commands of a history: `step sales.place_order`, `timer`, `tell goods_set_aside`, `completed`."""
    return [command for event in history.events if (command := _command(event))]


def _command(event: HistoryEvent) -> str | None:
    match event.event_type:
        case EventType.EVENT_TYPE_MARKER_RECORDED:
            marker = event.marker_recorded_event_attributes
            if marker.marker_name != "core_local_activity":
                return f"marker {marker.marker_name}"
            return f"step {json.loads(marker.details['data'].payloads[0].data)['activity_type']}"
        case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            return f"step {event.activity_task_scheduled_event_attributes.activity_type.name}"
        case EventType.EVENT_TYPE_TIMER_STARTED:
            return "timer"
        case EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
            name = event.signal_external_workflow_execution_initiated_event_attributes.signal_name
            return f"tell {name}"
        case EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED:
            kind = event.start_child_workflow_execution_initiated_event_attributes.workflow_type
            return f"child {kind.name}"
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
            return CONTINUES
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
            return "completed"
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
            return "failed"
        case _:
            return None


def difference(process: str, way: str, recorded: list[str], now: list[str]) -> str | None:
    """Where a process asks for something else than was recorded of one way through it; None when it does not.

    A field more in the state that a new run begins with is none: it has its default in older states.
    """
    for place in range(max(len(recorded), len(now))):
        before, after = (lines[place] if place < len(lines) else "nothing" for lines in (recorded, now))
        if before != after and before.startswith(CONTINUES) and after.startswith(CONTINUES):
            before, after = _where_states_differ(before, after)
        if before != after:
            last = f", after '{now[place - 1]}'" if place else ""
            return (
                f"{process} has changed without a patch: on the way '{way}' its command {place + 1}{last}, "
                f"is '{after}' and was '{before}'"
            )
    return None


def _where_states_differ(before: str, after: str) -> tuple[str, str]:
    """Both without the fields that are the same, or that only the new one has."""
    (kind, known), (now, asked) = (line.split(" {", 1) for line in (before, after))
    was, state = json.loads("{" + known), json.loads("{" + asked)
    others = [name for name in was if state.get(name, ...) != was[name]]
    in_short = (json.dumps({name: of[name] for name in others if name in of}) for of in (was, state))
    return f"{kind} {next(in_short)}", f"{now} {next(in_short)}"
