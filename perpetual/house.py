"""Everything that `perpetual up` starts: PostgreSQL, Temporal, workers and the API; and what each is told."""

import json
import os
import secrets
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from foundation.settings import Settings
from perpetual.servers.postgres import Postgres
from perpetual.servers.supervisor import Child, Supervisor
from perpetual.servers.temporal import Temporal
from perpetual.servers.trouble import Trouble, check_disk, free_port, is_free

POSTGRES_PORT, TEMPORAL_PORT, UI_PORT = 54329, 7233, 8233
Say = Callable[[str], None]


class House:
    """One running Perpetual, with its data in a directory."""

    def __init__(self, directory: Path, *, api_port: int, workers: int, say: Say) -> None:
        self.directory = directory.absolute()
        self.api_port, self.workers, self.say = api_port, workers, say
        self.supervisor = Supervisor(self.directory)
        self.environment: dict[str, str] = {"PYTHONHASHSEED": "0"}
        self.web_ui: str | None = None

    @property
    def base_url(self) -> str:
        """Where the API answers."""
        return f"http://127.0.0.1:{self.api_port}"

    @property
    def admin_key(self) -> str:
        """The administrator's API key, made at the first start and kept beside the data."""
        if given := os.environ.get("PERPETUAL_ADMIN_API_KEY"):
            return given
        path = self.directory / "admin.key"
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(f"pk_{secrets.token_urlsafe(24)}")
        return path.read_text().strip()

    def start(self) -> None:
        """Start everything, in order, or nothing:

        What was started is stopped again when something is in the way.
        """
        check_disk(self.directory)
        self.supervisor.claim()
        if not is_free(self.api_port):
            raise Trouble(
                f"port {self.api_port} is taken by another program: stop it, or choose another port for the API "
                "with --port or PERPETUAL_API_PORT"
            )
        try:
            ports = self._ports()
            self._start_postgres(ports["postgres"])
            self._start_temporal(ports["temporal"], ports["ui"])
            self._migrate()
            for number in range(1, self.workers + 1):
                self._start_python(f"worker-{number}", "worker")
            self._start_python("api", "api", is_ready=self._api_answers)
        except BaseException:
            self.supervisor.stop()
            raise

    def stop(self) -> None:
        """Stop everything, the last started first."""
        self.supervisor.stop()

    def _ports(self) -> dict[str, int]:
        """The ports of the last time where they are free, so that addresses stay the same."""
        path = self.directory / "ports.json"
        wanted = {"postgres": POSTGRES_PORT, "temporal": TEMPORAL_PORT, "ui": UI_PORT}
        if path.exists():
            wanted |= json.loads(path.read_text())
        ports: dict[str, int] = {}
        for name, preferred in wanted.items():
            ports[name] = free_port(preferred, taken=frozenset({*ports.values(), self.api_port}))
        path.write_text(json.dumps(ports))
        return ports

    def _start_postgres(self, port: int) -> None:
        if url := os.environ.get("DATABASE_URL"):
            self.environment["DATABASE_URL"] = url
            return
        postgres = Postgres(self.directory / "postgres", port)
        self.say("Starting PostgreSQL …")
        postgres.prepare()
        self.supervisor.start(
            Child(
                "postgres",
                postgres.command,
                is_ready=postgres.is_ready,
                after_start=postgres.make_database,
                options={"cwd": postgres.directory, **postgres.user},
                stop_signal=2,  # SIGINT is PostgreSQL's fast shutdown: it ends sessions and loses nothing.
                stop_seconds=30,
            )
        )
        self.environment["DATABASE_URL"] = postgres.url

    def _start_temporal(self, port: int, ui_port: int) -> None:
        if address := os.environ.get("TEMPORAL_ADDRESS"):
            self.environment["TEMPORAL_ADDRESS"] = address
            self.web_ui = os.environ.get("PERPETUAL_WEB_UI_URL")
            return
        temporal = Temporal(self.directory / "temporal", port, ui_port)
        self.say("Starting Temporal …")
        temporal.prepare()
        self.supervisor.start(Child("temporal", temporal.command, is_ready=temporal.is_ready))
        self.web_ui = f"http://127.0.0.1:{ui_port}"
        self.environment |= {"TEMPORAL_ADDRESS": temporal.address, "PERPETUAL_WEB_UI_URL": self.web_ui}

    def _migrate(self) -> None:
        # Here and not at the top: they pull in all of the application, which `perpetual down` does not need.
        from foundation.migrations import upgrade  # noqa: PLC0415
        from perpetual.bootstrap import register_admin_key  # noqa: PLC0415

        self.say("Bringing the database up to date …")
        upgrade(self.environment["DATABASE_URL"])
        register_admin_key(self.environment["DATABASE_URL"], self.admin_key)

    def _start_python(self, name: str, command: str, is_ready: Callable[[], bool] = lambda: True) -> None:
        self.say(f"Starting {name} …")
        environment = self.environment | {"PERPETUAL_API_PORT": str(self.api_port)}
        self.supervisor.start(
            Child(
                name,
                lambda: [sys.executable, "-m", "perpetual", command],
                is_ready=is_ready,
                environment=environment,
                options={"cwd": Path(__file__).parent.parent},
                stop_seconds=50 if command == "worker" else 10,
            )
        )

    def _api_answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.base_url}/health/ready", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def house_for(settings: Settings, directory: Path, say: Say) -> House:
    """The house as the settings want it."""
    return House(directory, api_port=settings.api_port, workers=settings.worker_processes, say=say)
