"""Whole lists as files: CSV for programs (RFC 4180), XLSX for people.

A list is read in parts, so that memory stays flat however long it is. Each part is read in a transaction of
its own: a file is no snapshot, but what nobody changes meanwhile stands in it once.
"""

import asyncio
import csv
import json
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from io import StringIO
from tempfile import TemporaryFile
from typing import IO, Any

from fastapi import Response
from fastapi.responses import StreamingResponse
from sqlalchemy import Select, func, literal, select
from xlsxwriter import Workbook

from api.door import AskedRequest
from foundation.database.lists import Listing, part_of
from foundation.values.errors import BusinessError, Invalid
from foundation.values.messages import Message, shortened

MOST_ROWS = 100_000
"""So many rows may a file have."""
AT_ONCE = 1_000
"""So many rows are read at once."""
BLOCK_BYTES = 65_536
MEDIA_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FORMULA_BEGINS_WITH = tuple("=+-@\t\r\n＝＋－＠")
"""A text that begins so is run as a formula by spreadsheet programs which open a CSV file (OWASP)."""
LONGEST_CELL = 32_767
FIRST_EXCEL_YEAR = 1900


class TooManyToExport(BusinessError):
    """A list is longer than a file may be."""


async def export(
    asked: AskedRequest, listing: Listing[Any], rows: Select[Any], kind: str, *, cursor: str | None
) -> Response:
    """The whole list as a file. Refuses: TooManyToExport, Invalid when a cursor is given."""
    if cursor is not None:
        why = "a file is the whole list: leave the cursor out"
        raise Invalid(f"cursor: {why}", errors=[("cursor", why)])
    await _check_length(asked, rows)
    parts = _parts(asked, listing, rows)
    body = _csv_file(listing, parts) if kind == "csv" else _blocks(await _xlsx_file(listing, parts))
    name = f"{listing.name.replace('_', '-')}-{asked.today}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(body, headers=headers, media_type=MEDIA_TYPES[kind])


async def _check_length(asked: AskedRequest, rows: Select[Any]) -> None:
    most = rows.order_by(None).with_only_columns(literal(1), maintain_column_froms=True).limit(MOST_ROWS + 1)
    async with asked.read() as tx:
        found = await tx.scalar(select(func.count()).select_from(most.subquery()))
    if found > MOST_ROWS:
        raise TooManyToExport(
            f"a file may have {MOST_ROWS} rows, and this list has more: narrow it, or read it page by page"
        )


async def _parts(
    asked: AskedRequest, listing: Listing[Any], rows: Select[Any]
) -> AsyncIterator[list[Message]]:
    cursor: str | None = None
    while True:
        async with asked.read() as tx:
            part = await part_of(tx, rows, limit=AT_ONCE, cursor=cursor)
            views = await listing.views(tx, part.rows)
        yield views
        if (cursor := part.next_cursor) is None:
            return


async def _csv_file(listing: Listing[Any], parts: AsyncIterator[list[Message]]) -> AsyncIterator[str]:
    yield _lines([list(listing.view.model_fields)])
    async for views in parts:
        # In a thread, so that other requests are answered meanwhile.
        yield await asyncio.to_thread(_lines, map(_csv_cells, views))


def _lines(rows: Iterable[Iterable[str]]) -> str:
    written = StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()


def _csv_cells(view: Message) -> Iterator[str]:
    for value, shown in _cells(view):
        is_formula = isinstance(value, str) and shown.startswith(FORMULA_BEGINS_WITH)
        yield f"'{shown}" if is_formula else shown


def _cells(view: Message) -> Iterator[tuple[Any, str]]:
    """The value of each field, and how an answer shows it."""
    for name, shown in view.model_dump(mode="json").items():
        value = getattr(view, name)
        if value is None:
            yield None, ""
        elif isinstance(shown, str):
            # A UUID, or what is chosen from a few, is text as well; a number and a day are not.
            yield value if isinstance(value, Decimal | date) else shown, shown
        else:
            yield value, json.dumps(shown, ensure_ascii=False)


async def _xlsx_file(listing: Listing[Any], parts: AsyncIterator[list[Message]]) -> IO[bytes]:
    # It has no name, and is gone when nobody reads it any more.
    file = TemporaryFile()  # noqa: SIM115
    sheet = _Sheet(file, listing)
    try:
        async for views in parts:
            await asyncio.to_thread(sheet.add, views)
    finally:
        await asyncio.to_thread(sheet.close)
    file.seek(0)
    return file


async def _blocks(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        while block := await asyncio.to_thread(file.read, BLOCK_BYTES):
            yield block


class _Sheet:
    """A workbook of one sheet, which holds one row in memory at a time."""

    def __init__(self, file: IO[bytes], listing: Listing[Any]) -> None:
        self._book = Workbook(file, {"constant_memory": True})
        self._sheet = self._book.add_worksheet(listing.name[:31])
        self._formats: dict[str, Any] = {}
        self._row = 0
        heading = self._book.add_format({"bold": True})
        for column, name in enumerate(listing.view.model_fields):
            self._sheet.write_string(0, column, name, heading)
        self._sheet.freeze_panes(1, 0)

    def add(self, views: list[Message]) -> None:
        """Write a row for each."""
        for view in views:
            self._row += 1
            for column, (value, shown) in enumerate(_cells(view)):
                self._write(column, value, shown)

    def close(self) -> None:
        """Write the file."""
        self._book.close()

    def _write(self, column: int, value: Any, shown: str) -> None:
        at = (self._row, column)
        match value:
            case None:
                pass
            case bool():
                self._sheet.write_boolean(*at, value)
            case int() | Decimal():
                # With as many decimals as an answer shows. A sheet keeps fifteen digits, as a float does.
                decimals = len(shown.partition(".")[2])
                shown_as = self._format("0" + f".{'0' * decimals}".rstrip("."))
                self._sheet.write_number(*at, float(value), shown_as)
            case datetime():
                self._sheet.write_datetime(
                    *at, value.astimezone(UTC).replace(tzinfo=None), self._format("yyyy-mm-dd hh:mm:ss")
                )
            case date() if value.year >= FIRST_EXCEL_YEAR:
                midnight = datetime.combine(value, time())
                self._sheet.write_datetime(*at, midnight, self._format("yyyy-mm-dd"))
            case _:
                self._sheet.write_string(*at, shortened(shown, LONGEST_CELL))

    def _format(self, shown_as: str) -> Any:
        if shown_as not in self._formats:
            self._formats[shown_as] = self._book.add_format({"num_format": shown_as})
        return self._formats[shown_as]
