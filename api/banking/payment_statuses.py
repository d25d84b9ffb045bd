"""What banks answer to payment files: imported, listed, and the files as they came."""

import hashlib
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import File, Response, UploadFile

from activities.banking import payment_statuses as operations
from api.door import Asked, Router, allows
from api.lists import add_list
from domains.banking.messages.payment_statuses import ImportStatusReport, StatusReportImported
from domains.banking.queries import payment_statuses as queries
from domains.banking.queries.payment_statuses import StatusReportView
from foundation.values.messages import shortened

reports = Router(prefix="/v1/payment-status-reports", tags=["Banking"])
lines = Router(prefix="/v1/payment-status-lines", tags=["Banking"])

READ = allows("banking.payment_status.read")
FILE: Mapping[str, Any] = {
    "response_class": Response,
    "responses": {200: {"content": {"application/octet-stream": {}}}},
}
LONGEST_NAME = 200


@reports.post("", status_code=201, dependencies=[allows("banking.payment_status.import")])
async def import_status_report(
    asked: Asked,
    file: Annotated[UploadFile, File(description="pain.002.001.03 or .10; or packed in a zip file")],
) -> StatusReportImported:
    """Import what a bank says of the payments of a payment file. What it has rejected is owed again: the run
    that does so is named in the answer. A file that comes again is answered with as it was imported.
    """
    content = await file.read()
    wanted = ImportStatusReport(
        report_id=asked.new_id("payment-status-report"),
        sha256=hashlib.sha256(content).hexdigest(),
        file_name=shortened(file.filename or "status report", LONGEST_NAME),
        content=content,
    )
    return await asked.run(operations.import_status_report, wanted)


add_list(reports, queries.STATUS_REPORTS, READ)
add_list(lines, queries.STATUS_LINES, READ)


@reports.get("/{report_id}", dependencies=[READ])
async def one_status_report(report_id: UUID, asked: Asked) -> StatusReportView:
    """One report; its lines are at `/v1/payment-status-lines`."""
    async with asked.read() as tx:
        return await queries.status_report(tx, report_id)


@reports.get("/{report_id}/file", dependencies=[READ], **FILE)
async def file(report_id: UUID, asked: Asked) -> Response:
    """The file, byte for byte."""
    async with asked.read() as tx:
        found = await queries.status_file(tx, report_id)
    headers = {"Content-Disposition": 'attachment; filename="status-report"'}
    return Response(found.content, media_type="application/octet-stream", headers=headers)
