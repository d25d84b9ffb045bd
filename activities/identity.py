"""What identity can do."""

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domains.identity import queries, rules
from domains.identity.messages import (
    ApiKeyIssued,
    DelegationChanged,
    GrantDelegation,
    IssueApiKey,
    RevokeDelegation,
)
from domains.identity.tables import ApiKey, Delegation
from foundation.errors import NotFound
from foundation.operation import operation

_NOW = select(func.now())


@operation("identity.issue_api_key")
async def issue_api_key(session: AsyncSession, key: IssueApiKey) -> ApiKeyIssued:
    """Let a person or a client in. A key that exists already is content. Refuses: UnknownRole."""
    rules.known_roles(key.roles)
    row = {
        "key_hash": key.key_hash,
        "actor": key.actor,
        "companies": list(key.companies),
        "roles": list(key.roles),
    }
    written = (
        insert(ApiKey)
        .values(row)
        .on_conflict_do_update(index_elements=["key_hash"], set_={"revoked_at": None})
        .returning(ApiKey.actor, ApiKey.issued_at)
    )
    issued = (await session.execute(written)).one()
    return ApiKeyIssued(actor=issued.actor, issued_at=issued.issued_at)


@operation("identity.grant_delegation")
async def grant_delegation(session: AsyncSession, grant: GrantDelegation) -> DelegationChanged:
    """Let somebody decide what somebody else may, for a while.

    Refuses: NotYoursToDelegate, Invalid, UnknownRole.
    """
    valid_from = grant.valid_from or (await session.execute(_NOW)).scalar_one()
    rules.check_delegation(
        grant,
        valid_from=valid_from,
        giver_has=await queries.roles_of(session, grant.from_actor) or (),
        receiver_is_known=await queries.roles_of(session, grant.to_actor) is not None,
    )
    row = grant.model_dump(include={"from_actor", "to_actor", "role", "reason", "valid_until"})
    row |= {"id": grant.delegation_id, "valid_from": valid_from, "created_by": grant.granted_by}
    session.add(Delegation(**row))
    return DelegationChanged(delegation_id=grant.delegation_id)


@operation("identity.revoke_delegation")
async def revoke_delegation(session: AsyncSession, revoke: RevokeDelegation) -> DelegationChanged:
    """End a delegation now. Content when it was revoked before. Refuses: NotYoursToDelegate, NotFound."""
    delegation = await session.get(Delegation, revoke.delegation_id, with_for_update=True)
    if delegation is None:
        raise NotFound(f"there is no delegation {revoke.delegation_id}")
    rules.check_revocation(revoke, from_actor=delegation.from_actor)
    if delegation.revoked_at is None:
        delegation.revoked_by = revoke.revoked_by
        delegation.revoked_at = await session.scalar(_NOW)
    return DelegationChanged(delegation_id=revoke.delegation_id)
