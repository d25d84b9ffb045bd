"""What is said about an approval: by a process that asks, by who decides, and by what writes it down."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from foundation.values.errors import BusinessError
from foundation.values.messages import Caller, Message, Text


class Rejected(BusinessError):
    """Somebody who was asked has said no: what was asked about does not come to be."""

    status = 409

    @classmethod
    def of(cls, decision: "ApprovalDecided") -> Self:
        """With who has said no, and why."""
        return cls(f"{decision.by.actor} has said no: {decision.reason or 'no reason given'}")


class NothingToDecide(BusinessError):
    """Nobody is asked for a decision here, or it is not needed any more."""

    status = 409


class DecidedAlready(BusinessError):
    """Somebody has decided, and not the same or not the same person."""

    status = 409


class ContentNotNamed(BusinessError):
    """Whoever says yes to this says by the content hash what was read."""


class OtherContent(BusinessError):
    """What is to be decided is not what was read: read it again."""

    status = 409


class Level(Message):
    """Whose yes is needed at one level, and how patiently it is asked for."""

    number: Annotated[int, Field(ge=1)] = 1
    """Levels are asked one after the other, by their number; those of one number at the same time."""
    role: str
    remind_after: timedelta = timedelta(days=2)
    remind_every: timedelta = timedelta(days=7)
    escalate_after: timedelta = timedelta(days=14)
    escalate_to: str | None = None
    """The role that may decide as well after `escalate_after`; nobody when left out."""
    policy: str | None = None
    policy_version: int | None = None
    why: str | None = None
    """The policy that asks for it, and its band, in words; that of all levels when left out."""


class Approval(Message):
    """What a process asks people for, and how patiently.

    One person with `role`, unless `levels` are given, or the company has a policy for the `kind`. A policy
    replaces both.
    """

    subject: str
    """In a sentence, with the reason: what the person sees first."""
    role: str = ""
    kind: str = ""
    """What sort of decision it is, such as `credit`. No policy is looked for when it is empty."""
    category: str = ""
    cost_centre: str = ""
    """What policies tell apart decisions of a kind by."""
    of_cost_centres: dict[str, Decimal] = Field(default_factory=dict)
    """Instead of `cost_centre`: how much of it is of which, in the company's currency."""
    levels: tuple[Level, ...] = ()
    """All must say yes. The first no ends it."""
    content_hash: str = ""
    """Of what is to be approved: whoever decides may say which they have read."""
    must_be_read: bool = False
    """Whether whoever says yes has to say so."""
    name: str = "approval"
    """Tells apart several approvals of one process."""
    document: str | None = None
    party: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    """What is left out is taken from what is known of the process."""
    base_amount: Decimal | None = None
    """In the company's currency, for its policies; else the amount at the rate of the day of asking."""
    requested_by: str | None = None
    """Who entered what is to be decided, and may not decide; the process's caller when left out."""
    remind_after: timedelta = timedelta(days=2)
    remind_every: timedelta = timedelta(days=7)
    escalate_after: timedelta = timedelta(days=14)
    escalate_to: str | None = None
    """The role that may decide as well after `escalate_after`; nobody when left out."""

    @model_validator(mode="after")
    def somebody_is_asked(self) -> Self:
        """Who decides is said where no policy does. Raises: ValueError."""
        if not self.role and not self.levels:
            raise ValueError("an approval names a role, or levels")
        return self


class ApprovalByPolicy(Approval):
    """What people are asked only where the company has a policy for the `kind`: without one nobody is."""

    kind: Annotated[str, Field(min_length=1)]

    @model_validator(mode="after")
    def somebody_is_asked(self) -> Self:
        """The process says nobody, who would be asked all the same. Raises: ValueError."""
        if self.role or self.levels:
            raise ValueError("an approval by policy names neither a role nor levels")
        return self


class FindLevels(Message):
    """Which levels the company's policy asks for such a decision."""

    kind: str
    amount: Decimal | None
    currency: str | None
    base_amount: Decimal | None = None
    """In the company's currency; without it, the amount is converted."""
    category: str
    cost_centre: str
    """Of which all of it is."""
    of_cost_centres: dict[str, Decimal] = Field(default_factory=dict)
    """Instead of it: how much is of which, in the company's currency."""


class LevelsFound(Message):
    """The levels of the policies that count; none, when no policy says anything. What is said of a policy
    here is the first's; each level has its own.
    """

    levels: tuple[Level, ...] = ()
    policy: str | None = None
    policy_version: int | None = None
    why: str | None = None
    """The policy and its band, in words."""


class DecisionAsked(Message):
    """Yes or no, and why."""

    approved: bool
    reason: Text = ""
    content_hash: Annotated[Text, Field(max_length=200)] = ""
    """The hash that was read with what is to be decided; refused when it is another. Not compared when empty,
    which a yes to what must be read is not.
    """
    on_behalf_of: Annotated[Text, Field(max_length=200)] | None = None
    """For whom, when one stands in for several, or has the role as well; chosen when left out."""


class DecideApproval(DecisionAsked):
    """A person's decision about one approval, with the roles that the person's API key has."""

    approval_id: UUID
    roles: tuple[str, ...]


class RecordDecision(DecideApproval):
    """The decision, to be written down if the person may take it."""

    by: Caller
    at: datetime


class ApprovalDecided(Message):
    """What was decided, by whom and for whom."""

    approval_id: UUID
    approved: bool
    reason: str
    by: Caller
    on_behalf_of: str | None
    decided_at: datetime


class FindDecision(Message):
    """Whether somebody has decided already, as our books say; and who wants to know it."""

    approval_id: UUID
    by: Caller


class AskedSince(Message):
    """How patiently somebody was asked so far."""

    requested_at: datetime
    remind_at: datetime
    reminders: int
    escalated: bool


class DecisionFound(Message):
    """What was decided, if it was; since when it is asked, and when somebody is reminded next."""

    decided: ApprovalDecided | None = None
    asked: AskedSince | None = None


class FindAsked(Message):
    """Who has been asked about a matter, and has not decided."""

    matter: UUID


class StillAsked(Message):
    """Their approvals, those that were asked first before the others."""

    approval_ids: tuple[UUID, ...]


class AskNextLevel(Message):
    """Those before have said yes, or are asked at the same time: now a further one is asked."""

    approval_id: UUID
    matter: UUID
    number: int
    role: str


class RemindOfApproval(Message):
    """It is time to remind those who may decide: the reminder's number, and when the next is due."""

    approval_id: UUID
    number: int
    at: datetime
    remind_at: datetime


class EscalateApproval(Message):
    """Nobody has decided for long: a further role may decide from now on."""

    approval_id: UUID
    to_role: str
    at: datetime


class WithdrawApproval(Message):
    """The decision is not needed any more."""

    approval_id: UUID
    reason: str


class NextLevelAsked(Message):
    """A further approval is asked for: enough to write to those who may decide."""

    approval_id: UUID
    level: int
    levels: int
    subject: str
    roles: tuple[str, ...]
    document: str | None
    party: str | None
    amount: Decimal | None
    currency: str | None
    requested_by: str


class ApprovalNoted(Message):
    """What an approval looks like now: enough to write to those who may decide."""

    approval_id: UUID
    status: str
    subject: str
    roles: tuple[str, ...]
    document: str | None
    party: str | None
    amount: Decimal | None
    currency: str | None
    requested_by: str
    requested_at: datetime
    reminders: int
    level: int = 1
    levels: int = 1


def check_content(decision: DecisionAsked, content_hash: str, *, must_be_read: bool) -> None:
    """Whether what is decided is what was read, if that is said. Refuses: ContentNotNamed, OtherContent."""
    if must_be_read and decision.approved and not decision.content_hash:
        why = "say with the content_hash of what you have read that it is that which you approve"
        raise ContentNotNamed(f"content_hash: {why}", errors=[("content_hash", why)])
    if decision.content_hash and decision.content_hash != content_hash:
        raise OtherContent("what is to be decided is not what you have read: read it again")


def check_same(decision: DecisionAsked, actor: str, *, was: bool, by: str, at: datetime) -> None:
    """Whether somebody decides again what the same person has decided. Refuses: DecidedAlready."""
    if actor != by or decision.approved != was:
        word = "approved" if was else "rejected"
        raise DecidedAlready(f"decided already by {by} on {at:%Y-%m-%d}: {word}")
