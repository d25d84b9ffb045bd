"""How an approval is shown: who asks whom for what, who has decided before, and who is asked afterwards."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

import sqlalchemy
from sqlalchemy import ARRAY, any_, literal, select

from foundation.database.document_types import type_of_process
from foundation.database.tables import ApprovalState, OperationLog
from foundation.database.transaction import Row, Transaction
from foundation.values.messages import LevelToCome, Message, ShownAmount

Status = Literal["open", "approved", "rejected", "withdrawn"]


class VoiceView(Message):
    """What somebody has decided about the same."""

    approval_id: UUID
    level: int
    role: str
    status: Status
    decided_by: str
    on_behalf_of: str | None
    decided_at: datetime


class ApprovalView(Message):
    """What somebody is asked to decide: by whom, since when, how often reminded; and what was decided."""

    id: UUID
    subject: str
    amount: ShownAmount | None
    currency: str | None
    document: str | None
    party: str | None
    role: str
    escalate_to: str | None
    """The role that may decide as well, when nobody does for long."""
    escalated_to: str | None
    requested_by: str
    requested_at: datetime
    waited_days: int
    """Until it was decided, or until now."""
    remind_at: datetime
    reminders: int
    status: Status
    decided_by: str | None
    on_behalf_of: str | None
    reason: str | None
    decided_at: datetime | None
    process_id: str
    process_link: str
    document_link: str | None
    matter: UUID
    """What all approvals have in common that ask about the same."""
    level: int
    levels: int
    """Which level it is, of how many."""
    to_come: list[LevelToCome]
    """Who is asked when this level has said yes."""
    decided_before: list[VoiceView]
    """Who has decided about the same already, the first first."""
    kind: str
    content_hash: str
    """Of what is to be approved: send the one that you read with the decision."""
    must_be_read: bool
    """Whether a yes without it is refused."""
    policy: str | None
    policy_version: int | None
    why: str | None
    """The policy that asks for it, and its band."""


class ApprovalEvent(Message):
    """One thing that happened to an approval."""

    at: datetime
    what: Literal["asked", "reminded", "escalated", "decided", "withdrawn"]
    by: str


class ApprovalStory(ApprovalView):
    """An approval with everything that happened to it, oldest first."""

    timeline: list[ApprovalEvent]


_VOICES = (
    select(ApprovalState).where(ApprovalState.decided_by.is_not(None)).order_by(ApprovalState.decided_at)
)


async def approval_views(tx: Transaction, approvals: Sequence[Row]) -> list[ApprovalView]:
    """Approvals' rows as they are answered, in their order."""
    matters = literal([approval.matter for approval in approvals], ARRAY(sqlalchemy.Uuid))
    voices: dict[UUID, list[Row]] = defaultdict(list)
    for row in await tx.execute(_VOICES.where(ApprovalState.matter == any_(matters))):
        voices[row.matter].append(row)
    return [_view(approval, voices[approval.matter]) for approval in approvals]


async def approval_view(tx: Transaction, approval: Row) -> ApprovalView:
    """One of them."""
    (view,) = await approval_views(tx, [approval])
    return view


async def story_of(tx: Transaction, approval: Row) -> ApprovalStory:
    """An approval with everything that happened to it."""
    log = select(OperationLog).where(
        OperationLog.company_id == approval.company_id,
        OperationLog.process_id == approval.process_id,
        OperationLog.name == any_(literal(list(_EVENTS), ARRAY(sqlalchemy.Text))),
        OperationLog.request["approval_id"].astext == str(approval.id),
    )
    done = await tx.execute(log.order_by(OperationLog.recorded_at))
    begun = ApprovalEvent(at=approval.requested_at, what="asked", by=approval.requested_by)
    timeline = [begun] + [_event(row) for row in done]
    return ApprovalStory(**dict(await approval_view(tx, approval)), timeline=timeline)


def _view(approval: Row, voices: Sequence[Row]) -> ApprovalView:
    _, process, document_id = approval.process_id.split("/", 2)
    kind = type_of_process(process)
    found = {"waited_days", "process_link", "document_link", "to_come", "decided_before"}
    return ApprovalView(
        **{name: getattr(approval, name) for name in ApprovalView.model_fields.keys() - found},
        to_come=[LevelToCome.model_validate(one) for one in approval.to_come],
        decided_before=[
            VoiceView(approval_id=one.id, **{name: getattr(one, name) for name in _OF_A_VOICE})
            for one in voices
            if one.id != approval.id
        ],
        waited_days=max(((approval.decided_at or datetime.now(UTC)) - approval.requested_at).days, 0),
        process_link=f"/v1/processes/{approval.process_id}",
        document_link=kind.location(document_id) if kind else None,
    )


_OF_A_VOICE = VoiceView.model_fields.keys() - {"approval_id"}
_EVENTS: dict[str, Literal["reminded", "escalated", "decided", "withdrawn"]] = {
    "approval.remind": "reminded",
    "approval.escalate": "escalated",
    "approval.decide": "decided",
    "approval.withdraw": "withdrawn",
}


def _event(row: Row) -> ApprovalEvent:
    assert row.request is not None
    return ApprovalEvent(at=row.request.get("at", row.recorded_at), what=_EVENTS[row.name], by=row.actor)
