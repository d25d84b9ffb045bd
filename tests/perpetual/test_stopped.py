"""Who has the ports of a stopped installation is told no key and no password, and the command says why."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from api import health
from foundation.runtime.settings import settings
from perpetual import addresses
from perpetual.installation import whom_to_tell
from perpetual.servers import processes
from perpetual.servers.identity import serves
from perpetual.servers.startup_errors import StartupError, is_free
from perpetual.servers.supervisor import Child, Supervisor
from tests.servers import free_port

ROOT = Path(__file__).parents[2]
IMPORT = ("import", "--company", "ACME")
COMMANDS = [IMPORT, ("check", "--all"), ("check", "--all", "--temporal"), ("explain", "SO-000001")]


class Eavesdropper:
    """Another program that listens on a port, and what it was sent."""

    def __init__(self) -> None:
        self.heard = b""
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.socket.getsockname()[1])
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.heard += b"somebody came: "
            with connection:
                self.heard += connection.recv(10_000)


@pytest.fixture
def eavesdropper() -> Iterator[Eavesdropper]:
    """It listens while the test runs."""
    other = Eavesdropper()
    yield other
    other.socket.close()


@pytest.fixture
def directory(tmp_path: Path, eavesdropper: Eavesdropper) -> Path:
    """Of an installation that was killed, whose ports another program has by now."""
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "password").write_text("secret")
    (tmp_path / "admin.key").write_text("pk_secret")
    (tmp_path / "customers.csv").write_text("code,name\nC-1,Alice\n")
    port = eavesdropper.port
    (tmp_path / "ports.json").write_text(json.dumps({"postgres": port, "temporal": port, "ui": port}))
    killed = {"pid": os.getpid(), "started": "an earlier start"}
    children = [killed | {"name": name} for name in ("postgres", "temporal", "api")]
    note = {"supervisor": killed, "children": children, "base_url": f"http://127.0.0.1:{port}"}
    (tmp_path / "running.json").write_text(json.dumps(note))
    return tmp_path


def perpetual(*arguments: str, directory: Path) -> subprocess.CompletedProcess[str]:
    """Run the command and wait for its end."""
    return subprocess.run(
        [sys.executable, "-m", "perpetual", *arguments, "--directory", str(directory)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=ROOT,
    )


@contextmanager
def looked_after(directory: Path, *children: Child) -> Iterator[Supervisor]:
    """Children of a supervisor that runs in the directory."""
    supervisor = Supervisor(directory)
    supervisor.claim()
    try:
        supervisor.start(*children)
        yield supervisor
    finally:
        supervisor.stop()


def listener(port: int) -> Child:
    """A child that listens on the port."""
    program = f"import socket, time; s = socket.create_server(('127.0.0.1', {port})); time.sleep(600)"
    child = Child("api", lambda: [sys.executable, "-c", program])
    child.is_ready = lambda pid: not is_free(port)
    return child


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_says_that_it_is_stopped_and_tells_the_program_on_its_port_nothing(
    command: tuple[str, ...], directory: Path, eavesdropper: Eavesdropper
) -> None:
    files = [str(directory / "customers.csv")] if command is IMPORT else []

    done = perpetual(*command, *files, directory=directory)

    assert done.returncode == 1, done.stdout
    assert done.stderr.startswith(f"Perpetual cannot go on: Perpetual is stopped in {directory} (port ")
    assert done.stderr.endswith("start it with 'perpetual up'\n")
    assert done.stderr.count("\n") == 1
    assert eavesdropper.heard == b""


def test_the_key_that_is_kept_here_goes_to_no_other_address(directory: Path) -> None:
    with pytest.raises(StartupError, match="say which API key is for http://elsewhere"):
        whom_to_tell(directory, "http://elsewhere", None)
    assert whom_to_tell(directory, "http://elsewhere", "pk_theirs") == ("http://elsewhere", "pk_theirs")


def test_without_a_note_it_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(StartupError, match=r"is stopped in .*'perpetual up', or say where the API is"):
        whom_to_tell(tmp_path, None, None)


def test_only_the_child_that_listens_on_the_port_is_taken_for_ours(
    tmp_path: Path, eavesdropper: Eavesdropper
) -> None:
    port = free_port()

    with looked_after(tmp_path, listener(port)):
        assert serves(tmp_path, "api", port)
        assert not serves(tmp_path, "api", eavesdropper.port)
        assert not serves(tmp_path, "postgres", port)
        (tmp_path / "ports.json").write_text(json.dumps({"postgres": eavesdropper.port}))
        with pytest.raises(StartupError, match=r"PostgreSQL does not run in .* at the moment"):
            addresses.to_look_at(tmp_path)


def test_status_and_health_say_what_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    worker, api = Child("worker-1", lambda: ["sleep", "600"]), Child("api", lambda: ["sleep", "600"])
    stopped = perpetual("status", directory=tmp_path)

    with looked_after(tmp_path, worker, api) as supervisor:
        assert api.process is not None
        supervisor.known = {"base_url": "http://127.0.0.1:8000"}
        supervisor.write_note()
        well = perpetual("status", directory=tmp_path)
        assert worker.process is not None
        processes.stop([found] if (found := processes.running(worker.process.pid)) else [], 9, 5)
        dead = perpetual("status", directory=tmp_path)
        worker.given_up = "the disk is on fire"
        supervisor.write_note()
        monkeypatch.setattr(settings(), "child_of", tmp_path)
        named = health._given_up()
        ill = perpetual("status", directory=tmp_path)

    assert (stopped.returncode, stopped.stdout) == (3, f"Perpetual is stopped in {tmp_path}.\n")
    assert well.returncode == 0, well.stdout
    assert f"api           running (process {api.process.pid})\n" in well.stdout
    assert (dead.returncode, "worker-1      died, and is started again" in dead.stdout) == (1, True)
    assert (ill.returncode, "worker-1      given up: the disk is on fire" in ill.stdout) == (1, True)
    assert named == ["worker-1"]
