"""A receiver of webhooks, with faults built in."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

Fault = Literal["drop", "hang"]


@dataclass(frozen=True)
class Received:
    """One request as it arrived, and what it was answered."""

    headers: dict[str, str]
    body: bytes
    answered: int | Fault

    @property
    def message_id(self) -> str:
        """By what the receiver tells a repetition."""
        return self.headers["webhook-id"]

    @property
    def event(self) -> Any:
        """What was told."""
        return json.loads(self.body)


@dataclass
class Receiver:
    """An HTTP server that answers what `script` says, one entry for each request, and then `always`.

    A status is answered; `drop` reads the request and closes the connection without an answer; `hang` reads
    it and says nothing.
    """

    script: list[int | Fault] = field(default_factory=list)
    always: int | Fault = 204
    received: list[Received] = field(default_factory=list)
    port: int = 0
    _server: asyncio.Server | None = None
    _open: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        """Where it listens, or did before it went down."""
        return f"http://127.0.0.1:{self.port}/hooks"

    @property
    def taken(self) -> list[Received]:
        """What it has taken, in order."""
        return [one for one in self.received if isinstance(one.answered, int) and one.answered < 300]

    async def up(self) -> None:
        """Listen, on the same port as before."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def down(self) -> None:
        """Stop listening: connections are refused, and those that are open are cut."""
        if self._server is not None:
            self._server.close()
            self._server = None
        open_now = list(self._open)
        for connection in open_now:
            connection.cancel()
        await asyncio.gather(*open_now, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.create_task(self._serve(reader, writer))
        self._open.add(connection)
        connection.add_done_callback(self._open.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}
            body = await reader.readexactly(int(headers["content-length"]))
            answer = self.script.pop(0) if self.script else self.always
            self.received.append(Received(headers=headers, body=body, answered=answer))
            if answer == "hang":
                await asyncio.Event().wait()
            if isinstance(answer, int):
                writer.write(f"HTTP/1.1 {answer} As told\r\ncontent-length: 0\r\n\r\n".encode())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def listening(*script: int | Fault, always: int | Fault = 204) -> AsyncIterator[Receiver]:
    """A receiver that is up."""
    receiver = Receiver(script=list(script), always=always)
    await receiver.up()
    try:
        yield receiver
    finally:
        await receiver.down()
