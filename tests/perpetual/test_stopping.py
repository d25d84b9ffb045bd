"""Stopping everything takes moments, also while a receiver of webhooks says nothing; and nothing is lost."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from perpetual.installation import admin_key
from perpetual.servers.data_directory import data_directory_for
from tests.doubles.receiver import Received, listening
from tests.erp import MASTER_DATA, a_company
from tests.perpetual.test_stopped import perpetual
from tests.servers import free_port

MOST_SECONDS = 8.0
"""Under five on a machine that does nothing else; whoever waits for the receiver needs fifteen."""


@pytest.fixture
async def directory() -> AsyncIterator[Path]:
    """Of an installation of the test's own, which nothing runs in afterwards."""
    made = Path(tempfile.mkdtemp(prefix="perpetual-"))
    yield made
    await asyncio.to_thread(perpetual, "down", directory=made)
    shutil.rmtree(data_directory_for(made / "postgres"), ignore_errors=True)
    shutil.rmtree(made, ignore_errors=True)


async def _up(directory: Path, port: int) -> None:
    options = ("up", "--detach", "--workers", "1", "--port", str(port))
    started = await asyncio.to_thread(perpetual, *options, directory=directory)
    assert started.returncode == 0, started.stderr


async def _within(seconds: float, told: Callable[[], list[Received]]) -> None:
    until = time.monotonic() + seconds
    while not told():
        assert time.monotonic() < until, "the receiver was not told"
        await asyncio.sleep(0.05)


async def _receive_goods(directory: Path, port: int, url: str) -> None:
    """A company with goods, whose webhook is told of the receipt."""
    year = {"code": "2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31"}
    lines = [{"item_code": "APPLE", "quantity": "100", "unit_cost": "4.00"}]
    asked: list[tuple[str, Any]] = [
        ("companies", a_company("STOPPING")),
        ("accounts/template", {}),
        ("fiscal-years", year),
        *((path, record) for path, records in MASTER_DATA.items() for record in records),
        ("webhooks", {"url": url, "events": ["*"]}),
        ("stock-receipts", {"warehouse_code": "MAIN", "received_on": "2026-03-01", "lines": lines}),
    ]
    headers = {"Authorization": f"Bearer {admin_key(directory)}", "X-Company": "STOPPING"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/v1", headers=headers, timeout=30) as http:
        for number, (path, body) in enumerate(asked):
            answer = await http.post(f"/{path}", json=body, headers={"Idempotency-Key": f"key {number}"})
            assert answer.status_code in (200, 201), answer.text


async def test_a_receiver_that_hangs_holds_nobody_up_and_is_told_when_all_runs_again(directory: Path) -> None:
    port = free_port()
    async with listening() as receiver:
        receiver.always = "hang"
        await _up(directory, port)
        await _receive_goods(directory, port, receiver.url)
        await _within(20, lambda: receiver.received)

        began = time.monotonic()
        stopped = await asyncio.to_thread(perpetual, "down", directory=directory)
        took = time.monotonic() - began
        hung = {one.message_id for one in receiver.received}
        receiver.always = 204
        await _up(directory, port)
        await _within(20, lambda: receiver.taken)

    assert stopped.stdout == "Stopped.\n"
    assert took < MOST_SECONDS, f"{took:.1f} s"
    assert receiver.taken[0].message_id in hung
