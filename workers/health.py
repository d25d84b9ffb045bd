"""Where Kubernetes asks a worker how it is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI, Response
from temporalio.client import Client
from temporalio.worker import Worker

from foundation.runtime.settings import Settings


@dataclass
class AtWork:
    """The worker of the moment; none while it may not work."""

    worker: Worker | None = None

    @property
    def is_so(self) -> bool:
        """Whether there is one, and it asks for work."""
        return self.worker is not None and self.worker.is_running


@asynccontextmanager
async def served(settings: Settings, client: Client, at_work: AtWork) -> AsyncIterator[None]:
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
        if not (at_work.is_so and server_answers):
            response.status_code = 503
        return {"worker": at_work.is_so, "temporal": server_answers}

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
