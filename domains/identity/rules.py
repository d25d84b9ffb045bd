"""Who may do what.

Roles are lists of permissions, permissions are `domain.thing.verb`, `*` stands for any. Who may decide about
an approval is a matter of the role itself, which may be delegated.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import NamedTuple

from domains.identity.messages import ALL_COMPANIES, Actor, GrantDelegation, RevokeDelegation, StandsIn
from foundation.values.errors import BusinessError, Forbidden, Refusals

ADMINISTRATOR = "administrator"
READ_ALL = "*.read"
DELEGATE = "identity.delegation.grant"
FOR_OTHERS = "identity.delegation.administer"

EVERYBODY = (READ_ALL, DELEGATE)

ROLES: dict[str, tuple[str, ...]] = {
    ADMINISTRATOR: ("*",),
    "viewer": (READ_ALL,),
    "sales clerk": (
        *EVERYBODY,
        "sales.order.*",
        "sales.return.authorise",
        "master_data.customer.write",
        "master_data.price_list.write",
    ),
    "credit manager": EVERYBODY,
    "finance director": EVERYBODY,
    "warehouse": (*EVERYBODY, "sales.shipment.confirm", "sales.return.inspect", "inventory.*"),
    "accountant": (*EVERYBODY, "ledger.*", "receivables.*", "sales.payment.receive", "master_data.*"),
    "operator": (*EVERYBODY, "operations.*", "automation.*", "master_data.*"),
}


class FourEyes(BusinessError):
    """Who asked for a decision may not take it: not as oneself, not for another, not through another."""

    status = 403


class MayNotDecide(Forbidden):
    """The decision belongs to a role that the caller neither has nor stands in for."""


class NotYoursToDelegate(Forbidden):
    """Only a role that one has can be delegated, and only by oneself or an administrator."""


class UnknownRole(BusinessError):
    """There is no such role."""


@lru_cache(maxsize=4096)
def is_allowed(roles: tuple[str, ...], permission: str) -> bool:
    """Whether one of the roles has the permission. `sales.order.*` covers every verb on orders."""
    patterns = (pattern for role in roles for pattern in ROLES.get(role, ()))
    return any(fnmatchcase(permission, pattern) for pattern in patterns)


def known_roles(roles: Iterable[str]) -> None:
    """Refuses: UnknownRole, naming those that there are."""
    if unknown := [role for role in roles if role not in ROLES]:
        raise UnknownRole(f"unknown role {', '.join(unknown)}; there are: {', '.join(ROLES)}")


def company_of(actor: Actor, asked_for: str | None) -> str:
    """The company that a caller works for now: the one asked for, or the only one. Refuses: Forbidden."""
    if asked_for is None:
        if len(actor.companies) == 1 and actor.companies[0] != ALL_COMPANIES:
            return actor.companies[0]
        raise Forbidden("this key works for several companies: say which one in the header X-Company")
    if asked_for in actor.companies or ALL_COMPANIES in actor.companies:
        return asked_for
    raise Forbidden(f"this key does not work for the company {asked_for}")


class Deciding(NamedTuple):
    """Somebody who wants to decide: with which roles, and for whom that person stands in now."""

    actor: str
    roles: Collection[str]
    stands_in: Sequence[StandsIn]


def has_role(roles: Collection[str], role: str) -> bool:
    """Whether somebody has the role; an administrator has every role."""
    return role in roles or ADMINISTRATOR in roles


def on_whose_behalf(who: Deciding, *, wanted: Sequence[str], requested_by: str) -> str | None:
    """For whom somebody decides what belongs to one of the wanted roles; None: in the own name.

    Neither who decides nor for whom may be the one who asked. A delegation counts only while the one who gave
    it has the role, so that what was delegated cannot be delegated on. Refuses: FourEyes, MayNotDecide.
    """
    if who.actor == requested_by:
        raise FourEyes(f"{requested_by} asked for this; somebody else must decide about it")
    if any(has_role(who.roles, role) for role in wanted):
        return None
    givers = sorted({given.from_actor for given in who.stands_in if given.role in wanted})
    others = [giver for giver in givers if giver != requested_by]
    if others:
        return others[0]
    if givers:
        raise FourEyes(f"{requested_by} asked for this; nobody may decide about it for {requested_by}")
    raise MayNotDecide(
        f"{who.actor} may not decide this: it needs the role {' or '.join(wanted)}, or to stand in for it"
    )


def check_delegation(
    grant: GrantDelegation, *, valid_from: datetime, giver_has: Collection[str], receiver_is_known: bool
) -> None:
    """Refuses: NotYoursToDelegate; Invalid, naming the fields; UnknownRole."""
    known_roles([grant.role])
    refusals = Refusals()
    if grant.to_actor == grant.from_actor:
        refusals.add("to_actor", "somebody else must stand in")
    elif not receiver_is_known:
        refusals.add("to_actor", f"nobody in this company is called {grant.to_actor}")
    if grant.valid_until <= valid_from:
        refusals.add("valid_until", "the delegation would end before it begins")
    refusals.raise_if_any()
    if grant.from_actor != grant.granted_by and not grant.may_for_others:
        raise NotYoursToDelegate(f"only {grant.from_actor} or an administrator may do this")
    if not has_role(giver_has, grant.role):
        raise NotYoursToDelegate(f"{grant.from_actor} does not have the role {grant.role}")


def check_revocation(revoke: RevokeDelegation, *, from_actor: str) -> None:
    """Refuses: NotYoursToDelegate."""
    if revoke.revoked_by != from_actor and not revoke.may_for_others:
        raise NotYoursToDelegate(f"only {from_actor} or an administrator may revoke this delegation")
