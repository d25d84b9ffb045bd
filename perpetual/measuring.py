"""The command `perpetual bench`: it only finds the benchmarks, which are beside what we ship."""

import importlib
from typing import Annotated

import typer
from rich.console import Console

from perpetual.servers.startup_errors import StartupError


def bench(
    orders: Annotated[int, typer.Option(help="Orders with many clients.", min=10)] = 400,
    clients: Annotated[int, typer.Option(help="How many clients at once.", min=1)] = 40,
    flat: Annotated[bool, typer.Option("--flat", help="Cost beside 1,000 to 100,000 stored orders.")] = False,
    minutes: Annotated[float, typer.Option(help="Watch memory for so long instead.", min=0)] = 0,
    beside: Annotated[str, typer.Option(help="A git revision, or `last`: cost beside that version's.")] = "",
) -> None:
    """Measure orders and purchases beside the limits of this machine, on servers of its own; prints tables.

    A figure is a ratio of one run: compare machines and versions by the ratios. It leaves nothing behind.

    Examples: `perpetual bench --orders 2000 --clients 32`, `… --flat`, `… --minutes 10`,
    `… --orders 100 --beside last`.
    """
    console = Console(soft_wrap=True)
    which = "flat" if flat else "memory" if minutes else "beside" if beside else "order_to_cash"
    try:
        # They are beside what we ship, not part of it: only the repository has them.
        benchmark = importlib.import_module(f"benchmarks.{which}")
    except ModuleNotFoundError as missing:
        if not str(missing.name).startswith("benchmarks"):
            raise
        raise StartupError(
            "the benchmarks are not here: run this from the root of the repository"
        ) from missing
    if flat:
        raise typer.Exit(benchmark.run_flat(console))
    if minutes:
        raise typer.Exit(benchmark.run_memory(console, minutes=minutes, clients=clients))
    if beside:
        compared = benchmark.run_beside(console, revision=beside, count=orders, clients=clients)
        raise typer.Exit(compared)
    raise typer.Exit(benchmark.run_bench(console, count=orders, clients=clients))
