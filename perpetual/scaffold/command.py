"""`perpetual new domain | document | process`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from perpetual.scaffold.names import Names, WrongName, checked, free_series, plural_of
from perpetual.scaffold.writing import write

new = typer.Typer(
    help="Write the skeleton of a domain, a document or a process, with tests that fail until it is "
    "finished: docs/adding-a-domain.md walks through it. Run it in the folder of the source. "
    "What is there stays; only the lists of bands get a further name, and the route of a document that is "
    "posted directly becomes the one that starts its process.\n\n"
    "Example: `perpetual new domain fleet`",
    no_args_is_help=True,
)
console = Console(soft_wrap=True)

Domain = Annotated[str, typer.Argument(help="The domain's name, as in `fleet`.")]
Document = Annotated[str, typer.Argument(help="The document's name in the singular, as in `trip`.")]
Plural = Annotated[str, typer.Option(help="Its plural, when it is irregular.")]
Series = Annotated[str, typer.Option(help="What its numbers begin with: `TRP` in TRP-000001.")]


@new.command("domain")
def new_domain(
    name: Domain,
    about: Annotated[str, typer.Option(help="What it owns, as a sentence.")] = "",
) -> None:
    """A business domain with its four files, its place in the bands, and nothing in it."""
    with _refusals():
        _write("domain", Names(checked(name, "domain"), about=about), f"perpetual new document {name} NAME")


@new.command("document")
def new_document(domain: Domain, name: Document, plural: Plural = "", series: Series = "") -> None:
    """A document of a domain: table, operation that posts it, list, routes, rows for the checker, tests."""
    with _refusals():
        series = series or free_series(Path(), checked(name, "document"))
        then = f"perpetual new process NAME --domain {domain} --document {name}"
        _write("document", _document(domain, name, plural, series), then)


@new.command("process")
def new_process(
    name: Annotated[str, typer.Argument(help="The process's name, as in `trip_to_payment`.")],
    domain: Annotated[str, typer.Option(help="The domain of the document that it is about.")],
    document: Annotated[str, typer.Option(help="That document.")],
    plural: Plural = "",
) -> None:
    """A process whose first step writes a document, and a command that ends it: page, routes, way for the
    replay gate, story for fault runs, tests.
    """
    with _refusals():
        named = replace(_document(domain, document, plural, ""), process=checked(name, "process"))
        _write(
            "process", named, f"make histories ARGS='{name}_to_its_end --samples' (docs/adding-a-domain.md)"
        )


def _document(domain: str, document: str, plural: str, series: str) -> Names:
    if not Path("domains", checked(domain, "domain")).is_dir():
        raise WrongName(f"there is no domain {domain}: begin with perpetual new domain {domain}")
    return Names(domain, checked(document, "document"), plural or plural_of(document), series)


def _write(kind: str, names: Names, then: str) -> None:
    if not Path("pyproject.toml").exists() or not Path("domains").is_dir():
        raise WrongName("this is not the folder of the source: run the command where pyproject.toml is")
    for path in write(Path.cwd(), kind, names):
        console.print(f"  {path.relative_to(Path.cwd())}")
    console.print(f"\nNext: write what TO WRITE asks for, and run the tests that fail. Then: {then}.")


@contextmanager
def _refusals() -> Iterator[None]:
    """What cannot be made is a sentence, and nothing was written."""
    try:
        yield
    except WrongName as wrong:
        Console(stderr=True, soft_wrap=True).print(f"[red]{wrong}[/red]")
        raise typer.Exit(1) from wrong
