"""`perpetual explain`: the command around the story."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    import asyncpg

    from perpetual.explaining.story import Story


def explain(
    what: Annotated[str, typer.Argument(help="An order's number (SO-000123) or a correlation id.")],
    company: Annotated[str | None, typer.Option(help="Only in the company with this code.")] = None,
    directory: Annotated[
        Path, typer.Option(help="Where data and ports are kept.", envvar="PERPETUAL_DIRECTORY")
    ] = Path(".perpetual"),
) -> None:
    """Tell the whole story of an order, across domains: where it stands, who did what when, which documents
    came of it, what is open and what was booked.

    From the database alone, also when Temporal has forgotten it; it changes nothing.

    Examples: `perpetual explain SO-000012`, `perpetual explain 01a20dba-8a28-7041-83c5-83f8e9c0d1aa`.
    """
    from perpetual import addresses  # noqa: PLC0415
    from perpetual.explaining.story import NothingToExplain, story_of  # noqa: PLC0415
    from perpetual.servers.startup_errors import StartupError  # noqa: PLC0415

    try:
        story = asyncio.run(story_of(addresses.to_look_at(directory), what, company=company))
    except NothingToExplain as nothing:
        raise StartupError(str(nothing)) from nothing
    show(story, Console(highlight=False))


def show(story: "Story", console: Console) -> None:
    """One screen."""
    if story.order is not None:
        order = story.order
        console.print(
            f"[bold]{order['number']}[/bold] · {order['customer_code']} {order['customer_name']} · "
            f"{order['total_amount']:,.2f} {order['currency']} · ordered {order['ordered_on']} · "
            f"[bold]{order['status']}[/bold] · version {order['version']} · company {story.company}"
        )
    else:
        console.print(f"[bold]{story.correlation_ids[0]}[/bold] · company {story.company}")
    for process in story.processes:
        console.print(f"  {_stands(process)}")
    console.print(_events(story))
    if story.open_items:
        console.print(_open_items(story))
    if story.booked:
        console.print(_booked(story))


def _stands(row: "asyncpg.Record") -> str:
    kind = str(row["type"]).replace("_", " ")
    stands = f"{kind} {row['document'] or ''}".rstrip() + f": {row['stage']}"
    if row["waiting_on"]:
        stands += f", waiting on {row['waiting_on']} since {row['waiting_since']:%Y-%m-%d %H:%M}"
    if row["exception"]:
        stands += f" — [red]{row['exception']}[/red]"
    return stands


def _events(story: "Story") -> Table:
    from perpetual.explaining.story import shortened  # noqa: PLC0415

    names = shortened(event.process for event in story.events if event.process)
    table = Table("when (UTC)", "by", "process", "what", "documents", "amount", box=None, pad_edge=False)
    table.columns[-1].justify = "right"
    for event in story.events:
        what = (
            event.what if event.status == "applied" else f"[dim]{event.what} (taken back before it was done)"
        )
        process = names.get(event.process or "", "")
        documents = ", ".join(event.documents)
        table.add_row(
            f"{event.at:%Y-%m-%d %H:%M:%S.%f}"[:-3], event.by, process, what, documents, event.amount
        )
    return table


def _open_items(story: "Story") -> Table:
    table = Table("open items", "due", "amount", "still open", box=None, pad_edge=False)
    for item in story.open_items:
        table.add_row(
            item["document"],
            str(item["due_on"]),
            f"{item['amount']:,.2f} {item['currency']}",
            f"{item['open_amount']:,.2f}",
        )
    return table


def _booked(story: "Story") -> Table:
    table = Table("booked on", "", "debit", "credit", "balance", box=None, pad_edge=False)
    for column in table.columns[2:]:
        column.justify = "right"
    for row in story.booked:
        balance = row["debit"] - row["credit"]
        table.add_row(
            row["account_code"],
            row["name"],
            f"{row['debit']:,.2f}",
            f"{row['credit']:,.2f}",
            f"{balance:,.2f}",
        )
    return table
