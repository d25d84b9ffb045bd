"""Reading files of others: CSV in the usual variants, and workbooks; every cell becomes text."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import PurePath
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from api.imports.targets import MappingRefused
from foundation.values.errors import BusinessError

WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
LONGEST_CELL = 1_000_000


class FileRefused(BusinessError):
    """A file cannot be read: no header, a strange ending, no text."""


class NumberCell(str):
    """A figure as a program writes it, such as a number in a workbook: with a decimal point, nothing else."""

    __slots__ = ()


@dataclass(frozen=True)
class SourceRow:
    """One row, and the line of the file or sheet in which it begins; the header is line 1."""

    number: int
    values: Mapping[str, str]


@dataclass(frozen=True)
class SourceTable:
    """A file or a sheet: its columns as the header names them, and its rows that are not empty."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[SourceRow, ...]


class SourceTables:
    """All tables that were given, found by the name of their file without its ending, or of their sheet."""

    def __init__(self, files: Iterable[tuple[str, bytes]]) -> None:
        self.by_name: dict[str, SourceTable] = {}
        for name, content in files:
            for alias, table in _tables_of(name, content):
                self.by_name.setdefault(alias.lower(), table)

    def named(self, name: str) -> SourceTable:
        """The table of that name. Refuses: MappingRefused."""
        if table := self.by_name.get(name.lower()):
            return table
        raise MappingRefused(f"there is no file or sheet '{name}'; there are: {', '.join(self.by_name)}")

    def __iter__(self) -> Iterator[SourceTable]:
        return iter({table.name: table for table in self.by_name.values()}.values())


def _tables_of(name: str, content: bytes) -> Iterator[tuple[str, SourceTable]]:
    path = PurePath(name)
    ending = path.suffix.lower()
    if ending in WORKBOOKS:
        yield from _sheets(path.stem, content)
    elif ending in {".csv", ".tsv", ".txt"}:
        yield path.stem, _table(path.stem, _csv_lines(name, content))
    else:
        raise FileRefused(f"{name}: neither a CSV file nor a workbook ({', '.join(sorted(WORKBOOKS))})")


def _sheets(stem: str, content: bytes) -> Iterator[tuple[str, SourceTable]]:
    try:
        workbook = CalamineWorkbook.from_object(io.BytesIO(content))
        sheets = {sheet: workbook.get_sheet_by_name(sheet).to_python() for sheet in workbook.sheet_names}
    except CalamineError as wrong:
        raise FileRefused(f"{stem}: this workbook cannot be read: {wrong}") from None
    filled = {sheet: rows for sheet, rows in sheets.items() if any(any(row) for row in rows)}
    for sheet, rows in filled.items():
        lines = ((number, [cell_text(cell) for cell in row]) for number, row in enumerate(rows, 1))
        table = _table(stem if len(filled) == 1 else f"{stem}.{sheet}", lines)
        yield table.name, table
        yield sheet, table


def cell_text(cell: Any) -> str:
    """A cell of a workbook as text: 12.0 is `12`, a day is ISO 8601, yes and no are `true` and `false`."""
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case int() | float():
            number = Decimal(repr(cell))
            return NumberCell(f"{number:.0f}" if number == number.to_integral_value() else f"{number:f}")
        case datetime():
            return cell.date().isoformat() if cell.time() == time.min else cell.isoformat()
        case date() | time() | timedelta():
            return cell.isoformat() if not isinstance(cell, timedelta) else str(cell)
        case _:
            return str(cell).strip()


def _csv_lines(name: str, content: bytes) -> Iterator[tuple[int, list[str]]]:
    if not content.strip():
        raise FileRefused(f"{name}: the file is empty")
    text = _decoded(content)
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    begins = 1
    try:
        for cells in reader:
            yield begins, [cell.strip() for cell in cells]
            begins = reader.line_num + 1
    except csv.Error as wrong:
        raise FileRefused(f"{name}, line {begins}: {wrong}") from None


def _decoded(content: bytes) -> str:
    """UTF-8, UTF-16 when it says so, else the encoding of older Windows programs."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _delimiter(text: str) -> str:
    """The one that the header uses most."""
    header = text.partition("\n")[0]
    return max(",;\t|", key=header.count)


def _table(name: str, lines: Iterable[tuple[int, Sequence[str]]]) -> SourceTable:
    numbered = iter(lines)
    _, header = next(numbered, (1, []))
    columns = tuple(cell.strip() for cell in header)
    while columns and not columns[-1]:
        columns = columns[:-1]
    if not any(columns):
        raise FileRefused(f"{name}: the first row must name the columns")
    if twice := sorted({one for one, other in pairwise(sorted(filter(None, columns))) if one == other}):
        raise FileRefused(f"{name}: two columns are called {', '.join(twice)}")
    rows = []
    for number, cells in numbered:
        if not any(cells):
            continue
        if any(cells[len(columns) :]):
            raise FileRefused(f"{name}, line {number}: {len(cells)} cells, but {len(columns)} columns")
        padded = [*cells, *[""] * (len(columns) - len(cells))]
        values = {column: cell for column, cell in zip(columns, padded, strict=False) if column}
        rows.append(SourceRow(number, values))
    return SourceTable(name, columns, tuple(rows))
