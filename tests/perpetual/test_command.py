"""The command says what it does, what it leaves behind, and in one sentence what is in its way."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import asyncpg
import psutil
import pytest
import typer
from sqlalchemy import make_url

from foundation.database.roles import APPLICATION_ROLE
from perpetual import cli
from perpetual.addresses import APPLICATION, OWNER, Addresses
from perpetual.bootstrap import make_ready
from perpetual.servers import startup_errors
from perpetual.servers.startup_errors import StartupError
from perpetual.servers.supervisor import MARK, read_note
from tests.servers import Running, as_application, free_port, start_postgres, start_temporal_dev_server

ROOT = Path(__file__).parents[2]
COMMANDS = typer.main.get_group(cli.app).commands
LEAVES_BEHIND = re.compile(
    r"kept|keeps nothing|stay|left|leaves nothing|doubles nothing|changes nothing|Delete all"
)


@pytest.fixture
def directory() -> Iterator[Path]:
    """A directory of the command's own, which nothing runs in afterwards."""
    made = Path(tempfile.mkdtemp(prefix="perpetual-"))
    yield made
    perpetual("down", "--directory", str(made))
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A PostgreSQL that somebody else runs, new, with users that may less than all."""
    running = start_postgres(tmp_path_factory.mktemp("others"))
    asyncio.run(
        _run(
            running.address,
            "CREATE ROLE keeper LOGIN CREATEROLE PASSWORD 'k'",
            "CREATE ROLE guest LOGIN PASSWORD 'g'",
            *(f"CREATE DATABASE {name} OWNER keeper" for name in ("books", "crowded")),
            "CREATE DATABASE guests OWNER guest",
        )
    )
    yield running
    running.stop()


def perpetual(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command and wait for its end."""
    return subprocess.run(
        [sys.executable, "-m", "perpetual", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=ROOT,
        env=os.environ | environment,
    )


def make(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run make as by hand, also when make runs the tests."""
    alone = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", *arguments], cwd=folder, env=alone, capture_output=True, text=True, check=False
    )


def addresses(server: Running, *, owner: str, database: str) -> Addresses:
    """Both addresses of a database of one of the users."""
    application = address(server, user=APPLICATION_ROLE, database=database)
    return Addresses(address(server, user=owner, database=database), application)


def variables(database: Addresses) -> dict[str, str]:
    """The environment that names both."""
    return {OWNER: database.owner, APPLICATION: database.application}


def address(server: Running, *, user: str, database: str) -> str:
    """The address of a database for one of the users; the password is the user's initial."""
    return f"postgresql://{user}:{user[0]}@{server.address.rpartition('@')[2].partition('/')[0]}/{database}"


async def _run(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


async def _seen_by(url: str, company: str) -> int:
    """How many operations the database's user sees when the transaction is a company's."""
    connection = await asyncpg.connect(url)
    async with connection.transaction():
        await connection.execute("SELECT set_config('perpetual.company', $1, true)", company)
        count = await connection.fetchval("SELECT count(*) FROM foundation.operation")
    await connection.close()
    return int(count)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_what_it_leaves_behind_and_gives_an_example(name: str) -> None:
    told = " ".join((COMMANDS[name].help or "").split())

    assert f"perpetual {name}" in told.partition("Example")[2]
    assert LEAVES_BEHIND.search(told)
    for option in COMMANDS[name].params:
        assert getattr(option, "help", "a help") or option.name == "help", option.name


def test_down_where_nothing_runs_says_so_and_makes_nothing(tmp_path: Path) -> None:
    done = perpetual("down", "--directory", str(tmp_path / "none"))

    assert (done.returncode, done.stdout, done.stderr) == (0, "Nothing was running.\n", "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["up", "worker", "api", "migrate", "status"])
def test_a_wrong_setting_is_one_sentence_whatever_is_run(command: str) -> None:
    wrong = perpetual(command, PERPETUAL_WORKER_PROCESSES="many")
    unknown = perpetual(command, PERPETUAL_WORKER_PROCESES="2")

    assert wrong.returncode == unknown.returncode == 1
    assert wrong.stderr == (
        "Perpetual cannot go on: PERPETUAL_WORKER_PROCESSES cannot be 'many': it should be a valid integer, "
        "unable to parse string as an integer\n"
    )
    assert unknown.stderr == (
        "Perpetual cannot go on: there is no setting PERPETUAL_WORKER_PROCESES: did you mean "
        "PERPETUAL_WORKER_PROCESSES?\n"
    )


def test_a_disk_that_is_nearly_full_is_refused_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(startup_errors, "LEAST_FREE_BYTES", shutil.disk_usage(tmp_path).total + 1)

    with pytest.raises(StartupError, match=r"only \d+ MB are free where .* is; make room"):
        startup_errors.check_directory(tmp_path)


def test_an_older_python_is_told_so_by_make_and_by_the_command(tmp_path: Path) -> None:
    older = tmp_path / "python"
    older.write_text("#!/bin/sh\nexit 1\n")
    older.chmod(0o755)
    for file in ("Makefile", "requirements.lock"):
        shutil.copy(ROOT / file, tmp_path / file)

    made = make("up", f"PYTHON={older}", folder=tmp_path)

    assert made.returncode != 0
    assert made.stdout == "Perpetual needs Python 3.11 or later; say where it is: " + (
        "make PYTHON=/path/to/python3.11\n"
    )
    assert not (tmp_path / ".venv").exists()


def test_make_puts_the_command_beside_its_python_and_passes_the_port_on(tmp_path: Path) -> None:
    for file in ("Makefile", "requirements.lock"):
        shutil.copy(ROOT / file, tmp_path / file)
    python = tmp_path / "python"
    python.write_text(
        "#!/bin/sh\n"
        'case "$*" in\n'
        '  "-m venv .venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python;;\n'
        '  "-m perpetual"*) echo "ran $*";;\n'
        "esac\n"
    )
    python.chmod(0o755)

    made = make("demo", "PORT=8010", "ARGS=--leave", f"PYTHON={python}", folder=tmp_path)
    command = subprocess.run(
        [tmp_path / ".venv" / "bin" / "perpetual", "import", "two words"],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )

    assert made.stdout.endswith("ran -m perpetual demo --port 8010 --leave\n"), made.stdout + made.stderr
    assert command.stdout == "ran -m perpetual import two words\n"


def test_a_python_without_the_libraries_says_where_they_are() -> None:
    alone = subprocess.run(
        [sys.executable, "-S", "-m", "perpetual", "up"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert alone.returncode == 1
    assert re.fullmatch(r"Perpetual's libraries are not in this Python: 'make up' .*\n", alone.stderr)


def test_make_alone_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = makefile.partition(".PHONY: ")[2].partition("\n")[0].split()

    listed = make(folder=ROOT).stdout

    assert re.findall(r"^  make (\w+) +\S", listed, re.MULTILINE) == phony


def test_whoever_owns_the_database_and_may_make_roles_can_migrate_it_and_sees_one_company(
    others: Running,
) -> None:
    books = addresses(others, owner="keeper", database="books")

    make_ready(books, "pk_of_a_test")
    make_ready(books, "pk_of_a_test")

    for url in (books.owner, books.application):
        assert asyncio.run(_seen_by(url, "*")) == 1
        assert asyncio.run(_seen_by(url, "SOMEBODY")) == 0


def test_migrations_that_start_at_once_wait_for_each_other(others: Running) -> None:
    crowded = variables(addresses(others, owner="keeper", database="crowded"))

    with ThreadPoolExecutor(3) as pods:
        done = list(pods.map(lambda _: perpetual("migrate", **crowded), range(3)))

    assert [pod.stdout or pod.stderr for pod in done] == ["The database is up to date.\n"] * 3


def test_an_owner_who_may_not_make_roles_is_told_what_is_needed_until_there_is_the_role(
    others: Running,
) -> None:
    make_ready(addresses(others, owner="keeper", database="books"), None)
    guests = addresses(others, owner="guest", database="guests")
    asyncio.run(_run(others.address, "ALTER ROLE perpetual_app RENAME TO away"))

    with pytest.raises(StartupError, match=r"to have CREATEROLE while there is no role .*permission denied"):
        make_ready(guests, None)

    asyncio.run(_run(others.address, "ALTER ROLE away RENAME TO perpetual_app"))
    make_ready(guests, None)
    assert asyncio.run(_seen_by(guests.application, "*")) == 0


def test_another_password_is_set_by_who_may_and_is_said_by_who_may_not(others: Running) -> None:
    guests = addresses(others, owner="guest", database="guests")
    books = addresses(others, owner="keeper", database="books")
    changed = f"{APPLICATION_ROLE}:another one%21@"

    with pytest.raises(
        StartupError, match=r"has another password than DATABASE_URL, and the owner's login may not"
    ):
        make_ready(replace(guests, application=guests.application.replace("perpetual_app:p@", changed)), None)
    other = replace(books, application=books.application.replace("perpetual_app:p@", changed))
    make_ready(other, None)
    assert asyncio.run(_seen_by(other.application, "SOMEBODY")) == 0
    make_ready(books, None)


@pytest.mark.parametrize(
    "grant", ["ALTER ROLE perpetual_app BYPASSRLS", "GRANT pg_write_all_data TO perpetual_app"]
)
def test_a_role_that_could_get_past_the_rules_is_refused_by_migrate(grant: str, others: Running) -> None:
    books = addresses(others, owner="keeper", database="books")
    make_ready(books, None)
    asyncio.run(_run(others.address, grant))

    with pytest.raises(
        StartupError, match=r"the login perpetual_app (bypasses row-level security|.*role pg_write_all_data)"
    ):
        make_ready(books, None)

    asyncio.run(
        _run(
            others.address,
            "ALTER ROLE perpetual_app NOBYPASSRLS",
            "REVOKE pg_write_all_data FROM perpetual_app",
        )
    )


@pytest.mark.parametrize("given", [(APPLICATION,), (OWNER,), ()])
def test_migrate_says_that_it_needs_two_addresses(given: tuple[str, ...], others: Running) -> None:
    done = perpetual("migrate", **dict.fromkeys(given, others.address))

    assert done.returncode == 1
    assert "'perpetual migrate' needs two addresses: give the owner's address as" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("command", ["worker", "api"])
@pytest.mark.parametrize(
    ("user", "why"), [("perpetual", "is a superuser"), ("keeper", "may create roles"), ("guest", "owns ")]
)
def test_worker_and_api_refuse_a_login_that_could_get_past_the_rules(
    command: str, user: str, why: str, others: Running
) -> None:
    url = address(others, user=user, database={"keeper": "books", "guest": "guests"}.get(user, "books"))

    refused = perpetual(command, DATABASE_URL=others.address if user == "perpetual" else url)

    assert refused.returncode == 1
    assert refused.stderr.startswith(f"Perpetual cannot go on: the login {user} {why}")
    assert refused.stderr.count("\n") == 1


def test_the_application_s_address_alone_cannot_start_everything(others: Running, directory: Path) -> None:
    books = addresses(others, owner="keeper", database="books")

    refused = perpetual("up", "--directory", str(directory), DATABASE_URL=books.application)

    assert "DATABASE_URL alone is not enough to bring the database up to date" in refused.stderr


def test_a_database_that_cannot_be_reached_is_one_sentence_without_the_password() -> None:
    nowhere = f"postgresql://erp:secret@127.0.0.1:{free_port()}/erp"
    done = perpetual("migrate", **variables(Addresses(nowhere, as_application(nowhere))))

    assert done.returncode == 1
    assert re.fullmatch(
        r"Perpetual cannot go on: the database at 127.0.0.1:\d+/erp cannot be .*\n", done.stderr
    )


def test_with_servers_of_others_up_starts_only_workers_and_the_api(
    others: Running, directory: Path, tmp_path: Path
) -> None:
    temporal = start_temporal_dev_server(tmp_path)
    books = address(others, user="keeper", database="books")
    where = ("--directory", str(directory), "--port", str(free_port()))

    started = perpetual(
        "up", "--detach", "--workers", "1", *where, DATABASE_URL=books, TEMPORAL_ADDRESS=temporal.address
    )
    noted = read_note(directory)
    users = {child["name"]: _logs_in_as(child["pid"]) for child in noted["children"]}
    again = perpetual("up", *where)
    stopped = perpetual("down", "--directory", str(directory))
    temporal.stop()

    assert (started.returncode, started.stderr) == (0, "")
    assert [child["name"] for child in noted["children"]] == ["worker-1", "api"]
    assert sorted(path.name for path in directory.iterdir()) == [
        "admin.key",
        "application.password",
        "lock",
        "logs",
        "ports.json",
    ]
    assert (directory / "application.password").stat().st_mode & 0o777 == 0o600
    assert users == {"worker-1": APPLICATION_ROLE, "api": APPLICATION_ROLE}
    assert again.stderr.startswith("Perpetual cannot go on: Perpetual is running here already")
    assert stopped.stdout == "Stopped.\n"
    assert _children_of(directory) == []


def _logs_in_as(pid: int) -> str | None:
    """The user in the database's address that a process was told; it must not know the owner's."""
    told = psutil.Process(pid).environ()
    assert OWNER not in told
    return make_url(told[APPLICATION]).username


def _children_of(directory: Path) -> list[str]:
    """The names of processes that were started for a directory and still run."""
    running = psutil.process_iter(["name", "environ"])
    return [one.name() for one in running if (one.info["environ"] or {}).get(MARK) == str(directory)]
