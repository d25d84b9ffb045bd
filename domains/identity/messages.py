"""What can be asked of identity."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from foundation.values.messages import Code, Message, Name, Text

ALL_COMPANIES = "*"


class ApiKeyAsked(Message):
    """A key for a person or a client: who it names, where it may work, and as what."""

    actor: Name = Field(examples=["Clara Credit"])
    companies: Annotated[tuple[Code | Annotated[str, Field(pattern=r"^\*$")], ...], Field(min_length=1)]
    roles: Annotated[tuple[str, ...], Field(min_length=1, examples=[["credit manager"]])]


class IssueApiKey(ApiKeyAsked):
    """The key itself is never stored: only its SHA-256, which finds it again."""

    key_hash: str


class ApiKeyIssued(Message):
    """The key exists now."""

    actor: str
    issued_at: datetime


class Actor(Message):
    """Who a key names."""

    name: str
    companies: tuple[str, ...]
    roles: tuple[str, ...]


# Who stands in for whom


class DelegationAsked(Message):
    """Somebody is to decide for somebody else, in one of that person's roles, for a while."""

    to_actor: Name = Field(examples=["Dora Deputy"])
    role: str = Field(examples=["credit manager"])
    valid_until: AwareDatetime
    valid_from: AwareDatetime | None = None
    """At once when empty."""
    from_actor: Name | None = None
    """Yourself when empty; an administrator may delegate for others, who are ill."""
    reason: Text = ""


class GrantDelegation(DelegationAsked):
    """The delegation with an id of its own, and who grants it."""

    delegation_id: UUID
    from_actor: Name
    granted_by: str
    may_for_others: bool
    """Whether that person administers the delegations of others."""


class DelegationChanged(Message):
    """The delegation runs now, or will; or runs no more."""

    delegation_id: UUID


class RevokeDelegation(Message):
    """The delegation is to end now."""

    delegation_id: UUID
    revoked_by: str
    may_for_others: bool
    """Whether that person administers the delegations of others."""


class DelegationView(Message):
    """A delegation, and whether it runs now."""

    id: UUID
    from_actor: str
    to_actor: str
    role: str
    reason: str
    valid_from: datetime
    valid_until: datetime
    created_by: str
    created_at: datetime
    revoked_by: str | None
    revoked_at: datetime | None
    is_running: bool


class StandsIn(Message):
    """For whom somebody may decide now, and in which role."""

    from_actor: str
    role: str
