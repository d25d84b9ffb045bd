"""`perpetual check`: the command around the checker, which knows nothing of it."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer
from rich.console import Console

if TYPE_CHECKING:
    from perpetual.checker.invariants import Violation


Temporal = Annotated[bool, typer.Option("--temporal", help="Instead: whether the books and Temporal agree.")]
Mend = Annotated[bool, typer.Option("--mend", help="With --temporal: begin again what one of them has lost.")]
Hours = Annotated[
    float, typer.Option(help="With --temporal: look at runs that were closed in so many hours.", min=0)
]


class Shown(NamedTuple):
    """How it is said what was found."""

    quiet: bool
    as_json: bool


SHOWN = 10
"""Of each invariant, so that a table gone wrong does not hide the others."""


def check(
    company: Annotated[str | None, typer.Option(help="Only the company with this code.")] = None,
    all_companies: Annotated[bool, typer.Option("--all", help="All companies.")] = False,
    at_rest: Annotated[
        bool, typer.Option("--at-rest", help="Also: nothing is in the middle of a command.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing; the status tells.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document, for programs.")] = False,
    temporal: Temporal = False,
    mend: Mend = False,
    hours: Hours = 24,
    directory: Annotated[
        Path, typer.Option(help="Where data and ports are kept.", envvar="PERPETUAL_DIRECTORY")
    ] = Path(".perpetual"),
) -> None:
    """Check that books, goods, orders and processes agree; the questions share no code with what wrote them.

    It reads one snapshot, also while everybody works, leaves nothing behind, and ends with status 1 and a
    list when something does not hold. docs/operations.md has the list of what must.

    With `--temporal` it compares the books with Temporal, both ways: after either was restored, run it before
    anything is accepted, and `--mend` what it names.

    Examples: `perpetual check --company HAVELRAD`, `perpetual check --all --json`, `perpetual check --all
    --temporal --mend`.
    """
    from perpetual.servers.startup_errors import StartupError  # noqa: PLC0415

    if (company is None) is not all_companies:
        raise StartupError("say which company to check: --company CODE, or --all")
    if mend and not temporal:
        raise StartupError("--mend goes with --temporal")
    if at_rest and temporal:
        raise StartupError("--at-rest asks the books alone: leave out --temporal, or check twice")
    shown = Shown(quiet=quiet, as_json=as_json)
    if temporal:
        from perpetual.reconciling.command import reconcile  # noqa: PLC0415

        raise typer.Exit(reconcile(directory, company, mend=mend, hours=hours, shown=shown))
    raise typer.Exit(ask_the_books(directory, company, at_rest=at_rest, shown=shown))


def ask_the_books(directory: Path, company: str | None, *, at_rest: bool, shown: Shown) -> int:
    """Ask every question; the status: 1 when something does not hold."""
    from perpetual import addresses  # noqa: PLC0415
    from perpetual.checker.invariants import invariants  # noqa: PLC0415
    from perpetual.checker.running import CannotCheck  # noqa: PLC0415
    from perpetual.checker.running import check as checked  # noqa: PLC0415
    from perpetual.servers.startup_errors import StartupError  # noqa: PLC0415

    asked = invariants(at_rest=at_rest)
    try:
        found = asyncio.run(checked(addresses.to_look_at(directory), asked, company=company))
    except CannotCheck as refusal:
        raise StartupError(str(refusal)) from refusal
    if shown.as_json:
        typer.echo(json.dumps({"checked": len(asked), "violations": [asdict(x) for x in found]}, default=str))
    elif not shown.quiet:
        show(found, checked=len(asked))
    return 1 if found else 0


def show(found: Sequence["Violation"], *, checked: int) -> None:
    """The sentences that do not hold, each with the first of what breaks it."""
    console = Console(soft_wrap=True, highlight=False, markup=False)
    for (name, sentence), violations in groupby(found, key=lambda one: (one.invariant, one.sentence)):
        broken = list(violations)
        console.print(f"Does not hold: {sentence} ({name}, {len(broken)} times)", style="bold")
        for one in broken[:SHOWN]:
            console.print(f"  {one.company or 'database'}: {one.as_text()}")
        if len(broken) > SHOWN:
            console.print(f"  … and {len(broken) - SHOWN} more")
    if not found:
        console.print(f"Everything agrees: {checked} invariants hold.")
