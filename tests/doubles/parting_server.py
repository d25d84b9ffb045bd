"""A PostgreSQL that says it shuts down, and has not yet hung up: for a moment a client sees just that."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

_FIELDS = b"SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0"
FAREWELL = b"E" + (len(_FIELDS) + 4).to_bytes(4) + _FIELDS
"""PostgreSQL's ErrorResponse, as it comes before the end of a connection."""


@dataclass
class PartingServer:
    """Hands everything on to a real server and back, until it is told to say farewell."""

    url: str
    clients: list[asyncio.StreamWriter] = field(default_factory=list)
    parts_at: bytes | None = None
    """What it answers with its farewell, to whichever client asks it."""

    async def say_farewell(self) -> None:
        """To all clients, whose connections stay open."""
        for client in self.clients:
            client.write(FAREWELL)
            await client.drain()


@asynccontextmanager
async def in_front_of(url: str) -> AsyncIterator[PartingServer]:
    """A parting server in front of the real one at `url`."""
    there = urlsplit(url)
    parting = PartingServer(url)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        parting.clients.append(writer)
        real_reader, real_writer = await asyncio.open_connection(there.hostname, there.port)
        # At the end of a test its loop cancels what still hands on.
        with suppress(ConnectionError, asyncio.CancelledError):
            await asyncio.gather(_asked(parting, reader, real_writer), _hand_on(real_reader, writer))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    login = there.netloc.rpartition("@")[0]
    port = server.sockets[0].getsockname()[1]
    parting.url = urlunsplit(there._replace(netloc=f"{login}@127.0.0.1:{port}"))
    try:
        yield parting
    finally:
        server.close()
        for client in parting.clients:
            client.close()


async def _asked(parting: PartingServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        if parting.parts_at is not None and parting.parts_at in data:
            await parting.say_farewell()
        writer.write(data)
        await writer.drain()
    writer.close()


async def _hand_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.close()
