"""The kinds of decisions that policies are written for, gathered from what each domain says in its
`approval_kinds.py`, beside the constants that its processes ask by.

`KINDS` says by its name what each kind tells apart, and how many must say yes at least; `FIND`, by the field
of a policy, what finds that which it names, where only what is there may be named; `BARRED`, by kind, what
asks whom a document pays, who may not decide about it. A new domain brings its
own file and is found by looking; nothing elsewhere names it.
"""

import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from importlib.util import find_spec
from typing import Any, TypeAlias

from sqlalchemy import Select

import domains
from domains.identity.rules.policies import ApprovalKind
from foundation.database.transaction import Transaction

Find: TypeAlias = Callable[[Transaction, str], Awaitable[object | None]]
"""Gives what has this code; None when nothing has."""
Barred: TypeAlias = Callable[[Any], Select[Any]]
"""Asks for the actors whom a document pays, by its number: a value, or a column."""


@cache
def approval_kinds() -> Mapping[str, ApprovalKind]:
    """Every kind by its name. Raises: TypeError when two domains declare the same."""
    return put_together(declarations())


def finders_of(kind: str) -> Mapping[str, Find]:
    """By the field of a policy of a kind, what finds that which it names."""
    of_it = (module for module in declarations().values() if kind in module.KINDS)
    return {field: find for module in of_it for field, find in getattr(module, "FIND", {}).items()}


def barred_from(kind: str) -> Barred | None:
    """Who may not decide about a document of a kind; None when nobody is barred."""
    of_it = (module for module in declarations().values() if kind in module.KINDS)
    return next((getattr(module, "BARRED", {}).get(kind) for module in of_it), None)


def declarations() -> dict[str, Any]:
    """The `approval_kinds.py` of every domain that asks people, by the domain's name."""
    names = [domain.name for domain in pkgutil.iter_modules(domains.__path__) if domain.name != "identity"]
    modules = {name: f"domains.{name}.approval_kinds" for name in names}
    return {name: importlib.import_module(path) for name, path in modules.items() if find_spec(path)}


def put_together(declared: Mapping[str, Any]) -> dict[str, ApprovalKind]:
    """The kinds that domains declare, by name. Raises: TypeError for one that is declared twice."""
    found: dict[str, ApprovalKind] = {}
    for domain, module in declared.items():
        for name, kind in module.KINDS.items():
            if name in found:
                raise TypeError(
                    f"domains/{domain}/approval_kinds.py: another domain declares {name!r} as well"
                )
            found[name] = kind
    return found
