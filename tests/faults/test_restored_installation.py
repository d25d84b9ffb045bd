"""`perpetual up` on books that are older than Temporal: only reading, until they were compared and mended."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from perpetual.servers.data_directory import data_directory_for
from tests.erp import MASTER_DATA, a_company, an_order
from tests.servers import free_port

ROOT = Path(__file__).parents[2]
COMPANY = "RESTORED"


class Installation:
    """Perpetual as an operator has it: by its commands and its API."""

    def __init__(self, directory: Path) -> None:
        self.directory, self.port = directory, free_port()
        self.postgres = data_directory_for(directory / "postgres")
        self.asked = 0

    def run(self, *arguments: str, status: int = 0) -> str:
        """A command, and what it says."""
        done = subprocess.run(
            [sys.executable, "-m", "perpetual", *arguments, "--directory", str(self.directory)],
            capture_output=True,
            text=True,
            check=False,
            timeout=150,
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if "ADDRESS" not in name},
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    def up(self) -> str:
        """Start it."""
        return self.run("up", "--detach", "--workers", "1", "--port", str(self.port))

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """A request by the administrator."""
        self.asked += 1
        request = urllib.request.Request(  # It is our own API.
            f"http://127.0.0.1:{self.port}{path}",
            json.dumps(body).encode() if body is not None else None,
            method=method,
            headers={
                "Authorization": f"Bearer {(self.directory / 'admin.key').read_text().strip()}",
                "X-Company": COMPANY,
                "Idempotency-Key": f"{self.port}-{self.asked}",
                "Content-Type": "application/json",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as refused:
            return refused.code, json.loads(refused.read())

    def post(self, path: str, body: Any) -> Any:
        """What must be accepted."""
        status, answer = self.ask("POST", path, body)
        assert status in (200, 201), answer
        return answer

    def open_for_business(self) -> None:
        """A company with its books and goods."""
        self.post("/v1/companies", a_company(COMPANY))
        self.post("/v1/accounts/template", {})
        year = {"code": "2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31"}
        self.post("/v1/fiscal-years", year)
        for path, records in MASTER_DATA.items():
            for record in records:
                self.post(f"/v1/{path}", record)
        lines = [{"item_code": "APPLE", "quantity": "100", "unit_cost": "4.00"}]
        received = {"warehouse_code": "MAIN", "received_on": "2026-03-01", "lines": lines}
        self.post("/v1/stock-receipts", received)

    def ship(self, order: Any) -> Any:
        """The warehouse ships it."""
        return self.post(f"/v1/sales-orders/{order['order_id']}/shipments", {"shipped_on": "2026-03-05"})

    def stage_of(self, order: Any) -> str:
        """Where its process stands."""
        return str(self.ask("GET", f"/v1/sales-orders/{order['order_id']}")[1]["process"]["stage"])


@pytest.fixture
def installation() -> Iterator[Installation]:
    """One of the test's own, which nothing runs in afterwards."""
    made = Installation(Path(tempfile.mkdtemp(prefix="perpetual-")))
    yield made
    made.run("down")
    shutil.rmtree(made.postgres, ignore_errors=True)
    shutil.rmtree(made.directory, ignore_errors=True)


def test_an_older_copy_of_the_books_accepts_nothing_until_it_is_mended(installation: Installation) -> None:
    copy = installation.directory / "copy-of-the-books"
    installation.up()
    installation.open_for_business()
    order = installation.post("/v1/sales-orders", an_order())
    installation.run("down")
    subprocess.run(["cp", "-a", str(installation.postgres), str(copy)], check=True)
    installation.up()
    shipped = installation.ship(order)
    installation.run("down")
    shutil.rmtree(installation.postgres)
    subprocess.run(["cp", "-a", str(copy), str(installation.postgres)], check=True)

    told = installation.up()
    refused, problem = installation.ask("POST", "/v1/sales-orders", an_order())
    read, _ = installation.ask("GET", f"/v1/sales-orders/{order['order_id']}")
    named = installation.run("check", "--all", "--temporal", status=1)
    still_refused, _ = installation.ask("POST", "/v1/sales-orders", an_order())
    installation.run("check", "--all", "--temporal", "--mend")

    assert "Nothing is accepted: the books are older than what Temporal knows of them" in told
    assert (refused, problem["type"], read, still_refused) == (503, "/problems/not-reconciled", 200, 503)
    assert "the step receivables.post_invoice was done (INV-2026-000001)" in named
    _accepts_within(installation, seconds=15)
    assert installation.stage_of(order) == "waiting for payment"
    new = installation.post("/v1/sales-orders", an_order())
    assert installation.ship(new) != shipped
    assert installation.run("check", "--all", "--temporal") == "The books and Temporal agree.\n"


def _accepts_within(installation: Installation, *, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not installation.ask("GET", "/health/ready")[1]["accepts"]:
        assert time.monotonic() < until, "the door is still closed"
        time.sleep(0.2)
