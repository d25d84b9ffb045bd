"""Importing files over HTTP: the same reading and checking as the command, and the same routes behind it."""

from typing import Annotated

from fastapi import File, Form, Request, UploadFile

from api.door import Asked, Router, allows
from api.imports.mapping import DecimalMark, Mapping, read_mapping
from api.imports.preparing import prepare
from api.imports.reports import ImportReport, report_of
from api.imports.sending import send
from api.imports.sources import SourceTables
from api.own_routes import own_routes
from foundation.values.errors import BusinessError, Invalid

MOST_BYTES = 20_000_000
MOST_RECORDS = 10_000

router = Router(prefix="/v1/imports", tags=["Imports"])


class ImportTooLarge(BusinessError):
    """More than one request should carry: split the files, or use the command `perpetual import`."""

    status = 413


@router.post("", dependencies=[allows("data.file.import")])
async def import_files(
    asked: Asked,
    request: Request,
    files: Annotated[list[UploadFile], File(description="CSV files and workbooks")],
    mapping: Annotated[
        UploadFile | None, File(description="How columns become fields; TOML. Without it, by their names")
    ] = None,
    target: Annotated[
        str | None, Form(description="What the files hold, when no mapping and no file name says it")
    ] = None,
    decimal: Annotated[
        DecimalMark | None, Form(description="How figures are written, when the mapping does not say it")
    ] = None,
    dry_run: Annotated[bool, Form(description="The same as `?dry_run=true`, in the form")] = False,
) -> ImportReport:
    """Import files: correct records are written, wrong ones are told with their row and column.

    Registers are written by code: new, or changed. Documents are taken once by their external id. Every
    record goes through its own route, so that the caller needs that route's permission as well.
    """
    read = SourceTables([(file.filename or "", content) for file, content in await _contents(files)])
    prepared = prepare(read, await _mapping(mapping), target, decimal)
    if sum(len(one.records) for one in prepared) > MOST_RECORDS:
        raise ImportTooLarge(f"more than {MOST_RECORDS} records: split the files, or use `perpetual import`")
    if dry_run or asked.is_dry_run:
        return report_of(prepared, [], dry_run=True)
    if asked.caller.company == "*":
        raise Invalid("X-Company: say which company the files are for", errors=[("X-Company", "is needed")])
    async with own_routes(asked, request) as client:
        outcomes = [await send(client, one.records, run=asked.key or "") for one in prepared]
    return report_of(prepared, outcomes, dry_run=False)


async def _contents(files: list[UploadFile]) -> list[tuple[UploadFile, bytes]]:
    if sum(file.size or 0 for file in files) > MOST_BYTES:
        raise ImportTooLarge(f"more than {MOST_BYTES // 1_000_000} MB: split the files")
    return [(file, await file.read()) for file in files]


async def _mapping(file: UploadFile | None) -> Mapping | None:
    return None if file is None else read_mapping((await file.read()).decode("utf-8-sig", errors="replace"))
