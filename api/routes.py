"""The app's own routes: who may use which, and what can be asked for below a path."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from api.door import Rule


class KnownRoute(NamedTuple):
    """One route: its method, its whole path with the names of its parameters, and its permission."""

    method: str
    path: str
    permission: str
    route: APIRoute


@lru_cache
def known(app: FastAPI) -> tuple[KnownRoute, ...]:
    """Every route that has a rule."""
    return tuple(_known(app))


def _known(app: FastAPI) -> Iterator[KnownRoute]:
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if not isinstance(route, APIRoute):
            continue
        rules = [one.call for one in route.dependant.dependencies if isinstance(one.call, Rule)]
        for method in context.methods or ():
            if rules:
                yield KnownRoute(method, context.path or "", rules[0].permission, route)


def permission_to_read(app: FastAPI, path: str) -> str:
    """The permission to read one of the documents below a path."""
    return next(
        one.permission
        for one in known(app)
        if one.method == "GET" and one.path.startswith(f"{path}/{{") and one.path.endswith("}")
    )
