"""Roles: what a company says they may do, and which permissions there are."""

from dataclasses import replace
from typing import Annotated
from uuid import uuid4

from fastapi import Header, Path, Request, Response

from activities.identity import delete_role, put_role
from api.door import Asked, AskedRequest, Router, allows
from api.etags import version_seen
from api.routes import routes_by_permission
from domains.identity import queries, rules
from domains.identity.messages import (
    ALL_COMPANIES,
    DeleteRole,
    PermissionView,
    PutRole,
    RoleAsked,
    RoleInFull,
    RoleName,
    RoleView,
)
from foundation.database.records import NEW, ChangedMeanwhile, ExistsAlready
from foundation.values.errors import Invalid, NotFound
from foundation.values.messages import Message


class AllRoles(Message):
    """All roles of a company, by name."""

    items: list[RoleView]


class AllPermissions(Message):
    """All permissions that routes ask for, by name."""

    items: list[PermissionView]


READ, WRITE = (allows(f"identity.role.{verb}") for verb in ("read", "write"))
Name = Annotated[RoleName, Path()]
IfMatch = Annotated[str | None, Header(alias="If-Match", description="The ETag that you have read")]

roles = Router(prefix="/v1/roles", tags=["Identity"])
permissions = Router(prefix="/v1/permissions", tags=["Identity"])


@roles.get("", dependencies=[READ])
async def list_roles(asked: Asked) -> AllRoles:
    """All roles of the company by name: the standard ones, and what the company says itself."""
    return AllRoles(items=await _all(asked))


@roles.get("/{name}", dependencies=[READ])
async def one_role(name: Name, asked: Asked, request: Request, response: Response) -> RoleInFull:
    """A role with every permission that it has; its ETag is the version that a change must name."""
    return _in_full(await _existing(asked, name), request, response)


@roles.put("/{name}", dependencies=[WRITE])
async def put(
    name: Name, role: RoleAsked, asked: Asked, request: Request, response: Response, if_match: IfMatch = None
) -> RoleInFull:
    """Say what a role may do: a new one, or a standard one that is to be other here. It counts at once.

    The patterns replace those that the role had. Nobody can give a role what they do not have themselves.
    """
    asked = _of_company(asked)
    rules.check_covers(role.permissions, routes_by_permission(request.app))
    known = {one.name: one for one in await _all(asked)}.get(name)
    version = NEW if if_match is None else _seen(known, name, if_match)
    wanted = PutRole(**dict(role), name=name, version=version, granter_has=asked.actor.roles)
    try:
        await asked.run(put_role, wanted)
    except ExistsAlready as exists:  # Not by this request: one that comes again with its key is answered.
        version_seen(if_match, name)
        raise ChangedMeanwhile(exists.detail) from exists
    return _in_full(await _existing(asked, name), request, response)


@roles.delete("/{name}", status_code=204, dependencies=[WRITE])
async def delete(name: Name, asked: Asked, if_match: IfMatch = None) -> None:
    """Say nothing of a role any more: a standard one is again as it comes with Perpetual, another is gone.

    Refused while a key, a delegation or an open approval names a role that would be gone.
    """
    asked = _of_company(asked)
    known = await _existing(asked, name)
    if known.is_standard:
        raise rules.StandardRoleStays(f"{name} is a standard role, as it came; change it with PUT")
    version = _seen(known, name, if_match)
    await asked.run(delete_role, DeleteRole(name=name, version=version, granter_has=asked.actor.roles))


@permissions.get("", dependencies=[READ])
async def list_permissions(asked: Asked, request: Request) -> AllPermissions:
    """Every permission that a route asks for, with the routes and the roles that have it."""
    all_roles = await _all(asked)
    items = [
        PermissionView(
            permission=permission,
            routes=routes,
            roles=tuple(role.name for role in all_roles if rules.is_allowed(role.permissions, permission)),
        )
        for permission, routes in routes_by_permission(request.app).items()
    ]
    return AllPermissions(items=items)


async def _all(asked: AskedRequest) -> list[RoleView]:
    async with asked.read() as tx:
        _, own = await queries.own_roles(tx)
    return rules.all_roles(own)


async def _existing(asked: AskedRequest, name: str) -> RoleView:
    for role in await _all(asked):
        if role.name == name:
            return role
    raise NotFound(f"there is no role {name}")


def _in_full(role: RoleView, request: Request, response: Response) -> RoleInFull:
    response.headers["ETag"] = f'"{role.version}"'
    covered = (one for one in routes_by_permission(request.app) if rules.is_allowed(role.permissions, one))
    return RoleInFull(**dict(role), resolves_to=tuple(covered))


def _of_company(asked: AskedRequest) -> AskedRequest:
    """A change of one company's role, guarded by its version and not by a key. Refuses: Invalid."""
    if asked.caller.company == ALL_COMPANIES:
        raise Invalid("X-Company: say whose role it is", errors=[("X-Company", "is needed")])
    return replace(asked, key=asked.key or str(uuid4()))


def _seen(known: RoleView | None, name: str, if_match: str | None) -> int | None:
    """The version that a change is based on; None of any. Refuses: VersionMissing, ChangedMeanwhile."""
    if if_match == "*":
        return None  # Not what it is now: asked for twice at once, both ask for the same.
    version = version_seen(if_match, f"the role {name}")
    if (known is None or known.version == NEW) and version != NEW:
        raise ChangedMeanwhile(f"the role {name} has no version {if_match}; read it again")
    return version
