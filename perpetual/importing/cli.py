"""`perpetual import`: reading and checking here, writing through the REST API like any other client."""

import asyncio
import csv
import sys
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table as Grid
from rich.text import Text

from api.imports.mapping import DecimalMark, read_mapping
from api.imports.preparing import Prepared, RowError, prepare
from api.imports.reports import ImportReport, report_of
from api.imports.sending import Fate, RecordOutcome, send
from api.imports.sources import SourceTables
from foundation.values.errors import BusinessError

SHOWN_ERRORS = 20
ERRORS_CSV = Path("import-errors.csv")

# Spreadsheets run what begins like a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def files_in(paths: Sequence[Path]) -> list[Path]:
    """The files themselves, and the tables and workbooks of folders, by name."""
    return [file for path in paths for file in (_tables_of(path) if path.is_dir() else [path])]


def _tables_of(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if file.suffix.lower() in {".csv", ".xlsx"})


def run_import(
    paths: Sequence[Path],
    *,
    mapping: Path | None,
    company: str,
    dry_run: bool,
    base_url: str,
    api_key: str,
    target: str | None = None,
    decimal: DecimalMark | None = None,
    as_json: bool = False,
    errors_csv: Path = ERRORS_CSV,
) -> int:
    """Import files, or only check them, and tell what was done.

    `as_json` prints the report as JSON, for programs. All errors go into `errors_csv`, one row each. The exit
    status is 0 when everything was right, 1 when some rows were not, 2 when nothing could be read.
    """
    console = Console(stderr=as_json)
    try:
        text = mapping.read_text() if mapping else None
        prepared = prepare(
            SourceTables((path.name, path.read_bytes()) for path in paths),
            read_mapping(text) if text else None,
            target,
            decimal,
        )
    except (BusinessError, OSError, UnicodeDecodeError) as refusal:
        console.print(str(refusal), style="red", markup=False, highlight=False)
        return 2
    prepared = [_of_this_company(one, company) for one in prepared]
    outcomes: list[list[RecordOutcome]] = []
    if not dry_run:
        outcomes = asyncio.run(
            write(prepared, company=company, base_url=base_url, api_key=api_key, console=console)
        )
    report = report_of(prepared, outcomes, dry_run=dry_run, most_errors=None)
    if as_json:
        sys.stdout.write(report.model_dump_json(indent=2) + "\n")
    else:
        show(report, console)
    if report.errors:
        write_errors(report.errors, errors_csv)
        console.print(f"{report.error_count} errors, see {errors_csv}", highlight=False)
    return 1 if report.error_count else 0


async def write(
    prepared: Sequence[Prepared], *, company: str, base_url: str, api_key: str, console: Console
) -> list[list[RecordOutcome]]:
    """Hand all records to the API, target by target, with a bar where somebody is watching."""
    headers = {"Authorization": f"Bearer {api_key}", "X-Company": company}
    run = str(uuid.uuid4())
    bar = Progress(
        TextColumn("{task.description:<16}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )
    async with httpx.AsyncClient(base_url=base_url, headers=headers, timeout=30) as client:
        with bar:
            return [await send(client, one.records, run=run, on_done=_advance(bar, one)) for one in prepared]


def _advance(bar: Progress, one: Prepared) -> Callable[[RecordOutcome], None]:
    task = bar.add_task(one.target.name, total=len(one.records))
    return lambda _: bar.advance(task)


def _of_this_company(one: Prepared, company: str) -> Prepared:
    """Files may bring their company with them: it must be the one that the import is for."""
    if one.target.name != "companies":
        return one
    kept = [record for record in one.records if record.key == company]
    errors = [
        record.error(f"this import is for the company {company}, not for {record.key}", path="code")
        for record in one.records
        if record.key != company
    ]
    return Prepared(one.target, one.source, one.rows, kept, [*one.errors, *errors])


def show(report: ImportReport, console: Console) -> None:
    """The counts by target and the first errors, as tables."""
    grid = Grid(title="Checked, nothing written" if report.dry_run else "Imported")
    for heading in ("target", "from"):
        grid.add_column(heading)
    # Only what has come up, so that the table fits a narrow screen.
    happened = [fate.value for fate in Fate if any(getattr(one, fate.value) for one in report.targets)]
    counts = ["rows", "ready", *happened]
    for heading in counts:
        grid.add_column(heading, justify="right")
    for one in report.targets:
        figures = [str(getattr(one, name) or "") for name in counts]
        grid.add_row(one.target, one.source, *figures)
    console.print(grid)
    if not report.errors:
        return
    wrong = Grid(title="Errors" if report.error_count <= SHOWN_ERRORS else f"The first {SHOWN_ERRORS} errors")
    for heading in ("file", "row", "column", "value", "what is wrong"):
        wrong.add_column(heading, overflow="fold")
    for error in report.errors[:SHOWN_ERRORS]:
        column = error.column or error.field
        cells = (error.source, str(error.row or ""), column, error.value, error.message)
        wrong.add_row(*map(Text, cells))
    console.print(wrong)


def write_errors(errors: Sequence[RowError], path: Path) -> None:
    """Every error as a row, for whoever corrects the files; cells that begin like formulas are quoted."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(RowError.model_fields)
        for error in errors:
            writer.writerow([_harmless(str(value)) for value in error.model_dump().values()])


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
