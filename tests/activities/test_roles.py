"""What roles may do, in the operations themselves: also when two are at it at once."""

import asyncio
from uuid import uuid4

import pytest

from activities.identity import delete_role, issue_api_key, put_role
from domains.identity import queries
from domains.identity.messages import DeleteRole, IssueApiKey, PutRole
from domains.identity.rules import NotYoursToGrant, RoleInUse, UnknownRole
from foundation.database.connections import Database
from foundation.database.records import ChangedMeanwhile
from foundation.values.messages import Call, Caller

pytestmark = pytest.mark.usefixtures("database")

BOSS = ("administrator",)


def put(name: str, *permissions: str, version: int = 0, by: tuple[str, ...] = BOSS) -> PutRole:
    """A role that is to have these permissions."""
    return PutRole(name=name, description="", permissions=permissions, version=version, granter_has=by)


def once(caller: Caller) -> Call:
    """A call that is like no other."""
    return Call.direct(caller, str(uuid4()))


async def test_the_operation_itself_asks_whether_who_gives_a_permission_has_it(caller: Caller) -> None:
    await put_role(once(caller), put("keeper", "identity.role.write"))

    with pytest.raises(NotYoursToGrant, match=r"sales\.order\.place"):
        await put_role(once(caller), put("clerk", "sales.order.place", by=("keeper",)))


async def test_a_role_is_changed_and_deleted_as_it_was_read(caller: Caller) -> None:
    await put_role(once(caller), put("clerk", "sales.order.place"))
    await put_role(once(caller), put("clerk", "sales.order.read", version=1))

    with pytest.raises(ChangedMeanwhile):
        await put_role(once(caller), put("clerk", "sales.order.place", version=1))
    with pytest.raises(ChangedMeanwhile):
        await delete_role(once(caller), DeleteRole(name="clerk", version=1, granter_has=BOSS))


async def test_no_key_has_a_role_that_is_deleted_at_the_same_moment(
    database: Database, caller: Caller, company: str
) -> None:
    everywhere = caller.model_copy(update={"company": "*"})
    for turn in range(12):
        role = f"role {turn}"
        await put_role(once(caller), put(role, "sales.order.read"))
        key = IssueApiKey(
            actor="Gus", companies=(company,), roles=(role,), key_hash=uuid4().hex, issuer_has=BOSS
        )
        issued, deleted = await asyncio.gather(
            issue_api_key(once(everywhere), key),
            delete_role(once(caller), DeleteRole(name=role, version=1, granter_has=BOSS)),
            return_exceptions=True,
        )

        async with database.read(company) as tx:
            _, own = await queries.own_roles(tx)
        is_there = role in {one.name for one in own}
        assert isinstance(deleted, RoleInUse) if is_there else isinstance(issued, UnknownRole)
