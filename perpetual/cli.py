"""The command `perpetual`. Each part imports what it needs only when it runs, so that `--help` is quick."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import psutil
import typer
from rich.console import Console

from foundation.database.roles import LoginRefused, refuse_powers
from foundation.runtime.modules import loading
from foundation.runtime.settings import Settings, WrongSettings, refuse_unknown, settings
from perpetual import addresses
from perpetual.checking import check
from perpetual.explaining.command import explain
from perpetual.installation import Installation, admin_key, delete_everything, port_of, whom_to_tell
from perpetual.measuring import bench
from perpetual.scaffold.command import new
from perpetual.servers.identity import require_ours
from perpetual.servers.startup_errors import CANNOT_GO_ON, StartupError, check_directory
from perpetual.servers.supervisor import last_line, read_note, running_supervisor, stop_running
from perpetual.status import status
from perpetual.upgrading import make_current

app = typer.Typer(
    name="perpetual",
    help="Perpetual: an ERP whose processes are durable workflows. `up` starts everything on this machine; "
    "DATABASE_URL and TEMPORAL_ADDRESS point the same commands at real servers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
console = Console(soft_wrap=True)
complaints = Console(soft_wrap=True, stderr=True)

Directory = Annotated[
    Path,
    typer.Option("--directory", help="Where data, logs and ports are kept.", envvar="PERPETUAL_DIRECTORY"),
]
Port = Annotated[int | None, typer.Option("--port", help="The API's port.", envvar="PERPETUAL_API_PORT")]
Workers = Annotated[
    int | None, typer.Option(help="How many worker processes.", envvar="PERPETUAL_WORKER_PROCESSES", min=1)
]
HERE = Path(".perpetual")


@app.callback()
def read_settings() -> None:
    """Wrong settings are told before anything is done with them."""
    if "--help" not in sys.argv:
        refuse_unknown(os.environ.items())
        settings()


def _chosen(port: int | None, workers: int | None) -> Settings:
    asked = {"api_port": port, "worker_processes": workers}
    return settings().model_copy(update={name: value for name, value in asked.items() if value is not None})


@contextmanager
def _running(directory: Path, chosen: Settings) -> Iterator[tuple[Installation, threading.Event]]:
    """The installation, started; stopped again at the end. The event is set by Ctrl-C, SIGTERM and SIGHUP."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # As nohup wants it.
            signal.signal(number, lambda *_: stop.set())
    installation = Installation(directory, chosen, say=_say, stop_asked=stop.is_set)
    try:
        installation.start()
    except KeyboardInterrupt:
        _say("Stopped before it was ready.")
        raise typer.Exit(130) from None
    try:
        yield installation, stop
    finally:
        _say("Stopping: workers finish what they have begun …")
        installation.stop()


def _say(text: str) -> None:
    # Whoever has read our output may be gone; what we do goes on.
    with contextlib.suppress(BrokenPipeError):
        console.print(text, style="dim", highlight=False, markup=False)


def _show_addresses(directory: Path, *, base_url: str, web_ui: str | None) -> None:
    from api.web_ui import RUNNING, list_of  # noqa: PLC0415

    for what, where in (
        ("API docs", f"{base_url}/docs"),
        ("Temporal UI", web_ui and list_of(RUNNING, web_ui=web_ui)),
        ("API key", f"in {directory / 'admin.key'}"),
        ("Logs", directory / "logs"),
    ):
        if where:
            console.print(f"{what:<13} {where}", highlight=False, markup=False)


@app.command()
def up(
    directory: Directory = HERE,
    port: Port = None,
    workers: Workers = None,
    detach: Annotated[bool, typer.Option("--detach", help="Return when all is running.")] = False,
) -> None:
    """Start PostgreSQL, Temporal, workers and the API, and look after them until Ctrl-C.

    Everything is kept below `.perpetual` (data, logs, the administrator's API key) and is there again the
    next time. What dies is started again. With DATABASE_URL (the owner's) or TEMPORAL_ADDRESS set, those
    servers are used and none is started here.

    Examples: `perpetual up`, `perpetual up --workers 4 --port 9000`, `perpetual up --detach`.
    """
    if detach:
        _up_detached(directory, _chosen(port, workers))
        return
    with _running(directory, _chosen(port, workers)) as (installation, stop):
        _show_addresses(directory, base_url=installation.base_url, web_ui=installation.web_ui)
        _say(f"\n{installation.closed or 'Perpetual is running.'} Ctrl-C stops it.")
        installation.supervisor.watch(stop.is_set)


def _up_detached(directory: Path, chosen: Settings) -> None:
    """The same in a process of its own; we only wait until it is ready, or has said why not."""
    check_directory(directory)
    (directory / "logs").mkdir(exist_ok=True)
    log_file = directory / "logs" / "up.log"
    command = [sys.executable, "-m", "perpetual", "up", "--directory", str(directory.absolute())]
    command += ["--port", str(chosen.api_port), "--workers", str(chosen.worker_processes)]
    with log_file.open("wb") as log:
        started = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    while not _is_ready(directory, started.pid):
        if started.poll() is not None:
            raise StartupError(last_line(log_file))
        try:
            time.sleep(0.1)
        except KeyboardInterrupt:
            started.terminate()
            raise
    noted = read_note(directory)
    _show_addresses(directory, base_url=noted["base_url"], web_ui=noted["web_ui"])
    _say(f"\n{noted.get('closed') or 'Perpetual is running.'} 'perpetual down' stops it.")


def _is_ready(directory: Path, pid: int) -> bool:
    noted = read_note(directory)
    return "base_url" in noted and bool(noted["supervisor"]["pid"] == pid)


@app.command()
def down(directory: Directory = HERE) -> None:
    """Stop what `up` or `demo` has started here. Nothing is lost: processes go on at the next `up`.

    Workers get up to 45 seconds to finish what they have begun. What a killed `up` has left is stopped too.
    Data, logs and the API key stay.

    Example: `perpetual down`.
    """
    stopped = stop_running(directory)
    console.print("Stopped." if stopped else "Nothing was running.")


@app.command()
def reset(
    directory: Directory = HERE,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Stop everything and delete all data kept here: the books, the processes, the logs. Asks first.

    Servers that DATABASE_URL and TEMPORAL_ADDRESS point at are left alone, and so are other files.

    Example: `perpetual reset --yes`.
    """
    if not yes and not typer.confirm(f"Delete all of Perpetual's data in {directory}?"):
        raise typer.Abort
    stop_running(directory)
    delete_everything(directory)
    console.print("Everything was deleted.")


@app.command()
def demo(
    directory: Directory = HERE,
    port: Port = None,
    workers: Workers = None,
    orders: Annotated[int, typer.Option(help="How many orders of the year to play.", min=1, max=1000)] = 200,
    stay: Annotated[bool, typer.Option("--stay/--leave", help="Stay up afterwards until Ctrl-C.")] = True,
) -> None:
    """Start everything, load the demo company, and run real orders through the whole process.

    Warehouse and customers are played over REST like any other client. A second time doubles nothing.
    Where Perpetual runs already, its API is used and it is left running.

    Examples: `perpetual demo`, `perpetual demo --orders 1000 --leave`.
    """
    if running_supervisor(directory):
        noted = read_note(directory)
        if "base_url" not in noted:
            raise StartupError("Perpetual is just starting here; try again in a moment")
        require_ours(directory, "api", port_of(noted["base_url"]))
        raise typer.Exit(_play(directory, base_url=noted["base_url"], web_ui=noted["web_ui"], orders=orders))
    with _running(directory, _chosen(port, workers)) as (installation, stop):
        done: list[int] = []
        player = threading.Thread(
            target=lambda: done.append(
                _play(directory, base_url=installation.base_url, web_ui=installation.web_ui, orders=orders)
            ),
            daemon=True,
        )
        player.start()
        installation.supervisor.watch(lambda: stop.is_set() or not player.is_alive())
        if not stop.is_set() and stay:
            _show_addresses(directory, base_url=installation.base_url, web_ui=installation.web_ui)
            _say("\nPerpetual stays up. Ctrl-C stops it.")
            installation.supervisor.watch(stop.is_set)
    if not done:
        raise StartupError("the demo did not come to its end")
    raise typer.Exit(done[0])


def _play(directory: Path, *, base_url: str, web_ui: str | None, orders: int) -> int:
    from perpetual.demo import run_demo  # noqa: PLC0415

    key = admin_key(directory)
    return asyncio.run(run_demo(base_url=base_url, api_key=key, web_ui=web_ui, orders=orders))


@app.command()
def worker() -> None:
    """Run one worker: it takes processes and their operations from Temporal. Scale by running more of them.

    SIGTERM lets it finish what it has begun, for up to 45 seconds. It keeps nothing on this machine. Logs go
    to stderr as JSON; PERPETUAL_WORKER_HEALTH_PORT serves /live and /ready.

    Example: `DATABASE_URL=postgresql://perpetual_app:…@db/erp TEMPORAL_ADDRESS=temporal:7233
    perpetual worker`.
    """
    asyncio.run(refuse_powers(settings().database_url))
    with loading():
        import uvloop  # noqa: PLC0415

        from foundation.runtime import telemetry  # noqa: PLC0415
        from workers import registry  # noqa: PLC0415
        from workers.main import run_worker  # noqa: PLC0415

        registry.processes()
    telemetry.set_up(settings(), "worker")
    try:
        uvloop.run(run_worker(settings()))
    except RuntimeError as failure:
        if "connect" not in str(failure):
            raise
        raise StartupError(
            f"Temporal does not answer at {settings().temporal_address}: {failure}"
        ) from failure


@app.command()
def api() -> None:
    """Run one API server. Scale by running more of them behind a load balancer.

    It needs DATABASE_URL and TEMPORAL_ADDRESS and at least one worker somewhere, and keeps nothing on this
    machine. /docs describes it; /health/live and /health/ready say how it is.

    Example: `PERPETUAL_API_HOST=0.0.0.0 PERPETUAL_API_PORT=9000 perpetual api`.
    """
    asyncio.run(refuse_powers(settings().database_url))
    with loading():
        import uvicorn  # noqa: PLC0415

        from api.app import app as application  # noqa: PLC0415

    uvicorn.run(
        application,
        host=settings().api_host,
        port=settings().api_port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=10,
    )


@app.command()
def migrate() -> None:
    """Bring the database at PERPETUAL_OWNER_DATABASE_URL up to date, and let the login of DATABASE_URL and
    PERPETUAL_ADMIN_API_KEY in.

    Run it before workers and API of a new version. It only goes forward; doing it again changes nothing, and
    several at once wait for each other. `up` does it by itself.

    Example: `PERPETUAL_OWNER_DATABASE_URL=postgresql://owner:…@db/erp
    DATABASE_URL=postgresql://perpetual_app:…@db/erp perpetual migrate`.
    """
    from perpetual.bootstrap import make_ready  # noqa: PLC0415

    make_ready(addresses.to_migrate(), settings().admin_api_key)
    console.print("The database is up to date.")


@app.command("import")
def import_(
    paths: Annotated[list[Path], typer.Argument(help="CSV or XLSX files, or folders of them.", exists=True)],
    company: Annotated[str, typer.Option(help="The company's code.")],
    mapping: Annotated[Path | None, typer.Option(help="A TOML file: which column is which field.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only check, and change nothing.")] = False,
    decimal: Annotated[
        Literal["comma", "point"] | None, typer.Option(help="How figures are written, if no mapping says it.")
    ] = None,
    base_url: Annotated[str | None, typer.Option(help="The API's address, if not the one here.")] = None,
    api_key: Annotated[str | None, typer.Option(help="The API key.", envvar="PERPETUAL_API_KEY")] = None,
    directory: Directory = HERE,
) -> None:
    """Import anyone's CSV or XLSX files: every row is checked, good ones are written, bad ones are told.

    Running it again changes what has changed, and doubles nothing. Wrong rows are left in import-errors.csv.
    See docs/importing.md for mapping files.

    Examples: `perpetual import --company ACME --dry-run customers.csv`,
    `perpetual import --company ACME --mapping acme.toml exports/`.
    """
    from perpetual.importing.cli import files_in, run_import  # noqa: PLC0415

    where, key = ("", "") if dry_run else whom_to_tell(directory, base_url, api_key)
    ended = run_import(
        files_in(paths),
        mapping=mapping,
        company=company,
        dry_run=dry_run,
        base_url=where,
        api_key=key,
        decimal=decimal,
    )
    raise typer.Exit(ended)


app.command()(check)
app.add_typer(new, name="new")
app.command()(explain)
app.command("make-current")(make_current)
app.command()(status)
app.command()(bench)


def main() -> None:
    """Run the command. What is in the way is one sentence and status 1."""
    os.umask(0o077)  # Data, keys and logs are for nobody else.
    status = _run()
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.flush()
        sys.stderr.flush()
    # The very last act: the interpreter may abort under the SDK's threads on its way out, all work done.
    os._exit(status)


def _run() -> int:
    try:
        answer = app(standalone_mode=False)
    except (StartupError, LoginRefused, WrongSettings) as failure:
        return _complain(str(failure))
    except typer.Abort:
        complaints.print("Nothing was changed.")
        return 1
    except (OSError, psutil.Error) as failure:
        return _complain(str(failure))
    except typer.TyperException as misuse:
        complaints.print(f"{misuse} ('perpetual --help' says more)", markup=False, highlight=False)
        return 2
    except Exception:
        traceback.print_exc()
        return 1
    return answer if isinstance(answer, int) else 0


def _complain(sentence: str) -> int:
    complaints.print(f"{CANNOT_GO_ON}{sentence}", style="red", highlight=False, markup=False)
    return 1
