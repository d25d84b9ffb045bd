"""How large a request's body may be: what is larger is refused by name, before it is read."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from foundation.runtime.settings import settings

FILES_MOST_BYTES = 21_000_000
"""Files come in parts (`imports`): so large may these be in all, with what stands around them."""


class BoundedBodies:
    """Counts what comes in, also where its size is not told before. Plain ASGI, as `Correlation` is."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a body when it is read, so that the refusal is answered as any other."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers, read = Headers(scope=scope), 0
        is_files = headers.get("Content-Type", "").lower().startswith("multipart/form-data")
        most = FILES_MOST_BYTES if is_files else settings().api_max_body_bytes
        told = headers.get("Content-Length", "")

        async def bounded() -> Message:
            nonlocal read
            if told.isdigit() and int(told) > most:
                raise _too_large(most)
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                raise _too_large(most)
            return message

        await self.app(scope, bounded, send)


def _too_large(most: int) -> HTTPException:
    return HTTPException(413, f"a request may have {most} bytes: divide it, or send less at once")
