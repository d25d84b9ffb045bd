"""Every route has a rule who may use it, and every POST names itself."""

from collections.abc import Iterator

from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from api.door import Router, Rule, allows, idempotency_key

FOR_EVERYBODY = ("/health", "/docs", "/openapi.json")
WELCOME = "/"
PERMISSION_WORDS = 3


def _asked_of(dependant: Dependant) -> Iterator[object]:
    for dependency in dependant.dependencies:
        yield dependency.call
        yield from _asked_of(dependency)


def routes_of(app: FastAPI) -> Iterator[tuple[str, set[str], list[object]]]:
    """Every route, also of included routers: its path, its methods, and what is asked before it is run."""
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        asked = list(_asked_of(route.dependant)) if isinstance(route, APIRoute) else []
        yield context.path or "a mount", set(context.methods or ()), asked


def routes_without_a_rule(app: FastAPI) -> list[str]:
    """Routes that anybody may use, and POSTs that do not demand an Idempotency-Key."""
    complaints: list[str] = []
    for path, methods, asked in routes_of(app):
        if path == WELCOME or path.startswith(FOR_EVERYBODY):
            continue
        if not any(isinstance(call, Rule) for call in asked):
            complaints.append(f"{path}: nothing says who may use it")
        if "POST" in methods and idempotency_key not in asked:
            complaints.append(f"POST {path}: without an Idempotency-Key a repetition is done twice")
    return complaints


def permissions_of(app: FastAPI) -> set[str]:
    """Every permission that a route asks for."""
    return {call.permission for _, _, asked in routes_of(app) for call in asked if isinstance(call, Rule)}


def test_every_route_has_a_rule_and_every_post_an_idempotency_key() -> None:
    from api.app import app  # noqa: PLC0415  # Importing it builds every route of the house.

    complaints = routes_without_a_rule(app)

    assert not complaints, "\n".join(complaints)
    assert permissions_of(app), "no route was looked at"


def test_permissions_are_named_domain_thing_verb() -> None:
    from api.app import app  # noqa: PLC0415

    ill_named = {name for name in permissions_of(app) if len(name.split(".")) != PERMISSION_WORDS}

    assert not ill_named, "roles have permissions by patterns such as sales.order.*"


def test_a_route_beside_the_door_is_seen() -> None:
    app = FastAPI(redoc_url=None)
    beside = APIRouter(prefix="/v1/beside")
    kept = Router(prefix="/v1/kept")

    @kept.post("", dependencies=[allows("sales.order.place")])
    async def keeps_the_rules() -> None: ...

    @beside.get("/open")
    async def anybody() -> None: ...

    @app.post("/v1/twice", dependencies=[allows("sales.order.place")])
    async def twice() -> None: ...

    app.include_router(kept)
    app.include_router(beside)

    assert routes_without_a_rule(app) == [
        "POST /v1/twice: without an Idempotency-Key a repetition is done twice",
        "/v1/beside/open: nothing says who may use it",
    ]
