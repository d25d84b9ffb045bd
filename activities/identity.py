"""What identity can do."""

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from domains.identity import queries, rules
from domains.identity.messages import (
    ApiKeyIssued,
    DelegationChanged,
    GrantDelegation,
    IssueApiKey,
    RevokeDelegation,
)
from domains.identity.tables import ApiKey, Delegation
from foundation.database.connections import rows_of
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.errors import NotFound

_NOW = select(func.now())


@operation("identity.issue_api_key")
async def issue_api_key(tx: Transaction, key: IssueApiKey) -> ApiKeyIssued:
    """Let a person or a client in. Does nothing if the key exists already. Refuses: UnknownRole."""
    rules.known_roles(key.roles)
    row = {
        "key_hash": key.key_hash,
        "actor": key.actor,
        "companies": list(key.companies),
        "roles": list(key.roles),
    }
    written = (
        insert(rows_of(ApiKey))
        .values(row)
        .on_conflict_do_update(index_elements=["key_hash"], set_={"revoked_at": None})
        .returning(ApiKey.actor, ApiKey.issued_at)
    )
    issued = (await tx.execute(written)).one()
    return ApiKeyIssued(actor=issued.actor, issued_at=issued.issued_at)


@operation("identity.grant_delegation")
async def grant_delegation(tx: Transaction, grant: GrantDelegation) -> DelegationChanged:
    """Let somebody decide what somebody else may, for a while.

    Refuses: NotYoursToDelegate, Invalid, UnknownRole.
    """
    valid_from = grant.valid_from or (await tx.execute(_NOW)).scalar_one()
    rules.check_delegation(
        grant,
        valid_from=valid_from,
        giver_has=await queries.roles_of(tx, grant.from_actor) or (),
        receiver_is_known=await queries.roles_of(tx, grant.to_actor) is not None,
    )
    row = grant.model_dump(include={"from_actor", "to_actor", "role", "reason", "valid_until"})
    row |= {"id": grant.delegation_id, "valid_from": valid_from, "created_by": grant.granted_by}
    write_document(tx, {Delegation: row})
    return DelegationChanged(delegation_id=grant.delegation_id)


@operation("identity.revoke_delegation")
async def revoke_delegation(tx: Transaction, revoke: RevokeDelegation) -> DelegationChanged:
    """End a delegation now. Does nothing when it has ended. Refuses: NotYoursToDelegate, NotFound."""
    delegation = await tx.get(Delegation, revoke.delegation_id, for_update=True)
    if delegation is None:
        raise NotFound(f"there is no delegation {revoke.delegation_id}")
    rules.check_revocation(revoke, from_actor=delegation.from_actor)
    if delegation.revoked_at is None:
        await tx.update(Delegation, revoke.delegation_id, revoked_by=revoke.revoked_by, revoked_at=func.now())
    return DelegationChanged(delegation_id=revoke.delegation_id)
