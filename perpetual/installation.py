"""Everything that `perpetual up` starts: PostgreSQL, Temporal, workers and the API; and what each is told."""

import asyncio
import json
import os
import secrets
import shutil
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from foundation.database import roles
from foundation.runtime import sealing
from foundation.runtime.settings import Settings
from perpetual import addresses
from perpetual.addresses import Addresses
from perpetual.servers import temporal
from perpetual.servers.data_directory import data_directory_for
from perpetual.servers.identity import require_ours
from perpetual.servers.passwords import kept_secret
from perpetual.servers.postgres import FAST_SHUTDOWN, Postgres
from perpetual.servers.startup_errors import StartupError, check_directory, free_port, is_free, who_listens
from perpetual.servers.supervisor import Child, Supervisor, read_note
from perpetual.servers.temporal import Temporal

POSTGRES_PORT, TEMPORAL_PORT, UI_PORT = 54329, 7233, 8233
OURS = (
    "postgres",
    "temporal",
    "logs",
    "ports.json",
    "running.json",
    "running.new",
    "admin.key",
    "sealing.keys",
    addresses.PASSWORD_FILE,
    "lock",
)
"""What we keep in a directory; nothing else in it is ever deleted."""

# A worker is given 45 s to finish what it has begun, and a little to leave.
WORKER_STOP_SECONDS, API_STOP_SECONDS = 50.0, 15.0
RECOVERY_SECONDS = 300.0
Say = Callable[[str], None]


class Installation:
    """One running Perpetual, with its data in a directory."""

    def __init__(
        self,
        directory: Path,
        settings: Settings,
        *,
        say: Say,
        stop_asked: Callable[[], bool] = lambda: False,
    ) -> None:
        self.directory = directory.absolute()
        self.settings, self.say = settings, say
        self.supervisor = Supervisor(self.directory, stop_asked, say)
        self.environment: dict[str, str] = {"PYTHONHASHSEED": "0"}
        """What workers and API are told."""
        self.owner_database_url = ""
        self.web_ui: str | None = None
        self.closed: str | None = None
        """What to say while nothing is accepted."""

    @property
    def base_url(self) -> str:
        """Where the API answers, seen from this machine."""
        host = self.settings.api_host
        seen = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104  # It is only compared.
        return f"http://{seen}:{self.settings.api_port}"

    def start(self) -> None:
        """Start everything, in order, or nothing.

        What was started is stopped again when something is in the way.
        """
        check_directory(self.directory)
        self.supervisor.claim()
        try:
            self._check_api_port()
            self._start_servers()
            self._migrate()
            workers = [self._worker(number) for number in range(1, self.settings.worker_processes + 1)]
            self.say(f"Starting {len(workers)} worker{'s' if len(workers) > 1 else ''} and the API …")
            self.supervisor.start(*workers, self._api())
            why = self.closed_why()
            if why is None:
                self.supervisor.run_to_end(self._python("make-current", "make-current"))
            self.closed = _nothing_is_accepted(why) if why else None
            known = {"base_url": self.base_url, "web_ui": self.web_ui, "closed": self.closed}
            self.supervisor.known |= known
            self.supervisor.write_note()
        except BaseException:
            self.supervisor.stop()
            raise

    def stop(self) -> None:
        """Stop everything, the last started first."""
        self.supervisor.stop()

    def closed_why(self) -> str | None:
        """Why nothing is accepted, when the books and Temporal are not of one moment."""
        return asyncio.run(_closed_why(self.owner_database_url))

    def _check_api_port(self) -> None:
        port = self.settings.api_port
        if not is_free(port, self.settings.api_host):
            raise StartupError(
                f"port {port} is taken by {who_listens(port) or 'another program'}: stop it, or choose "
                "another port for the API with --port or PERPETUAL_API_PORT"
            )

    def _ports(self) -> dict[str, int]:
        """The ports of the last time where they are free, so that addresses stay the same."""
        path = self.directory / "ports.json"
        wanted = {"postgres": POSTGRES_PORT, "temporal": TEMPORAL_PORT, "ui": UI_PORT}
        if path.exists():
            wanted |= json.loads(path.read_text())
        ports: dict[str, int] = {}
        for name, preferred in wanted.items():
            ports[name] = free_port(preferred, taken=frozenset({*ports.values(), self.settings.api_port}))
        path.write_text(json.dumps(ports))
        return ports

    def _start_servers(self) -> None:
        """PostgreSQL and Temporal at once, unless the environment points at others."""
        ports = self._ports()
        servers: list[Child] = []
        if address := os.environ.get("TEMPORAL_ADDRESS"):
            self.environment["TEMPORAL_ADDRESS"] = address
            self.web_ui = os.environ.get("PERPETUAL_WEB_UI_URL")
        else:
            servers.append(self._temporal(ports["temporal"], ports["ui"]))
        if given := addresses.to_start(self.directory):
            self._database_is(given)
        else:
            servers.append(self._postgres(ports["postgres"]))
        if servers:
            names = {"temporal": "Temporal", "postgres": "PostgreSQL"}
            self.say(f"Starting {' and '.join(names[server.name] for server in servers)} …")
        self.supervisor.start(*servers)

    def _postgres(self, port: int) -> Child:
        postgres = Postgres(self.directory / "postgres", port)
        postgres.prepare()
        self._database_is(Addresses(postgres.owner_url, postgres.application_url))
        return Child(
            "postgres",
            postgres.command,
            is_ready=lambda pid: postgres.is_ready(),
            after_start=postgres.make_database,
            options={"cwd": postgres.directory, **postgres.user.options},
            ready_seconds=RECOVERY_SECONDS,  # After a kill it reads its log again.
            stop_signal=FAST_SHUTDOWN,
            stop_seconds=60,
        )

    def _database_is(self, given: Addresses) -> None:
        self.environment[addresses.APPLICATION] = given.application
        self.owner_database_url = given.owner

    def _temporal(self, port: int, ui_port: int) -> Child:
        server = Temporal(self.directory / "temporal", port, ui_port)
        server.prepare()
        self.web_ui = f"http://127.0.0.1:{ui_port}"
        self.environment |= {"TEMPORAL_ADDRESS": server.address, "PERPETUAL_WEB_UI_URL": self.web_ui}
        return Child(
            "temporal",
            server.command,
            is_ready=lambda pid: server.is_ready(),
            environment=server.environment,
            stop_seconds=20,
        )

    def _migrate(self) -> None:
        self.say("Bringing the database up to date …")
        migrate = self._python("migrate", "migrate")
        migrate.environment |= {
            addresses.OWNER: self.owner_database_url,
            "PERPETUAL_ADMIN_API_KEY": admin_key(self.directory),
        }
        self.supervisor.run_to_end(migrate)

    def _worker(self, number: int) -> Child:
        def polls(pid: int) -> bool:
            queue, namespace = self.settings.task_queue, self.settings.temporal_namespace
            is_polling = temporal.has_poller(self.environment["TEMPORAL_ADDRESS"], namespace, queue, pid)
            return is_polling or self.closed_why() is not None

        worker = self._python(f"worker-{number}", "worker")
        worker.is_ready, worker.stop_seconds = polls, WORKER_STOP_SECONDS
        return worker

    def _api(self) -> Child:
        api = self._python("api", "api")
        api.environment |= {"PERPETUAL_API_PORT": str(self.settings.api_port)}
        api.is_ready, api.stop_seconds = lambda pid: self._api_answers(), API_STOP_SECONDS
        return api

    def _python(self, name: str, command: str) -> Child:
        return Child(
            name,
            lambda: [sys.executable, "-m", "perpetual", command],
            environment=self.environment | {"PERPETUAL_SEALING_KEYS": sealing_keys(self.directory)},
            options={"cwd": Path(__file__).parent.parent},
        )

    def _api_answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.base_url}/health/ready", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def _nothing_is_accepted(why: str) -> str:
    from foundation.operations.agreement import COMPARE  # noqa: PLC0415  # It loads what works with Temporal.

    return f"Nothing is accepted: {why}; {COMPARE}."


async def _closed_why(owner_url: str) -> str | None:
    connection = await roles.connect(owner_url)
    try:
        why: str | None = await connection.fetchval("SELECT closed_why FROM foundation.agreement")
    finally:
        await connection.close()
    return why


def admin_key(directory: Path) -> str:
    """The administrator's API key, made at the first start and kept beside the data."""
    if given := os.environ.get("PERPETUAL_ADMIN_API_KEY"):
        return given
    return kept_secret(directory / "admin.key", lambda: f"pk_{secrets.token_urlsafe(24)}\n")


def sealing_keys(directory: Path) -> str:
    """The keys for what only few may read, the first made at the first start and kept beside the data."""
    if given := os.environ.get("PERPETUAL_SEALING_KEYS"):
        return given
    return kept_secret(directory / "sealing.keys", sealing.new_key)


def whom_to_tell(directory: Path, base_url: str | None, api_key: str | None) -> tuple[str, str]:
    """The API's address and the key for it: as they are given, or those of the installation that runs here.

    The key that is kept here goes to no other address. Refuses when Perpetual is stopped, without asking
    whoever has its port.
    """
    ours: str | None = read_note(directory).get("base_url")
    if base_url is not None and base_url != ours:
        if api_key is None:
            raise StartupError(f"say which API key is for {base_url}: --api-key or PERPETUAL_API_KEY")
        return base_url, api_key
    if ours is None:
        raise StartupError(
            f"Perpetual is stopped in {directory}: start it with 'perpetual up', or say where the API is, "
            "--base-url and --api-key"
        )
    require_ours(directory, "api", port_of(ours))
    return ours, api_key or admin_key(directory)


def port_of(base_url: str) -> int:
    """The port of an address that we have made."""
    return int(base_url.rpartition(":")[2])


def delete_everything(directory: Path) -> None:
    """Delete what we keep in a directory, and the directory when nothing else is in it."""
    shutil.rmtree(data_directory_for(directory / "postgres"), ignore_errors=True)
    for name in OURS:
        path = directory / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    if directory.exists() and not any(directory.iterdir()):
        directory.rmdir()
