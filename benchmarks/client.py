"""A lean HTTP client for load: one kept connection, one request at a time, JSON in and out, or a file in.

A comfortable client costs more CPU per request than the API does, on the same two cores that are measured.
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

LOOKS_EVERY_SECONDS = 0.1
JSON = "application/json"
BOUNDARY = "a-line-that-stands-in-no-file"
FORM = f"multipart/form-data; boundary={BOUNDARY}"


def _form(file: bytes) -> bytes:
    """A form whose only field is a file."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a file"\r\n\r\n'
    return head.encode() + file + f"\r\n--{BOUNDARY}--\r\n".encode()


class Connection:
    """One HTTP/1.1 connection to the API, as one client of it."""

    def __init__(self, base_url: str, api_key: str, company: str) -> None:
        address = urlsplit(base_url)
        self.host, self.port = address.hostname or "127.0.0.1", address.port or 80
        self.head = f"Host: {address.netloc}\r\nAuthorization: Bearer {api_key}\r\nX-Company: {company}\r\n"
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, body: Any, key: str) -> tuple[int, Any]:
        """POST with an Idempotency-Key, of a file when the body is bytes; the status and the answer."""
        kind, written = (FORM, _form(body)) if isinstance(body, bytes) else (JSON, json.dumps(body).encode())
        return await self._request("POST", path, written, f"Idempotency-Key: {key}\r\n", kind)

    async def get(self, path: str) -> tuple[int, Any]:
        """GET; the status and the answer."""
        return await self._request("GET", path, b"", "")

    async def change(
        self, path: str, body: Any, *, version: str, method: str = "PATCH", key: str = ""
    ) -> tuple[int, Any]:
        """A change of what has this version (`*`: any); the status and the answer."""
        more = f"If-Match: {version}\r\n" + (f"Idempotency-Key: {key}\r\n" if key else "")
        return await self._request(method, path, json.dumps(body).encode(), more)

    async def until(self, path: str, is_so: Callable[[Any], bool]) -> Any:
        """GET again and again until the answer is so; gives it."""
        while True:
            status, answer = await self.get(path)
            if status != 200:
                raise RuntimeError(f"{path}: {status} {answer}")
            if is_so(answer):
                return answer
            await asyncio.sleep(LOOKS_EVERY_SECONDS)

    async def get_file(self, path: str) -> tuple[int, bytes]:
        """GET of a file; the status and its bytes."""
        return await self._bytes("GET", path, b"", "")

    async def _request(
        self, method: str, path: str, body: bytes, more: str, kind: str = JSON
    ) -> tuple[int, Any]:
        status, answer = await self._bytes(method, path, body, more, kind)
        return status, json.loads(answer) if answer else None

    async def _bytes(
        self, method: str, path: str, body: bytes, more: str, kind: str = JSON
    ) -> tuple[int, bytes]:
        if self.streams is None:
            self.streams = await asyncio.open_connection(self.host, self.port)
        reader, writer = self.streams
        head = (
            f"{method} {path} HTTP/1.1\r\n{self.head}{more}Content-Type: {kind}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        status = int((await reader.readline()).split()[1])
        length = 0
        while (line := await reader.readline()) != b"\r\n":
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return status, await reader.readexactly(length)

    async def close(self) -> None:
        """Hang up."""
        if self.streams is not None:
            self.streams[1].close()
