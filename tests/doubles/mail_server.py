"""A mail server with faults built in."""

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Literal

Fault = Literal["drop after data", "hang", "defer", "refuse recipient", "refuse message"]


@dataclass(frozen=True)
class Taken:
    """A message as it arrived, and to whom it goes."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage

    @property
    def text(self) -> str:
        """What is to be read."""
        body = self.message.get_body(preferencelist=("plain",))
        assert body is not None
        return str(body.get_content())


@dataclass
class MailServer:
    """An SMTP server that takes every message, but for what `script` says, one entry for each connection.

    `drop after data` keeps the message and closes the connection before it says so; `hang` says nothing;
    `defer` answers 451 to the recipient, `refuse recipient` 550, `refuse message` 554 to the message.
    """

    script: list[Fault] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    port: int = 0
    _server: asyncio.Server | None = None
    _open: set[asyncio.Task[None]] = field(default_factory=set)

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
        fault = self.script.pop(0) if self.script else None
        try:
            if fault == "hang":
                await asyncio.Event().wait()
            await self._talk(reader, writer, fault)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    async def _talk(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fault: Fault | None
    ) -> None:
        sender, recipients = "", []

        def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())

        say("220 mail.example ESMTP")
        while line := (await reader.readline()).decode().strip():
            verb, _, rest = line.partition(" ")
            address = rest.partition("<")[2].partition(">")[0]
            match verb.upper(), fault:
                case (("EHLO" | "HELO"), _):
                    say("250 mail.example")
                case "MAIL", _:
                    sender = address
                    say("250 ok")
                case "RCPT", "defer":
                    say("451 try again later")
                case "RCPT", "refuse recipient":
                    say("550 no such user")
                case "RCPT", _:
                    recipients.append(address)
                    say("250 ok")
                case "DATA", _:
                    say("354 go on")
                    body = await reader.readuntil(b"\r\n.\r\n")
                    if fault != "refuse message":
                        self._take(sender, recipients, body.removesuffix(b".\r\n"))
                    if fault == "drop after data":
                        return
                    say("554 not wanted" if fault == "refuse message" else "250 queued")
                case "QUIT", _:
                    say("221 bye")
                    await writer.drain()
                    return
                case _:
                    say("250 ok")

    def _take(self, sender: str, recipients: list[str], body: bytes) -> None:
        plain = body.replace(b"\r\n..", b"\r\n.")
        message = email.message_from_bytes(plain, policy=email.policy.default)
        self.taken.append(Taken(sender, tuple(recipients), message))


@asynccontextmanager
async def taking_mail(*script: Fault) -> AsyncIterator[MailServer]:
    """A mail server that is up."""
    server = MailServer(script=list(script))
    await server.up()
    try:
        yield server
    finally:
        await server.down()
