"""Who may do what:

Roles are lists of permissions, permissions are `domain.thing.verb`, `*` stands for any.
"""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import lru_cache

from domains.identity.messages import ALL_COMPANIES, Actor
from foundation.errors import BusinessError, Forbidden

READ_ALL = "*.read"

ROLES: dict[str, tuple[str, ...]] = {
    "administrator": ("*",),
    "viewer": (READ_ALL,),
    "sales clerk": (READ_ALL, "sales.order.*", "master_data.customer.write", "master_data.price_list.write"),
    "credit manager": (READ_ALL, "sales.credit.decide"),
    "warehouse": (READ_ALL, "sales.shipment.confirm", "inventory.*"),
    "accountant": (READ_ALL, "finance.*", "sales.payment.receive", "master_data.*"),
    "operator": (READ_ALL, "operations.*", "automation.*", "master_data.*"),
}


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
    """The company that a caller works for now:

    The one asked for, or the only one it has. Refuses: Forbidden.
    """
    if asked_for is None:
        if len(actor.companies) == 1 and actor.companies[0] != ALL_COMPANIES:
            return actor.companies[0]
        raise Forbidden("this key works for several companies: say which one in the header X-Company")
    if asked_for in actor.companies or ALL_COMPANIES in actor.companies:
        return asked_for
    raise Forbidden(f"this key does not work for the company {asked_for}")
