"""What identity is asked: on every request, and when something is to be decided."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Text, and_, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from domains.identity.messages import Actor, ApprovalPolicyView, DelegationView, RoleView, StandsIn
from domains.identity.roles import ADMINISTRATOR
from domains.identity.tables import ApprovalPolicy, Delegation
from foundation.database.connections import columns_for
from foundation.database.lists import Listing, equal, named, only
from foundation.database.tables import ApprovalState
from foundation.database.transaction import Row, Transaction

_SCOPE = text("SELECT set_config('perpetual.key_hash', :key_hash, true)")
_ACTOR = text(
    """
    SELECT actor, companies, roles
    FROM identity.api_key WHERE key_hash = :key_hash AND revoked_at IS NULL
    """
).columns(actor=Text, companies=ARRAY(Text), roles=ARRAY(Text))


async def actor(tx: Transaction, key_hash: str) -> Actor | None:
    """Whom the key with this SHA-256 names; None when there is no such key, or it was revoked."""
    await tx.execute(_SCOPE, {"key_hash": key_hash})
    row = (await tx.execute(_ACTOR, {"key_hash": key_hash})).one_or_none()
    if row is None:
        return None
    return Actor(name=row.actor, companies=tuple(row.companies), roles=tuple(row.roles))


# The version with the rows: what is remembered under it is what it was then.
_ROLES = text(
    """
    SELECT coalesce((SELECT access FROM foundation.reference_version
            WHERE company_id = foundation.current_company()), 0) AS access,
        r.name, r.description, r.version, ARRAY(SELECT p.pattern FROM identity.role_permission p
            WHERE p.company_id = r.company_id AND p.role = r.name ORDER BY p.pattern) AS permissions
    FROM (SELECT) AS always LEFT JOIN identity.role r ON true
    """
).columns(permissions=ARRAY(Text))


async def own_roles(tx: Transaction) -> tuple[int, list[RoleView]]:
    """What a company says of its roles, and the version that this has."""
    rows = (await tx.execute(_ROLES)).all()
    roles = [
        RoleView(
            name=row.name,
            description=row.description,
            permissions=tuple(row.permissions),
            is_standard=False,
            version=row.version,
        )
        for row in rows
        if row.name is not None
    ]
    return rows[0].access, roles


_KEPT = text("SELECT identity.roles_kept(:roles, :company)").columns(roles_kept=ARRAY(Text))


async def roles_kept(tx: Transaction, roles: Sequence[str], company: str) -> set[str]:
    """Which of the roles a company has rows of; they stay until the transaction ends."""
    return set(await tx.scalar(_KEPT, {"roles": list(roles), "company": company}))


_USES = text(
    """
    SELECT 'the key of ' || actor
    FROM unnest(identity.holders_of(:role, foundation.current_company())) AS actor
    UNION ALL
    SELECT 'the delegation of ' || from_actor || ' to ' || to_actor FROM identity.delegation
    WHERE role = :role AND revoked_at IS NULL AND valid_until > now()
    UNION ALL
    SELECT 'the approval of ' || coalesce(document, process_id) FROM foundation.approval
    WHERE status = 'open'
        AND (:role IN (role, escalate_to)
            OR to_come @> jsonb_build_array(jsonb_build_object('role', :role))
            OR to_come @> jsonb_build_array(jsonb_build_object('escalate_to', :role)))
    UNION ALL
    SELECT 'the approval policy ' || code FROM identity.approval_policy
    WHERE levels @> jsonb_build_array(jsonb_build_object('role', :role))
        OR levels @> jsonb_build_array(jsonb_build_object('escalate_to', :role))
    """
)


async def uses_of(tx: Transaction, role: str) -> list[str]:
    """The keys, delegations, open approvals and policies that name a role."""
    return sorted(await tx.scalars(_USES, {"role": role}))


# For whom somebody may decide now: delegations that run, of roles that those who gave them have themselves.
_STANDS_IN = text(
    """
    SELECT DISTINCT d.from_actor, d.role FROM identity.delegation d
    WHERE d.to_actor = :actor AND d.revoked_at IS NULL AND d.valid_from <= now() AND now() < d.valid_until
      AND identity.roles_of(d.from_actor, d.company_id) && ARRAY[d.role, :administrator]
    ORDER BY d.from_actor, d.role
    """
)
_ROLES_OF = text("SELECT identity.roles_of(:actor, foundation.current_company())").columns(
    roles_of=ARRAY(Text)
)


async def stands_in(tx: Transaction, actor: str) -> tuple[StandsIn, ...]:
    """For whom somebody may decide now, and in which roles."""
    found = await tx.execute(_STANDS_IN, {"actor": actor, "administrator": ADMINISTRATOR})
    return tuple(StandsIn(from_actor=row.from_actor, role=row.role) for row in found)


async def roles_of(tx: Transaction, actor: str) -> list[str] | None:
    """The roles of a person in the transaction's company; None when no key names that person."""
    roles: list[str] | None = await tx.scalar(_ROLES_OF, {"actor": actor})
    return roles


POLICIES = select(*columns_for(ApprovalPolicy, ApprovalPolicyView))


async def policies_of(tx: Transaction, kind: str) -> list[ApprovalPolicyView]:
    """All policies for a kind of decisions, by code."""
    found = await tx.execute(POLICIES.where(ApprovalPolicy.kind == kind).order_by(ApprovalPolicy.code))
    return [ApprovalPolicyView.model_validate(row._asdict()) for row in found]


async def approval_policy(tx: Transaction, code: str) -> ApprovalPolicyView | None:
    """One policy; None when there is no such one."""
    row = (await tx.execute(POLICIES.where(ApprovalPolicy.code == code))).one_or_none()
    return None if row is None else ApprovalPolicyView.model_validate(row._asdict())


_ABOUT = select(ApprovalState).order_by(ApprovalState.level, ApprovalState.requested_at, ApprovalState.id)


async def asked_about(tx: Transaction, matter: UUID) -> list[Row]:
    """All that was asked about a matter so far, the first level first."""
    return list(await tx.execute(_ABOUT.where(ApprovalState.matter == matter)))


_IS_RUNNING = and_(
    Delegation.revoked_at.is_(None), Delegation.valid_from <= func.now(), func.now() < Delegation.valid_until
)
_DELEGATIONS = select(*columns_for(Delegation, DelegationView, is_running=_IS_RUNNING))
DELEGATIONS = Listing(
    name="delegations",
    about="Delegations, the newest first.",
    view=DelegationView,
    rows=_DELEGATIONS,
    filters=(
        equal(Delegation.from_actor),
        equal(Delegation.to_actor),
        equal(Delegation.role),
        only("only_running", _IS_RUNNING, "Only those by which somebody may decide now"),
    ),
    sorts=named(Delegation.valid_from, Delegation.valid_until, Delegation.from_actor, Delegation.to_actor),
    order="-valid_from",
    unique=(Delegation.id,),
)


async def delegation(tx: Transaction, delegation_id: UUID) -> DelegationView | None:
    """One delegation; None when there is no such one."""
    row = (await tx.execute(_DELEGATIONS.where(Delegation.id == delegation_id))).one_or_none()
    return None if row is None else DelegationView(**row._asdict())
