"""Traces reach the address that an installation names, with what the database was asked."""

import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

ASKS_ONCE = """
import asyncio, asyncpg, os
from opentelemetry import trace
from foundation.runtime.settings import settings
from foundation.runtime.telemetry import set_up

async def ask():
    connection = await asyncpg.connect(os.environ["OWNER_URL"])
    await connection.fetchval("SELECT 41 + 1")
    await connection.close()

set_up(settings(), "tests")
asyncio.run(ask())
trace.get_tracer_provider().force_flush()
"""


@pytest.fixture
def collector() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """A receiver of traces: its address, and what it was sent, by path."""
    sent: list[tuple[str, bytes]] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: a test has no log of its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", sent
    server.shutdown()
    server.server_close()


def test_what_the_database_was_asked_is_traced(
    collector: tuple[str, list[tuple[str, bytes]]], owner_url: str
) -> None:
    address, sent = collector
    told = {"PERPETUAL_OTLP_ENDPOINT": address, "OTEL_EXPORTER_OTLP_COMPRESSION": "none"}

    asked = subprocess.run(
        [sys.executable, "-c", ASKS_ONCE],
        env=os.environ | told | {"OWNER_URL": owner_url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert asked.returncode == 0, asked.stderr
    ((path, body),) = sent
    assert path == "/v1/traces"
    assert b"SELECT 41 + 1" in body
    assert b"perpetual-tests" in body
