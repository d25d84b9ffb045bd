"""A document as it was printed: the bytes that are kept of it, printed by whoever asks first."""

from typing import Any
from uuid import UUID

from fastapi import Response

from api.door import AskedRequest
from foundation.operations.operation import Operation
from foundation.outbound import prints
from foundation.outbound.prints import FilePrinted, PrintDocument
from foundation.values.errors import NotFound
from foundation.values.messages import Call

PDF: dict[str, Any] = {"response_class": Response, "responses": {200: {"content": {"application/pdf": {}}}}}
"""What a route says that answers with a PDF."""


async def shown(
    asked: AskedRequest,
    print_document: Operation[PrintDocument, FilePrinted],
    kind: str,
    document_id: UUID,
    version: int = 1,
    version_id: UUID | None = None,
) -> Response:
    """The file of a document; printed now, if it never was. Its ETag is the file's SHA-256.

    `version_id`: what is printed, where versions have ids of their own.
    """
    file = prints.file_id(kind, document_id, version)
    async with asked.read() as tx:
        found = await prints.kept(tx, file)
    if found is None:
        key = f"{asked.caller.company}/{print_document.name}/{file}"
        call = Call.direct(asked.caller, key)
        printed = await print_document(call, PrintDocument(document_id=version_id or document_id))
        async with asked.read() as tx:
            found = await prints.kept(tx, printed.file_id)
    if found is None:
        raise NotFound(f"{document_id} is not printed")
    # A number that holds a slash is no name of a file.
    name = found.name.replace("/", "-")
    headers = {
        "Content-Disposition": f'inline; filename="{name}"',
        "ETag": f'"{found.sha256.hex()}"',
    }
    return Response(found.content, media_type="application/pdf", headers=headers)
