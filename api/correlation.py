"""A correlation id in and out: what one caller asked for has one name wherever it is worked on."""

import uuid_utils
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from foundation.runtime import telemetry

HEADER = "X-Correlation-ID"
LONGEST = 100


class Correlation:
    """Takes the caller's correlation id, or makes one, and gives it back.

    Plain ASGI: a middleware that answers requests costs a task and two streams with each of them.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Name a request before it is worked on, and its answer when it leaves."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        correlation_id = Headers(scope=scope).get(HEADER, "")[:LONGEST] or str(uuid_utils.uuid7())
        scope.setdefault("state", {})["correlation_id"] = correlation_id
        telemetry.correlation_id.set(correlation_id)

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = correlation_id
            await send(message)

        await self.app(scope, receive, named)
