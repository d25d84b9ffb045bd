"""Delegations: who stands in for whom."""

from uuid import UUID

from activities.identity import grant_delegation, revoke_delegation
from api.door import Asked, AskedRequest, Router, allows
from api.lists import add_list
from domains.identity import queries
from domains.identity.messages import DelegationAsked, DelegationView, GrantDelegation, RevokeDelegation
from domains.identity.roles import DELEGATE, FOR_OTHERS
from foundation.values.errors import NotFound

router = Router(prefix="/v1/delegations", tags=["Identity"])


@router.post("", status_code=201, dependencies=[allows(DELEGATE, FOR_OTHERS)])
async def grant(delegation: DelegationAsked, asked: Asked) -> DelegationView:
    """Let somebody decide what you may decide, in one of your roles, for a while. Nobody can pass it on."""
    delegation_id = asked.new_id("delegation")
    command = GrantDelegation(
        **{
            **dict(delegation),
            "delegation_id": delegation_id,
            "from_actor": delegation.from_actor or asked.caller.actor,
            "granted_by": asked.caller.actor,
            "may_for_others": await asked.may(FOR_OTHERS),
        }
    )
    await asked.run(grant_delegation, command)
    return await _one(asked, delegation_id)


add_list(router, queries.DELEGATIONS, allows("identity.delegation.read"))


@router.get("/{delegation_id}", dependencies=[allows("identity.delegation.read")])
async def one_delegation(delegation_id: UUID, asked: Asked) -> DelegationView:
    """One delegation."""
    return await _one(asked, delegation_id)


@router.post("/{delegation_id}/revocation", dependencies=[allows(DELEGATE, FOR_OTHERS)])
async def revoke(delegation_id: UUID, asked: Asked) -> DelegationView:
    """End a delegation now; what was decided by it stays."""
    command = RevokeDelegation(
        delegation_id=delegation_id,
        revoked_by=asked.caller.actor,
        may_for_others=await asked.may(FOR_OTHERS),
    )
    await asked.run(revoke_delegation, command)
    return await _one(asked, delegation_id)


async def _one(asked: AskedRequest, delegation_id: UUID) -> DelegationView:
    async with asked.read() as tx:
        found = await queries.delegation(tx, delegation_id)
    if found is None:
        raise NotFound(f"there is no delegation {delegation_id}")
    return found
