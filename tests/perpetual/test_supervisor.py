"""What is looked after is there again, whatever killed it; and what is in the way is one sentence."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from foundation.runtime.settings import Settings
from perpetual.installation import Installation, delete_everything
from perpetual.servers import processes
from perpetual.servers.postgres import FAST_SHUTDOWN, Postgres
from perpetual.servers.startup_errors import StartupError
from perpetual.servers.supervisor import Child, Supervisor, last_line, read_note, stop_running
from tests.servers import free_port

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]
FAILURE = [sys.executable, "-c", "raise SystemExit('the disk is on fire')"]


@pytest.fixture
def directory() -> Iterator[Path]:
    """A directory that PostgreSQL can reach whoever runs the tests."""
    made = Path(tempfile.mkdtemp(prefix="perpetual-"))
    made.chmod(0o711)
    yield made
    stop_running(made)
    shutil.rmtree(made, ignore_errors=True)


@contextmanager
def supervised(
    directory: Path, *children: Child, say: Callable[[str], None] = lambda sentence: None
) -> Iterator[Supervisor]:
    """Children that are looked after while the test runs."""
    supervisor = Supervisor(directory, say=say)
    supervisor.claim()
    try:
        supervisor.start(*children)
        yield supervisor
    finally:
        supervisor.stop()


def pid_of(child: Child) -> int:
    """The pid that the child has now."""
    assert child.process is not None
    return child.process.pid


def within(seconds: float, is_so: Callable[[], bool]) -> Callable[[], bool]:
    """Ends a watch when something is so; fails when it is not in time."""
    until = time.monotonic() + seconds

    def ended() -> bool:
        assert time.monotonic() < until, f"not within {seconds} s"
        return is_so()

    return ended


def after(seconds: float) -> Callable[[], bool]:
    """Ends a watch when so much time has passed."""
    until = time.monotonic() + seconds
    return lambda: time.monotonic() > until


def logged(directory: Path) -> list[str]:
    """What the supervisor's log tells."""
    lines = (directory / "logs" / "supervisor.log").read_text().splitlines()
    return [json.loads(line)["event"] for line in lines]


def cluster(postgres: Postgres) -> Child:
    """PostgreSQL as `perpetual up` starts it."""
    return Child(
        "postgres",
        postgres.command,
        is_ready=lambda pid: postgres.is_ready(),
        after_start=postgres.make_database,
        options={"cwd": postgres.directory, **postgres.user.options},
        stop_signal=FAST_SHUTDOWN,
    )


async def test_what_postgresql_has_taken_is_there_after_it_was_killed(directory: Path) -> None:
    postgres = Postgres(directory / "postgres", free_port())
    postgres.prepare()
    server = cluster(postgres)

    with supervised(directory, server) as supervisor:
        connection = await asyncpg.connect(postgres.owner_url)
        await connection.execute("CREATE TABLE promise AS SELECT 'kept' AS word")
        killed = pid_of(server)
        os.kill(killed, signal.SIGKILL)
        supervisor.watch(within(20, lambda: pid_of(server) != killed and postgres.is_ready()))
        connection.terminate()

        connection = await asyncpg.connect(postgres.owner_url)
        assert await connection.fetchval("SELECT word FROM promise") == "kept"
        await connection.close()


def test_a_server_that_was_left_behind_gives_its_data_to_the_next(directory: Path) -> None:
    first = Postgres(directory / "postgres", free_port())
    first.prepare()
    orphan = subprocess.Popen(
        first.command(), cwd=first.directory, stderr=subprocess.DEVNULL, **first.user.options
    )
    while not first.is_ready():
        time.sleep(0.05)

    second = Postgres(directory / "postgres", free_port())
    second.prepare()
    with supervised(directory, cluster(second)):
        assert orphan.wait(1) == 0
        assert second.is_ready()


def test_a_pid_that_belongs_to_another_program_by_now_does_not_keep_postgresql_from_starting(
    directory: Path,
) -> None:
    postgres = Postgres(directory / "postgres", free_port())
    postgres.prepare()
    bystander = subprocess.Popen(["sleep", "600"], **postgres.user.options)
    (postgres.data / "postmaster.pid").write_text(f"{bystander.pid}\n{postgres.data}\n")

    with supervised(directory, cluster(postgres)):
        assert bystander.poll() is None

    bystander.kill()
    bystander.wait()


def test_data_of_another_version_is_refused_in_one_sentence(directory: Path) -> None:
    postgres = Postgres(directory / "postgres", free_port())
    postgres.prepare()
    (postgres.data / "PG_VERSION").write_text("9\n")

    with pytest.raises(StartupError, match="is of PostgreSQL 9, and this is PostgreSQL"):
        postgres.prepare()


def test_a_cluster_whose_making_was_cut_off_is_made_anew(directory: Path) -> None:
    postgres = Postgres(directory / "postgres", free_port())
    (postgres.directory / "data.new").mkdir(parents=True)
    (postgres.directory / "data.new" / "PG_VERSION").write_text("18\n")

    postgres.prepare()

    assert (postgres.data / "global" / "pg_control").exists()
    assert not (postgres.directory / "data.new").exists()


def test_a_port_that_is_taken_is_said_with_what_to_do_and_nothing_is_left_running(directory: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        port = somebody.getsockname()[1]
        installation = Installation(directory, Settings(api_port=port), say=lambda text: None)

        with pytest.raises(
            StartupError, match=rf"port {port} is taken by .*{os.getpid()}.*PERPETUAL_API_PORT"
        ):
            installation.start()

    assert read_note(directory) == {}


@pytest.mark.parametrize("what", ["up", "demo"])
def test_a_taken_port_is_one_sentence_on_the_command_line_and_status_1(what: str, directory: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        options = ["--directory", str(directory), "--port", str(somebody.getsockname()[1])]
        command = [sys.executable, "-m", "perpetual", what, *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)

    assert done.returncode == 1
    assert done.stdout == ""
    assert re.fullmatch(r"Perpetual cannot go on: port \d+ is taken by .*\n", done.stderr)


def test_a_child_that_was_killed_is_started_again(directory: Path) -> None:
    sleeper = Child("worker-1", lambda: SLEEPER)

    with supervised(directory, sleeper) as supervisor:
        killed = pid_of(sleeper)
        os.kill(killed, signal.SIGKILL)
        supervisor.watch(within(5, lambda: pid_of(sleeper) != killed))

        assert processes.running(pid_of(sleeper))


def test_a_child_that_was_killed_is_told_of_in_the_terminal_and_in_the_log(directory: Path) -> None:
    sleeper, told = Child("worker-1", lambda: SLEEPER), list[str]()

    with supervised(directory, sleeper, say=told.append) as supervisor:
        os.kill(pid_of(sleeper), signal.SIGKILL)
        supervisor.watch(within(5, lambda: len(told) == 2))

    assert re.match(
        r"worker-1 died of SIGKILL; started again in 0.25 s; its log .*worker-1.log ends", told[0]
    )
    assert told[1] == "worker-1 was started again"
    assert logged(directory) == told


def test_a_child_that_dies_again_and_again_is_given_up_and_all_others_go_on(directory: Path) -> None:
    # It lives long enough to be started: one that ends at once is another case.
    failing = Child("worker-1", lambda: ["sh", "-c", "sleep 0.5; echo the disk is on fire; exit 1"])
    sleeper, told = Child("api", lambda: SLEEPER), list[str]()

    with supervised(directory, failing, sleeper, say=told.append) as supervisor:
        supervisor.watch(within(30, lambda: failing.given_up is not None))
        began = pid_of(failing)
        supervisor.watch(after(1))

        assert pid_of(failing) == began
        assert processes.running(pid_of(sleeper))
        assert read_note(directory)["given_up"] == {"worker-1": failing.given_up}

    assert "worker-1 died with status 1, for the fourth time within a minute" in told[-3]
    assert re.match(
        r"worker-1 is given up, and the others go on: it died 5 times within a minute, at last with "
        r"status 1; its log .*worker-1\.log ends: the disk is on fire$",
        told[-1],
    )
    assert logged(directory) == told


def test_a_child_that_cannot_even_be_started_again_is_given_up_too(directory: Path) -> None:
    program = directory / "program"
    program.write_text("#!/bin/sh\nsleep 0.2\n")
    program.chmod(0o755)
    lost = Child("worker-1", lambda: [str(program)])

    with supervised(directory, lost) as supervisor:
        program.unlink()
        supervisor.watch(within(20, lambda: lost.given_up is not None))

    assert lost.given_up is not None
    assert "at last before it began" in lost.given_up


def test_a_child_that_ends_before_it_is_ready_stops_the_start_with_its_last_words(directory: Path) -> None:
    supervisor = Supervisor(directory)
    supervisor.claim()

    with pytest.raises(StartupError, match=r"api ended at once; .* says: the disk is on fire"):
        supervisor.start(Child("api", lambda: FAILURE, is_ready=lambda pid: False))

    supervisor.stop()


def test_what_went_wrong_is_told_rather_than_how_it_ended(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    lines = ('{"event": "started", "level": "info"}', '{"event": "the port is taken", "level": "error"}')
    log.write_text("\n".join((*lines, '{"event": "shut down", "level": "info"}')))

    assert "the port is taken" in last_line(log)


def test_there_is_one_supervisor_in_a_directory(directory: Path) -> None:
    with supervised(directory), pytest.raises(StartupError, match="running here already"):
        Supervisor(directory).claim()


def test_the_children_of_a_killed_supervisor_are_stopped_by_the_next(directory: Path) -> None:
    script = (
        "import os; from pathlib import Path; from perpetual.servers.supervisor import Child, Supervisor;"
        f"supervisor = Supervisor(Path({str(directory)!r})); supervisor.claim();"
        f"supervisor.start(*(Child(name, lambda: {SLEEPER!r}) for name in ('one', 'two')));"
        "os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", script], check=False, timeout=20)
    left = [child["pid"] for child in read_note(directory)["children"]]
    assert [processes.running(pid) is not None for pid in left] == [True, True]
    note = directory / "running.json"
    # As if it had been killed before it had noted the second, which is known by its mark.
    note.write_text(note.read_text().replace(f'"pid": {left[1]}', '"pid": 0'))

    with supervised(directory):
        assert [processes.running(pid) for pid in left] == [None, None]


def test_a_pid_that_was_given_to_another_process_is_not_taken_for_a_child(directory: Path) -> None:
    del directory
    noted = processes.Noted(pid=os.getpid(), started="an earlier start")

    assert noted.find() is None


def test_reset_deletes_what_is_ours_and_nothing_else(directory: Path) -> None:
    (directory / "logs").mkdir()
    (directory / "admin.key").write_text("pk_")
    (directory / "holiday.jpg").write_text("sun")

    delete_everything(directory)

    assert [path.name for path in directory.iterdir()] == ["holiday.jpg"]
