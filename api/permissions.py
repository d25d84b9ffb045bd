"""Which permissions there are: those that the routes ask for, found by looking at the routes."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from api.door import Rule


@lru_cache(maxsize=8)
def routes_by_permission(app: FastAPI) -> Mapping[str, tuple[str, ...]]:
    """Every permission with the routes that ask for it, such as `POST /v1/sales-orders`, by name."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path, methods, asked in routes_of(app):
        for rule in asked:
            if isinstance(rule, Rule):
                for permission in (rule.permission, *rule.more):
                    found[permission].update(f"{method} {path}" for method in methods)
    return {permission: tuple(sorted(found[permission])) for permission in sorted(found)}


def routes_of(app: FastAPI) -> Iterator[tuple[str, set[str], list[object]]]:
    """Every route, also of included routers: its path, its methods, and what is asked before it is run."""
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        asked = list(_asked_of(route.dependant)) if isinstance(route, APIRoute) else []
        yield context.path or "a mount", set(context.methods or ()), asked


def _asked_of(dependant: Dependant) -> Iterator[object]:
    for dependency in dependant.dependencies:
        yield dependency.call
        yield from _asked_of(dependency)
