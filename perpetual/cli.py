"""The command `perpetual`. Each part imports what it needs only when it runs, so that `--help` is quick."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from foundation.settings import settings
from perpetual.house import House, house_for
from perpetual.servers.supervisor import stop_running
from perpetual.servers.trouble import Trouble

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

Directory = Annotated[
    Path,
    typer.Option("--directory", help="Where data, logs and ports are kept.", envvar="PERPETUAL_DIRECTORY"),
]
Port = Annotated[int | None, typer.Option("--port", help="The API's port.", envvar="PERPETUAL_API_PORT")]
Workers = Annotated[
    int | None, typer.Option(help="How many worker processes.", envvar="PERPETUAL_WORKER_PROCESSES")
]
HERE = Path(".perpetual")


def _house(directory: Path, port: int | None, workers: int | None) -> House:
    chosen = settings().model_copy(
        update={
            name: value
            for name, value in (("api_port", port), ("worker_processes", workers))
            if value is not None
        }
    )
    return house_for(chosen, directory, lambda text: console.print(f"[dim]{text}[/dim]"))


@contextmanager
def _running(house: House) -> Iterator[threading.Event]:
    """The house, started; stopped again at the end. The event is set by Ctrl-C and SIGTERM."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    house.start()
    try:
        yield stop
    finally:
        console.print("[dim]Stopping …[/dim]")
        house.stop()


def _show_addresses(house: House) -> None:
    console.print(f"API docs      {house.base_url}/docs")
    if house.web_ui:
        console.print(f"Temporal UI   {house.web_ui}")
    console.print(f"API key       in {house.directory / 'admin.key'}")
    console.print(f"Logs          {house.supervisor.logs}")


@app.command()
def up(directory: Directory = HERE, port: Port = None, workers: Workers = None) -> None:
    """Start PostgreSQL, Temporal, workers and the API, and look after them until Ctrl-C.

    Everything is kept below `.perpetual` and is there again the next time. What dies is started again.
    """
    house = _house(directory, port, workers)
    with _running(house) as stop:
        _show_addresses(house)
        console.print("\nPerpetual is running. Ctrl-C stops it.")
        house.supervisor.watch(stop.is_set)


@app.command()
def down(directory: Directory = HERE) -> None:
    """Stop what `up` or `demo` has started here. Nothing is lost: processes go on at the next `up`."""
    stopped = stop_running(directory)
    console.print("Stopped." if stopped else "Nothing was running.")


@app.command()
def reset(
    directory: Directory = HERE,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Stop everything and delete all data kept here: the books, the processes, the logs. Asks first."""
    import shutil  # noqa: PLC0415

    from perpetual.servers.postgres import Postgres  # noqa: PLC0415

    if not yes and not typer.confirm(f"Delete everything in {directory}?"):
        raise typer.Exit(1)
    stop_running(directory)
    shutil.rmtree(Postgres(directory / "postgres", 0).directory, ignore_errors=True)
    shutil.rmtree(directory, ignore_errors=True)
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
    """
    from perpetual.demo import run_demo  # noqa: PLC0415

    house = _house(directory, port, workers)
    with _running(house) as stop:
        done: list[int] = []

        def play() -> None:
            played = run_demo(
                base_url=house.base_url, api_key=house.admin_key, web_ui=house.web_ui, orders=orders
            )
            done.append(asyncio.run(played))

        player = threading.Thread(target=play, daemon=True)
        player.start()
        house.supervisor.watch(lambda: stop.is_set() or not player.is_alive())
        if not stop.is_set() and stay:
            _show_addresses(house)
            console.print("\nPerpetual stays up. Ctrl-C stops it.")
            house.supervisor.watch(stop.is_set)
    if not done and not stop.is_set():
        raise Trouble("the demo did not come to its end; see what is printed above")
    if done and done[0]:
        raise typer.Exit(done[0])


@app.command()
def worker() -> None:
    """Run one worker: it takes processes and their operations from Temporal. Scale by running more of them.

    Needs DATABASE_URL and TEMPORAL_ADDRESS. SIGTERM lets it finish what it has begun.
    """
    import uvloop  # noqa: PLC0415

    from foundation import telemetry  # noqa: PLC0415
    from workers.main import run_worker  # noqa: PLC0415

    telemetry.set_up(settings(), "worker")
    uvloop.run(run_worker(settings()))


@app.command()
def api() -> None:
    """Run one API server.

    Scale by running more of them behind a load balancer. Needs the same as a worker.
    """
    import uvicorn  # noqa: PLC0415

    uvicorn.run(
        "api.app:app",
        host=settings().api_host,
        port=settings().api_port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_config=None,
    )


@app.command()
def migrate() -> None:
    """Bring the database at DATABASE_URL up to date, and let PERPETUAL_ADMIN_API_KEY in if it is set."""
    from foundation.migrations import upgrade  # noqa: PLC0415
    from perpetual.bootstrap import register_admin_key  # noqa: PLC0415

    upgrade(settings().database_url)
    if key := settings().admin_api_key:
        register_admin_key(settings().database_url, key)
    console.print("The database is up to date.")


@app.command("import")
def import_(
    paths: Annotated[list[Path], typer.Argument(help="CSV or XLSX files, or folders of them.", exists=True)],
    company: Annotated[str, typer.Option(help="The company's code.")],
    mapping: Annotated[Path | None, typer.Option(help="A TOML file: which column is which field.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only check, and change nothing.")] = False,
    base_url: Annotated[str | None, typer.Option(help="The API's address.")] = None,
    api_key: Annotated[str | None, typer.Option(help="The API key.", envvar="PERPETUAL_API_KEY")] = None,
    directory: Directory = HERE,
) -> None:
    """Import anyone's CSV or XLSX files: every row is checked, good ones are written, bad ones are told.

    Running it again changes what has changed, and doubles nothing. See docs/importing.md for mapping files.
    """
    from perpetual.importing.cli import run_import  # noqa: PLC0415

    house = _house(directory, None, None)
    status = run_import(
        paths,
        mapping=mapping,
        company=company,
        dry_run=dry_run,
        base_url=base_url or house.base_url,
        api_key=api_key or house.admin_key,
    )
    raise typer.Exit(status)


@app.command()
def bench(
    orders: Annotated[int, typer.Option(help="Orders with many clients.", min=10)] = 400,
    clients: Annotated[int, typer.Option(help="How many clients at once.", min=1)] = 40,
) -> None:
    """Measure order to cash beside the limits of this machine, on servers of its own; prints one table."""
    from benchmarks.order_to_cash import run_bench  # noqa: PLC0415

    raise typer.Exit(run_bench(console, orders=orders, clients=clients))


def main() -> None:
    """Run the command. Trouble is one sentence and status 1."""
    status = 1
    try:
        app(standalone_mode=False)
        status = 0
    except Trouble as trouble:
        console.print(f"[bold red]Perpetual cannot go on:[/bold red] {trouble}", highlight=False)
    except typer.Exit as leave:
        status = leave.exit_code
    except typer.Abort:
        console.print("Left alone.")
    except Exception as failure:
        if not hasattr(failure, "format_message"):
            console.print_exception()
        else:
            console.print(f"[bold red]{failure.format_message()}[/bold red]")
            status = 2
    sys.stdout.flush()
    sys.stderr.flush()
    # The very last act: the interpreter may abort under the SDK's threads on its way out, all work done.
    os._exit(status)
