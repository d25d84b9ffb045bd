"""Statements of banks: imported, listed, and taken back."""

import hashlib
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import File, Form, Response, UploadFile

from activities.banking import statements as operations
from api.door import Asked, Router, allows
from api.lists import add_list
from domains.banking.messages import (
    ImportStatements,
    ReverseStatement,
    StatementReversalAsked,
    StatementsImported,
    StatementTakenBack,
)
from domains.banking.queries import statements as queries
from domains.banking.queries.statements import BankStatementView
from foundation.values.messages import Amount, Code, shortened

router = Router(prefix="/v1/bank-statements", tags=["Banking"])

READ = allows("banking.statement.read")
FILE: Mapping[str, Any] = {
    "response_class": Response,
    "responses": {200: {"content": {"application/octet-stream": {}}}},
}
LONGEST_NAME = 200


@router.post("", status_code=201, dependencies=[allows("banking.statement.import")])
async def import_statements(
    asked: Asked,
    file: Annotated[UploadFile, File(description="camt.053, MT940, OFX or CSV; or packed in a zip file")],
    bank_account: Annotated[
        Code | None, Form(description="Which account it is of; needed for CSV files, which do not say it")
    ] = None,
    closing_amount: Annotated[
        Amount | None,
        Form(description="The balance after the last line, where the file has none of that day (CSV, OFX)"),
    ] = None,
) -> StatementsImported:
    """Import the statements in a bank's file: all of them, or none. A file that comes again, and a statement
    that comes again in another file, is answered with as it was imported.
    """
    content = await file.read()
    wanted = ImportStatements(
        import_id=asked.new_id("bank-statements"),
        sha256=hashlib.sha256(content).hexdigest(),
        file_name=shortened(file.filename or "statement", LONGEST_NAME),
        bank_account_code=bank_account,
        closing_amount=closing_amount,
        content=content,
    )
    return await asked.run(operations.import_statements, wanted)


add_list(router, queries.BANK_STATEMENTS, READ)


@router.get("/{statement_id}", dependencies=[READ])
async def one_statement(statement_id: UUID, asked: Asked) -> BankStatementView:
    """One statement: its balances, and how many of its lines are open."""
    async with asked.read() as tx:
        return await queries.bank_statement(tx, statement_id)


@router.get("/{statement_id}/file", dependencies=[READ], **FILE)
async def file(statement_id: UUID, asked: Asked) -> Response:
    """The file that it came in, byte for byte."""
    async with asked.read() as tx:
        found = await queries.statement_file(tx, statement_id)
    headers = {"Content-Disposition": 'attachment; filename="statement"'}
    return Response(found.content, media_type="application/octet-stream", headers=headers)


@router.post("/{statement_id}/reversal", status_code=201, dependencies=[allows("banking.statement.reverse")])
async def reverse_statement(
    statement_id: UUID, why: StatementReversalAsked, asked: Asked
) -> StatementTakenBack:
    """Take a statement back that was imported by mistake: the last of its account, with no line posted."""
    reverse = ReverseStatement(statement_id=statement_id, reason=why.reason)
    return await asked.run(operations.reverse_statement, reverse)
