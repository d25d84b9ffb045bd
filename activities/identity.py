"""What identity can do."""

from collections.abc import Mapping

from sqlalchemy import Integer, bindparam, delete, func, select, text
from sqlalchemy.dialects.postgresql import insert

from domains.identity import queries, rules
from domains.identity.approval_kinds import approval_kinds, finders_of
from domains.identity.messages import (
    ApiKeyIssued,
    ApprovalPolicyPut,
    DelegationChanged,
    DeleteRole,
    GrantDelegation,
    IssueApiKey,
    NoteRead,
    PutApprovalPolicy,
    PutRole,
    ReadNoted,
    RevokeDelegation,
    RoleChanged,
)
from domains.identity.rules import policies
from domains.identity.standard_roles import standard_roles
from domains.identity.tables import ApiKey, ApprovalPolicy, Delegation, RolePermission, RoleRecord
from foundation.database import records
from foundation.database.connections import rows_of
from foundation.database.documents import write_document
from foundation.database.records import ChangedMeanwhile
from foundation.database.transaction import Transaction
from foundation.operations.commands import company_of
from foundation.operations.operation import operation
from foundation.values.errors import NotFound

_NOW = select(func.now())
_ONE_AT_A_TIME = text(
    "SELECT pg_advisory_xact_lock(hashtextextended(foundation.current_company() || '/policies/' || :kind, 0))"
)
_OF_ROLE = RolePermission.role == bindparam("role")
_WITHOUT_PERMISSIONS = delete(rows_of(RolePermission)).where(_OF_ROLE)
_WITH_PERMISSION = insert(rows_of(RolePermission)).values(
    role=bindparam("role"), pattern=bindparam("pattern")
)
_NAMED = RoleRecord.name == bindparam("name")
_LOCKED_ROLE = (
    select(RoleRecord.name)
    .where(
        _NAMED, RoleRecord.version == func.coalesce(bindparam("version", type_=Integer), RoleRecord.version)
    )
    .with_for_update()
)
_DELETE_ROLE = delete(rows_of(RoleRecord)).where(_NAMED)


@operation("identity.note_read")
async def note_read(tx: Transaction, read: NoteRead) -> ReadNoted:
    """Write down, in the log of operations, that somebody reads what only few may."""
    del tx  # The log's row is all of it.
    return ReadNoted(path=read.path)


@operation("identity.issue_api_key")
async def issue_api_key(tx: Transaction, key: IssueApiKey) -> ApiKeyIssued:
    """Let a person or a client in. Does nothing if the key exists already.

    Refuses: UnknownRole, when a company of the key does not have the role; NotYoursToGrant.
    """
    for company in key.companies:
        await _check_known(tx, {f"roles.{place}": role for place, role in enumerate(key.roles)}, company)
    rules.check_key(key)
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


async def _check_known(tx: Transaction, roles: Mapping[str, str], company: str) -> None:
    """Refuses: UnknownRole, naming the field of the first that there is not."""
    known = await queries.roles_kept(tx, list(roles.values()), company) | set(standard_roles())
    for field, role in roles.items():
        if role not in known:
            raise rules.unknown_role(role, known, field=field)


@operation("identity.put_role")
async def put_role(tx: Transaction, put: PutRole) -> RoleChanged:
    """Say what a role may do in this company: a new one, or another instead of a standard one.

    Refuses: AdministratorStays, NotYoursToGrant, ChangedMeanwhile.
    """
    own = await _own_roles(tx)
    rules.check_role(
        put, before=rules.patterns_of([put.name], own), granter=rules.patterns_of(put.granter_has, own)
    )
    row = {"name": put.name, "description": put.description, "version": put.version}
    await records.put(tx, RoleRecord, row)
    await tx.execute(_WITHOUT_PERMISSIONS, {"role": put.name})
    await tx.execute_each(
        _WITH_PERMISSION, [{"role": put.name, "pattern": one} for one in dict.fromkeys(put.permissions)]
    )
    return RoleChanged(name=put.name)


@operation("identity.delete_role")
async def delete_role(tx: Transaction, no_more: DeleteRole) -> RoleChanged:
    """Say nothing of a role any more: a standard one is as it came, another is gone if nobody uses it.

    Refuses: RoleInUse, naming what uses it; NotYoursToGrant; ChangedMeanwhile, also when it is gone.
    """
    own, standard = await _own_roles(tx), standard_roles().get(no_more.name)
    # Locked: a key that is being issued with it waits, or is seen below.
    if not await tx.scalars(_LOCKED_ROLE, {"name": no_more.name, "version": no_more.version}):
        raise ChangedMeanwhile(
            f"the role {no_more.name} was changed by somebody else meanwhile; read it again"
        )
    if standard is not None:
        granter = rules.patterns_of(no_more.granter_has, own)
        rules.check_grants(no_more.name, standard.permissions, before=own[no_more.name], granter=granter)
    elif uses := await queries.uses_of(tx, no_more.name):
        raise rules.RoleInUse(f"the role {no_more.name} is in use: {', '.join(uses)}")
    await tx.execute(_DELETE_ROLE, {"name": no_more.name})
    return RoleChanged(name=no_more.name)


async def _own_roles(tx: Transaction) -> dict[str, rules.Patterns]:
    _, own = await queries.own_roles(tx)
    return {role.name: role.permissions for role in own}


@operation("identity.put_approval_policy")
async def put_approval_policy(tx: Transaction, put: PutApprovalPolicy) -> ApprovalPolicyPut:
    """Say who must say yes to decisions of a kind, from an amount on. What is asked already goes on as it is.

    Refuses: Invalid, also for a kind that no process asks about, and for what decisions of the kind do not
    have; UnknownRole, AmbiguousPolicy, ExistsAlready, ChangedMeanwhile.
    """
    policies.check_kind(put, approval_kinds(), await _missing(tx, put))
    named = {f"levels.{place}.role": level.role for place, level in enumerate(put.levels)}
    named |= {
        f"levels.{place}.escalate_to": level.escalate_to
        for place, level in enumerate(put.levels)
        if level.escalate_to is not None
    }
    await _check_known(tx, named, await company_of(tx))
    # Two who say something about the same kind do it one after the other, and see each other's.
    await tx.execute(_ONE_AT_A_TIME, {"kind": put.kind})
    policies.check_policy(put, await queries.policies_of(tx, put.kind))
    row = put.model_dump() | {"levels": [level.model_dump() for level in put.levels]}
    return ApprovalPolicyPut(code=put.code, created=await records.put(tx, ApprovalPolicy, row))


async def _missing(tx: Transaction, put: PutApprovalPolicy) -> set[str]:
    """The fields of a policy that name what is not there."""
    named = {field: find for field, find in finders_of(put.kind).items() if getattr(put, field)}
    return {field for field, find in named.items() if await find(tx, getattr(put, field)) is None}


@operation("identity.grant_delegation")
async def grant_delegation(tx: Transaction, grant: GrantDelegation) -> DelegationChanged:
    """Let somebody decide what somebody else may, for a while.

    Refuses: NotYoursToDelegate, Invalid, UnknownRole.
    """
    await _check_known(tx, {"role": grant.role}, await company_of(tx))
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
