"""What the history of a run says: which steps were done with what answers, what was asked, what was told."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.update.v1 import Request
from temporalio.client import Client, WorkflowExecution

from foundation.operations.mailbox import AnsweredBefore, NextRun

LOCAL_ACTIVITY = "core_local_activity"
_OF_ANOTHER_RUN = {NextRun.type_name(), AnsweredBefore.type_name()}


@dataclass(frozen=True)
class RecordedStep:
    """An operation that a run has seen done."""

    name: str
    answer: Any

    def is_of(self, stored: Any) -> bool:
        """Whether the books have this answer; one that was stored by older programs may say less."""
        if isinstance(stored, dict) and isinstance(self.answer, dict):
            return all(self.answer.get(name) == value for name, value in stored.items())
        return bool(stored == self.answer)


@dataclass
class Asked:
    """A command that a run was given."""

    kind: str
    number: int
    body: Any
    by: Any
    refusal: Any = None
    """The problem details, when it was refused."""

    @property
    def is_anothers(self) -> bool:
        """Whether another run of the process has taken it, and answered: an earlier one, or the next."""
        return self.refusal is not None and self.refusal["type"] in _OF_ANOTHER_RUN


@dataclass
class RecordedRun:
    """One run, as its history tells it."""

    process_id: str
    run_id: str
    type: str
    is_running: bool
    started_at: datetime
    start: Any = None
    """What the process was started with."""
    memo: dict[str, Any] = field(default_factory=dict)
    was_continued: bool = False
    steps: list[RecordedStep] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    told: set[int] = field(default_factory=set)


async def read(client: Client, run: WorkflowExecution) -> RecordedRun:
    """The story of a run."""
    story = RecordedRun(run.id, run.run_id, run.workflow_type, run.close_time is None, run.start_time)
    names: dict[int, str] = {}
    handle = client.get_workflow_handle(run.id, run_id=run.run_id)
    async for event in handle.fetch_history_events():
        await _hear(client, story, event, names)
    return story


async def _hear(client: Client, story: RecordedRun, event: HistoryEvent, names: dict[int, str]) -> None:
    match event.WhichOneof("attributes"):
        case "workflow_execution_started_event_attributes":
            started = event.workflow_execution_started_event_attributes
            story.start = next(iter(await _values(client, started.input.payloads)), None)
            story.was_continued = bool(started.continued_execution_run_id)
            kept = await _values(client, started.memo.fields.values())
            story.memo = dict(zip(started.memo.fields, kept, strict=True))
        case "marker_recorded_event_attributes":
            marker = event.marker_recorded_event_attributes
            if marker.marker_name == LOCAL_ACTIVITY and not marker.HasField("failure"):
                (about,) = await _values(client, marker.details["data"].payloads)
                answers = await _values(client, marker.details["result"].payloads)
                story.steps += [RecordedStep(about["activity_type"], answer) for answer in answers]
        case "activity_task_scheduled_event_attributes":
            names[event.event_id] = event.activity_task_scheduled_event_attributes.activity_type.name
        case "activity_task_completed_event_attributes":
            done = event.activity_task_completed_event_attributes
            answers = await _values(client, done.result.payloads)
            story.steps += [RecordedStep(names[done.scheduled_event_id], answer) for answer in answers]
        case "workflow_execution_update_admitted_event_attributes":
            # Applied again after a reset: what is accepted then says nothing of the request.
            await _ask(client, story, event.workflow_execution_update_admitted_event_attributes.request)
        case "workflow_execution_update_accepted_event_attributes":
            accepted = event.workflow_execution_update_accepted_event_attributes
            await _ask(client, story, accepted.accepted_request)
        case "workflow_execution_update_completed_event_attributes":
            ended = event.workflow_execution_update_completed_event_attributes
            details = ended.outcome.failure.application_failure_info.details.payloads
            refusal = next(iter(await _values(client, details)), None)
            for asked in story.asked:
                if f"{asked.kind}/{asked.number}" == ended.meta.update_id:
                    asked.refusal = refusal
        case "workflow_execution_signaled_event_attributes":
            values = await _values(client, event.workflow_execution_signaled_event_attributes.input.payloads)
            story.told |= {values[1]} if len(values) == 2 and isinstance(values[1], int) else set()


async def _ask(client: Client, story: RecordedRun, request: Request) -> None:
    kind, _, number = request.meta.update_id.partition("/")
    values = await _values(client, request.input.args.payloads)
    if number.isdigit() and len(values) == 2 and int(number) not in {one.number for one in story.asked}:
        story.asked.append(Asked(kind, int(number), *values))


async def _values(client: Client, payloads: Iterable[Any]) -> list[Any]:
    found = list(payloads)
    return await client.data_converter.decode(found) if found else []
