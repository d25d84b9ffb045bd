"""Who may do what.

Roles are lists of patterns of permissions; permissions are `domain.thing.verb`, `*` stands for anything. A
role is what the company's rows say of it, else what the standard role of this name is. Who may decide about
an approval is a matter of the role itself, which may be delegated.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from typing import NamedTuple, Protocol

from domains.identity.messages import (
    ALL_COMPANIES,
    Actor,
    GrantDelegation,
    IssueApiKey,
    PutRole,
    RevokeDelegation,
    RoleView,
    StandsIn,
)
from domains.identity.roles import ADMINISTRATOR
from domains.identity.standard_roles import standard_roles
from foundation.values.errors import BusinessError, Forbidden, Refusals


class FourEyes(BusinessError):
    """Who asked for a decision may not take it: not as oneself, not for another, not through another."""

    status = 403


class ConflictOfInterest(BusinessError):
    """Whoever is paid by what is to be decided does not decide about it, nor does anybody for them."""

    status = 403


class DecidesOnce(BusinessError):
    """Who has decided about a matter, or was decided for, has no second voice in it: at no other level."""

    status = 403


class MayNotDecide(Forbidden):
    """The decision belongs to a role that the caller neither has nor stands in for."""


class NotYoursToDelegate(Forbidden):
    """Only a role that one has can be delegated, and only by oneself or an administrator."""


class UnknownRole(BusinessError):
    """There is no such role."""


class AdministratorStays(BusinessError):
    """The administrator may do everything in every company, so that nobody can be locked out."""

    status = 409


class StandardRoleStays(BusinessError):
    """A standard role is there as long as Perpetual is; a company may say what it may do."""

    status = 409


class RoleInUse(BusinessError):
    """Keys, delegations or approvals name the role; they would name nothing."""

    status = 409


class NotYoursToGrant(Forbidden):
    """Nobody gives others, or themselves, more than they have."""


Patterns = tuple[str, ...]
"""What somebody may do: `sales.order.*` covers every verb on orders."""


def patterns_of(roles: Iterable[str], own: Mapping[str, Patterns]) -> Patterns:
    """What roles may do in a company: `own` are the patterns of those that it has rows of."""
    standard = standard_roles()
    found = (
        own[role] if role in own else standard[role].permissions
        for role in roles
        if role in own or role in standard
    )
    return tuple(dict.fromkeys(pattern for patterns in found for pattern in patterns))


def is_allowed(patterns: Iterable[str], permission: str) -> bool:
    """Whether one of the patterns covers a permission, or all that another pattern does.

    The `*` of a pattern is covered by a `*` only, so that it is covered whatever permissions are added later.
    """
    return any(fnmatchcase(permission, pattern) for pattern in patterns)


def all_roles(own: Iterable[RoleView]) -> list[RoleView]:
    """The roles of a company by name: its own, and the standard ones that it says nothing of."""
    standard = {
        name: RoleView(
            name=name, description=role.description, permissions=role.permissions, is_standard=True
        )
        for name, role in standard_roles().items()
    }
    found = standard | {role.name: role for role in own}
    return [found[name] for name in sorted(found)]


def unknown_role(role: str, known: Iterable[str], *, field: str) -> UnknownRole:
    """The refusal that says which roles there are."""
    why = f"unknown role {role}; there are: {', '.join(sorted(known))}"
    return UnknownRole(f"{field}: {why}", errors=[(field, why)])


def check_covers(patterns: Sequence[str], permissions: Iterable[str]) -> None:
    """Every pattern must cover something that a route asks for. Refuses: Invalid, naming the fields."""
    asked, refusals = list(permissions), Refusals()
    for place, pattern in enumerate(patterns):
        if not any(is_allowed([pattern], permission) for permission in asked):
            refusals.add(f"permissions.{place}", f"{pattern} covers no permission; see GET /v1/permissions")
    refusals.raise_if_any()


def check_role(put: PutRole, *, before: Patterns, granter: Patterns) -> None:
    """What a role is to have more than before must be had by who gives it.

    Refuses: AdministratorStays; NotYoursToGrant, naming the patterns.
    """
    if put.name == ADMINISTRATOR:
        raise AdministratorStays(
            f"the role {ADMINISTRATOR} has every permission in every company, which cannot be changed"
        )
    check_grants(put.name, put.permissions, before=before, granter=granter)


def check_grants(role: str, patterns: Patterns, *, before: Patterns, granter: Patterns) -> None:
    """Nobody gives a role more than they have themselves. Refuses: NotYoursToGrant, naming the patterns."""
    more = [one for one in patterns if not is_allowed(before, one) and not is_allowed(granter, one)]
    if more:
        raise NotYoursToGrant(
            f"you cannot give the role {role} what you do not have yourself: {', '.join(more)}",
            errors=[("permissions", f"{one}: you do not have it") for one in more],
        )


def check_key(key: IssueApiKey) -> None:
    """Who issues a key gives roles that they have; an administrator gives any.

    It is the role that counts and not only what it may do: who has it may decide what it is asked for.
    Refuses: NotYoursToGrant, naming the roles.
    """
    more = [role for role in key.roles if not has_role(key.issuer_has, role)]
    if more:
        raise NotYoursToGrant(
            f"a key has no more than who issues it: you do not have the role {', '.join(more)}",
            errors=[(f"roles.{key.roles.index(role)}", "you do not have it") for role in more],
        )


def company_of(actor: Actor, asked_for: str | None) -> str:
    """The company that a caller works for now: the one asked for, or the only one. Refuses: Forbidden."""
    if asked_for is None:
        if len(actor.companies) == 1 and actor.companies[0] != ALL_COMPANIES:
            return actor.companies[0]
        raise Forbidden("this key works for several companies: say which one in the header X-Company")
    if asked_for in actor.companies or ALL_COMPANIES in actor.companies:
        return asked_for
    raise Forbidden(f"this key does not work for the company {asked_for}")


class Decided(Protocol):
    """One of the approvals of a matter; both are empty as long as nobody has decided."""

    @property
    def decided_by(self) -> str | None:
        """Who has decided."""

    @property
    def on_behalf_of(self) -> str | None:
        """For whom, if not in the own name."""


class Deciding(NamedTuple):
    """Somebody who wants to decide: with which roles, and for whom that person stands in now."""

    actor: str
    roles: Collection[str]
    stands_in: Sequence[StandsIn]


def has_role(roles: Collection[str], role: str) -> bool:
    """Whether somebody has the role; an administrator has every role."""
    return role in roles or ADMINISTRATOR in roles


_SOMEBODY_ELSE = "somebody must decide whom it does not pay: an administrator, or a role that a policy names"


def on_whose_behalf(
    who: Deciding,
    *,
    wanted: Sequence[str],
    requested_by: str,
    decided: Collection[str] = (),
    barred: Collection[str] = (),
    chosen: str | None = None,
) -> str | None:
    """For whom somebody decides what belongs to one of the wanted roles; None: in the own name.

    Neither who decides nor for whom may be the one who asked, nor one of those who have `decided` about the
    same matter, or for whom that was done. A delegation counts only while the one who gave it has the role,
    so that what was delegated cannot be delegated on. Who stands in for several may say for whom by `chosen`;
    else it is the first by name. Neither may be `barred`, for what is decided pays them.
    Refuses: FourEyes, ConflictOfInterest, DecidesOnce, MayNotDecide.
    """
    if who.actor == requested_by:
        raise FourEyes(f"{requested_by} asked for this; somebody else must decide about it")
    if who.actor in barred:
        raise ConflictOfInterest(f"{who.actor} is paid by this; {_SOMEBODY_ELSE}")
    if who.actor in decided:
        raise DecidesOnce(f"{who.actor} has a voice in this already; somebody else must decide at this level")
    if chosen is None and any(has_role(who.roles, role) for role in wanted):
        return None
    givers = sorted({given.from_actor for given in who.stands_in if given.role in wanted})
    givers = givers if chosen is None else [giver for giver in givers if giver == chosen]
    others = [giver for giver in givers if giver not in {requested_by, *decided, *barred}]
    if others:
        return others[0]
    if twice := [giver for giver in givers if giver in decided]:
        raise DecidesOnce(f"{twice[0]} has a voice in this already; nobody may decide again for {twice[0]}")
    if paid := [giver for giver in givers if giver in barred]:
        raise ConflictOfInterest(f"{paid[0]} is paid by this; {_SOMEBODY_ELSE}")
    if givers:
        raise FourEyes(f"{requested_by} asked for this; nobody may decide about it for {requested_by}")
    whose = f"to stand in for {chosen}" if chosen else "to stand in for it"
    raise MayNotDecide(
        f"{who.actor} may not decide this: it needs the role {' or '.join(wanted)}, or {whose}"
    )


def voices(asked: Iterable[Decided]) -> frozenset[str]:
    """Who has decided about a matter, and for whom."""
    return frozenset(one for row in asked for one in (row.decided_by, row.on_behalf_of) if one is not None)


def check_delegation(
    grant: GrantDelegation, *, valid_from: datetime, giver_has: Collection[str], receiver_is_known: bool
) -> None:
    """Refuses: NotYoursToDelegate; Invalid, naming the fields."""
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
