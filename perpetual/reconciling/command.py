"""`perpetual check --temporal`: the command around the comparison and the mending."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.progress import Progress
from temporalio.service import RPCError

from foundation.database.connections import open_database
from foundation.operations import agreement
from foundation.operations.agreement import NotTold
from foundation.runtime import temporal
from foundation.runtime.settings import settings
from perpetual import addresses
from perpetual.reconciling.comparing import Difference, Found, compare
from perpetual.reconciling.mending import mend as mended
from perpetual.servers.startup_errors import StartupError

if TYPE_CHECKING:
    from perpetual.checking import Shown

WAITS_SECONDS = 120.0
"""So long it waits for processes to take what is sent to them; then the workers go on with it."""


def reconcile(directory: Path, company: str | None, *, mend: bool, hours: float, shown: "Shown") -> int:
    """Compare, and mend if asked to; the status: 1 when there are differences that were not mended."""
    console = Console(soft_wrap=True, highlight=False, markup=False)
    where = addresses.to_reconcile(directory)
    with Progress(console=Console(stderr=True), transient=True, disable=shown.quiet or shown.as_json) as bar:
        task = bar.add_task("Beginning again", total=None, visible=False)

        def say(left: int, of: int) -> None:
            bar.update(task, total=of, completed=of - left, visible=True)

        try:
            found, left = asyncio.run(_reconcile(where, company, mend=mend, hours=hours, say=say))
        except NotTold as failure:
            raise StartupError(str(failure)) from failure
        except (RPCError, RuntimeError) as failure:
            if not temporal.is_away(failure):
                raise
            raise StartupError(f"Temporal does not answer: {failure}") from failure
    if shown.as_json:
        differences = [asdict(one) for one in found.differences]
        typer.echo(json.dumps({"differences": differences, "mended": mend, "still_at_it": sorted(left)}))
    elif not shown.quiet:
        _show(console, found.differences, mend=mend)
        if left:
            console.print(f"{len(left)} of them have not taken everything yet: the workers go on with them.")
    by_hand = any(one.is_by_hand for one in found.differences)
    return 1 if found.differences and (not mend or by_hand or left) else 0


async def _reconcile(
    where: tuple[str, str], company: str | None, *, mend: bool, hours: float, say: Callable[[int, int], None]
) -> tuple[Found, set[str]]:
    database_url, address = where
    opened = open_database(database_url, pool_size=5)
    try:
        client = await temporal.connect(settings().model_copy(update={"temporal_address": address}))
        found = await compare(client, company, since=timedelta(hours=hours))
        if not mend:
            if company is None and not found.differences:
                await agreement.reconciled(client)
            return found, set()
        count, opens = len(found.to_begin), company is None
        left = await mended(
            client, found, seconds=WAITS_SECONDS, say=lambda rest: say(rest, count), opens=opens
        )
        return found, set(left)
    finally:
        await opened.close()


def _show(console: Console, differences: list[Difference], *, mend: bool) -> None:
    in_order = sorted(differences, key=lambda one: (one.kind, one.company, one.process))
    for kind, some in groupby(in_order, key=lambda one: one.kind):
        of_kind = list(some)
        console.print(f"{kind.capitalize()} ({len(of_kind)}):", style="bold")
        for one in of_kind:
            console.print(f"  {one.as_text()}")
    if not differences:
        console.print("The books and Temporal agree.")
    elif mend:
        console.print("What can be mended by itself was.")
