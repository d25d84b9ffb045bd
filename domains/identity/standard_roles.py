"""The standard roles: what comes with Perpetual, put together from what each domain says in its `roles.py`.

A new domain brings its own file and is found by looking; nothing elsewhere names it.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from typing import Any, NamedTuple

import domains
from domains.identity.roles import EVERYBODY


class StandardRole(NamedTuple):
    """A role that every company has, unless it says otherwise."""

    description: str
    permissions: tuple[str, ...]
    """Patterns: `sales.order.*` covers every verb on orders."""


@cache
def standard_roles() -> Mapping[str, StandardRole]:
    """Every standard role by its name. Raises: TypeError when domains contradict each other."""
    return put_together(declarations())


@cache
def administrators_only() -> Mapping[str, str]:
    """The permissions that no standard role but the administrator has, with the reason."""
    return {
        permission: reason
        for module in declarations().values()
        for permission, reason in getattr(module, "ADMINISTRATORS_ONLY", {}).items()
    }


def declarations() -> dict[str, Any]:
    """The `roles.py` of every domain that has one, by the domain's name."""
    names = (domain.name for domain in pkgutil.iter_modules(domains.__path__))
    modules = {name: f"domains.{name}.roles" for name in names}
    return {name: importlib.import_module(path) for name, path in modules.items() if find_spec(path)}


def put_together(declared: Mapping[str, Any]) -> dict[str, StandardRole]:
    """The standard roles that domains declare, by name.

    Raises: TypeError for a role that is introduced twice, or is given permissions and introduced by nobody.
    """
    found: dict[str, StandardRole] = {}
    for domain, module in declared.items():
        for name, description in getattr(module, "ROLES", {}).items():
            if name in found:
                raise TypeError(
                    f"domains/{domain}/roles.py: another domain introduces the role {name!r} as well"
                )
            found[name] = StandardRole(description, () if domain == "identity" else EVERYBODY)
    for domain, module in declared.items():
        for name, patterns in getattr(module, "GRANTS", {}).items():
            if name not in found:
                raise TypeError(
                    f"domains/{domain}/roles.py: no domain introduces the role {name!r}; "
                    f"describe it in ROLES, or use one of {', '.join(sorted(found))}"
                )
            role = found[name]
            found[name] = role._replace(permissions=(*role.permissions, *patterns))
    return found
