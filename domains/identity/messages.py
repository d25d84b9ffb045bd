"""What can be asked of identity."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from foundation.values.messages import Amount, Code, Message, Name, ShownAmount, Text

ALL_COMPANIES = "*"


class ApiKeyAsked(Message):
    """A key for a person or a client: who it names, where it may work, and as what."""

    actor: Name = Field(examples=["Clara Credit"])
    companies: Annotated[tuple[Code | Annotated[str, Field(pattern=r"^\*$")], ...], Field(min_length=1)]
    roles: Annotated[tuple[str, ...], Field(min_length=1, examples=[["credit manager"]])]


class IssueApiKey(ApiKeyAsked):
    """The key itself is never stored: only its SHA-256, which finds it again."""

    key_hash: str
    issuer_has: tuple[str, ...] = ()
    """The roles of who issues it."""


class ApiKeyIssued(Message):
    """The key exists now."""

    actor: str
    issued_at: datetime


class Actor(Message):
    """Who a key names."""

    name: str
    companies: tuple[str, ...]
    roles: tuple[str, ...]


# What roles may do

RoleName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9 _-]*[a-z0-9])?$", max_length=40)]
Pattern = Annotated[
    str,
    StringConstraints(pattern=r"^(\*|[a-z][a-z0-9_]*)(\.(\*|[a-z][a-z0-9_]*)){0,2}$", max_length=120),
    Field(examples=["sales.order.*"]),
]
"""A permission, `domain.thing.verb`, in which `*` stands for anything."""


class NoteRead(Message):
    """Somebody reads what only few may: which address, with which parameters."""

    path: Text
    parameters: Text = ""


class ReadNoted(Message):
    """It is written down who has read it."""

    path: str


class RoleAsked(Message):
    """What a role is to be: all that it may do, instead of what it might before."""

    description: Text = Field(examples=["Buys from suppliers, and decides nothing."])
    permissions: Annotated[tuple[Pattern, ...], Field(max_length=200)]


class PutRole(RoleAsked):
    """The role by its name, who gives it, and the version that was seen: 0 when there was none, None for
    any.
    """

    name: RoleName
    version: int | None
    granter_has: tuple[str, ...]
    """The roles of who asks."""


class DeleteRole(Message):
    """A company is to say nothing of a role any more, whose version was seen; None for any: it is gone, or is
    as it is by standard.
    """

    name: str
    version: int | None
    granter_has: tuple[str, ...]
    """The roles of who asks."""


class RoleChanged(Message):
    """The role is so from now on."""

    name: str


class RoleView(Message):
    """A role of a company."""

    name: str
    description: str
    permissions: tuple[str, ...]
    """Patterns, as they were given."""
    is_standard: bool
    """Whether it is as it comes with Perpetual, and not as the company says."""
    version: int = 0


class RoleInFull(RoleView):
    """A role, and every permission that it has."""

    resolves_to: tuple[str, ...]


class PermissionView(Message):
    """What routes ask for, and who has it."""

    permission: str
    routes: tuple[str, ...]
    roles: tuple[str, ...]


# Who is asked for a decision

Apart = Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9][A-Za-z0-9 ._/-]*)?$", max_length=40)]
Days = Annotated[int, Field(ge=1, le=366)]


class PolicyLevel(Message):
    """Whose yes is needed at one level of a policy."""

    number: Annotated[int, Field(ge=1, le=99)] = 1
    """Levels are asked one after the other, by their number; those of one number at the same time."""
    role: RoleName
    remind_after_days: Days = 2
    remind_every_days: Days = 7
    escalate_after_days: Days = 14
    escalate_to: RoleName | None = None
    """The role that may decide as well after so many days; nobody when left out."""


class PutApprovalPolicy(Message):
    """Who must say yes to decisions of a kind, from an amount on.

    Of several that name the same category and cost centre the one with the highest amount counts, and of
    these the one that began last. One that names more replaces one that names less, unless that asks from a
    higher amount.
    """

    code: Code
    kind: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)] = Field(
        examples=["credit"]
    )
    """What sort of decision: one of those that processes ask for."""
    from_amount: Annotated[Amount, Field(ge=0)] = Decimal(0)
    """In the company's currency; it counts from this amount on, inclusive."""
    category: Apart = ""
    cost_centre: Apart = ""
    """Every one when empty."""
    levels: Annotated[tuple[PolicyLevel, ...], Field(min_length=1, max_length=20)]
    """All of them must say yes."""
    valid_from: date
    blocked: bool = False
    """Whether it counts no more; what was asked by it goes on."""


class ApprovalPolicyView(PutApprovalPolicy):
    """A policy, with the version that a change names."""

    from_amount: ShownAmount = Decimal(0)
    version: int


class ApprovalPolicyPut(Message):
    """The policy counts, from its day on; whether it is new."""

    code: str
    created: bool


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
