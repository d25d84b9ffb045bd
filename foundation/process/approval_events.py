"""What others may be told of an approval. That the first is asked, no operation of its own makes true."""

from datetime import datetime
from uuid import UUID

from foundation.values.events import PublicEvent
from foundation.values.messages import ShownAmount


class ApprovalAskedEvent(PublicEvent, name="approval.asked"):
    """A further person is asked to decide: those before have said yes, or are asked at the same time.

    Who is asked first is told of by the event of the step before the wait.
    """

    approval_id: UUID
    level: int
    levels: int
    """Which level it is, of how many."""
    roles: tuple[str, ...]
    """Who may decide."""
    document: str | None = None
    party: str | None = None
    amount: ShownAmount | None = None
    currency: str | None = None


class ApprovalRemindedEvent(PublicEvent, name="approval.reminded"):
    """Nobody has decided yet: who may decide was reminded."""

    approval_id: UUID
    status: str
    """`open`, unless it was decided meanwhile."""
    roles: tuple[str, ...]
    """Who may decide."""
    document: str | None = None
    party: str | None = None
    amount: ShownAmount | None = None
    currency: str | None = None
    requested_at: datetime
    reminders: int
    """How often was reminded."""


class ApprovalEscalatedEvent(PublicEvent, name="approval.escalated"):
    """Nobody has decided for long: a further role may decide as well."""

    approval_id: UUID
    status: str
    """`open`, unless it was decided meanwhile."""
    to_role: str
    """The further role."""
    document: str | None = None
    party: str | None = None
    amount: ShownAmount | None = None
    currency: str | None = None
    requested_at: datetime


class ApprovalWithdrawnEvent(PublicEvent, name="approval.withdrawn"):
    """A decision is not needed any more, unless it had been taken."""

    approval_id: UUID
    status: str
    """`withdrawn`, unless it was decided before."""
    document: str | None = None
    party: str | None = None


class ApprovalDecidedEvent(PublicEvent, name="approval.decided"):
    """Somebody has approved or rejected."""

    approval_id: UUID
    approved: bool
    decided_at: datetime
