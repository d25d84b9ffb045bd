"""Every route has a rule who may use it, and every POST names itself."""

from fastapi import APIRouter, FastAPI

from api.door import Router, Rule, allows, idempotency_key
from api.routes import routes_by_permission, routes_of

FOR_EVERYBODY = ("/health", "/docs", "/openapi.json")
WELCOME = "/"
PERMISSION_WORDS = 3


def routes_without_a_rule(app: FastAPI) -> list[str]:
    """Routes that anybody may use, and POSTs that do not demand an Idempotency-Key."""
    complaints: list[str] = []
    for path, methods, asked, _ in routes_of(app):
        if path == WELCOME or path.startswith(FOR_EVERYBODY):
            continue
        if not any(isinstance(call, Rule) for call in asked):
            complaints.append(f"{path}: nothing says who may use it")
        if "POST" in methods and idempotency_key not in asked:
            complaints.append(f"POST {path}: without an Idempotency-Key a repetition is done twice")
    return complaints


def test_every_route_has_a_rule_and_every_post_an_idempotency_key() -> None:
    from api.app import app  # noqa: PLC0415  # Importing it builds every route of the house.

    complaints = routes_without_a_rule(app)

    assert not complaints, "\n".join(complaints)
    assert routes_by_permission(app), "no route was looked at"


def test_permissions_are_named_domain_thing_verb() -> None:
    from api.app import app  # noqa: PLC0415

    ill_named = {name for name in routes_by_permission(app) if len(name.split(".")) != PERMISSION_WORDS}

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
