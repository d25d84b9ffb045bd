"""The API: one router per domain, authentication, problems, and a correlation id in and out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi_offline import FastAPIOffline
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor

from api import commands, health, problems, welcome
from api.bodies import BoundedBodies
from api.correlation import Correlation
from api.door import Router
from api.operations import process_view
from api.processes import StillAtWork
from foundation.database.connections import open_database
from foundation.operations import agreement, inbox
from foundation.operations.delivery import Answers
from foundation.runtime import telemetry, temporal
from foundation.runtime.modules import modules_below
from foundation.runtime.settings import settings

DESCRIPTION = """
An ERP whose business processes run as durable workflows: what was accepted has its whole effect, once.

* Send `Authorization: Bearer pk_…`; with a key for several companies, also `X-Company`.
* Send an `Idempotency-Key` of your own with every POST: repeating a request with its key is always safe.
* Amounts are decimal strings with a currency beside them.
* Problems are `application/problem+json` (RFC 9457) with one entry per wrong field.
"""


@asynccontextmanager
async def life(app: FastAPI) -> AsyncIterator[None]:
    """Open the database and the way to Temporal, and close them again."""
    telemetry.set_up(settings(), "api")
    database = open_database(settings().database_url, pool_size=settings().database_pool_size)
    app.state.temporal = await temporal.connect(settings(), lazy=True)
    app.state.answers = Answers()
    async with agreement.watched(app.state.temporal) as app.state.door:
        yield
    await app.state.answers.all_noted()
    await inbox.all_sent()
    await database.close()


# The documentation page needs nothing from outside: a company's servers may not reach it.
app = FastAPIOffline(
    title="Perpetual",
    version="1",
    description=DESCRIPTION,
    lifespan=life,
    docs_url="/docs",
    redoc_url=None,
    static_url="/docs/files",
    separate_input_output_schemas=False,
)
problems.install(app)
app.add_middleware(BoundedBodies)
app.add_middleware(Correlation)


@app.exception_handler(StillAtWork)
async def still_at_work(request: Request, at_work: StillAtWork) -> JSONResponse:
    """202: accepted and not lost; where to look."""
    location = f"/v1/processes/{at_work.process_id}"
    body: dict[str, Any] = {"status": "accepted", "process": at_work.process_id, "location": location}
    if at_work.state is not None:
        # A step that is parked says what is in its way, and who can mend it.
        shown = {"stage", "waiting_on", "exception", "failure"}
        body |= process_view(at_work.state).model_dump(include=shown, exclude_none=True)
    headers = {"Location": location, "X-Correlation-ID": request.state.correlation_id, "Retry-After": "2"}
    return JSONResponse(body, 202, headers)


def routers() -> list[Router]:
    """Every router declared below `api/`, by their paths; what stands below a record, before it."""
    found: dict[int, Router] = {}
    for module in modules_below("api"):
        for member in vars(module).values():
            members: list[Any] = member if isinstance(member, list) else [member]
            found.update({id(router): router for router in members if isinstance(router, Router)})
    # A code may have slashes in it: its record's route would take the paths below it for a longer code.
    return sorted(found.values(), key=lambda one: (one.prefix.partition("/{")[0], -len(one.prefix)))


app.include_router(health.router)
app.include_router(welcome.router)
# Events and letters are declared on operations, also on those that no route runs.
modules_below("activities")
for router in [*routers(), *commands.document_routers()]:
    app.include_router(router)
if settings().otlp_endpoint:
    FastAPIInstrumentor.instrument_app(app)
