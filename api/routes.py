"""The app's own routes: what is asked before each is run, who may use it, and which permissions there are."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from api.door import Rule


class AppRoute(NamedTuple):
    """Any route, also of an included router or a mount."""

    path: str
    methods: frozenset[str]
    asked: tuple[object, ...]
    """What is asked before it is run."""
    route: APIRoute | None


class KnownRoute(NamedTuple):
    """One route of ours: its method, its whole path with the names of its parameters, and its rule."""

    method: str
    path: str
    rule: Rule
    route: APIRoute

    @property
    def permission(self) -> str:
        """Without which nobody may use it."""
        return self.rule.permission


def routes_of(app: FastAPI) -> Iterator[AppRoute]:
    """Every route of the app."""
    for context in iter_route_contexts(app.routes):
        route = context.original_route if isinstance(context.original_route, APIRoute) else None
        asked = tuple(_asked_of(route.dependant)) if route else ()
        yield AppRoute(context.path or "a mount", frozenset(context.methods or ()), asked, route)


def _asked_of(dependant: Dependant) -> Iterator[object]:
    for dependency in dependant.dependencies:
        yield dependency.call
        yield from _asked_of(dependency)


@lru_cache(maxsize=8)
def known(app: FastAPI) -> tuple[KnownRoute, ...]:
    """Every route that has a rule."""
    return tuple(
        KnownRoute(method, one.path, rule, one.route)
        for one in routes_of(app)
        for rule in one.asked
        if one.route is not None and isinstance(rule, Rule)
        for method in one.methods
    )


@lru_cache(maxsize=8)
def routes_by_permission(app: FastAPI) -> Mapping[str, tuple[str, ...]]:
    """Every permission with the routes that ask for it, such as `POST /v1/sales-orders`, by name."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one in known(app):
        for permission in (one.rule.permission, *one.rule.more):
            found[permission].add(f"{one.method} {one.path}")
    return {permission: tuple(sorted(found[permission])) for permission in sorted(found)}


def permission_to_read(app: FastAPI, path: str) -> str:
    """The permission to read one of the documents below a path."""
    return next(
        one.permission
        for one in known(app)
        if one.method == "GET" and one.path.startswith(f"{path}/{{") and one.path.endswith("}")
    )
