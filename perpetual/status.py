"""The command `perpetual status`: what runs here, and what was given up."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from perpetual.servers.processes import Noted
from perpetual.servers.supervisor import read_note, running_supervisor

ALL_RUN, SOME_DO_NOT, STOPPED = 0, 1, 3


def status(
    directory: Annotated[
        Path,
        typer.Option(
            "--directory", help="Where data, logs and ports are kept.", envvar="PERPETUAL_DIRECTORY"
        ),
    ] = Path(".perpetual"),
) -> None:
    """Say what of `up` runs here, and what was given up because it died again and again.

    It ends with status 0 when all runs, 1 when something does not, 3 when Perpetual is stopped. It asks
    nobody over the network, and changes nothing.

    Example: `perpetual status || mail -s "Perpetual" admin@example.com`.
    """
    console = Console(soft_wrap=True, highlight=False, markup=False)
    if running_supervisor(directory) is None:
        console.print(f"Perpetual is stopped in {directory}.")
        raise typer.Exit(STOPPED)
    noted = read_note(directory)
    console.print(f"Perpetual is running in {directory}: {noted.get('base_url', 'it is just starting')}")
    stands = states_of(noted)
    for name, (_, said) in stands.items():
        console.print(f"{name:<13} {said}")
    raise typer.Exit(ALL_RUN if all(runs for runs, _ in stands.values()) else SOME_DO_NOT)


def states_of(noted: dict[str, object]) -> dict[str, tuple[bool, str]]:
    """Of each child that is to run, by name: whether it does, and what there is to say."""
    children, given_up = noted.get("children"), noted.get("given_up")
    assert isinstance(children, list)
    alive = {child["name"]: child["pid"] for child in children if Noted.read(child).find()}
    why = given_up if isinstance(given_up, dict) else {}
    wanted = noted.get("wanted")
    stands = {}
    for name in wanted if isinstance(wanted, list) else alive:
        if name in why:
            stands[name] = (False, f"given up: {why[name]}")
        elif name in alive:
            stands[name] = (True, f"running (process {alive[name]})")
        else:
            stands[name] = (False, "died, and is started again")
    return stands
