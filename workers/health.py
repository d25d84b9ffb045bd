"""Where Kubernetes asks a worker how it is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI, Response
from temporalio.client import Client
from temporalio.worker import Worker

from foundation.settings import Settings


@asynccontextmanager
async def served(settings: Settings, client: Client, worker: Worker) -> AsyncIterator[None]:
    """Serve /live and /ready beside the worker, if a port is set.

    Live means that the event loop answers; ready, that the worker polls and the server answers it. An
    outage of Temporal makes a worker not ready, and does not restart it.
    """
    if not settings.worker_health_port:
        yield
        return
    app = FastAPI(openapi_url=None)

    @app.get("/live")
    async def live() -> dict[str, str]:
        return {"status": "live"}

    @app.get("/ready")
    async def ready(response: Response) -> dict[str, bool]:
        server_answers = await client.service_client.check_health()
        if not (worker.is_running and server_answers):
            response.status_code = 503
        return {"worker": worker.is_running, "temporal": server_answers}

    # A pod is asked from outside itself.
    config = uvicorn.Config(app, host="0.0.0.0", port=settings.worker_health_port, log_level="warning")  # noqa: S104
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    try:
        yield
    finally:
        await server.shutdown()
