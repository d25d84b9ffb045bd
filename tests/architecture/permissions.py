"""What is wrong between the permissions that routes ask for and the standard roles that have them."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from domains.identity.roles import ADMINISTRATOR
from domains.identity.rules import is_allowed
from domains.identity.standard_roles import StandardRole


def complaints(
    permissions: Collection[str], roles: Mapping[str, StandardRole], declared: Mapping[str, Any]
) -> list[str]:
    """Permissions that nobody has but the administrator, and declarations that say what is not so."""
    only = {
        permission: (domain, reason)
        for domain, module in declared.items()
        for permission, reason in getattr(module, "ADMINISTRATORS_ONLY", {}).items()
    }
    had = {permission for permission in permissions if _holders(permission, roles)}
    return sorted(
        [
            *(_of_nobody(permission) for permission in set(permissions) - had - set(only)),
            *(
                f"domains/{domain}/roles.py: {permission} is no permission of administrators only"
                for permission, (domain, reason) in only.items()
                if permission not in permissions or permission in had or not reason
            ),
            *_granted_in_vain(permissions, declared),
        ]
    )


def _holders(permission: str, roles: Mapping[str, StandardRole]) -> list[str]:
    return [
        name
        for name, role in roles.items()
        if name != ADMINISTRATOR and is_allowed(role.permissions, permission)
    ]


def _of_nobody(permission: str) -> str:
    return (
        f"{permission}: no standard role has it but the administrator; say in domains/"
        f"{permission.partition('.')[0]}/roles.py who has it (GRANTS), or why nobody (ADMINISTRATORS_ONLY)"
    )


def _granted_in_vain(permissions: Collection[str], declared: Mapping[str, Any]) -> Iterator[str]:
    """A domain gives its own permissions; identity also those that are of no domain."""
    for domain, module in declared.items():
        for role, patterns in getattr(module, "GRANTS", {}).items():
            for pattern in patterns:
                if domain != "identity" and pattern.partition(".")[0] != domain:
                    yield f"domains/{domain}/roles.py: {role} is given {pattern}, which is another domain's"
                if not any(is_allowed([pattern], permission) for permission in permissions):
                    yield f"domains/{domain}/roles.py: {role} is given {pattern}, which no route asks for"
