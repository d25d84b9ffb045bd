"""What a process did, told by its history alone: its commands in their order, without times and data."""

import json

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory


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
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
            return "completed"
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
            return "failed"
        case _:
            return None
