"""Throw-away servers for tests, from the same code as the real ones."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.testing import WorkflowEnvironment

from foundation.database.roles import application_url_for
from foundation.runtime import visibility
from foundation.runtime.temporal import DATA_CONVERTER
from perpetual.servers.postgres import FAST_SHUTDOWN, Postgres
from perpetual.servers.temporal import Temporal


@dataclass
class Running:
    """A server that was started, and how to stop it."""

    address: str
    process: subprocess.Popen[bytes]
    stop_signal: int
    throw_away: list[Path] = field(default_factory=list)

    def stop(self) -> None:
        """Stop it, wait for it, and throw its data away."""
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for directory in self.throw_away:
            shutil.rmtree(directory, ignore_errors=True)


def as_application(owner_url: str) -> str:
    """The address of the same database with which API and workers log in."""
    return application_url_for(owner_url, "of-the-tests")


def free_port() -> int:
    """A port that nobody uses; not the same for several test runs at once."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_postgres(directory: Path) -> Running:
    """A cluster that survives no power cut; its address is the owner's, of the database `perpetual`."""
    if os.getuid() == 0:  # pytest's directories are closed to the user that PostgreSQL then runs as.
        directory = Path(tempfile.mkdtemp(prefix="perpetual-"))
        directory.chmod(0o711)
    postgres = Postgres(directory / "postgres", free_port(), durable=False)
    postgres.prepare()
    process = run_postgres(postgres)
    postgres.make_database()
    return Running(postgres.owner_url, process, stop_signal=FAST_SHUTDOWN, throw_away=[directory])


def run_postgres(postgres: Postgres) -> subprocess.Popen[bytes]:
    """Start a cluster that there is, and wait until it answers."""
    return _start(postgres.command(), postgres.is_ready, cwd=postgres.directory, **postgres.user.options)


def start_temporal_dev_server(directory: Path) -> Running:
    """A dev server without its Web UI."""
    temporal = Temporal(directory / "temporal", free_port(), durable=False)
    temporal.prepare()
    return Running(temporal.address, _start(temporal.command(), temporal.is_ready), stop_signal=15)


async def start_temporal_that_skips_time() -> WorkflowEnvironment:
    """A Temporal server in whose clock months pass in no time while a test sleeps in it."""
    environment = await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(Path(sys.executable).parent / "temporal-test-server"),
        data_converter=DATA_CONVERTER,
    )
    kinds = {key.name: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD for key in visibility.KEYWORDS}
    kinds |= {
        visibility.AMOUNT.name: IndexedValueType.INDEXED_VALUE_TYPE_DOUBLE,
        visibility.DUE_AT.name: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
    }
    await environment.client.operator_service.add_search_attributes(
        AddSearchAttributesRequest(namespace="default", search_attributes=kinds)
    )
    return environment


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
