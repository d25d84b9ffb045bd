"""Throw-away servers for tests, from the same code as the real ones."""

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perpetual.servers.postgres import Postgres
from perpetual.servers.temporal import Temporal
from perpetual.servers.trouble import free_port


@dataclass
class Running:
    """A server that was started, and how to stop it."""

    address: str
    process: subprocess.Popen[bytes]
    stop_signal: int

    def stop(self) -> None:
        """Stop it and wait for it."""
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start_postgres(directory: Path) -> Running:
    """A cluster that survives no power cut; its address is of the database `perpetual`."""
    postgres = Postgres(directory / "postgres", free_port(55400), durable=False)
    postgres.prepare()
    process = _start(postgres.command(), postgres.is_ready, cwd=postgres.directory, **postgres.user)
    postgres.make_database()
    return Running(postgres.url, process, stop_signal=2)


def start_temporal_dev_server(directory: Path) -> Running:
    """A dev server without its Web UI."""
    temporal = Temporal(directory / "temporal", free_port(17233), durable=False)
    temporal.prepare()
    return Running(temporal.address, _start(temporal.command(), temporal.is_ready), stop_signal=15)


def _start(command: list[str], is_ready: Callable[[], bool], **options: Any) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, **options
    )
    for _ in range(600):
        if is_ready():
            return process
        assert process.poll() is None, f"{command[0]} ended at once"
        time.sleep(0.05)
    raise AssertionError(f"{command[0]} was not ready in time")
