"""A customer's statement of account, and its PDF."""

import asyncio

from fastapi import Response

from api.door import Asked, Router, allows
from api.ledger.days import OfPeriod
from domains.master_data import queries as master_data
from domains.receivables.documents.statement import statement_pdf
from domains.receivables.queries.statements import CustomerStatement, customer_statement
from foundation.values.errors import NotFound

statements = Router(prefix="/v1/customers/{code:path}/statement", tags=["Finance"])
READ = allows("receivables.statement.read")


@statements.get("", dependencies=[READ])
async def statement(code: str, asked: Asked, period: OfPeriod) -> CustomerStatement:
    """What a customer was charged and paid, document by document, with what it owed after each."""
    async with asked.read() as tx:
        return await customer_statement(tx, code, period)


@statements.get(
    "/pdf",
    dependencies=[READ],
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
)
async def pdf(code: str, asked: Asked, period: OfPeriod) -> Response:
    """The statement as one would send it, in the customer's language."""
    async with asked.read() as tx:
        found = await customer_statement(tx, code, period)
        company, customer = await master_data.company(tx), await master_data.customer(tx, code)
    if customer is None:
        raise NotFound(f"there is no customer {code}")
    rendered = await asyncio.to_thread(statement_pdf, found, company, customer)
    headers = {"Content-Disposition": 'inline; filename="statement.pdf"'}
    return Response(rendered, media_type="application/pdf", headers=headers)
